"""Files and folders on disk: bounded reads, writes that are whole or not there, locks.

Leaves out what is in the files; whoever stores something knows that.
"""
