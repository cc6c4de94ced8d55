"""How many nodes, which back-off, how many newcomers a second: so that losing a zone is borne.

`question` says what must hold, `search` finds the fewest nodes for each way to come back, by storms
(`storming`) and by exact runs of a smaller world (`exactly`), `told` says what was found.
"""
