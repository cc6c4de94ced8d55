"""Heartbeats: who pings, when, and when an end decides that the other one is gone.

Two machines, one per job; an end may run both, one or none. A Pinger sends pings and wants
answers. A Watchdog sends nothing and wants to hear something. Both are told of every packet that
arrives, so hearing is cheap: it never moves a deadline, which is put right when it fires.
HEARTBEATS names what shipped software does at each side. Not here: the bytes of a ping, and what
follows a declared death.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

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
    round_up_s,
)


class Beat(Key):
    """What an end sees of its connection, as far as heartbeats care."""

    OPENED = "opened"
    CLOSED = "closed"
    PING = "ping heard"
    PONG = "pong heard"
    DATA = "data heard"
    REPLY = "other protocol packet heard"  # an acknowledgement, a subscription answer


class Act(Key):
    """What a heartbeat machine asks for."""

    SEND_PING = "send a ping"
    DECLARE_DEAD = "the other end is gone"


Event = Beat | Timeout


class State(Key):
    """Where a heartbeat machine stands."""

    IDLE = "idle"  # no connection
    QUIET = "quiet"  # the next ping is not due, or enough was heard
    AWAITING = "awaiting"  # a ping is out
    DEAD = "dead"  # declared; waits for CLOSED


_HEARD: Final = (Beat.PING, Beat.PONG, Beat.DATA, Beat.REPLY)

PINGER: Final[Mapping[State, Mapping[Event, State]]] = MappingProxyType(
    {
        State.IDLE: {Beat.OPENED: State.QUIET, Beat.CLOSED: State.IDLE},
        State.QUIET: {
            Beat.CLOSED: State.IDLE,
            TIMEOUT: State.AWAITING,
            **dict.fromkeys(_HEARD, State.QUIET),
        },
        State.AWAITING: {
            Beat.CLOSED: State.IDLE,
            TIMEOUT: State.DEAD,
            **dict.fromkeys(_HEARD, State.AWAITING),
            Beat.PONG: State.QUIET,
        },
        State.DEAD: {Beat.CLOSED: State.IDLE, **dict.fromkeys(_HEARD, State.DEAD)},
    }
)
"""Pinger: legal events by state, and the state each normally leads to."""

WATCHDOG: Final[Mapping[State, Mapping[Event, State]]] = MappingProxyType(
    {
        State.IDLE: {Beat.OPENED: State.QUIET, Beat.CLOSED: State.IDLE},
        State.QUIET: {
            Beat.CLOSED: State.IDLE,
            TIMEOUT: State.DEAD,
            **dict.fromkeys(_HEARD, State.QUIET),
        },
        State.DEAD: {Beat.CLOSED: State.IDLE, **dict.fromkeys(_HEARD, State.DEAD)},
    }
)
"""Watchdog: legal events by state, and the state each normally leads to."""


@dataclass(frozen=True, slots=True)
class PingSpec:
    """When an end pings and how long it waits. Times in seconds.

    `next_from`: the interval counts from the last "ping" (the first from opening), the last "pong",
    or the last packet "heard". `while_awaiting`: what a packet other than the pong does: "nothing";
    "extend once" (the wait starts again, once); "ping again" (at the end of the wait, ping once
    more instead of giving up). With `next_from="heard"` it ends the wait. `data_counts` False: only
    pongs and replies count as heard. `tick_s`: wake-ups are rounded up to whole ticks of the end's
    clock, which come `phase_s` before whole ticks here. `first_by_luck`: the first interval is
    multiplied by a draw from [0, 1).
    """

    interval_s: float
    timeout_s: float
    next_from: str = "ping"
    while_awaiting: str = "nothing"
    data_counts: bool = True
    tick_s: float = 0.0
    first_by_luck: bool = False
    phase_s: float = 0.0

    def __post_init__(self) -> None:
        above("interval_s", self.interval_s, 0.0)
        above("timeout_s", self.timeout_s, 0.0)
        one_of("next_from", self.next_from, ("ping", "pong", "heard"))
        one_of("while_awaiting", self.while_awaiting, ("nothing", "extend once", "ping again"))
        at_least("tick_s", self.tick_s, 0.0)


@dataclass(frozen=True, slots=True)
class WatchdogSpec:
    """How long silence may last, in seconds; `only_pings`: only the other end's pings break it."""

    limit_s: float
    only_pings: bool = False
    tick_s: float = 0.0
    phase_s: float = 0.0

    def __post_init__(self) -> None:
        above("limit_s", self.limit_s, 0.0)
        at_least("tick_s", self.tick_s, 0.0)


@dataclass(frozen=True, slots=True)
class SideSpec:
    """One end's heartbeat: pings, watches, both or neither."""

    ping: PingSpec | None = None
    watch: WatchdogSpec | None = None


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """Both ends' heartbeats and where the numbers come from; None means that end does nothing."""

    client: SideSpec | None
    server: SideSpec | None
    source: str


class Pinger:
    """The end that pings. `luck` is drawn from only when the spec says `first_by_luck`."""

    __slots__ = ("_extended", "_heard_s", "_ping_s", "deadline_s", "luck", "spec", "state")

    def __init__(self, spec: PingSpec, luck: Luck) -> None:
        self.spec = spec
        self.luck = luck
        self.state = State.IDLE
        self.deadline_s = NEVER_S
        self._heard_s = self._ping_s = 0.0
        self._extended = False

    def handle(self, event: Event, now_s: float) -> Sequence[Act]:
        """Take one event; raises ProtocolError when PINGER does not list it."""
        target = PINGER[self.state].get(event)
        if target is None:
            raise ProtocolError(self, self.state, event)
        if event is TIMEOUT:
            return self._time_out(now_s)
        if event is Beat.OPENED:
            self._open(now_s)
        elif event is Beat.CLOSED:
            self.state, self.deadline_s = State.IDLE, NEVER_S
        elif target is not State.DEAD:
            self._hear(event, now_s)
        return ()

    def _open(self, now_s: float) -> None:
        share = self.luck() if self.spec.first_by_luck else 1.0
        self.state = State.QUIET
        self._heard_s = now_s
        self._wake_at(now_s + self.spec.interval_s * share)

    def _wake_at(self, time_s: float) -> None:
        self.deadline_s = round_up_s(time_s, self.spec.tick_s, self.spec.phase_s)

    def _hear(self, event: Event, now_s: float) -> None:
        spec = self.spec
        counts = event is Beat.PONG or event is Beat.REPLY or spec.data_counts
        if counts:
            self._heard_s = now_s
        if self.state is State.QUIET:
            if event is Beat.PONG and spec.next_from == "pong":
                self._wake_at(now_s + spec.interval_s)
        elif event is Beat.PONG or (spec.next_from == "heard" and counts):
            self._answered(now_s)
        elif spec.while_awaiting == "extend once" and not self._extended:
            self._extended = True
            self._wake_at(now_s + spec.timeout_s)

    def _answered(self, now_s: float) -> None:
        self.state = State.QUIET
        from_s = self._ping_s if self.spec.next_from == "ping" else now_s
        self._wake_at(max(now_s, from_s + self.spec.interval_s))

    def _time_out(self, now_s: float) -> Sequence[Act]:
        spec = self.spec
        if self.state is State.AWAITING:
            if spec.while_awaiting == "ping again" and self._heard_s > self._ping_s:
                return self._ping(now_s)
            self.state, self.deadline_s = State.DEAD, NEVER_S
            return (Act.DECLARE_DEAD,)
        if spec.next_from == "heard":
            due_s = round_up_s(self._heard_s + spec.interval_s, spec.tick_s, spec.phase_s)
            if due_s > now_s:
                self.deadline_s = due_s
                return ()
        return self._ping(now_s)

    def _ping(self, now_s: float) -> Sequence[Act]:
        self.state = State.AWAITING
        self._ping_s = now_s
        self._extended = False
        self._wake_at(now_s + self.spec.timeout_s)
        return (Act.SEND_PING,)


class Watchdog:
    """The end that only listens: silence for `limit_s` means the other end is gone."""

    __slots__ = ("_heard_s", "deadline_s", "spec", "state")

    def __init__(self, spec: WatchdogSpec) -> None:
        self.spec = spec
        self.state = State.IDLE
        self.deadline_s = NEVER_S
        self._heard_s = 0.0

    def handle(self, event: Event, now_s: float) -> Sequence[Act]:
        """Take one event; raises ProtocolError when WATCHDOG does not list it."""
        target = WATCHDOG[self.state].get(event)
        if target is None:
            raise ProtocolError(self, self.state, event)
        if event is TIMEOUT:
            return self._time_out(now_s)
        self.state = target
        if event is Beat.OPENED:
            self._heard_s = now_s
            self.deadline_s = self._due_s()
        elif event is Beat.CLOSED:
            self.deadline_s = NEVER_S
        elif event is Beat.PING or not self.spec.only_pings:
            self._heard_s = now_s
        return ()

    def _due_s(self) -> float:
        spec = self.spec
        return round_up_s(self._heard_s + spec.limit_s, spec.tick_s, spec.phase_s)

    def _time_out(self, now_s: float) -> Sequence[Act]:
        due_s = self._due_s()
        if due_s > now_s:
            self.deadline_s = due_s
            return ()
        self.state, self.deadline_s = State.DEAD, NEVER_S
        return (Act.DECLARE_DEAD,)


def _pings(spec: PingSpec) -> SideSpec:
    return SideSpec(ping=spec)


_WEBSOCKETS: Final = _pings(PingSpec(20.0, 20.0))
# MQTT 3.1.1 [MQTT-3.1.2-24]: 1.5 x 60 s; mosquitto looks every 5 s (src/keepalive.c)
_BROKER: Final = SideSpec(watch=WatchdogSpec(90.0, tick_s=5.0))

HEARTBEATS: Final[Mapping[str, Heartbeat]] = MappingProxyType(
    {
        "none": Heartbeat(None, None, "npm ws 8.23.0, PyPI aiohttp 3.14.5: off by default"),
        "websockets": Heartbeat(
            _WEBSOCKETS, _WEBSOCKETS, "PyPI websockets 17.4, asyncio/connection.py keepalive"
        ),
        "uvicorn": Heartbeat(
            None, _WEBSOCKETS, "PyPI uvicorn 0.54.0, ws_ping_interval 20, ws_ping_timeout 20"
        ),
        "aiohttp": Heartbeat(
            None,
            _pings(PingSpec(20.0, 10.0, next_from="heard", tick_s=1.0)),
            "PyPI aiohttp 3.14.5, web_ws.py: pong wait half the heartbeat (off by default; 20 s)",
        ),
        "engine.io": Heartbeat(
            SideSpec(watch=WatchdogSpec(45.0, only_pings=True)),
            _pings(PingSpec(25.0, 20.0, next_from="pong", while_awaiting="extend once")),
            "npm engine.io 6.6.12, socket.js; engine.io-client 6.6.8, _resetPingTimeout",
        ),
        "mqtt.js": Heartbeat(
            _pings(PingSpec(60.0, 30.0, next_from="heard", data_counts=False)),
            _BROKER,
            "npm mqtt 5.16.0, KeepaliveManager.js and handlers/index.js (PUBLISH does not count)",
        ),
        "paho": Heartbeat(
            _pings(PingSpec(60.0, 60.0, while_awaiting="ping again")),
            _BROKER,
            "PyPI paho-mqtt 2.2.0, _check_keepalive: writes never count; looked at once a second",
        ),
        "paho-loop": Heartbeat(
            _pings(PingSpec(60.0, 60.0, while_awaiting="ping again", tick_s=1.0)),
            _BROKER,
            "PyPI paho-mqtt 2.2.0, loop(timeout=1.0): the same, with the second between two looks",
        ),
        "libmosquitto": Heartbeat(
            _pings(PingSpec(60.0, 60.0, while_awaiting="ping again", tick_s=1.0)),
            _BROKER,
            "eclipse-mosquitto lib/util_mosq.c, mosquitto__check_keepalive: whole seconds; no "
            "default of its own: mosquitto_sub's 60 s",
        ),
        "phoenix": Heartbeat(
            _pings(PingSpec(30.0, 30.0, next_from="pong")),
            SideSpec(watch=WatchdogSpec(60.0)),
            "npm phoenix 1.8.16, socket.js heartbeatIntervalMs; transports/websocket.ex timeout",
        ),
        "discord": Heartbeat(
            _pings(PingSpec(45.0, 45.0, first_by_luck=True)),
            None,
            "discord-api-docs, gateway.mdx: interval from Hello, first times a random share",
        ),
        "pusher": Heartbeat(
            _pings(PingSpec(120.0, 30.0, next_from="heard")),
            None,
            "npm pusher-js 8.6.0, defaults.ts activityTimeout, pongTimeout",
        ),
        "centrifuge": Heartbeat(
            SideSpec(watch=WatchdogSpec(35.0)),
            _pings(PingSpec(25.0, 25.0 / 3.0)),
            "npm centrifuge 5.8.0: maxServerPingDelay 10 s; server ping 25 s, pong wait a third",
        ),
    }
)
"""What shipped software does at each end, by name. Keep-alive of the MQTT rows: 60 s."""

BY_FRAMES: Final = ("websockets",)
"""Of these the client pings by WebSocket control frames, which no page in a browser can send."""
