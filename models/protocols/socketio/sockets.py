"""Socket.IO v4, both ends: joining, events and acknowledgements, retries, state recovery.

Runs on an Engine.IO session (`engineio`): the driver feeds what the engine received and writes the
packets returned. Delivery is at most once unless the application asks for more, and each way of
asking has its own holes, kept here as in npm socket.io and socket.io-client 4.8.4. Left out:
namespaces other than the main one, binary attachments, middlewares.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from models.protocols.machine import NEVER_S, Key, ProtocolError, Timeout, above, at_least
from models.protocols.socketio.packets import (
    Ack,
    Connect,
    Connected,
    Disconnect,
    Event,
    SocketPacket,
)
from models.protocols.socketio.recovery import RecoveryLog


class Emit(NamedTuple):
    """Send `message`.

    `ack`: with an acknowledgement. `volatile`: not if it cannot leave at once (`writable` says
    whether it could). `offset`: its place in the recovery log (server).
    """

    message: Hashable
    ack: bool = False
    volatile: bool = False
    writable: bool = True
    offset: int | None = None


class EngineOpened(NamedTuple):
    """The engine's session is open."""


class EngineClosed(NamedTuple):
    """The engine's session is over."""

    reason: str


class Deliver(NamedTuple):
    """Hand the message to the application."""

    message: Hashable


class Told(NamedTuple):
    """The message is acknowledged."""

    message: Hashable


class Failed(NamedTuple):
    """The application is told that the message was not acknowledged."""

    message: Hashable
    reason: str


class Dropped(NamedTuple):
    """The message is not sent, and nobody is told."""

    message: Hashable
    reason: str


class Joined(NamedTuple):
    """Connected; `recovered` when the server still had the state of the connection before."""

    recovered: bool


Action = SocketPacket | Deliver | Told | Failed | Dropped | Joined


class State(Key):
    """Where a socket stands."""

    OFFLINE = "offline"
    JOINING = "joining"
    CONNECTED = "connected"


@dataclass(frozen=True, slots=True)
class ClientOptions:
    """`retries`: 0 for none, else every event is acknowledged, one at a time, tried up to
    `retries` + 1 times. `ack_timeout_s`: patience with one acknowledgement."""

    retries: int = 0
    ack_timeout_s: float = math.inf

    def __post_init__(self) -> None:
        at_least("retries", self.retries, 0)
        above("ack_timeout_s", self.ack_timeout_s, 0.0)


class _Queued:
    """A message of the retry queue; `pending` while a try is out."""

    __slots__ = ("message", "pending", "tries")

    def __init__(self, message: Hashable) -> None:
        self.message = message
        self.tries = 0
        self.pending = False


class _Awaited(NamedTuple):
    message: Hashable
    due_s: float
    queued: _Queued | None


class SocketClient:
    """The client's socket; it outlives its connections."""

    __slots__ = (
        "_awaited",
        "_early",
        "_next_ack",
        "_offset",
        "_pid",
        "_queue",
        "_unsent",
        "deadline_s",
        "options",
        "state",
    )

    def __init__(self, options: ClientOptions) -> None:
        self.options = options
        self.state = State.OFFLINE
        self.deadline_s = NEVER_S
        self._pid: int | None = None
        self._offset: int | None = None
        self._next_ack = 0
        self._unsent: list[Event] = []  # sendBuffer
        self._early: list[Event] = []  # receiveBuffer
        self._queue: deque[_Queued] = deque()
        self._awaited: dict[int, _Awaited] = {}

    def kept(self) -> list[Hashable]:
        """Messages that will be sent, or sent again, on the next connection."""
        if not (self._unsent or self._queue):
            return []  # nearly always, and everybody is asked again and again
        return [event.message for event in self._unsent] + [q.message for q in self._queue]

    def handle(self, event: Any, now_s: float) -> Sequence[Action]:
        """Take one event; raises ProtocolError when CLIENT does not list it."""
        step = CLIENT[self.state].get(type(event))
        if step is None:
            raise ProtocolError(self, self.state, event)
        return step(self, event, now_s)

    def _join(self, event: EngineOpened, now_s: float) -> Sequence[Action]:
        self.state = State.JOINING
        return (Connect(self._pid, self._offset if self._pid is not None else None),)

    def _joined(self, event: Connected, now_s: float) -> Sequence[Action]:
        recovered = event.pid is not None and event.pid == self._pid
        self.state, self._pid = State.CONNECTED, event.pid
        early, self._early = self._early, []
        unsent, self._unsent = self._unsent, []
        shown = [action for packet in early for action in self._show(packet)]
        return [*shown, *unsent, *self._drain(now_s, force=True), Joined(recovered)]

    def _emit(self, event: Emit, now_s: float) -> Sequence[Action]:
        if self.options.retries and not event.volatile:
            self._queue.append(_Queued(event.message))
            return self._drain(now_s, force=False)
        if event.volatile and not event.writable:
            return (Dropped(event.message, "not writable"),)
        packet = self._packet(event.message, event.ack, now_s, None)
        if self.state is State.CONNECTED:
            return (packet,)
        self._unsent.append(packet)
        return ()

    def _packet(self, message: Hashable, ack: bool, now_s: float, queued: _Queued | None) -> Event:
        if not ack:
            return Event(message, None, None)
        ack_id = self._next_ack
        self._next_ack += 1
        due_s = now_s + self.options.ack_timeout_s
        self._awaited[ack_id] = _Awaited(message, due_s, queued)
        self.deadline_s = min(self.deadline_s, due_s)
        return Event(message, ack_id, None)

    def _drain(self, now_s: float, force: bool) -> list[Action]:
        """Try the head of the retry queue, unless a try of it is out (and not `force`)."""
        if self.state is not State.CONNECTED or not self._queue:
            return []
        head = self._queue[0]
        if head.pending and not force:
            return []
        head.pending = True
        head.tries += 1
        return [self._packet(head.message, True, now_s, head)]

    def _received(self, event: Event, now_s: float) -> Sequence[Action]:
        if self.state is State.CONNECTED:
            return self._show(event)
        self._early.append(event)
        return ()

    def _show(self, event: Event) -> list[Action]:
        if event.offset is not None:
            self._offset = event.offset
        answer: list[Action] = [] if event.ack_id is None else [Ack(event.ack_id)]
        return [Deliver(event.message), *answer]

    def _acked(self, event: Ack, now_s: float) -> Sequence[Action]:
        awaited = self._awaited.pop(event.ack_id, None)
        if awaited is None:
            return ()  # the answer to a try that has timed out
        if awaited.queued is not None:
            self._queue.popleft()
        return [Told(awaited.message), *self._drain(now_s, force=False)]

    def _time_out(self, event: Timeout, now_s: float) -> Sequence[Action]:
        due = [ack_id for ack_id, awaited in self._awaited.items() if awaited.due_s <= now_s]
        out: list[Action] = []
        for ack_id in due:
            self._unsent = [packet for packet in self._unsent if packet.ack_id != ack_id]
            out += self._unanswered(self._awaited.pop(ack_id), "ack timeout", now_s)
        first_s = min((awaited.due_s for awaited in self._awaited.values()), default=NEVER_S)
        self.deadline_s = first_s
        return out

    def _unanswered(self, awaited: _Awaited, reason: str, now_s: float) -> list[Action]:
        queued = awaited.queued
        if queued is None:
            return [Failed(awaited.message, reason)]
        failed: list[Action] = []
        if queued.tries > self.options.retries:
            self._queue.popleft()
            failed = [Failed(awaited.message, "gave up")]
        queued.pending = False
        return failed + self._drain(now_s, force=False)

    def _closed(self, event: object, now_s: float) -> Sequence[Action]:
        """Acknowledgements due on this connection fail, but only if they had a time limit."""
        self.state = State.OFFLINE
        self._early.clear()
        buffered = {packet.ack_id for packet in self._unsent}
        gone = [ack_id for ack_id in self._awaited if ack_id not in buffered]
        out: list[Action] = []
        for ack_id in gone:
            awaited = self._awaited.pop(ack_id)
            if self.options.ack_timeout_s < math.inf:
                out += self._unanswered(awaited, "disconnected", now_s)
        if not self._awaited:
            self.deadline_s = NEVER_S
        return out


_ClientStep = Callable[[SocketClient, Any, float], Sequence[Action]]
_ALWAYS: Final[dict[type, _ClientStep]] = {
    Emit: SocketClient._emit,
    EngineClosed: SocketClient._closed,
    Timeout: SocketClient._time_out,
}
CLIENT: Final[Mapping[State, Mapping[type, _ClientStep]]] = MappingProxyType(
    {
        State.OFFLINE: {**_ALWAYS, EngineOpened: SocketClient._join},
        State.JOINING: {
            **_ALWAYS,
            Connected: SocketClient._joined,
            Event: SocketClient._received,
        },
        State.CONNECTED: {
            **_ALWAYS,
            Event: SocketClient._received,
            Ack: SocketClient._acked,
            Disconnect: SocketClient._closed,
        },
    }
)
"""Client: legal events by state and what answers them."""


class SocketServer:
    """The server's socket of one connection; only a RecoveryLog remembers anything of it."""

    __slots__ = ("_awaited", "_next_ack", "deadline_s", "log", "pid", "rooms", "state")

    def __init__(self, log: RecoveryLog | None = None) -> None:
        self.log = log
        self.state = State.OFFLINE
        self.deadline_s = NEVER_S
        self.pid: int | None = None
        self.rooms: tuple[Hashable, ...] = ()
        self._next_ack = 0
        self._awaited: dict[int, Hashable] = {}

    def handle(self, event: Any, now_s: float) -> Sequence[Action]:
        """Take one event; raises ProtocolError when SERVER does not list it."""
        step = SERVER[self.state].get(type(event))
        if step is None:
            raise ProtocolError(self, self.state, event)
        return step(self, event, now_s)

    def _opened(self, event: EngineOpened, now_s: float) -> Sequence[Action]:
        self.state = State.JOINING
        return ()

    def _connect(self, event: Connect, now_s: float) -> Sequence[Action]:
        self.state = State.CONNECTED
        if self.log is None:
            return (Connected(None), Joined(recovered=False))
        found = None
        if event.pid is not None and event.offset is not None:
            found = self.log.restore(event.pid, event.offset, now_s)
        if found is None:
            self.pid = self.log.new_pid()
            return (Connected(self.pid), Joined(recovered=False))
        self.pid, self.rooms = event.pid, found.rooms
        missed = [Event(entry.message, None, entry.offset) for entry in found.missed]
        return [*missed, Connected(self.pid), Joined(recovered=True)]

    def _emit(self, event: Emit, now_s: float) -> Sequence[Action]:
        if event.volatile and not event.writable:
            return (Dropped(event.message, "not writable"),)
        ack_id = None
        if event.ack:
            ack_id = self._next_ack
            self._next_ack += 1
            self._awaited[ack_id] = event.message
        return (Event(event.message, ack_id, event.offset),)

    def _absent(self, event: Emit, now_s: float) -> Sequence[Action]:
        return (Dropped(event.message, "not connected"),)

    def _received(self, event: Event, now_s: float) -> Sequence[Action]:
        answer: list[Action] = [] if event.ack_id is None else [Ack(event.ack_id)]
        return [Deliver(event.message), *answer]

    def _acked(self, event: Ack, now_s: float) -> Sequence[Action]:
        if event.ack_id not in self._awaited:
            return ()
        return (Told(self._awaited.pop(event.ack_id)),)

    def _closed(self, event: EngineClosed, now_s: float) -> Sequence[Action]:
        if self.log is not None and self.state is State.CONNECTED and self.pid is not None:
            self.log.save(self.pid, self.rooms, event.reason, now_s)
        return self._left(event, now_s)

    def _left(self, event: object, now_s: float) -> Sequence[Action]:
        self.state = State.OFFLINE
        self.rooms = ()
        self._awaited.clear()
        return ()


_ServerStep = Callable[[SocketServer, Any, float], Sequence[Action]]
SERVER: Final[Mapping[State, Mapping[type, _ServerStep]]] = MappingProxyType(
    {
        State.OFFLINE: {
            EngineOpened: SocketServer._opened,
            EngineClosed: SocketServer._left,
            Emit: SocketServer._absent,
        },
        State.JOINING: {
            Connect: SocketServer._connect,
            EngineClosed: SocketServer._closed,
            Emit: SocketServer._absent,
        },
        State.CONNECTED: {
            Emit: SocketServer._emit,
            Event: SocketServer._received,
            Ack: SocketServer._acked,
            Disconnect: SocketServer._left,
            EngineClosed: SocketServer._closed,
        },
    }
)
"""Server: legal events by state and what answers them."""
