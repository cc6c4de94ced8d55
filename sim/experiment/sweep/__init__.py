"""One question at many points: numbers of a scenario, or options of designs, changed step by step.

A cell is one design at one point in one replication. It is found by a digest of everything that
decides it, so that what is finished is never computed again, whoever computed it and for which
sweep. All points and designs of one replication meet the same luck (common random numbers), so
points are compared as designs are: pair by pair.
"""
