"""A fetch through a proxy: where a node refuses, the client gets an answer, not a network error."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from models.connections.proxied import BAD_GATEWAY
from sim.transport.stream import Caller, ignore

if TYPE_CHECKING:
    from sim.transport.stream import Dialling


class Fetch:
    """Takes the place of the `dial` of a stream; `answered(status, type)` is told of a 502.

    That answer comes when the refusal would, without the round trip of the request and those of
    the proxy's TLS.
    """

    __slots__ = ("_answered", "_dial", "_failed")

    def __init__(self, answered: Callable[[int, str], None], dial: Dialling) -> None:
        self._answered = answered
        self._dial = dial
        self._failed: Callable[[str], None] = ignore

    def start(self, caller: Caller) -> None:
        """Begin now."""
        self._failed = caller.failed
        self._dial.start(Caller(caller.opened, self._ended, caller.accepted))

    def cancel(self) -> None:
        """Give up: nothing is reported any more."""
        self._dial.cancel()

    def _ended(self, outcome: str) -> None:
        if outcome == "refused":
            self._answered(BAD_GATEWAY, "text/html")
        else:
            self._failed(outcome)
