"""What a run may write down beside its history: every hop, for timelines and sequence diagrams.

Off by default: a run with a tape gives every delivery its own event. Names of lanes are those of
the diagram: "person 3", "gateway 0", "api 4". What travels is opaque to the transport; the system
under test puts it into words (`Said`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NamedTuple

SENT: Final = "sent"
HELD: Final = "held"  # written, and held back by TCP behind what it has to repair first
ARRIVED: Final = "arrived"
LOST: Final = "lost"
OPENED: Final = "opened"
RESET: Final = "reset"
TAKEN: Final = "taken"
ACCEPTED: Final = "accepted"
PUBLISHED: Final = "published"

DATA: Final = "data"  # carries messages
ACK: Final = "ack"  # says that messages have arrived
CONTROL: Final = "control"  # belongs to the connection or the session
IDLE: Final = "idle"  # goes on when nothing happens: pings, polls, empty answers
HANDSHAKE: Final = "handshake"  # opens a connection, whatever the protocol
_PERSON: Final = "person "
UNSEEN: Final = ("client", "server")  # lanes of what nobody watches


class Said(NamedTuple):
    """What travelled, in words, which messages it is about, and what it is for."""

    text: str
    messages: tuple[int, ...]
    role: str


class Mark(NamedTuple):
    """One thing that happened at `time_s` between two lanes (the same one for local events).

    `what` is a payload until the tape has put it into words. `other_s` is the other end of a hop:
    when what was SENT, HELD or PUBLISHED is planned to arrive, infinity for never; when the copy
    that ARRIVED had left, nan where that is not known. For local events it is the time itself.
    """

    time_s: float
    kind: str
    source: str
    target: str
    what: Any
    other_s: float


Say = Callable[[Any, str, str], Said]
"""Puts a payload into words, given the lanes from which and to which it goes."""


def _everything(_: Mark) -> bool:
    return True


class Tape(list[Mark]):
    """Marks in the order of the run, in words; only those that `keep` wants, all by default."""

    def __init__(self, keep: Callable[[Mark], bool] = _everything) -> None:
        super().__init__()
        self._keep = keep
        self.say: Say = lambda payload, source, target: Said(str(payload), (), CONTROL)

    def append(self, mark: Mark) -> None:
        """Put what happened into words, and keep it if it is wanted."""
        worded = mark._replace(what=self.say(mark.what, mark.source, mark.target))
        if self._keep(worded):
            super().append(worded)


def person_lane(person: int) -> str:
    """The lane of a person."""
    return f"{_PERSON}{person}"


def is_person(lane: str) -> bool:
    """Whether a lane is a person's."""
    return lane.startswith(_PERSON)


PROXY_LANE: Final = "proxy"


def node_lane(index: int, kind: int) -> str:
    """The lane of a node; `kind` is history.GATEWAY, history.API or history.PROXY.

    The first proxy has the index -1, others beside it -2, -3 ...
    """
    others = f"{PROXY_LANE} {-1 - index}" if index < -1 else PROXY_LANE
    return ("gateway {}", "api {}", others)[kind].format(index)


def is_proxy(lane: str) -> bool:
    """Whether a lane is a proxy's."""
    return lane.startswith(PROXY_LANE)
