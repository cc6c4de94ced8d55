"""The calendar on flat arrays against a sorted list."""

from hypothesis import given
from hypothesis import strategies as st

from sim.core.calendar import (
    COUNT,
    FREE,
    INTEGERS,
    WHAT,
    book,
    calendar,
    enlarge,
    free,
    is_due,
    pop,
    withdraw,
)


def what(taken, slot):
    return taken.whole[slot * INTEGERS + WHAT]


@given(st.lists(st.one_of(st.integers(0, 20), st.sampled_from(["pop", "withdraw"])), max_size=80))
def test_events_come_by_time_and_then_by_booking(steps):
    shared = calendar(100)
    taken, due, number = shared.views, [], 0
    for step in steps:
        if isinstance(step, int):
            number += 1
            book(taken, float(step), 0, 0, number, 0)
            due.append((float(step), number))
            due.sort()
        elif due and step == "pop":
            slot = pop(taken)
            assert what(taken, slot) == due.pop(0)[1]
            free(taken, slot)
        elif due:
            gone = due.pop(len(due) // 2)
            heap = [taken.heap[one] for one in range(taken.counters[COUNT])]
            slot = next(one for one in heap if what(taken, one) == gone[1])
            withdraw(taken, heap.index(slot))
            free(taken, slot)
        assert taken.head_s[0] == (due[0][0] if due else float("inf"))
        assert taken.counters[COUNT] == len(due)
    left = []
    while taken.counters[COUNT]:
        left.append(what(taken, pop(taken)))
    assert left == [one for _, one in due]


def test_what_is_due_is_earlier_or_booked_before():
    shared = calendar(4)
    book(shared.views, 2.0, 0, 0, 0, 0)  # its place is 1
    assert not is_due(shared.views, 1.9, 100)
    assert not is_due(shared.views, 2.0, 1)
    assert is_due(shared.views, 2.0, 2)
    assert is_due(shared.views, 2.1, -1)


def test_more_slots_keep_what_is_booked():
    shared = calendar(2)
    for number in range(2):
        book(shared.views, float(number), 0, 0, number, 0)
    assert shared.views.counters[FREE] == -1
    enlarge(shared, 5)
    book(shared.views, 0.5, 0, 0, 7, 0)
    assert [what(shared.views, pop(shared.views)) for _ in range(3)] == [0, 7, 1]
