"""Calm connections: what happens on them in great numbers and always the same way, on flat arrays.

The objects of `models.connections` and `models.channels` say what a connection does, in trouble and
out of it. As long as it is calm, the same happens here without them: one loop over arrays, compiled
where numba is installed. Whatever is not calm is handed back to the objects, one event at a time.
So there are three ways through a run, with one result: objects alone, the loop as it stands, and
the loop compiled.
"""
