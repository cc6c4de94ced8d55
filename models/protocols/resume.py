"""Getting every message across broken connections: an outbox and a cursor.

An Outbox gives each message the sender's own id, keeps it until it is acknowledged and sends it
again on the next connection; a server that knows ids again makes that harmless. A CursorReceiver
takes a numbered stream in order, notices holes and asks for what is missing. Together they are what
chat products build on top of a WebSocket. Not here: MQTT's own way (`mqtt`), Socket.IO's
(`socketio`).
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from models.protocols.machine import NEVER_S, TIMEOUT, Key, ProtocolError, Timeout, above, at_least


@dataclass(frozen=True, slots=True)
class Opened:
    """There is a connection."""


@dataclass(frozen=True, slots=True)
class Lost:
    """The connection is gone, as far as this end knows."""


class Submit(NamedTuple):
    """Send this message; its id is its identity on every try."""

    message: Hashable


class Acked(NamedTuple):
    """The other end has the message."""

    message: Hashable


class Transmit(NamedTuple):
    """Write the message; `attempt` is 1 the first time."""

    message: Hashable
    attempt: int


class Told(NamedTuple):
    """The message is acknowledged."""

    message: Hashable


class Failed(NamedTuple):
    """The application is told that the message was not sent."""

    message: Hashable
    reason: str


class LinkState(Key):
    """Whether this end believes in a connection."""

    OFFLINE = "offline"
    ONLINE = "online"


OUTBOX: Final[Mapping[LinkState, Mapping[type, LinkState]]] = MappingProxyType(
    {
        LinkState.OFFLINE: {
            Submit: LinkState.OFFLINE,
            Opened: LinkState.ONLINE,
            Lost: LinkState.OFFLINE,
        },
        LinkState.ONLINE: {
            Submit: LinkState.ONLINE,
            Acked: LinkState.ONLINE,
            Timeout: LinkState.ONLINE,
            Lost: LinkState.OFFLINE,
        },
    }
)
"""Outbox: legal events by state, and the state each leads to."""


@dataclass(frozen=True, slots=True)
class OutboxOptions:
    """How an Outbox keeps.

    `keeps_offline`: messages submitted without a connection wait for one, else they fail.
    `ack_timeout_s`: a message unacknowledged for so long is sent again on the live connection.
    `tries_max`: transmissions of one message before it fails. `window`: unacknowledged messages on
    the wire.
    """

    keeps_offline: bool = True
    ack_timeout_s: float = math.inf
    tries_max: float = math.inf
    window: float = math.inf

    def __post_init__(self) -> None:
        above("ack_timeout_s", self.ack_timeout_s, 0.0)
        at_least("tries_max", self.tries_max, 1.0)
        at_least("window", self.window, 1.0)


class Outbox:
    """Keeps messages until acknowledged; resends the rest, in order, on every new connection."""

    __slots__ = ("_sent", "_tries", "_waiting", "deadline_s", "options", "state")

    def __init__(self, options: OutboxOptions) -> None:
        self.options = options
        self.state = LinkState.OFFLINE
        self.deadline_s = NEVER_S
        self._sent: dict[Hashable, float] = {}  # on the wire: message -> when, oldest first
        self._waiting: deque[Hashable] = deque()
        self._tries: dict[Hashable, int] = {}

    def kept(self) -> list[Hashable]:
        """Messages not yet acknowledged, oldest first."""
        return [*self._sent, *self._waiting]

    def handle(self, event: Any, now_s: float) -> Sequence[Transmit | Told | Failed]:
        """Take one event; raises ProtocolError when OUTBOX does not list it."""
        target = OUTBOX[self.state].get(type(event))
        if target is None:
            raise ProtocolError(self, self.state, event)
        self.state = target
        if isinstance(event, Submit):
            return self._submit(event.message, now_s)
        if isinstance(event, Acked):
            return self._acked(event.message, now_s)
        if event is TIMEOUT:
            return self._time_out(now_s)
        return self._fill(now_s) if target is LinkState.ONLINE else self._lost()

    def _submit(self, message: Hashable, now_s: float) -> Sequence[Transmit | Told | Failed]:
        if self.state is LinkState.OFFLINE and not self.options.keeps_offline:
            return (Failed(message, "not connected"),)
        self._waiting.append(message)
        return self._fill(now_s) if self.state is LinkState.ONLINE else ()

    def _fill(self, now_s: float) -> list[Transmit | Told | Failed]:
        out: list[Transmit | Told | Failed] = []
        while self._waiting and len(self._sent) < self.options.window:
            out.append(self._try(self._waiting.popleft(), now_s))
        return out

    def _try(self, message: Hashable, now_s: float) -> Transmit | Failed:
        tried = self._tries.get(message, 0)
        if tried >= self.options.tries_max:
            del self._tries[message]
            self._sent.pop(message, None)
            return Failed(message, "gave up")
        self._tries[message] = tried + 1
        self._sent[message] = now_s  # a message sent again keeps its place
        if self.deadline_s == NEVER_S:
            self.deadline_s = now_s + self.options.ack_timeout_s
        return Transmit(message, tried + 1)

    def _acked(self, message: Hashable, now_s: float) -> Sequence[Transmit | Told | Failed]:
        if self._sent.pop(message, None) is None:
            return ()  # the answer to an earlier try of a message settled since
        del self._tries[message]
        return [Told(message), *self._fill(now_s)]

    def _lost(self) -> Sequence[Transmit | Told | Failed]:
        self._waiting.extendleft(reversed(self._sent))
        self._sent.clear()
        self.deadline_s = NEVER_S
        return ()

    def _time_out(self, now_s: float) -> Sequence[Transmit | Told | Failed]:
        patience_s = self.options.ack_timeout_s
        due = [message for message, sent_s in self._sent.items() if sent_s + patience_s <= now_s]
        out = [self._try(message, now_s) for message in due]
        self.deadline_s = min(self._sent.values(), default=NEVER_S) + patience_s
        return [*out, *self._fill(now_s)]


class Item(NamedTuple):
    """A message of the numbered stream, live or replayed; the first is number 1."""

    number: int
    message: Hashable


class CaughtUp(NamedTuple):
    """The answer to a Resume is complete."""


class Truncated(NamedTuple):
    """The log no longer holds what was asked for; it starts at `first`."""

    first: int


class Resume(NamedTuple):
    """Ask for everything after `cursor`."""

    cursor: int


class Apply(NamedTuple):
    """Show the message."""

    number: int
    message: Hashable


class Duplicate(NamedTuple):
    """A message that was shown before arrived again: not shown."""

    number: int
    message: Hashable


class Skipped(NamedTuple):
    """Numbers `first` to `last` can never be had."""

    first: int
    last: int


class CursorState(Key):
    """Where a CursorReceiver stands."""

    OFFLINE = "offline"
    LIVE = "live"
    CATCHING_UP = "catching up"


CURSOR: Final[Mapping[CursorState, Mapping[type, CursorState]]] = MappingProxyType(
    {
        CursorState.OFFLINE: {Opened: CursorState.CATCHING_UP, Lost: CursorState.OFFLINE},
        CursorState.LIVE: {
            Item: CursorState.LIVE,
            Timeout: CursorState.LIVE,
            Lost: CursorState.OFFLINE,
        },
        CursorState.CATCHING_UP: {
            Item: CursorState.CATCHING_UP,
            Truncated: CursorState.CATCHING_UP,
            CaughtUp: CursorState.LIVE,
            Lost: CursorState.OFFLINE,
        },
    }
)
"""CursorReceiver: legal events by state, and the state each normally leads to."""

CursorAction = Resume | Apply | Duplicate | Skipped


class CursorReceiver:
    """Shows a numbered stream once and in order; a hole is asked for after `gap_wait_s` seconds.

    Telegram clients wait 0.5 s for a late update before asking (core.telegram.org/api/updates).
    """

    __slots__ = ("_ahead", "_gap_wait_s", "cursor", "deadline_s", "state")

    def __init__(self, cursor: int = 0, gap_wait_s: float = 0.0) -> None:
        at_least("cursor", cursor, 0)
        at_least("gap_wait_s", gap_wait_s, 0.0)
        self.cursor = cursor
        self.state = CursorState.OFFLINE
        self.deadline_s = NEVER_S
        self._gap_wait_s = gap_wait_s
        self._ahead: dict[int, Hashable] = {}

    def handle(self, event: Any, now_s: float) -> Sequence[CursorAction]:
        """Take one event; raises ProtocolError when CURSOR does not list it."""
        target = CURSOR[self.state].get(type(event))
        if target is None:
            raise ProtocolError(self, self.state, event)
        if isinstance(event, Item):
            return self._take(event, now_s)
        if isinstance(event, Truncated):
            return self._skip_to(event.first)
        self.state, self.deadline_s = target, NEVER_S
        if target is CursorState.CATCHING_UP or (target is CursorState.LIVE and self._ahead):
            return self._ask()
        return ()

    def _ask(self) -> Sequence[CursorAction]:
        self.state, self.deadline_s = CursorState.CATCHING_UP, NEVER_S
        return (Resume(self.cursor),)

    def _take(self, item: Item, now_s: float) -> Sequence[CursorAction]:
        number, message = item
        if number == self.cursor + 1:
            self.cursor = number
            if not self._ahead:
                return (Apply(number, message),)
            return [Apply(number, message), *self._drain()]
        if number <= self.cursor or number in self._ahead:
            return (Duplicate(number, message),)
        self._ahead[number] = message
        if self.state is CursorState.CATCHING_UP or self.deadline_s < NEVER_S:
            return ()
        if self._gap_wait_s == 0.0:
            return self._ask()
        self.deadline_s = now_s + self._gap_wait_s
        return ()

    def _drain(self) -> list[CursorAction]:
        out: list[CursorAction] = []
        while self.cursor + 1 in self._ahead:
            self.cursor += 1
            out.append(Apply(self.cursor, self._ahead.pop(self.cursor)))
        if not self._ahead:
            self.deadline_s = NEVER_S
        return out

    def _skip_to(self, first: int) -> Sequence[CursorAction]:
        out: list[CursorAction] = []
        for number in sorted(n for n in self._ahead if n < first):
            if number > self.cursor + 1:
                out.append(Skipped(self.cursor + 1, number - 1))
            self.cursor = number
            out.append(Apply(number, self._ahead.pop(number)))
        if first > self.cursor + 1:
            out.append(Skipped(self.cursor + 1, first - 1))
            self.cursor = first - 1
        return [*out, *self._drain()]
