"""What a check found, for whoever has to act on it: a terminal, a CI page, a test report.

`result` is what was found, `words` its sentences; one module for each form it is written in.
"""
