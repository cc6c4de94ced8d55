"""A fetch through a proxy: where a node refuses, the client gets an answer, not a network error."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from models.connections.http2.stream import Streams
from models.connections.proxied import BAD_GATEWAY
from sim.transport.stream import Caller, ignore

if TYPE_CHECKING:
    from models.connections.endpoint import Endpoint
    from models.options import Options
    from sim.node import Node
    from sim.transport.handshake import Dial
    from sim.transport.stream import Dialling
    from sim.world import World


def dialling(
    endpoint: Endpoint, answered: Callable[[int], Callable[[int, str], None]]
) -> Callable[[int, Node], Dialling]:
    """How a stream is opened: by itself, through a proxy (`Fetch`), or as one of HTTP/2.

    `answered(person)`: who is told of a proxy's own answer. Through a proxy a stream has a
    connection of its own.
    """
    if endpoint.world.proxy is not None:
        return lambda person, node: Fetch(answered(person), endpoint.dial(person, node))
    if not shares(endpoint.options, endpoint.world):
        return endpoint.dial
    streams: dict[int, Streams] = {}

    def dial(person: int, node: Node) -> Dialling:
        if person not in streams:
            streams[person] = Streams(endpoint, person)
        return streams[person].dial(node)

    return dial


def shares(options: Options, world: World) -> bool:
    """Whether streams are streams of a shared HTTP/2 connection."""
    return options.http.version == "2" and world.proxy is None


class Fetch:
    """Takes the place of the `dial` of a stream; `answered(status, type)` is told of a 502.

    A proxy that is down itself refuses as any server does.
    """

    __slots__ = ("_answered", "_dial", "_failed")

    def __init__(self, answered: Callable[[int, str], None], dial: Dial) -> None:
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
        if outcome == "refused" and self._dial.door.listening:
            self._answered(BAD_GATEWAY, "text/html")
        else:
            self._failed(outcome)
