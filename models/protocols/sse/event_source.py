"""The client of server-sent events (WHATWG HTML section 9.2): fetch, show, fetch again.

Not here: the connection that carries the stream, and what a page does about a stream that has
closed for good.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from models.protocols.heartbeat import PingSpec, SideSpec, WatchdogSpec
from models.protocols.link import Dial, GaveUp, HangUp, Lost, Opened, Refused, Start, Stop
from models.protocols.machine import NEVER_S, Key, ProtocolError, Timeout, above, at_least

OK: Final = 200
EVENT_STREAM: Final = "text/event-stream"
NO_HEARTBEAT: Final = "heartbeat"
"""The reason of a Lost that the client's end found by itself: its watchdog, or its TCP's probes."""


class Answered(NamedTuple):
    """The header of an answer: the server's, or that of a proxy in front of it (502, 503, 504)."""

    status: int
    content_type: str = EVENT_STREAM


class Field(NamedTuple):
    """One line of the stream: `id`, `data` or `retry` (milliseconds)."""

    name: str
    value: Hashable


@dataclass(frozen=True, slots=True)
class Blank:
    """The empty line that ends an event."""


class Block(NamedTuple):
    """A whole event: its `id` line if `id` is not None, its data, its empty line."""

    id: int | None
    data: Hashable


class Dispatch(NamedTuple):
    """Show the event."""

    id: int
    data: Hashable


class State(Key):
    """`readyState`, with its CONNECTING told apart: a fetch is out, or the next one is waited for.

    CLOSED: before the first fetch, after `close()`, or for good after a wrong answer.
    """

    CLOSED = "closed"
    FETCHING = "fetching"
    OPEN = "open"
    WAITING = "waiting"


SOURCE: Final[Mapping[State, Mapping[type, State]]] = MappingProxyType(
    {
        State.CLOSED: {Start: State.FETCHING, Stop: State.CLOSED},
        State.FETCHING: {
            Answered: State.OPEN,
            Opened: State.OPEN,
            Refused: State.WAITING,
            Stop: State.CLOSED,
        },
        State.OPEN: {
            Block: State.OPEN,
            Field: State.OPEN,
            Blank: State.OPEN,
            Lost: State.WAITING,
            Stop: State.CLOSED,
        },
        State.WAITING: {Timeout: State.FETCHING, Stop: State.CLOSED},
    }
)
"""EventSource: legal events by state, and the state each normally leads to."""


@dataclass(frozen=True, slots=True)
class Browser:
    """How a client behaves. Times in seconds.

    `reconnect_s`: the reconnection time before the server sets one, at least `floor_s`.
    `closes_for_good`: a status other than 200, or a wrong type, ends it (section 9.2.2); else it
    is tried again like a network error. `keepalive_s`: silence after which its TCP probes the
    server; `give_up_s`: how long it then goes on without an answer.
    """

    reconnect_s: float
    source: str
    floor_s: float = 0.0
    closes_for_good: bool = True
    keepalive_s: float = math.inf
    give_up_s: float = math.inf

    def __post_init__(self) -> None:
        above("reconnect_s", self.reconnect_s, 0.0)
        at_least("floor_s", self.floor_s, 0.0)
        above("keepalive_s", self.keepalive_s, 0.0)
        above("give_up_s", self.give_up_s, 0.0)


_BLINK: Final = Browser(
    3.0,
    "Chromium 156, blink event_source.cc kDefaultReconnectDelay; no TCP keep-alive on Android "
    "(tcp_socket_posix.cc)",
)

BROWSERS: Final[Mapping[str, Browser]] = MappingProxyType(
    {
        "chromium-mobile": _BLINK,
        # TCP_KEEPIDLE = TCP_KEEPINTVL = 45 s, TCP_KEEPCNT 9 (Linux tcp_keepalive_probes)
        "chromium": replace(
            _BLINK,
            source="as chromium-mobile, with tcp_socket_posix.cc kTCPKeepAliveSeconds = 45",
            keepalive_s=45.0,
            give_up_s=9 * 45.0,
        ),
        # its first minute, with a probe every 10 s, is left out
        "firefox": Browser(
            5.0,
            "Firefox, EventSource.cpp DEFAULT_ and MIN_RECONNECTION_TIME_VALUE; all.js "
            "network.http.tcp_keepalive.long_lived_idle_time 600, retry 1 s, 4 probes",
            floor_s=0.5,
            keepalive_s=600.0,
            give_up_s=4.0,
        ),
        "safari": Browser(3.0, "WebKit, EventSource.cpp defaultReconnectDelay"),
        "eventsource": Browser(3.0, "npm eventsource 4.1.1, EventSource.ts"),
        "fetch-event-source": Browser(
            1.0,
            "npm @microsoft/fetch-event-source 2.0.1, fetch.ts DefaultRetryInterval; every error "
            "is tried again unless onerror throws",
            closes_for_good=False,
        ),
    }
)
"""What clients do, by name. None waits longer after each failure, none draws lots."""


def client_side(browser: Browser, watch_s: float) -> SideSpec | None:
    """What the client's end of a connection does by itself: TCP probes, and a watchdog if any.

    A browser has no watchdog (`watch_s` 0); an application may count the seconds since it last
    heard an event or a comment, and then open a new EventSource.
    """
    ping = None
    if browser.keepalive_s < math.inf:
        ping = PingSpec(browser.keepalive_s, browser.give_up_s, next_from="heard")
    watch = WatchdogSpec(watch_s) if watch_s else None
    return SideSpec(ping, watch) if ping or watch else None


class EventSource:
    """One client. It speaks the link's words (Start, Dial, Lost) and those of the stream.

    Its last event id outlives Stop: an application keeps it and puts it into the URL of the next
    EventSource, which has no header to set (Mercure: query parameter `lastEventID`). The first
    asks from the beginning, 0 (Mercure: `earliest`). `watched`: the application has a watchdog.
    """

    __slots__ = (
        "_buffered_id", "_data", "_wait_s", "browser", "deadline_s", "last_id", "state", "watched",
    )  # fmt: skip

    def __init__(self, browser: Browser, watched: bool = False) -> None:
        self.browser = browser
        self.watched = watched
        self.state = State.CLOSED
        self.deadline_s = NEVER_S
        self.last_id = 0
        self._wait_s = browser.reconnect_s
        self._forget()

    def _forget(self) -> None:
        """A new stream: what was read of an event that never ended does not count."""
        self._buffered_id = self.last_id
        self._data: list[Hashable] = []

    def handle(self, event: Any, now_s: float) -> Sequence[Dial | HangUp | GaveUp | Dispatch]:
        """Take one event; raises ProtocolError when SOURCE does not list it."""
        before, target = self.state, SOURCE[self.state].get(type(event))
        if target is None:
            raise ProtocolError(self, before, event)
        if before is State.OPEN is target:
            return self._read(event)
        self.state, self.deadline_s = target, NEVER_S
        self._forget()
        if isinstance(event, Stop):
            self._wait_s = self.browser.reconnect_s  # the next one is a new object
            return (HangUp("app closed"),) if before in (State.FETCHING, State.OPEN) else ()
        if isinstance(event, Answered) and event != (OK, EVENT_STREAM):
            return self._wrong(now_s)
        if target is State.WAITING:
            return self._lost(event, now_s)
        return (Dial(0),) if target is State.FETCHING else ()

    def _wrong(self, now_s: float) -> Sequence[HangUp | GaveUp]:
        """Not 200 or not an event stream: fail the connection (section 9.2.2, 9.2.3)."""
        if self.browser.closes_for_good:
            self.state = State.CLOSED
            return (HangUp("answer"), GaveUp(0))
        self.state, self.deadline_s = State.WAITING, now_s + self._wait_s
        return (HangUp("answer"),)

    def _lost(self, event: Any, now_s: float) -> Sequence[Dial]:
        """A network error or the end of a stream: reestablish the connection (section 9.2.3)."""
        if self.watched and isinstance(event, Lost) and event.reason == NO_HEARTBEAT:
            self.state = State.FETCHING  # the application opens a new one, at once
            return (Dial(0),)
        self.deadline_s = now_s + self._wait_s
        return ()

    def _read(self, event: Any) -> Sequence[Dispatch]:
        """Section 9.2.6: lines set buffers, the empty line dispatches."""
        if isinstance(event, Block):
            if event.id is not None:
                self._buffered_id = event.id
            self.last_id = self._buffered_id
            return (Dispatch(self.last_id, event.data),)
        if isinstance(event, Field):
            self._field(event)
            return ()
        self.last_id = self._buffered_id  # even where there is nothing to show
        data, self._data = self._data, []
        return tuple(Dispatch(self.last_id, one) for one in data)

    def _field(self, line: Field) -> None:
        value: Any = line.value
        if line.name == "id":
            self._buffered_id = value
        elif line.name == "retry":
            self._wait_s = max(value / 1000.0, self.browser.floor_s)
        elif line.name == "data":
            self._data.append(value)
