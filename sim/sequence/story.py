"""A story: the steps that matter for some messages, on lanes in a readable order.

Phrase are the messages, what acknowledges them, what the connections of the people concerned go
through meanwhile, and the faults. Left out are handshakes, pings, empty polls, and everything
after the last step that says something.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from sim.faults import Fault
from sim.history import History
from sim.sequence.hops import BACKPLANE, Hop, hops
from sim.sequence.notes import (
    ACTS,
    BREAKS,
    LINK,
    NO_MESSAGE,
    SHOWN,
    Bar,
    Focus,
    Note,
    bars,
    notes,
)
from sim.tape import ACK, CONTROL, DATA, Mark, is_person, person_lane

Step: TypeAlias = Hop | Note
_BEFORE_S: Final = 10.0
"""Faults that ended so long before the first message are no part of its story."""
_GREETING_S: Final = 0.5
"""A client that is back has asked for what it missed, and got it, by then."""
_MESSAGES_FIRST: Final = 100


@dataclass(frozen=True, slots=True)
class Record:
    """One run with its tape, and the faults it was given."""

    history: History
    tape: Sequence[Mark]
    faults: Sequence[Fault] = ()


@dataclass(frozen=True, slots=True)
class Broken:
    """What breaks a guarantee: what `person` was shown, or not, of these messages.

    Without messages it is the person's connection, found wanting by `end_s`. With messages that
    were never shown, `end_s` is when that was settled; 0: when everything has healed.
    """

    messages: tuple[int, ...]
    person: int
    end_s: float = 0.0


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
    about = [hop for hop in hops(record.tape) if _between(hop, lanes) and _matters(hop, focus)]
    noted = notes(record.history, record.tape, focus)
    faults = bars(record.history, record.faults, focus)
    start_s = min(note.time_s for note in noted if note.kind == ACTS)
    faults = [bar for bar in faults if bar.end_s >= start_s - _BEFORE_S]
    last_s = _last_s(about, noted)
    if broken is not None:
        noted, last_s = _told_with(noted, broken, _Course(about, faults, last_s))
    first_s = min([start_s, *(bar.start_s for bar in faults if bar.start_s <= last_s)])
    told = [*noted, *(step for hop in about for step in _unfolded(hop))]
    steps = [step for step in told if first_s <= when_s(step) <= last_s]
    steps = [step for step in steps if not isinstance(step, Hop) or _begins(step, last_s)]
    steps.sort(key=lambda step: (when_s(step), _rank(step)))
    faults = [bar for bar in faults if bar.start_s <= last_s]
    return Story(_ordered(steps, faults, focus, record.history), tuple(steps), tuple(faults))


def _begins(hop: Hop, last_s: float) -> bool:
    """Whether a hop is told: it leaves before the end, or is the loss with which all ends."""
    return hop.left_s < last_s or (hop.fate == "lost" and len(hop.said.messages) > 0)


def _unfolded(hop: Hop) -> list[Step]:
    """What TCP holds back is written at one time and leaves at another."""
    if not hop.held or hop.fate != "arrived":
        return [hop]
    written = Note(hop.left_s, hop.source, f"writes {hop.said.text}: TCP holds it back", LINK)
    return [written, replace(hop, left_s=hop.again_s)]


def _rank(step: Step) -> int:
    """Of what happens at one moment: causes first, and what breaks the guarantee last."""
    return 1 if isinstance(step, Hop) else 2 if step.kind == BREAKS else 0


def _between(hop: Hop, people: Sequence[str]) -> bool:
    ends = (hop.source, hop.target)
    return all(end in people for end in ends if is_person(end))


def _matters(hop: Hop, focus: Focus) -> bool:
    if hop.said.role in (DATA, ACK) and hop.said.messages:
        return any(message in focus.messages for message in hop.said.messages)
    return hop.said.role == CONTROL


def _last_s(about: Iterable[Hop], noted: Iterable[Note]) -> float:
    """When the last thing happens that is about the messages themselves."""
    times_s = [note.time_s for note in noted if note.message != NO_MESSAGE]
    carriers = [hop for hop in about if hop.said.messages]
    times_s += [hop.over_s if hop.fate == "arrived" else hop.left_s for hop in carriers]
    return max(times_s)


@dataclass(frozen=True, slots=True)
class _Course:
    """What surrounds the notes: hops, faults, and when the last word about the messages falls."""

    about: Sequence[Hop]
    faults: Sequence[Bar]
    last_s: float


def _told_with(noted: Sequence[Note], broken: Broken, course: _Course) -> tuple[list[Note], float]:
    """Notes with what breaks the guarantee among them, and when that is.

    It is a repeat, else what was never shown, else all that was shown: their order is wrong then.
    """
    lane = person_lane(broken.person)
    theirs = [note for note in noted if note.lane == lane and note.kind == SHOWN]
    shown = [note for note in theirs if note.message in broken.messages]
    guilty = [note for note in shown if note.again] or shown
    missing = [one for one in broken.messages if one not in {note.message for note in shown}]
    if not broken.messages:
        late = Note(broken.end_s, lane, "was cut off for too long", BREAKS)
        return [*noted, late], max(broken.end_s, course.last_s)
    if not missing:
        out = [replace(note, kind=BREAKS) if note in guilty else note for note in noted]
        return out, max((note.time_s for note in guilty), default=course.last_s)
    end_s = broken.end_s or _over_s(noted, lane, course)
    last = [Note(end_s, lane, f"is never shown message {one}", BREAKS, one) for one in missing]
    return [*noted, *last], end_s


def _over_s(noted: Iterable[Note], lane: str, course: _Course) -> float:
    """When it is clear that nothing comes: faults have healed and the person is back."""
    healed_s = max([course.last_s, *(bar.end_s for bar in course.faults)])
    links = [one for one in noted if one.kind == LINK and one.lane == lane]
    later = [one for one in links if one.time_s >= healed_s]
    back = [one for one in later if one.up] or later
    back_s = min((one.time_s for one in back), default=healed_s)
    talk_s = [
        hop.over_s
        for hop in course.about
        if lane in (hop.source, hop.target) and back_s <= hop.left_s < back_s + _GREETING_S
    ]
    return max([back_s, *(time_s for time_s in talk_s if time_s < back_s + _GREETING_S)])


def _ordered(
    steps: Iterable[Step], faults: Iterable[Bar], focus: Focus, history: History
) -> tuple[str, ...]:
    """Writers left, readers right, nodes between them in the order in which hops reach them."""
    used = dict.fromkeys(bar.lane for bar in faults)
    for step in steps:
        ends = (step.source, step.target) if isinstance(step, Hop) else (step.lane,)
        used |= dict.fromkeys(ends)
    writers = {int(history.tables["messages"]["actor"][one]) for one in focus.messages}
    people = [one for one in focus.people if person_lane(one) in used]
    left = [person_lane(one) for one in people if one in writers]
    right = [person_lane(one) for one in people if one not in writers]
    if not right and len(left) > 1:
        left, right = left[:1], left[1:]
    nodes = [lane for lane in used if not is_person(lane) and lane != BACKPLANE]
    near = {lane: _nearness(lane, steps, left) for lane in nodes}
    nodes.sort(key=lambda lane: -near[lane])
    through = [BACKPLANE] if BACKPLANE in used else []
    before = [lane for lane in nodes if near[lane] > 0]
    after = [lane for lane in nodes if near[lane] <= 0]
    return (*left, *before, *through, *after, *right)


def _nearness(lane: str, steps: Iterable[Step], left: Sequence[str]) -> int:
    """How much more a node has to do with the people on the left than with the others.

    Above all by messages, which make the story; what connections go through decides the rest.
    """
    near = 0
    for step in steps:
        if isinstance(step, Hop) and lane in (step.source, step.target):
            other = step.target if step.source == lane else step.source
            if is_person(other):
                weight = _MESSAGES_FIRST if step.said.messages else 1
                near += weight if other in left else -weight
    return near
