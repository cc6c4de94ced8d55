"""The life of one client's connection: closed, dialling, open, waiting to dial again.

The machine decides when to dial and when to give up; the driver dials (TCP, TLS, upgrade, log-in:
whatever has to be done until the connection is of use) and reports. Not here: noticing that an open
connection is dead (`heartbeat`), and how long to wait (`backoff`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from models.protocols.backoff import BACKOFFS, Backoff
from models.protocols.machine import (
    NEVER_S,
    TIMEOUT,
    Key,
    Luck,
    ProtocolError,
    Timeout,
    above,
    at_least,
    one_of,
)

SERVER_CLOSE: Final = "server close"
"""The reason of a Lost that the server asked for; some clients then stay away."""


class State(Key):
    """Where the connection stands, as its client believes."""

    CLOSED = "closed"
    DIALLING = "dialling"
    OPEN = "open"
    WAITING = "waiting"


@dataclass(frozen=True, slots=True)
class Start:
    """The application wants a connection."""


@dataclass(frozen=True, slots=True)
class Stop:
    """The application no longer wants one."""


@dataclass(frozen=True, slots=True)
class Opened:
    """The dial succeeded."""


@dataclass(frozen=True, slots=True)
class Refused:
    """The dial failed."""

    reason: str


@dataclass(frozen=True, slots=True)
class Lost:
    """An open connection is over: the peer or the client's own heartbeat said so."""

    reason: str


@dataclass(frozen=True, slots=True)
class Online:
    """The device has a link again: dial now, whatever was waited for or under way."""


@dataclass(frozen=True, slots=True)
class Dial:
    """Open a connection; `attempt` counts the retries in a row, this one included."""

    attempt: int


@dataclass(frozen=True, slots=True)
class HangUp:
    """Close the connection or abandon the dial."""

    reason: str


@dataclass(frozen=True, slots=True)
class GaveUp:
    """No further tries; the application has to Start again."""

    attempts: int


Event = Start | Stop | Opened | Refused | Lost | Online | Timeout
Action = Dial | HangUp | GaveUp

TRANSITIONS: Final[Mapping[State, Mapping[type, State]]] = MappingProxyType(
    {
        State.CLOSED: {Start: State.DIALLING, Stop: State.CLOSED},
        State.DIALLING: {
            Opened: State.OPEN,
            Refused: State.WAITING,
            Timeout: State.WAITING,
            Online: State.DIALLING,
            Stop: State.CLOSED,
        },
        State.OPEN: {Lost: State.WAITING, Timeout: State.OPEN, Stop: State.CLOSED},
        State.WAITING: {
            Timeout: State.DIALLING,
            Online: State.DIALLING,
            Stop: State.CLOSED,
        },
    }
)
"""Legal events by state, and the state each leads to. A client that will not try again goes from
WAITING straight to CLOSED."""


@dataclass(frozen=True, slots=True)
class LinkOptions:
    """How a client connects. Times in seconds.

    `first_wait`: "backoff", or "at once" when the first try after a loss is not delayed (the
    schedule then starts with the second). `stable_s`: uptime after which the failure counter
    returns to zero, 0 for at once on opening. `attempts_max`: retries in a row before giving up.
    """

    backoff: Backoff = BACKOFFS["fixed-1s"]
    connect_timeout_s: float = 10.0  # PyPI websockets 17.4, connect(open_timeout=10)
    first_wait: str = "backoff"
    stable_s: float = 0.0
    reconnect_on_server_close: bool = True
    attempts_max: float = math.inf

    def __post_init__(self) -> None:
        above("connect_timeout_s", self.connect_timeout_s, 0.0)
        one_of("first_wait", self.first_wait, ("backoff", "at once"))
        at_least("stable_s", self.stable_s, 0.0)
        at_least("attempts_max", self.attempts_max, 1.0)


class LinkMachine:
    """One client's connection, from Start to Stop; `options` and `luck` decide its waits."""

    __slots__ = ("_attempt", "_previous_s", "deadline_s", "luck", "options", "state")

    def __init__(self, options: LinkOptions, luck: Luck) -> None:
        self.options = options
        self.luck = luck
        self.state = State.CLOSED
        self.deadline_s = NEVER_S
        self._reset()

    def _reset(self) -> None:
        self._attempt = 0
        self._previous_s = 0.0

    def handle(self, event: Event, now_s: float) -> Sequence[Action]:
        """Take one event; raises ProtocolError when TRANSITIONS does not list it."""
        target = TRANSITIONS[self.state].get(type(event))
        if target is None:
            raise ProtocolError(self, self.state, event)
        before, self.state = self.state, target
        self.deadline_s = NEVER_S
        return _ENTER[target](self, before, event, now_s)

    def _closed(self, before: State, event: Event, now_s: float) -> Sequence[Action]:
        self._reset()
        connected = before in (State.DIALLING, State.OPEN)
        return (HangUp("app closed"),) if connected else ()

    def _dialling(self, before: State, event: Event, now_s: float) -> Sequence[Action]:
        self.deadline_s = now_s + self.options.connect_timeout_s
        abandoned = (HangUp("online"),) if before is State.DIALLING else ()
        return (*abandoned, Dial(self._attempt))

    def _open(self, before: State, event: Event, now_s: float) -> Sequence[Action]:
        if event is TIMEOUT or self.options.stable_s == 0.0:
            self._reset()
        else:
            self.deadline_s = now_s + self.options.stable_s
        return ()

    def _waiting(self, before: State, event: Event, now_s: float) -> Sequence[Action]:
        abandoned = (HangUp("timeout"),) if event is TIMEOUT else ()
        if self._ends_here(before, event):
            tried = self._attempt
            self.state = State.CLOSED
            self._reset()
            return (*abandoned, GaveUp(tried))
        self.deadline_s = now_s + self._wait_s()
        return abandoned

    def _ends_here(self, before: State, event: Event) -> bool:
        if isinstance(event, Lost) and event.reason == SERVER_CLOSE:
            return not self.options.reconnect_on_server_close
        return before is State.DIALLING and self._attempt >= self.options.attempts_max

    def _wait_s(self) -> float:
        step = self._attempt - (self.options.first_wait == "at once")
        self._attempt += 1
        if step < 0:
            return 0.0
        self._previous_s = self.options.backoff.delay_s(step, self._previous_s, self.luck)
        return self._previous_s


_Enter = Callable[[LinkMachine, State, Event, float], Sequence[Action]]
_ENTER: Final[Mapping[State, _Enter]] = {
    State.CLOSED: LinkMachine._closed,
    State.DIALLING: LinkMachine._dialling,
    State.OPEN: LinkMachine._open,
    State.WAITING: LinkMachine._waiting,
}
