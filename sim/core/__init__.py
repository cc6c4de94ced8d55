"""Flat arrays and the arithmetic on them: for Python and for compiled code, with one source.

What stands in a row, and the functions of rows that both sides call. What they mean is told where
the objects are: `sim.process`, `sim.transport`, `sim.network`.
"""
