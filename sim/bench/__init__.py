"""What a run costs at real sizes, beside SimPy itself and beside programs written in its manner.

`programs` has what is timed, `fresh` gives each timing a process of its own, a cell (`cells`) is
one figure of the table, `rounds` measures them in alternating order, `figures` makes medians of
that, and `table` writes them down.
"""
