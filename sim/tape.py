"""What a run may write down beside its history: every hop, for timelines and sequence diagrams.

Off by default: a run with a tape gives every delivery its own event. Names of lanes are those of
the diagram: "person 3", "gateway 0", "api 4".
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

SENT: Final = "sent"
ARRIVED: Final = "arrived"
LOST: Final = "lost"
OPENED: Final = "opened"
CLOSED: Final = "closed"
RESET: Final = "reset"
ACCEPTED: Final = "accepted"
PUBLISHED: Final = "published"
FAULT: Final = "fault"


class Mark(NamedTuple):
    """One thing that happened at `time_s` between two lanes (the same one for local events).

    `until_s` is when a hop is expected to arrive, as planned when it was sent; infinity for never.
    """

    time_s: float
    kind: str
    source: str
    target: str
    what: Any
    until_s: float


Tape = list[Mark]


def person_lane(person: int) -> str:
    """The lane of a person."""
    return f"person {person}"


def node_lane(index: int, kind: int) -> str:
    """The lane of a node; `kind` is history.GATEWAY or history.API."""
    return f"api {index}" if kind else f"gateway {index}"
