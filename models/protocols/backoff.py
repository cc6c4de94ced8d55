"""How long a client waits before its next try: formulas, and the schedules shipped software has.

A policy is a frozen value. `delay_s(attempt, previous_s, luck)` gives the wait before a try, where
`attempt` counts the failures since the counter was last reset (0 for the first wait), `previous_s`
is the wait before that one (0.0 at attempt 0) and `luck` draws uniformly from [0, 1). When the
counter is reset is not the policy's business: see `link`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from types import MappingProxyType
from typing import ClassVar, Final, Protocol

from models.protocols import waits
from models.protocols.machine import Luck, above, at_least


class Backoff(Protocol):
    """A rule for the wait before a try."""

    @property
    def source(self) -> str:
        """Where the rule and its numbers come from."""

    def delay_s(self, attempt: int, previous_s: float, luck: Luck) -> float:
        """Seconds to wait before try `attempt` (0 is the first after the loss)."""


class Formula:
    """A rule that is arithmetic on its numbers (`models.protocols.waits`); RULE says which."""

    __slots__ = ()
    RULE: ClassVar[int]

    @property
    def numbers(self) -> tuple[float, ...]:
        """Its fields in order, the source left out."""
        own = fields(self)  # type: ignore[arg-type]
        return tuple(getattr(self, one.name) for one in own if one.name != "source")

    def delay_s(self, attempt: int, previous_s: float, luck: Luck) -> float:
        """Seconds before try `attempt`; luck is drawn only where the wait depends on it."""
        numbers = self.numbers
        draw = luck() if waits.draws(self.RULE, numbers, attempt) else 0.0
        return waits.wait_s(self.RULE, numbers, attempt, previous_s, draw)


def _check(base_s: float, cap_s: float, factor: float = 2.0) -> None:
    above("base_s", base_s, 0.0)
    at_least("cap_s", cap_s, base_s)
    if not 1.0 <= factor <= 4.0:
        raise ValueError(f"factor = {factor!r}: must be within 1 to 4")


@dataclass(frozen=True, slots=True)
class Fixed(Formula):
    """The same wait every time, give or take up to `jitter_s`; in seconds."""

    RULE: ClassVar[int] = waits.FIXED
    wait_s: float
    source: str = "own setting"
    jitter_s: float = 0.0

    def __post_init__(self) -> None:
        at_least("wait_s", self.wait_s, 0.0)
        if not 0.0 <= self.jitter_s <= self.wait_s:
            raise ValueError(f"jitter_s = {self.jitter_s!r}: must be within 0 to {self.wait_s!r}")


@dataclass(frozen=True, slots=True)
class Ladder(Formula):
    """Listed waits, the last one for ever."""

    RULE: ClassVar[int] = waits.LADDER
    steps_s: tuple[float, ...]
    source: str = "own setting"

    def __post_init__(self) -> None:
        if not self.steps_s:
            raise ValueError("steps_s = (): must hold at least one wait")
        at_least("the shortest of steps_s", min(self.steps_s), 0.0)

    @property
    def numbers(self) -> tuple[float, ...]:
        """The steps."""
        return self.steps_s


@dataclass(frozen=True, slots=True)
class Linear(Formula):
    """`step_s` times the number of failures, up to `cap_s`."""

    RULE: ClassVar[int] = waits.LINEAR
    step_s: float
    cap_s: float = math.inf
    source: str = "own setting"

    def __post_init__(self) -> None:
        _check(self.step_s, self.cap_s)


@dataclass(frozen=True, slots=True)
class Exponential(Formula):
    """`base_s * factor ** attempt`, at most `cap_s`, then up to a share `jitter` more or less."""

    RULE: ClassVar[int] = waits.EXPONENTIAL
    base_s: float
    cap_s: float = math.inf
    factor: float = 2.0
    source: str = "own setting"
    jitter: float = 0.0

    def __post_init__(self) -> None:
        _check(self.base_s, self.cap_s, self.factor)
        if not 0.0 <= self.jitter <= 1.0:
            raise ValueError(f"jitter = {self.jitter!r}: must be within 0 to 1")


@dataclass(frozen=True, slots=True)
class FullJitter(Formula):
    """Anything between nothing and the exponential wait."""

    RULE: ClassVar[int] = waits.FULL_JITTER
    base_s: float
    cap_s: float
    factor: float = 2.0
    source: str = "own setting"

    def __post_init__(self) -> None:
        _check(self.base_s, self.cap_s, self.factor)


@dataclass(frozen=True, slots=True)
class EqualJitter(Formula):
    """Half of the exponential wait for sure, the other half by luck."""

    RULE: ClassVar[int] = waits.EQUAL_JITTER
    base_s: float
    cap_s: float
    factor: float = 2.0
    source: str = "own setting"

    def __post_init__(self) -> None:
        _check(self.base_s, self.cap_s, self.factor)


@dataclass(frozen=True, slots=True)
class DecorrelatedJitter(Formula):
    """Between `base_s` and three times the wait before, at most `cap_s`."""

    RULE: ClassVar[int] = waits.DECORRELATED_JITTER
    base_s: float
    cap_s: float
    source: str = "own setting"

    def __post_init__(self) -> None:
        _check(self.base_s, self.cap_s)


@dataclass(frozen=True, slots=True)
class SocketIo(Formula):
    """Socket.IO's: jitter first, cap afterwards, so late waits are all exactly the cap.

    One draw decides size and sign: its tenths digit even means earlier, odd means later. Whole
    milliseconds, as the JavaScript code truncates.
    """

    RULE: ClassVar[int] = waits.SOCKET_IO
    base_s: float = 1.0
    cap_s: float = 5.0
    randomization: float = 0.5
    source: str = "own setting"

    def __post_init__(self) -> None:
        _check(self.base_s, self.cap_s)
        if not 0.0 <= self.randomization <= 1.0:
            raise ValueError(f"randomization = {self.randomization!r}: must be within 0 to 1")


@dataclass(frozen=True, slots=True)
class AddedJitter(Formula):
    """The capped exponential wait, then up to `spread_s` more or less."""

    RULE: ClassVar[int] = waits.ADDED_JITTER
    base_s: float
    cap_s: float
    spread_s: float
    source: str = "own setting"

    def __post_init__(self) -> None:
        _check(self.base_s, self.cap_s)
        if not 0.0 <= self.spread_s <= self.base_s:
            raise ValueError(f"spread_s = {self.spread_s!r}: must be within 0 to {self.base_s!r}")


@dataclass(frozen=True, slots=True)
class Grpc(Formula):
    """gRPC's: the wait before grows by `factor` to `cap_s`, then jitters; the first is plain.

    The jittered wait is what grows next, and the jitter comes after the cap.
    """

    RULE: ClassVar[int] = waits.GRPC
    base_s: float
    cap_s: float
    factor: float
    jitter: float
    source: str = "own setting"

    def __post_init__(self) -> None:
        _check(self.base_s, self.cap_s, self.factor)
        if not 0.0 <= self.jitter < 1.0:
            raise ValueError(f"jitter = {self.jitter!r}: must be at least 0 and below 1")


@dataclass(frozen=True, slots=True)
class SpreadThenExponential(Formula):
    """A first wait anywhere up to `spread_s`, then exponential without jitter (RFC 6455, 7.2.3)."""

    RULE: ClassVar[int] = waits.SPREAD_THEN_EXPONENTIAL
    spread_s: float
    base_s: float
    cap_s: float
    factor: float
    source: str = "own setting"

    def __post_init__(self) -> None:
        above("spread_s", self.spread_s, 0.0)
        _check(self.base_s, self.cap_s, self.factor)


@dataclass(frozen=True, slots=True)
class MinimumPlusFullJitter(Formula):
    """`base_s` plus a full-jitter wait, the sum at most `cap_s`."""

    RULE: ClassVar[int] = waits.MINIMUM_PLUS_FULL_JITTER
    base_s: float
    cap_s: float
    source: str = "own setting"

    def __post_init__(self) -> None:
        _check(self.base_s, self.cap_s)


@dataclass(frozen=True, slots=True)
class OwnPace(Formula):
    """A first wait drawn from [low_s, high_s), growing by `factor` to `cap_s` without more luck."""

    RULE: ClassVar[int] = waits.OWN_PACE
    low_s: float
    high_s: float
    cap_s: float
    factor: float
    source: str = "own setting"

    def __post_init__(self) -> None:
        _check(self.low_s, self.high_s, self.factor)
        at_least("cap_s", self.cap_s, self.high_s)


@dataclass(frozen=True, slots=True)
class Ably(Formula):
    """At once, then `base_s` times 1, 4/3, 5/3, 2, 2 ... less up to a fifth by luck."""

    RULE: ClassVar[int] = waits.ABLY
    base_s: float = 15.0
    source: str = "own setting"

    def __post_init__(self) -> None:
        above("base_s", self.base_s, 0.0)


RULES: Final[Mapping[str, type[Backoff]]] = MappingProxyType(
    {
        "fixed": Fixed,
        "ladder": Ladder,
        "linear": Linear,
        "exponential": Exponential,
        "full-jitter": FullJitter,
        "equal-jitter": EqualJitter,
        "decorrelated-jitter": DecorrelatedJitter,
        "socket.io": SocketIo,
        "added-jitter": AddedJitter,
        "grpc": Grpc,
        "spread-then-exponential": SpreadThenExponential,
        "minimum-plus-full-jitter": MinimumPlusFullJitter,
        "own-pace": OwnPace,
        "ably": Ably,
    }
)
"""The formulas by name; each takes the numbers that its class has."""

_AWS: Final = "aws-samples/aws-arch-backoff-simulator, src/backoff_simulator.py; 1 s to 30 s chosen"
_PHOENIX_S: Final = (0.01, 0.05, 0.1, 0.15, 0.2, 0.25, 0.5, 1.0, 2.0, 5.0)

BACKOFFS: Final[Mapping[str, Backoff]] = MappingProxyType(
    {
        "none": Fixed(0.0, "no wait at all: the reference for a storm"),
        "fixed-1s": Fixed(1.0, "npm mqtt 5.16.0, client.js reconnectPeriod 1000 ms"),
        "libmosquitto": Fixed(1.0, "eclipse-mosquitto lib/libmosquitto.c, reconnect_delay 1"),
        "pusher": Fixed(1.0, "npm pusher-js 8.6.0, connection_manager.ts, closed: retryIn(1000)"),
        "eventsource": Fixed(3.0, "Blink event_source.cc kDefaultReconnectDelay, 3000 ms"),
        "eventsource-firefox": Fixed(5.0, "Gecko EventSource.cpp, default reconnection 5000 ms"),
        "exponential": Exponential(1.0, 30.0, source=_AWS),
        "full-jitter": FullJitter(1.0, 30.0, source=_AWS),
        "equal-jitter": EqualJitter(1.0, 30.0, source=_AWS),
        "decorrelated-jitter": DecorrelatedJitter(1.0, 30.0, source=_AWS),
        "socket.io": SocketIo(source="npm socket.io-client 4.8.4, contrib/backo2.js, manager.js"),
        "python-socketio": AddedJitter(
            1.0, 5.0, 0.5, "PyPI python-socketio 5.18.1, client.py _handle_reconnect"
        ),
        "phoenix": Ladder(_PHOENIX_S, "npm phoenix 1.8.16, socket.js reconnectAfterMs"),
        "paho": Exponential(
            1.0, 120.0, source="PyPI paho-mqtt 2.2.0, client.py _reconnect_wait, 1 to 120 s"
        ),
        "websockets": SpreadThenExponential(
            5.0, 3.1, 90.0, 1.618, "PyPI websockets 17.4, client.py backoff"
        ),
        "grpc": Grpc(1.0, 120.0, 1.6, 0.2, "npm @grpc/grpc-js 1.14.7, backoff-timeout.js"),
        "discord.py": FullJitter(
            2.0, 1024.0, source="PyPI discord.py 2.7.1, backoff.py: exponent 1 at the first wait"
        ),
        "centrifuge": MinimumPlusFullJitter(0.5, 20.0, "npm centrifuge 5.8.0, backoff()"),
        "ably": Ably(
            source="npm ably 2.28.0, utils.ts getRetryTime, disconnectedRetryTimeout 15 s"
        ),
        "reconnecting-websocket": OwnPace(
            1.0, 5.0, 10.0, 1.3, "npm reconnecting-websocket 4.4.0; there drawn once per page load"
        ),
        "slack-socket-mode": Linear(5.0, source="npm @slack/socket-mode 3.1.0: 5 s a failure"),
    }
)
"""The schedules of shipped software and the textbook ones, by name."""
