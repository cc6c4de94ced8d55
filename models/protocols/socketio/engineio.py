"""Engine.IO v4, what both ends share: packets, events, actions, the write buffer.

A session runs over WebSocket, or over HTTP polling that upgrades itself to WebSocket. The machines
(`engineio_client`, `engineio_server`) decide which transport carries what, what waits in which
buffer, and when a session is over: any failed request ends it, nothing is asked for again. After
npm engine.io 6.6.12 and engine.io-client 6.6.8. The driver moves bytes and runs the pings
(`heartbeat`, preset "engine.io": the server writes PING, the client PONG, both through Write). Left
out: WebTransport, the payload limit, waiting for the buffer to drain before an orderly close.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import NamedTuple

from models.protocols.machine import NEVER_S, Key


class Packet(Key):
    """Engine.IO packets without content; a Message carries some."""

    OPEN = "0"
    CLOSE = "1"
    PING = "2"
    PONG = "3"
    PROBE = "2probe"
    PROBED = "3probe"
    UPGRADE = "5"
    NOOP = "6"


class Message(NamedTuple):
    """A packet with content for the layer above."""

    content: Hashable


AnyPacket = Packet | Message


class State(Key):
    """Where an engine stands."""

    CLOSED = "closed"
    OPENING = "opening"
    OPEN = "open"


class Start(NamedTuple):
    """Client: open a session."""


class Write(NamedTuple):
    """Send a packet; dropped unless the session is open or opening."""

    packet: AnyPacket


class Shut(NamedTuple):
    """End the session from this side, for `reason` ("ping timeout", "forced close", ...)."""

    reason: str


class WsUp(NamedTuple):
    """The WebSocket is open."""


class WsDown(NamedTuple):
    """The WebSocket is gone, or could not be opened."""


class FromWs(NamedTuple):
    """A packet came over the WebSocket."""

    packet: AnyPacket


class PollAnswered(NamedTuple):
    """Client: the GET was answered."""

    packets: tuple[AnyPacket, ...]


class PostAnswered(NamedTuple):
    """Client: the POST was answered."""


class HttpFailed(NamedTuple):
    """A GET or POST failed: connection gone, error status."""


class Polled(NamedTuple):
    """Server: a GET arrived."""


class Posted(NamedTuple):
    """Server: a POST arrived."""

    packets: tuple[AnyPacket, ...]


class DialWs(NamedTuple):
    """Client: open a WebSocket."""


class SendWs(NamedTuple):
    """Write a packet on the WebSocket."""

    packet: AnyPacket


class CloseWs(NamedTuple):
    """Close the WebSocket."""


class Get(NamedTuple):
    """Client: send a GET."""


class Post(NamedTuple):
    """Client: send a POST with these packets."""

    packets: tuple[AnyPacket, ...]


class AnswerPoll(NamedTuple):
    """Server: answer the GET."""

    packets: tuple[AnyPacket, ...]


class AnswerPost(NamedTuple):
    """Server: answer the POST."""


class Opened(NamedTuple):
    """The session is open."""


class Received(NamedTuple):
    """Content for the layer above."""

    content: Hashable


class Closed(NamedTuple):
    """The session is over."""

    reason: str


class Lost(NamedTuple):
    """Content that waited in the write buffer when the session ended: never sent."""

    content: Hashable


Action = (
    DialWs
    | SendWs
    | CloseWs
    | Get
    | Post
    | AnswerPoll
    | AnswerPost
    | Opened
    | Received
    | Closed
    | Lost
)


class Engine:
    """What both ends share: the write buffer, the transport, and the end of the session."""

    __slots__ = ("buffer", "deadline_s", "state", "transport")

    def __init__(self) -> None:
        """A session that has not begun."""
        self.state = State.CLOSED
        self.deadline_s = NEVER_S
        self.transport = "polling"
        self.buffer: list[AnyPacket] = []

    def _send(self, packets: tuple[AnyPacket, ...]) -> list[Action]:
        return [SendWs(packet) for packet in packets]

    def _drain(self) -> tuple[AnyPacket, ...]:
        packets = tuple(self.buffer)
        self.buffer.clear()
        return packets

    def _finish(self, reason: str) -> list[Action]:
        lost = [Lost(packet.content) for packet in self.buffer if isinstance(packet, Message)]
        self.state, self.deadline_s = State.CLOSED, NEVER_S
        self.buffer.clear()
        return [Closed(reason), *lost]
