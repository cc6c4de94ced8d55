"""Promises that a scenario asks its designs to keep, decided on runs: for CI.

`spec` says what can be promised, `bounds` and `decide` what a number of replications says about a
promise, `looks` when to look, `check` runs until all is decided, `baseline` compares with a run
kept earlier.
"""
