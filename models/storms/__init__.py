"""A crowd of identical clients as rows: who is away, who knocks, what each node's queue does to it.

`sim.storms` asks, `models.storms` plays. `numbers` reads what a design costs off the objects of the
exact engine, `loop` plays it in time buckets, compiled or as it stands with one result.
"""
