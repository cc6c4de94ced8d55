"""Promises that a scenario asks its designs to keep, decided on runs: for CI.

`sim.scenario.gates` says what can be promised, `verdicts` judges one replication, `bounds` and
`decide` say what a number of replications means for a promise, `looks` when to look, `check` runs
until all is decided, `baseline` compares with a run kept earlier.
"""
