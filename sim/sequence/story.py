"""A story: the steps that matter for some messages, on lanes in a readable order.

Told are the messages, what acknowledges them, what the connections of the people concerned go
through meanwhile, and the faults. Left out are handshakes, pings, empty polls, and everything
after the last step that says something.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np

from sim.faults.spec import Fault
from sim.history import SEND, History
from sim.sequence.hops import BACKPLANE, Hop, hops
from sim.sequence.notes import ACTS, BREAKS, LINK, SHOWN, Bar, Focus, Note, bars, notes
from sim.tape import ACK, CONTROL, DATA, Mark, person_lane

Step: TypeAlias = Hop | Note
_BEFORE_S: Final = 10.0
"""Faults that ended so long before the first message are no part of its story."""
_HANDSHAKE: Final = "handshake"


@dataclass(frozen=True, slots=True)
class Record:
    """One run with its tape, and the faults it was given."""

    history: History
    tape: Sequence[Mark]
    faults: Sequence[Fault] = ()


@dataclass(frozen=True, slots=True)
class Broken:
    """What breaks a guarantee: what `person` was shown, or not, of these messages."""

    messages: tuple[int, ...]
    person: int
    what: str


@dataclass(frozen=True, slots=True)
class Story:
    """Lanes from left to right, steps in order of time, faults on lanes."""

    lanes: tuple[str, ...]
    steps: tuple[Step, ...]
    bars: tuple[Bar, ...]

    @property
    def hops(self) -> list[Hop]:
        """The steps between lanes."""
        return [step for step in self.steps if isinstance(step, Hop)]

    @property
    def notes(self) -> list[Note]:
        """The steps at one lane."""
        return [step for step in self.steps if isinstance(step, Note)]


def when_s(step: Step) -> float:
    """When a step begins."""
    return step.left_s if isinstance(step, Hop) else step.time_s


def tell(record: Record, focus: Focus, broken: Broken | None = None) -> Story:
    """The story of these messages, and of how they break a guarantee."""
    lanes = [person_lane(person) for person in focus.people]
    about = [_named(hop) for hop in hops(record.tape) if _between(hop, lanes)]
    noted = notes(record.history, record.tape, focus)
    faults = bars(record.history, record.faults, focus)
    start_s = min(note.time_s for note in noted if note.kind == ACTS)
    faults = [bar for bar in faults if bar.end_s >= start_s - _BEFORE_S]
    last_s = _last_s(about, noted, focus)
    if broken is not None:
        noted, last_s = _marked(noted, broken, _end_s(last_s, faults, noted, broken))
    first_s = min([start_s, *(bar.start_s for bar in faults)])
    told = [hop for hop in about if _matters(hop, focus) and first_s <= hop.left_s <= last_s]
    noted = [note for note in noted if first_s <= note.time_s <= last_s]
    faults = [bar for bar in faults if bar.start_s <= last_s]
    steps = sorted([*noted, *told], key=lambda step: (when_s(step), isinstance(step, Hop)))
    return Story(_ordered(steps, faults, focus, record.history), tuple(steps), tuple(faults))


def _between(hop: Hop, people: Sequence[str]) -> bool:
    ends = (hop.source, hop.target)
    return all(end in people for end in ends if end.startswith("person"))


def _named(hop: Hop) -> Hop:
    return hop


def _matters(hop: Hop, focus: Focus) -> bool:
    if hop.said.role in (DATA, ACK) and hop.said.messages:
        return any(message in focus.messages for message in hop.said.messages)
    return hop.said.role == CONTROL and hop.said.text != _HANDSHAKE


def _last_s(about: Iterable[Hop], noted: Iterable[Note], focus: Focus) -> float:
    """When the last thing happens that is about the messages themselves."""
    times_s = [note.time_s for note in noted if note.message in focus.messages]
    for hop in about:
        if hop.said.messages and _matters(hop, focus):
            times_s.append(hop.over_s if hop.fate == "arrived" else hop.left_s)
    return max(times_s)


def _end_s(last_s: float, faults: Sequence[Bar], noted: Sequence[Note], broken: Broken) -> float:
    """The same, and for what is never shown: until that person is back after all faults."""
    lane = person_lane(broken.person)
    healed_s = max([last_s, *(bar.end_s for bar in faults)])
    back_s = [
        note.time_s
        for note in noted
        if note.kind == LINK and note.lane == lane and note.time_s >= healed_s
    ]
    return max(healed_s, min(back_s, default=healed_s)) if _missing(noted, broken) else last_s


def _missing(noted: Iterable[Note], broken: Broken) -> list[int]:
    """The messages that are never shown."""
    lane = person_lane(broken.person)
    shown = {note.message for note in noted if note.kind == SHOWN and note.lane == lane}
    return [message for message in broken.messages if message not in shown]


def _marked(noted: Sequence[Note], broken: Broken, end_s: float) -> tuple[list[Note], float]:
    """Notes with the one that breaks the guarantee: a repeat, an order, or what is missing."""
    lane = person_lane(broken.person)
    missing = _missing(noted, broken)
    last = [Note(end_s, lane, f"is never shown message {one}", BREAKS, one) for one in missing]
    theirs = [
        n for n in noted if n.kind == SHOWN and n.lane == lane and n.message in broken.messages
    ]
    repeats = [note for note in theirs if note.text.endswith("again")]
    guilty = repeats or theirs
    out = [
        Note(note.time_s, note.lane, note.text, BREAKS, note.message)
        if not missing and note in guilty
        else note
        for note in noted
    ]
    return [*out, *last], end_s


def _ordered(
    steps: Iterable[Step], faults: Iterable[Bar], focus: Focus, history: History
) -> tuple[str, ...]:
    """Writers left, readers right, nodes between them in the order in which hops reach them."""
    used = dict.fromkeys(bar.lane for bar in faults)
    for step in steps:
        ends = (step.source, step.target) if isinstance(step, Hop) else (step.lane,)
        used |= dict.fromkeys(ends)
    writers = {int(history.tables["messages"]["actor"][one]) for one in focus.messages}
    people = [person_lane(one) for one in focus.people if person_lane(one) in used]
    left = [one for one in people if int(one.split()[1]) in writers]
    right = [one for one in people if one not in left]
    if not right and len(left) > 1:
        left, right = left[:1], left[1:]
    nodes = [lane for lane in used if not lane.startswith("person") and lane != BACKPLANE]
    near = {lane: _nearness(lane, steps, left) for lane in nodes}
    nodes.sort(key=lambda lane: -near[lane])
    through = [BACKPLANE] if BACKPLANE in used else []
    before = [lane for lane in nodes if near[lane] > 0]
    after = [lane for lane in nodes if near[lane] <= 0]
    return (*left, *before, *through, *after, *right)


def _nearness(lane: str, steps: Iterable[Step], left: Sequence[str]) -> int:
    """How much more a node has to do with the people on the left than with the others."""
    near = 0
    for step in steps:
        if isinstance(step, Hop) and lane in (step.source, step.target):
            other = step.target if step.source == lane else step.source
            if other.startswith("person"):
                near += 1 if other in left else -1
    return near


def of_message(history: History, message: int, person: int) -> Focus:
    """The focus on one message: its sender and one reader. Raises ValueError for what is none."""
    table = history.tables["messages"]
    if not 0 <= message < len(table["actor"]):
        raise ValueError(f"message {message}; allowed: 0 to {len(table['actor']) - 1}")
    if table["action"][message] != SEND:
        sends = np.flatnonzero(table["action"] == SEND)
        near = sends[np.argmin(abs(sends - message))] if len(sends) else "none"
        raise ValueError(f"message {message} is no message to read; the nearest is {near}")
    return Focus((message,), (int(table["actor"][message]), person))
