"""A connection as its owners see it, whichever lane carries it.

Two lanes offer it: the recursion (`sim.transport.connection`) and the segment-exact reference
(`sim.transport.reference`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol


def ignore(*_: Any) -> None:
    """Nobody listens at this end."""


class Cut(NamedTuple):
    """Something on the way has ended a connection: why (one of history.REASONS), and when."""

    reason: str
    time_s: float


@dataclass(slots=True)
class Caller:
    """Who wants to know how an attempt ends, at either side. `failed` gets one of history.OUTCOMES.

    `accepted(connection)` runs at the server when its last answer leaves, `opened(connection)` at
    the client when that answer arrives.
    """

    opened: Callable[[Stream], None]
    failed: Callable[[str], None]
    accepted: Callable[[Stream], None] = field(default=ignore)


class Dialling(Protocol):
    """An attempt to open a connection, or a session on several."""

    def start(self, caller: Caller) -> None:
        """Begin now."""

    def cancel(self) -> None:
        """Give up: nothing is reported any more."""


class Stream(Protocol):
    """End 0 is the client, end 1 the server; owners set the callbacks of their end."""

    receive: list[Callable[[Any], None]]
    closed: list[Callable[[str], None]]
    dropped: list[Callable[[Any], None]]
    opened_s: float
    cut: Cut | None  # by something on the way, whether or not the ends know

    def is_open(self, end: int) -> bool:
        """Whether this end believes that it can read and write."""

    def post(self, size_bytes: int, message: int, person: int) -> None:
        """Send a delivery to the client that nobody reacts to."""

    def send(self, end: int, size_bytes: int, payload: Any) -> None:
        """Write to the socket at `end`."""

    def echo(self, end: int, size_bytes: int, payload: Any, answered: Callable[[], None]) -> bool:
        """Send a ping whose answer comes by itself; False when it has to be sent as usual."""

    def close(self, end: int) -> None:
        """Orderly close."""

    def abort(self, end: int) -> None:
        """Reset."""

    def vanish(self, end: int) -> None:
        """The host or the address at this end is gone."""

    def returned(self, end: int) -> None:
        """The host that was gone is back and knows nothing: what reaches it is reset."""

    def flying(self) -> Iterator[Any]:
        """Payloads sent and not arrived."""

    def waiting_bytes(self, end: int) -> int:
        """Bytes written at this end that have not arrived: they lie in its memory."""

    def settle(self) -> None:
        """Take back what was recorded before it happened."""

    def traffic(self, end: int) -> tuple[int, int, int]:
        """Packets, bytes on the wire and writes that left this end."""


class Rows(Protocol):
    """Who carries what is calm on a connection (`models.calm`), and repairs what is not."""

    def send(self, connection: Any, end: int, size_bytes: int, payload: Any) -> bool:
        """Write through trouble; False where objects have to."""

    def payloads(self, connection: Any) -> Iterator[Any]:
        """What it repairs for objects and has not arrived."""

    def leave(self, connection: Any) -> None:
        """An end of the connection is over: what is on the wire comes back (`fly_again`)."""

    def waiting_bytes(self, connection: Any, end: int) -> int:
        """Bytes that this end has written and that have not arrived."""

    def posted(self, connection: Any) -> Iterator[tuple[int, int]]:
        """Deliveries posted to it that have not arrived, latest first: their rows and sizes."""

    def settled(self, connection: Any) -> None:
        """What is posted has been taken back."""
