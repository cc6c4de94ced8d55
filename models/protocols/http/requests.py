"""HTTP as a chat client uses it: a pool of kept-alive connections, and one request with retries.

The Pool decides which connection carries which request; the Exchange decides when a request is
tried again. The driver joins them: Issue becomes Request, Orphaned becomes Broken, Abandon becomes
Cancel. Not here: header bytes (see `websocket` for the upgrade), HTTP/2 (`http2_client`),
redirects, caches.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from models.protocols.backoff import BACKOFFS, Backoff
from models.protocols.http.pools import PoolOptions
from models.protocols.machine import (
    NEVER_S,
    TIMEOUT,
    Key,
    Luck,
    ProtocolError,
    Timeout,
    above,
    at_least,
    round_up_s,
)


class Request(NamedTuple):
    """Carry this request."""

    request: Hashable


class Cancel(NamedTuple):
    """Nobody waits for this request any more."""

    request: Hashable


class ConnOpened(NamedTuple):
    """The dial succeeded."""

    conn: int


class ConnClosed(NamedTuple):
    """The connection is gone, or its dial failed."""

    conn: int


class ResponseDone(NamedTuple):
    """The whole response has arrived."""

    conn: int


class DialConn(NamedTuple):
    """Open a connection."""

    conn: int


class Write(NamedTuple):
    """Write the request on the connection."""

    conn: int
    request: Hashable


class CloseConn(NamedTuple):
    """Close the connection in an orderly way: bytes already written still go out."""

    conn: int


class Orphaned(NamedTuple):
    """The connection that carried the request, or was to, is gone without a response."""

    request: Hashable


PoolAction = DialConn | Write | CloseConn | Orphaned


class Pool:
    """A client's connections to one host. Connections are numbered from 0 as they are dialled."""

    __slots__ = ("_busy", "_dialling", "_idle", "_next", "_waiting", "deadline_s", "options")

    def __init__(self, options: PoolOptions) -> None:
        self.options = options
        self.deadline_s = NEVER_S
        self._next = 0
        self._dialling: dict[int, Hashable | None] = {}  # conn -> the request it is bound to
        self._busy: dict[int, Hashable] = {}
        self._idle: dict[int, float] = {}  # conn -> since when, longest first
        self._waiting: list[Hashable] = []  # few: a deque has room for 64

    @property
    def connections(self) -> int:
        """Connections open or being opened."""
        return len(self._dialling) + len(self._busy) + len(self._idle)

    def lone(self, request: Hashable) -> int:
        """The connection with this request, if it is the only one and nothing waits; else -1."""
        if self._dialling or self._idle or self._waiting or len(self._busy) != 1:
            return -1
        [(conn, carried)] = self._busy.items()
        return conn if carried == request else -1

    @property
    def resting(self) -> int:
        """The connection that is all there is and carries nothing; -1 if none is."""
        return next(iter(self._idle)) if len(self._idle) == self.connections == 1 else -1

    def idle_since_s(self, conn: int) -> float:
        """Since when a connection has carried nothing."""
        return self._idle[conn]

    def rested(self, conn: int, since_s: float) -> None:
        """The lone connection has been used, and carries nothing since then."""
        self._idle[conn] = since_s

    def asked(self, conn: int, request: Hashable) -> None:
        """The lone connection carries this request."""
        del self._idle[conn]
        self._busy[conn] = request

    def carried(self, request: Hashable) -> int:
        """Its lone connection has been reused up to this request; which it is."""
        [conn] = self._busy
        self._busy[conn] = request
        return conn

    def handle(self, event: Any, now_s: float) -> Sequence[PoolAction]:
        """Take one event; raises ProtocolError for a connection it does not fit."""
        step = _POOL.get(type(event))
        if step is None:
            raise ProtocolError(self, "any", event)
        return step(self, event, now_s)

    def _request(self, event: Request, now_s: float) -> Sequence[PoolAction]:
        self._waiting.append(event.request)
        return self._serve()

    def _serve(self) -> list[PoolAction]:
        out: list[PoolAction] = []
        own = self.options.binds == "its own"
        while self._waiting:
            if self._idle:
                out.append(self._write(self._take_idle(), self._waiting.pop(0)))
                continue
            enough = not own and len(self._dialling) >= len(self._waiting)
            if enough or self.connections >= self.options.limit:
                break
            out.append(self._dial(self._waiting.pop(0) if own else None))
        return out

    def _take_idle(self) -> int:
        recent = self.options.reuse == "most recent"
        conn = next(reversed(self._idle) if recent else iter(self._idle))
        del self._idle[conn]
        return conn

    def _write(self, conn: int, request: Hashable) -> Write:
        self._busy[conn] = request
        return Write(conn, request)

    def _dial(self, request: Hashable | None) -> DialConn:
        conn = self._next
        self._next += 1
        self._dialling[conn] = request
        return DialConn(conn)

    def _opened(self, event: ConnOpened, now_s: float) -> Sequence[PoolAction]:
        if event.conn not in self._dialling:
            raise ProtocolError(self, "not dialling", event)
        request = self._dialling.pop(event.conn)
        if request is not None:
            return (self._write(event.conn, request),)
        return self._free(event.conn, now_s)

    def _done(self, event: ResponseDone, now_s: float) -> Sequence[PoolAction]:
        if event.conn not in self._busy:
            raise ProtocolError(self, "not busy", event)
        del self._busy[event.conn]
        return self._free(event.conn, now_s)

    def _free(self, conn: int, now_s: float) -> Sequence[PoolAction]:
        if self._waiting:
            return (self._write(conn, self._waiting.pop(0)),)
        self._idle[conn] = now_s
        if self.deadline_s == NEVER_S:
            self.deadline_s = now_s + self.options.idle_s
        return ()

    def _closed(self, event: ConnClosed, now_s: float) -> Sequence[PoolAction]:
        conn = event.conn
        if conn >= self._next:
            raise ProtocolError(self, "never dialled", event)
        request = self._busy.pop(conn, None)
        self._idle.pop(conn, None)
        if conn in self._dialling:
            request = self._dialling.pop(conn)
            if request is None and self._waiting:  # a failed dial fails whoever waits longest
                request = self._waiting.pop(0)
        return ([] if request is None else [Orphaned(request)]) + self._serve()

    def _cancel(self, event: Cancel, now_s: float) -> Sequence[PoolAction]:
        request = event.request
        if request in self._waiting:
            self._waiting.remove(request)
            return ()
        for books in (self._busy, self._dialling):
            for conn, carried in books.items():
                if carried == request:
                    del books[conn]
                    return [CloseConn(conn), *self._serve()]
        return ()

    def _time_out(self, event: Timeout, now_s: float) -> Sequence[PoolAction]:
        idle_s = self.options.idle_s
        old = [conn for conn, since_s in self._idle.items() if since_s + idle_s <= now_s]
        for conn in old:
            del self._idle[conn]
        self.deadline_s = next(iter(self._idle.values()), math.inf) + idle_s
        return [CloseConn(conn) for conn in old]


_POOL: Final[Mapping[type, Callable[[Pool, Any, float], Sequence[PoolAction]]]] = MappingProxyType(
    {
        Request: Pool._request,
        Cancel: Pool._cancel,
        ConnOpened: Pool._opened,
        ConnClosed: Pool._closed,
        ResponseDone: Pool._done,
        Timeout: Pool._time_out,
    }
)


class Phase(Key):
    """Where an Exchange stands."""

    IDLE = "idle"
    AWAITING = "awaiting"  # a try is out
    WAITING = "waiting"  # for the next try
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Start:
    """Try for the first time."""


@dataclass(frozen=True, slots=True)
class Responded:
    """A response came; `ok` False asks for another try (5xx, 429), in `wait_s` at the earliest."""

    ok: bool
    wait_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Broken:
    """The connection broke or could not be opened."""


@dataclass(frozen=True, slots=True)
class Issue:
    """Send the request; every try carries the same `key`, numbered from 1."""

    key: Hashable
    attempt: int


@dataclass(frozen=True, slots=True)
class Abandon:
    """Stop waiting for that try; it may still reach the server."""

    key: Hashable
    attempt: int


@dataclass(frozen=True, slots=True)
class Told:
    """The application learns that the request was done."""

    key: Hashable


@dataclass(frozen=True, slots=True)
class GiveUp:
    """The application learns that the request failed, whether or not it was done."""

    key: Hashable


ExchangeEvent = Start | Responded | Broken | Timeout
ExchangeAction = Issue | Abandon | Told | GiveUp

EXCHANGE: Final[Mapping[Phase, Mapping[type, Phase]]] = MappingProxyType(
    {
        Phase.IDLE: {Start: Phase.AWAITING},
        Phase.AWAITING: {Responded: Phase.DONE, Broken: Phase.WAITING, Timeout: Phase.WAITING},
        Phase.WAITING: {Timeout: Phase.AWAITING},
        Phase.DONE: {},
    }
)
"""Exchange: legal events by state, and where each leads; the last failed try leads to DONE."""


@dataclass(frozen=True, slots=True)
class ExchangeOptions:
    """How one request is retried.

    `timeout_s`: patience for one try. `backoff`: the wait between tries. `tries_max`: tries in all.
    `tick_s`: the time-out is rounded up to a whole tick of the client's clock, which ticks
    `phase_s` before whole ticks here.
    """

    timeout_s: float = 10.0
    backoff: Backoff = BACKOFFS["fixed-1s"]
    tries_max: float = math.inf
    tick_s: float = 0.0
    phase_s: float = 0.0

    def __post_init__(self) -> None:
        above("timeout_s", self.timeout_s, 0.0)
        at_least("tries_max", self.tries_max, 1.0)
        at_least("tick_s", self.tick_s, 0.0)


class Exchange:
    """One request until it is done or given up; `key` is its idempotency key."""

    __slots__ = ("_attempt", "_wait_s", "deadline_s", "key", "luck", "options", "state")

    def __init__(self, key: Hashable, options: ExchangeOptions, luck: Luck) -> None:
        self.key = key
        self.options = options
        self.luck = luck
        self.state = Phase.IDLE
        self.deadline_s = NEVER_S
        self._attempt = 0
        self._wait_s = 0.0

    @property
    def attempt(self) -> int:
        """The number of the latest try, 0 before the first."""
        return self._attempt

    def tried(self, deadline_s: float) -> None:
        """It is out for the first time, and waited for until then."""
        self.state, self.deadline_s, self._attempt = Phase.AWAITING, deadline_s, 1

    def handle(self, event: ExchangeEvent, now_s: float) -> Sequence[ExchangeAction]:
        """Take one event; raises ProtocolError when EXCHANGE does not list it."""
        target = EXCHANGE[self.state].get(type(event))
        if target is None:
            raise ProtocolError(self, self.state, event)
        if target is Phase.AWAITING:
            return self._issue(now_s)
        if isinstance(event, Responded) and event.ok:
            self.state, self.deadline_s = Phase.DONE, NEVER_S
            return (Told(self.key),)
        abandoned = (Abandon(self.key, self._attempt),) if event is TIMEOUT else ()
        wait_s = event.wait_s if isinstance(event, Responded) else 0.0
        return (*abandoned, *self._failed(now_s, wait_s))

    def _issue(self, now_s: float) -> Sequence[ExchangeAction]:
        self.state = Phase.AWAITING
        self._attempt += 1
        options = self.options
        self.deadline_s = round_up_s(now_s + options.timeout_s, options.tick_s, options.phase_s)
        return (Issue(self.key, self._attempt),)

    def _failed(self, now_s: float, least_s: float) -> Sequence[ExchangeAction]:
        if self._attempt >= self.options.tries_max:
            self.state, self.deadline_s = Phase.DONE, NEVER_S
            return (GiveUp(self.key),)
        self.state = Phase.WAITING
        self._wait_s = self.options.backoff.delay_s(self._attempt - 1, self._wait_s, self.luck)
        self.deadline_s = now_s + max(self._wait_s, least_s)
        return ()
