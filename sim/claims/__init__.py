"""The claims of an article about chat systems, each put to the test by what the harness can do.

A claim is a file in `article/`: what is claimed, in what worlds it is looked at, and which
inequalities between figures decide it. Verdicts are computed from runs and stand in no file. Claims
about where something comes from are shown and not judged; what the harness cannot carry yet is
listed with what it needs.
"""
