"""The schedules that a hunt tries: who talks when, and what breaks around each message.

Most races live within a round trip of a message, so faults begin or end on a fine grid around a
send; how long they last, and how far messages are apart, are rungs of a ladder. Values that are
simpler to read come first: Hypothesis shrinks towards them, and towards fewer faults, messages and
people.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple, TypeVar

from hypothesis import strategies as st

from sim.faults import FORMS, Fault
from sim.faults.base import exact
from sim.hunt.schedule import (
    CLASSES,
    FIRST_FAULT_S,
    FIRST_SEND_S,
    PERSONAL,
    USUAL,
    Schedule,
    Send,
    made,
)

_T = TypeVar("_T")
_FAR: Final = 3 * 2**70
MOST_PEOPLE: Final = 4
LUCK: Final = 100
_STEP_MS: Final = 5


def _round_first(values_ms: Iterable[int]) -> tuple[float, ...]:
    """In seconds; those that are round come first, then those near zero, later before earlier."""

    def simple(value_ms: int) -> tuple[int, int, bool]:
        coarse = next(place for place, step in enumerate(_ROUND_MS) if value_ms % step == 0)
        return coarse, abs(value_ms), value_ms < 0

    return tuple(value / 1e3 for value in sorted(values_ms, key=simple))


_ROUND_MS: Final = (1000, 100, 50, 10, 5)
OFFSETS_S: Final = _round_first(range(-200, 401, _STEP_MS))
SPANS_S: Final = _round_first((50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000, 50000, 100000))
ASKS_S: Final = _round_first((20, 50, 100, 200, 500, 1000, 5000, 20000, 50000))
GAPS_S: Final = _round_first((0, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000, 50000, 100000))


@dataclass(frozen=True, slots=True)
class Limits:
    """How large schedules may become, which classes of faults they use, and the nodes there are.

    `moments_s`: offsets from a send worth trying besides the grid, between two steps of a calm run.
    `asks`: whether senders ask for the list after their messages.
    """

    classes: tuple[str, ...] = USUAL
    people: int = MOST_PEOPLE
    messages: int = 4
    faults: int = 3
    nodes: int = 3
    moments_s: tuple[float, ...] = ()
    asks: bool = False

    def __post_init__(self) -> None:
        for name, low, high in (
            ("people", 2, MOST_PEOPLE),
            ("messages", 1, 10),
            ("faults", 0, 10),
            ("nodes", 1, 2_000),
        ):
            if not low <= getattr(self, name) <= high:
                raise ValueError(f"{name} = {getattr(self, name)}; allowed: {low} to {high}")
        if unknown := [name for name in self.classes if name not in CLASSES]:
            allowed = ", ".join(CLASSES)
            raise ValueError(f"faults = '{unknown[0]}'; allowed: {allowed}")


class _RawSend(NamedTuple):
    gap_s: float
    sender: int
    room: int


class _RawFault(NamedTuple):
    """`whom` counts round whoever there is; `anchor` names the send; `by_end` says what is near."""

    kind: str
    whom: int
    anchor: int
    by_end: bool
    offset_s: float
    span_s: float


def schedules(limits: Limits) -> st.SearchStrategy[Schedule]:
    """Every schedule within `limits` with a fault, or without any where none is allowed."""
    people = _one_of(range(2, limits.people + 1))
    send = st.tuples(_one_of(GAPS_S), _one_of(range(limits.people)), _one_of((0, 1))).map(
        _RawSend._make
    )
    sends = st.lists(send, min_size=1, max_size=limits.messages)
    faults: st.SearchStrategy[list[_RawFault]] = st.just([])
    if limits.classes and limits.faults:
        fault = st.tuples(
            _one_of(limits.classes),
            _one_of(range(max(limits.people, limits.nodes))),
            _one_of(range(limits.messages)),
            st.booleans(),
            _offsets(limits.moments_s),
            _one_of(SPANS_S),
        ).map(_RawFault._make)
        faults = st.lists(fault, min_size=1, max_size=limits.faults)

    def resolve(raw: tuple[Any, ...]) -> Schedule:
        return _resolved(limits, raw)

    ask = _one_of(ASKS_S) if limits.asks else st.just(0.0)
    return st.tuples(people, sends, faults, _one_of(range(LUCK)), ask).map(resolve)


def _one_of(values: Sequence[_T]) -> st.SearchStrategy[_T]:
    """One of `values`, shrinking towards the first.

    Hypothesis tries numbers that it finds in the source code around it, wherever they are allowed;
    those far up here are in nobody's code, so what is drawn follows from the seed alone.
    """
    return st.integers(_FAR, _FAR + len(values) - 1).map(lambda drawn: values[drawn - _FAR])


def _offsets(moments_s: tuple[float, ...]) -> st.SearchStrategy[float]:
    """From the grid, or one of the moments, as often as not."""
    grid = _one_of(OFFSETS_S)
    if not moments_s:
        return grid
    return st.tuples(st.booleans(), grid, _one_of(moments_s)).map(
        lambda drawn: drawn[2] if drawn[0] else drawn[1]
    )


def _resolved(limits: Limits, raw: tuple[Any, ...]) -> Schedule:
    """What was drawn, made to fit: a schedule that can be played."""
    people, raw_sends, raw_faults, luck, ask_s = raw
    rooms = _rooms(people, raw_sends)
    sends = tuple(_sends(rooms, raw_sends))
    faults = _apart([_fault(one, people, limits.nodes, sends) for one in raw_faults])
    return Schedule(people, rooms, sends, faults, luck, ask_s)


def _rooms(people: int, sends: list[_RawSend]) -> tuple[tuple[int, ...], ...]:
    """One room for all; a second one, without the last person, where messages go there."""
    everybody = tuple(range(people))
    if people > 2 and any(send.room for send in sends):
        return everybody, everybody[:-1]
    return (everybody,)


def _sends(rooms: tuple[tuple[int, ...], ...], raw: list[_RawSend]) -> Iterator[Send]:
    at_s = FIRST_SEND_S
    for one in raw:
        at_s = exact(at_s + one.gap_s)
        room = min(one.room, len(rooms) - 1)
        yield Send(at_s, rooms[room][one.sender % len(rooms[room])], room)


def _fault(raw: _RawFault, people: int, nodes: int, sends: tuple[Send, ...]) -> Fault:
    near_s = sends[raw.anchor % len(sends)].at_s + raw.offset_s
    start_s = near_s - raw.span_s if raw.by_end and FORMS[raw.kind][1].lasts else near_s
    whom = raw.whom % (people if raw.kind in PERSONAL else nodes)
    return made(raw.kind, whom, max(start_s, FIRST_FAULT_S), raw.span_s)


def _apart(faults: list[Fault]) -> tuple[Fault, ...]:
    """Without faults of a node that is down already: nothing could fail a second time there."""
    kept: list[Fault] = []
    for fault in sorted(faults, key=lambda one: one.begins_s):
        if fault.target == "node":
            down = (one for one in kept if (one.target, one.whom) == ("node", fault.whom))
            if any(fault.begins_s <= one.healed_s(0) for one in down):
                continue
        kept.append(fault)
    return tuple(kept)
