"""The access network: what happens to one person's packets, as timelines and draws.

`path` joins the parts and builds a person's path from a scenario (`spec`); `delay`, `loss`,
`outages` and `rate` are the parts, `durations` feeds outages; `profiles` holds named access
links with their sources, `traces` reads recorded ones. Leaves out everything that reacts:
retransmission, connections and time-outs are `sim.transport`.
"""
