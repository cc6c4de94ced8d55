"""What stands between two ends and has a will of its own: NATs, proxies, balancers.

A box ends connections that are idle or old, in words or in silence. It is a spec (`spec`), often a
preset (`presets`, `boxes/*.toml`), and at run time a guard on each connection (`guard`), which ends
it through the connection's own interface, so that what was in doubt is settled as ever. The one
nearest to the servers has an opinion of their health (`health`); of layer 7 it is a process, too
(`proxy`), which takes requests and passes them on.
"""
