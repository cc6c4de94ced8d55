"""A process's queue on rows against cores kept in a heap."""

from heapq import heapreplace

from hypothesis import given
from hypothesis import strategies as st

from sim.core.queues import (
    AHEAD_S,
    DOWN,
    PACE,
    PAUSED_UNTIL_S,
    SLOWNESS,
    WAKE_MAX_S,
    WAKE_SHARE,
    Processes,
    at_once,
    is_hindered,
    lasts_s,
    occupy,
    occupy_in_turn,
    occupy_one_by_one,
    start_s,
    waits,
)

WORK = st.lists(st.tuples(st.floats(0, 2), st.floats(0, 1)), max_size=40)


@given(st.integers(1, 4), WORK, st.floats(0, 0.1))
def test_work_goes_to_the_core_that_is_free_first(cores, given_work, wake_share):
    processes = Processes(seconds=200)
    processes.add(2)  # another one's
    at = processes.add(cores)
    queues = processes.shared.views
    queues.row[at + WAKE_SHARE], queues.row[at + WAKE_MAX_S] = wake_share, 0.05
    free_s, now_s = [0.0] * cores, 0.0
    for gap_s, cost_s in given_work:
        now_s += gap_s
        begin_s = max(now_s, free_s[0])
        assert start_s(queues, at, now_s) == begin_s
        waking_s = min(wake_share * (begin_s - free_s[0]), 0.05)
        done_s = begin_s + (cost_s + waking_s)
        heapreplace(free_s, done_s)
        assert occupy(queues, at, now_s, cost_s) == done_s


def test_costs_are_written_down_in_the_second_in_which_the_work_begins():
    processes = Processes(seconds=5)
    at = processes.add(1)
    queues = processes.shared.views
    for now_s, cost_s in ((0.5, 1.0), (0.6, 2.0), (4.9, 0.1), (7.0, 1.0)):
        occupy(queues, at, now_s, cost_s)
    assert [round(one, 9) for one in queues.busy] == [1.0, 2.0, 0.0, 0.0, 0.1]  # 7 s is too late


def test_work_of_a_slow_process_takes_longer_and_so_does_waking_up():
    processes = Processes()
    at = processes.add(1)
    queues = processes.shared.views
    queues.row[at + PACE], queues.row[at + WAKE_SHARE], queues.row[at + WAKE_MAX_S] = 4, 0.5, 0.1
    assert occupy(queues, at, 0.0, 2.0) == 8.0
    assert occupy(queues, at, 100.0, 2.0) == 108.4


def test_a_turn_is_done_after_those_before_it_whatever_the_core():
    processes = Processes()
    at, turn = processes.add(2), processes.seat(1)
    queues = processes.shared.views
    assert occupy_in_turn(queues, at, 0.0, 5.0, turn) == 5.0
    assert occupy_in_turn(queues, at, 0.0, 1.0, turn) == 5.0
    assert waits(queues, at, 4.0, turn)
    assert not waits(queues, at, 4.0, -1)


def test_what_hinders():
    processes = Processes()
    at = processes.add(1)
    row = processes.shared.views.row
    assert not is_hindered(processes.shared.views, at, 1.0)
    for column, value in ((DOWN, 1.0), (PAUSED_UNTIL_S, 2.0), (SLOWNESS, 3.0)):
        before, row[at + column] = row[at + column], value
        assert is_hindered(processes.shared.views, at, 1.0)
        row[at + column] = before


def test_pieces_one_by_one_take_one_core_and_begin_with_its_waking():
    processes = Processes()
    at, turn = processes.add(1), processes.seat(1)
    queues = processes.shared.views
    queues.row[at + WAKE_SHARE], queues.row[at + WAKE_MAX_S] = 0.5, 0.25
    assert occupy_one_by_one(queues, at, 1.0, 2.0, 3, turn) == 1.0 + 0.25 + 2.0
    assert start_s(queues, at, 1.0) == queues.turns[turn] == 1.0 + 0.25 + 6.0


def test_pieces_one_by_one_take_as_long_as_the_process_is_slow():
    processes = Processes()
    at, turn = processes.add(1), processes.seat(1)
    queues = processes.shared.views
    queues.row[at + PACE] = 3.0
    assert lasts_s(queues, at, 0.5) == 1.5
    assert occupy_one_by_one(queues, at, 1.0, 0.5, 3, turn) == 1.0 + 1.5
    assert start_s(queues, at, 1.0) == queues.turns[turn] == 1.0 + 3 * 1.5


def test_pieces_one_by_one_begin_after_those_of_the_same_turn_whatever_the_core():
    processes = Processes()
    at, turn = processes.add(2), processes.seat(1)
    queues = processes.shared.views
    assert occupy_one_by_one(queues, at, 0.0, 1.0, 5, turn) == 1.0
    assert occupy_one_by_one(queues, at, 0.0, 1.0, 2, turn) == 5.0  # not 1.0
    assert queues.turns[turn] == 6.0


@given(st.floats(1e-6, 0.1), st.integers(1, 2000))
def test_pieces_within_a_millisecond_take_one_event(each_s, pieces):
    count = at_once(each_s, pieces)
    assert 1 <= count <= pieces
    assert (count - 1) * each_s <= AHEAD_S * (1.0 + 1e-9)
    assert count == pieces or count * each_s > AHEAD_S * (1.0 - 1e-9)


def test_pieces_that_cost_nothing_take_one_event():
    assert at_once(0.0, 10**6) == 10**6
