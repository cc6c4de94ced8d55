"""A calendar on flat arrays, for events that a compiled loop carries out.

An event is a slot: when, its place among all that was booked (of either calendar, see
`sim.engine`), its kind, and four numbers that the kind gives a meaning to. `heap` is a binary heap
of slots, ordered by time and place, with their times beside it; slots that are free form a chain.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from sim.core.arrays import INTEGER, REAL, Shared, chain
from sim.core.compiled import part

# Of an event: real numbers ...
TIME_S: Final = 0
SINCE_S: Final = 1  # a time that the kind gives a meaning to
REALS: Final = 2
# ... and whole ones.
PLACE: Final = 0
KIND: Final = 1
WHO: Final = 2
WHAT: Final = 3
ALSO: Final = 4
INTEGERS: Final = 5

# Of the calendar.
COUNT: Final = 0  # events booked
FREE: Final = 1  # the first free slot, -1: none
BOOKED: Final = 2  # places given away, as `Engine.place`
COUNTERS: Final = 3


class Calendar(NamedTuple):
    """`head_s[0]`: when the first event is due, infinity when there is none.

    `due_s`: the times of what lies in `heap`.
    """

    head_s: Any
    due_s: Any
    real: Any
    whole: Any
    heap: Any
    counters: Any


def calendar(slots: int) -> Shared[Calendar]:
    """An empty calendar with so many slots."""
    made = Shared[Calendar](Calendar, {
        "head_s": (REAL, 1), "due_s": (REAL, slots), "real": (REAL, slots * REALS),
        "whole": (INTEGER, slots * INTEGERS), "heap": (INTEGER, slots),
        "counters": (INTEGER, COUNTERS),
    })  # fmt: skip
    made.views.head_s[0] = float("inf")
    made.views.counters[FREE] = 0 if slots else -1
    chain(made.arrays.whole[::INTEGERS], 0, -1)
    return made


def enlarge(shared: Shared[Calendar], slots: int) -> None:
    """Have at least so many slots."""
    before = len(shared.views.heap)
    if slots > before:
        shared.grow("heap", slots)
        slots = len(shared.views.heap)
        shared.grow("due_s", slots)
        shared.grow("real", slots * REALS)
        shared.grow("whole", slots * INTEGERS)
        counters = shared.views.counters
        chain(shared.arrays.whole[before * INTEGERS :: INTEGERS], before, counters[FREE])
        counters[FREE] = before


@part
def book(calendar: Any, time_s: float, kind: int, who: int, what: int, also: int) -> int:
    """A new event, behind all that is booked for the same time; its slot."""
    counters, whole = calendar.counters, calendar.whole
    slot = counters[FREE]
    at = slot * INTEGERS
    counters[FREE] = whole[at]
    counters[BOOKED] += 1
    calendar.real[slot * REALS + TIME_S] = time_s
    whole[at + PLACE] = counters[BOOKED]
    whole[at + KIND] = kind
    whole[at + WHO] = who
    whole[at + WHAT] = what
    whole[at + ALSO] = also
    _rise(calendar, slot, counters[COUNT])
    counters[COUNT] += 1
    calendar.head_s[0] = calendar.due_s[0]
    return slot


@part
def pop(calendar: Any) -> int:
    """Take the first event off the calendar; its slot, which is to be freed afterwards."""
    heap, counters = calendar.heap, calendar.counters
    first = heap[0]
    counters[COUNT] -= 1
    if counters[COUNT] > 0:
        _sink(calendar, heap[counters[COUNT]], 0)
        calendar.head_s[0] = calendar.due_s[0]
    else:
        calendar.head_s[0] = float("inf")
    return first


@part
def free(calendar: Any, slot: int) -> None:
    """The event in that slot is over."""
    calendar.whole[slot * INTEGERS] = calendar.counters[FREE]
    calendar.counters[FREE] = slot


@part
def is_due(calendar: Any, until_s: float, place: int) -> bool:
    """Whether the first event comes before that time, and that place at it."""
    head_s = calendar.head_s[0]
    if head_s != until_s:
        return head_s < until_s
    return calendar.whole[calendar.heap[0] * INTEGERS + PLACE] < place


@part
def withdraw(calendar: Any, position: int) -> None:
    """Take the event at that position of the heap off the calendar; its slot stays as it is."""
    heap, counters = calendar.heap, calendar.counters
    counters[COUNT] -= 1
    count = counters[COUNT]
    if position < count:
        _sink(calendar, heap[count], position)
    calendar.head_s[0] = calendar.due_s[0] if count > 0 else float("inf")


# Comparisons are written out here: uncompiled, a call of Python costs more than the rest of one.


@part
def _rise(calendar: Any, slot: int, position: int) -> None:
    """Put a slot into the heap at `position` or above."""
    heap, due_s, whole = calendar.heap, calendar.due_s, calendar.whole
    time_s, place = calendar.real[slot * REALS], whole[slot * INTEGERS]
    while position > 0:
        parent = (position - 1) >> 1
        above_s = due_s[parent]
        if above_s < time_s or (above_s == time_s and whole[heap[parent] * INTEGERS] < place):
            break
        heap[position], due_s[position] = heap[parent], above_s
        position = parent
    heap[position], due_s[position] = slot, time_s


@part
def _sink(calendar: Any, slot: int, position: int) -> None:
    """Put a slot into the heap where there is a hole at `position`.

    The hole moves down to a leaf, and the slot rises from there: it was the last of the heap, so it
    belongs far down, and half of the comparisons are saved (Wegener, 1993, bottom-up heapsort).
    """
    heap, due_s, whole = calendar.heap, calendar.due_s, calendar.whole
    count = calendar.counters[COUNT]
    child = 2 * position + 1
    while child < count:
        child_s, other = due_s[child], child + 1
        if other < count:
            other_s = due_s[other]
            if other_s < child_s or (
                other_s == child_s and whole[heap[other] * INTEGERS] < whole[heap[child] * INTEGERS]
            ):
                child, child_s = other, other_s
        heap[position], due_s[position] = heap[child], child_s
        position = child
        child = 2 * position + 1
    _rise(calendar, slot, position)
