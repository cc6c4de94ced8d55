"""Losses too rare to wait for: what one incident costs, times how many there are.

Incidents are what the scenario's own networks have: outages as a stationary renewal process. Let a
link have `expected_outages` on average in a run, which is known in closed form. By Campbell's
formula the receptions that outages cost in a run are, on average, the sum over links of that number
times what one of its outages costs, seen from that outage (its Palm distribution). So instead of
waiting for outages a study makes them: in each replication a share of the people is chosen, and
each has one outage at a random moment, with the times up and down around it that it would have. The
rest of the world is as it always is. Long outages are made more often than they are and weighed
down again (importance sampling), since it is mostly they that cost something.

What a message's fate has to do with an outage is decided as in every report
(`sim.metrics.incidents`): each loss belongs to one incident or to none, so nothing is counted
twice. Losses that belong to no outage are counted as they come, among receptions of which neither
end was chosen; where there were none in N, only a bound is known.

Assumed:

* Outages of different links are independent, and stationary. A scenario whose renewal outages start
  fresh is refused.
* What an outage costs does not depend on the others that were made in the same run. They are: one
  person in ten has one, so a message may meet two more often than it should. `Rare.crowding` says
  what share of the time a link of the others is down on top of the scenario's own.
* Replications are independent; intervals are over replications, as everywhere.

Left out: splitting, for harm that one outage of any length hardly ever does; faults of the
scenario, which happen in every replication and are no rare events; recorded outages.
"""
