"""Designs under trial, what each has to keep, and the schedules that it is played under.

Between them the subjects use every machine that a design can use. A subject promises what its
design claims, or what its mechanism is for where the design claims less; some are the variant that
keeps its claim under every fault (a key for retries, a broker that stores first). The machines of
no subject (Engine.IO, a memory of ids) are tried by the other checks alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

_NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})
_CONNECTIONS: Final = ("link", "reset", "address", "app")
_ALL: Final = (*_CONNECTIONS, "crash", "host", "pause", "backplane")
_WAYS: Final = ("isolation", "eventual-delivery", "bounded-recovery")
"""What everything keeps, besides the conformance checks that bind every design."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A design (`changes` made to `base`), its promises, and the faults under which they hold.

    `promises` are guarantees besides those that all keep. `recovery_s`: after so long a dead
    connection is noticed and replaced, by its heartbeat and back-off.
    """

    base: str
    promises: tuple[str, ...]
    faults: tuple[str, ...]
    recovery_s: float = 60.0
    gateways: int = 2
    changes: Mapping[str, Any] = field(default_factory=lambda: _NOTHING)

    @property
    def guarantees(self) -> tuple[str, ...]:
        """Everything that is judged."""
        return (*_WAYS, *self.promises)

    @property
    def asks(self) -> bool:
        """Whether people have to ask for lists, since something is promised about these."""
        return any(name in self.promises for name in _LISTS)


_EXACT: Final = ("exactly-once", "no-loss-after-ok")
_LISTS: Final = ("read-your-writes", "monotonic-reads")
_NARROW: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "client": {"preset": "paho", "sender": {"window": 2, "resend": "window"}},
        "broker": {
            "preset": "on-disk",
            "sender": {"window": 2},
            "receiver": {"window": 2, "deliver_on": "publish"},
        },
    }
)
"""Windows of two messages: what waits for one is soon many, and one too many is dropped."""
_PAHO_S: Final = 60.0 + 60.0 + 5.0 + 1.0 + 4.0
"""Its interval and time-out, a dial that fails, the wait, and a little for the connection."""

_POLL_S: Final = 9 * 15.0
"""A poll is back with an answer, which a reset every 15 s keeps from it; and a browser's dial has
no time-out: after 63 s without the link the next SYN is 64 s away."""

_STREAM_S: Final = 60.0 + 75.0
"""Its watchdog, and a browser's dial as for a poll."""

SUBJECTS: Final[Mapping[str, Subject]] = MappingProxyType(
    {
        "full-websocket": Subject("full-websocket", ("at-most-once", "fifo"), _ALL),
        "acked": Subject("full-websocket-acked", (*_EXACT, *_LISTS, "fifo"), _ALL),
        "hybrid-cursor": Subject("hybrid-cursor", (*_EXACT, *_LISTS), _ALL),
        "long-poll": Subject(
            "long-poll", (*_EXACT, "total-order"), _ALL, _POLL_S, changes={"idempotent": True}
        ),
        "long-poll narrow": Subject(
            "long-poll",
            (*_EXACT, "total-order"),
            _CONNECTIONS,
            _POLL_S,
            changes={"idempotent": True, "long_poll": {"batch_max": 2}},
        ),
        "mqtt-qos0": Subject("mqtt-qos0", ("at-most-once", "fifo"), _ALL, _PAHO_S),
        "mqtt-qos1": Subject("mqtt-qos1", ("at-least-once",), _CONNECTIONS, _PAHO_S),
        "mqtt-qos2": Subject("mqtt-qos2", _EXACT, _CONNECTIONS, _PAHO_S),
        "mqtt-qos1 narrow": Subject(
            "mqtt-qos1", ("at-least-once",), _CONNECTIONS, _PAHO_S, changes={"mqtt": _NARROW}
        ),
        "mqtt-qos2 narrow": Subject(
            "mqtt-qos2", (*_EXACT, "fifo"), _CONNECTIONS, _PAHO_S, changes={"mqtt": _NARROW}
        ),
        "mqtt.js": Subject("messenger", ("no-loss-after-ok", "fifo"), _CONNECTIONS, 130.0),
        "broker on disk": Subject(
            "mqtt-qos2", _EXACT, _ALL, _PAHO_S, gateways=1, changes={"mqtt_broker": "on-disk"}
        ),
        "socketio": Subject("socketio", ("at-most-once", "fifo"), _ALL),
        "socketio-recovery": Subject(
            "socketio-recovery", ("at-most-once", "fifo"), ("reset",), gateways=1
        ),
        # Recovery is for a client that has been sent an event before: all plays begin with one.
        # Drawn schedules need not, and then at-least-once is broken, as in npm socket.io 4.8.4.
        "socketio-retries": Subject(
            "socketio-recovery",
            ("at-least-once",),
            ("reset",),
            gateways=1,
            changes={"socketio_retries": 3},
        ),
        "sse-resume": Subject(
            "sse-resume",
            (*_EXACT, "total-order"),
            _ALL,
            _STREAM_S,
            changes={"sse": {"server": "mercure", "watch_s": 60.0}},
        ),
    }
)

_TALK: Final = (
    "people=3 send=4:2 send=5:0 send=5.04:0 send=5.06:1 send=30:2 send=30.04:0 send=150:1"
)
_BURST: Final = " ".join(f"send={5 + step / 100:g}:{step % 2}" for step in range(60))
_HELD: Final = " ".join(f"send={4 + step / 2:g}:{(step + 2) % 3}" for step in range(40))
_CALM: Final = (
    "people=4 room=0-1-2-3 room=0-1-2 send=5:0 send=5.05:1 send=5.1:2/1 send=5.1:0/1 send=9:3"
)


_ASK_S: Final = 0.2
"""A list is asked for once its sender has heard that the message is stored."""


def schedules(subject: Subject) -> Iterator[str]:
    """The lines of text that say what `subject` is played under, those without faults first."""
    yield _CALM
    yield f"people=3 {_BURST}"
    if subject.asks:
        yield from (f"{talk} ask={_ASK_S}" for talk in (_CALM, f"people=3 {_BURST}", _TALK))
    for kind in subject.faults:
        yield from (line for line in _PLAYS[kind]() if f"={subject.gateways + 1}@" not in line)


def _grid(first_s: float, count: int, step_s: float) -> Iterator[str]:
    return (f"{first_s + place * step_s:g}" for place in range(count))


def _resets() -> Iterator[str]:
    """At every moment of a message, twice in a row, and often."""
    for whom in (0, 1):
        yield from (f"{_TALK} reset={whom}@{at_s}" for at_s in _grid(4.99, 18, 0.02))
        yield f"{_TALK} {' '.join(f'reset={whom}@{at_s}' for at_s in _grid(10, 11, 100))}"
        yield from (
            f"people=3 {_HELD} reset={whom}@6 reset={whom}@{at_s}" for at_s in _grid(7, 16, 0.05)
        )


def _links() -> Iterator[str]:
    """Down for a moment, for longer than a heartbeat, and while much is said."""
    for whom in (0, 1):
        yield from (f"{_TALK} link={whom}@{at_s}+3" for at_s in _grid(4.99, 12, 0.03))
        yield from (f"{_TALK} link={whom}@{at_s}+100" for at_s in _grid(4.99, 4, 0.04))
        yield from (f"{_TALK} link={whom}@5+{span_s}" for span_s in _grid(40, 12, 8))
        yield f"people=3 {_HELD} link={whom}@4+150"


def _addresses() -> Iterator[str]:
    for whom in (0, 1):
        yield from (f"{_TALK} address={whom}@{at_s}+0.5" for at_s in _grid(4.99, 12, 0.03))
        yield f"people=3 {_HELD} address={whom}@4+30"


def _apps() -> Iterator[str]:
    """Closed around a message, for long, several times in a row, and while the link is down."""
    for whom, from_s in ((0, 5.05), (1, 5.07), (2, 5.0)):
        yield from (f"{_TALK} app={whom}@{at_s}+20" for at_s in _grid(from_s, 6, 0.02))
        yield f"{_TALK} app={whom}@31+100"
        yield f"{_TALK} " + " ".join(f"app={whom}@{at_s}+1" for at_s in _grid(6, 8, 2.5))
        yield from (f"{_TALK} link={whom}@31+90 app={whom}@{at_s}+5" for at_s in _grid(75, 5, 8))


def _crashes() -> Iterator[str]:
    for node in (0, 1, 2):
        yield from (f"{_TALK} crash={node}@{at_s}+2" for at_s in _grid(4.99, 10, 0.02))
        yield from (f"{_TALK} crash={node}@{at_s}+2" for at_s in _grid(5.034, 16, 0.001))


def _hosts() -> Iterator[str]:
    """Lost during a message, and in a silence that only a later heartbeat ends."""
    for node in (0, 1, 2):
        yield from (f"{_TALK} host={node}@{at_s}+20" for at_s in _grid(4.99, 4, 0.04))
        yield f"{_TALK} host={node}@90+20"


def _pauses() -> Iterator[str]:
    for node in (0, 1, 2):
        yield from (f"{_TALK} pause={node}@{at_s}+12" for at_s in _grid(4.99, 4, 0.03))


def _backplanes() -> Iterator[str]:
    """During a message with others to come, and during the last one, which nothing else mends."""
    yield from (f"{_TALK} backplane={at_s}+1" for at_s in _grid(4.5, 6, 0.1))
    yield f"{_TALK} backplane=149.8+1"


_PLAYS: Final = {
    "reset": _resets,
    "link": _links,
    "address": _addresses,
    "app": _apps,
    "crash": _crashes,
    "host": _hosts,
    "pause": _pauses,
    "backplane": _backplanes,
}
