"""Who the rows belong to: what the loop's owner needs of the objects around it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

if TYPE_CHECKING:
    from sim.core.arrays import Shared
    from sim.engine import Engine
    from sim.node import Node


class Beats(NamedTuple):
    """Rows of heartbeat machines."""

    row: Any


class Connections(NamedTuple):
    """Rows of connections, and the time and answer of the loop."""

    row: Any
    now_s: Any
    told: Any


class End(Protocol):
    """The server's end of a connection."""

    person: int
    node: Node
    connection: Any
    beat: Any

    @property
    def keepalive(self) -> Any:
        """Its heartbeat, a `RowKeepAlive`."""

    @property
    def kernel_answers(self) -> bool:
        """Whether its kernel answers pings, busy as its process may be."""

    def ponged(self) -> None:
        """A pong that answers by itself has arrived."""


class Mailroom(Protocol):
    """Who knows messages, people and gateways."""

    mail: Shared[Any]
    sender: Any

    def joined(self) -> None:
        """Gateways may be more than before."""


class Acked(Protocol):
    """Who knows messages that are acknowledged (`models.calm.acking`)."""

    def leave(self, number: int, person: int) -> None:
        """An end of this person's connection is over."""

    def payload(self, kind: int, what: int) -> Any:
        """What is on the wire."""

    def size_bytes(self, kind: int, what: int, end: int) -> int:
        """Its bytes, written by that end."""


class Carrier(Protocol):
    """Who carries calm connections (`models.calm.calm`)."""

    engine: Engine
    ends: list[End]
    left: dict[int, Any]
    acked: Acked | None

    @property
    def views(self) -> Any:
        """Everything in rows, for Python."""

    def act(self, message: int) -> Any:
        """What its client writes."""

    def in_rows(self, step: Any, *who: Any) -> Any:
        """A step of the loop, now."""
