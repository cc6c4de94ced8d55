"""What a server's kernel says to a SYN: one definition, for connections of objects and of rows."""

from __future__ import annotations

from typing import Final

from sim.core.compiled import part

IGNORED: Final = 0
"""Silence: the host is lost, or the accept queue full (net.ipv4.tcp_abort_on_overflow = 0)."""
REFUSED: Final = 1
"""A reset: nobody listens."""
FULL: Final = 2
"""A reset: the node has as many connections as it may."""
ACCEPTED: Final = 3


@part
def answer_to_syn(
    gone: bool, listening: bool, waiting: int, backlog: int, connections: int, limit: float
) -> int:  # fmt: skip
    """IGNORED, REFUSED, FULL or ACCEPTED.

    gone: the host is lost. waiting: connections in the accept queue, which holds `backlog`.
    connections: those the node has, of at most `limit`.
    """
    if gone or waiting >= backlog:
        return IGNORED
    if not listening:
        return REFUSED
    if connections >= limit:
        return FULL
    return ACCEPTED
