"""Looks for the smallest schedule of messages and faults that breaks a guarantee of a design.

`schedule` is one such schedule, `space` what is searched through, `stage` the world in which it is
played, `search` the hunt itself, `wording` what it says; `catalogue` does a little of it for every
design and every guarantee.
"""
