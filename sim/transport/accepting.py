"""What a server's kernel says to a SYN: one definition, for connections of objects and of rows."""

from __future__ import annotations

from typing import Final

from sim.core.compiled import part

IGNORED: Final = 0
"""Silence: the host is lost, or the accept queue full (net.ipv4.tcp_abort_on_overflow = 0)."""
REFUSED: Final = 1
"""A reset: nobody listens."""
FULL: Final = 2
"""A reset: the node has as many connections as it may, or lets in no more for the moment."""
ACCEPTED: Final = 3
BURST: Final = 5
"""New connections that a rate lets in at once (the default of nft's and iptables' `limit`)."""


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


@part
def is_let_in(full_s: float, now_s: float, interval_s: float) -> bool:
    """Whether a rate of one connection every `interval_s` lets in one more; 0: any number.

    A bucket of `BURST` tokens: it is full again at `full_s`.
    """
    return interval_s <= 0.0 or full_s - now_s <= (BURST - 1) * interval_s


@part
def full_after_s(full_s: float, now_s: float, interval_s: float) -> float:
    """When that bucket is full again after one more was let in."""
    return max(full_s, now_s) + interval_s
