"""A process: one queue over cores, rounds and timers, and the ways to stop."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from workbench import Bench

from sim.engine import Engine
from sim.process import REFUSING, UP, Process


@pytest.mark.parametrize("cores", [0, -1])
def test_a_process_without_cores_is_refused(cores):
    with pytest.raises(ValueError, match=f"cores = {cores}; a process needs at least 1"):
        Process(Engine(), cores)


def test_one_core_serves_in_order():
    bench = Bench()
    for at_s, cost_s, name in ((1.0, 2.0, "a"), (2.0, 1.0, "b"), (2.0, 0.0, "c"), (9.0, 0.5, "d")):
        bench.give(at_s, cost_s, name)
    bench.engine.run(20.0)
    assert bench.done == [(3.0, "a"), (4.0, "b"), (4.0, "c"), (9.5, "d")]
    assert bench.lost == []


def test_several_cores_serve_side_by_side():
    bench = Bench(cores=2)
    for name in "abcd":
        bench.give(0.0, 1.0, name)
    bench.give(0.0, 5.0, "long")
    bench.give(0.0, 1.0, "after")
    bench.engine.run(20.0)
    assert bench.done == [
        (1.0, "a"), (1.0, "b"), (2.0, "c"), (2.0, "d"), (3.0, "after"), (7.0, "long"),
    ]  # fmt: skip


@settings(max_examples=100, deadline=None, derandomize=True)
@given(
    st.integers(1, 4),
    st.lists(st.tuples(st.integers(0, 30), st.integers(0, 9)), min_size=1, max_size=30),
)
def test_start_times_are_those_of_a_first_come_first_served_queue(cores, given_work):
    """Against a plain model: each piece starts on the core that is free first."""
    bench, free_s, expected = Bench(cores), [0] * cores, []
    for number, (at_s, cost_s) in enumerate(sorted(given_work)):
        bench.give(at_s, cost_s, number)
        core = free_s.index(min(free_s))
        free_s[core] = max(at_s, free_s[core]) + cost_s
        expected.append((free_s[core], number))
    bench.engine.run(1e4)
    assert sorted(bench.done) == sorted(expected)
    assert sum(bench.process.busy_s.values()) == sum(cost_s for _, cost_s in given_work)


def test_pieces_of_one_turn_are_done_in_order_whatever_the_core():
    """One connection is read, and written to, by one thread; others pass by."""
    bench = Bench(cores=2)
    for cost_s, name, turn in ((5.0, "a", 1), (1.0, "b", 1), (1.0, "c", 2), (1.0, "d", None)):
        bench.give(0.0, cost_s, name, turn)
    bench.engine.run(20.0)
    assert bench.done == [(2.0, "c"), (3.0, "d"), (5.0, "a"), (5.0, "b")]


def test_a_pause_does_not_change_the_order_of_a_turn():
    bench = Bench(cores=2)
    bench.give(0.0, 5.0, "a", 1)
    bench.engine.at(1.0, bench.process.pause, 11.0)
    bench.give(2.0, 0.5, "b", 1)
    bench.give(2.0, 0.5, "c", 2)
    bench.engine.run(30.0)
    assert bench.done == [(12.0, "c"), (15.0, "a"), (pytest.approx(15.0), "b")]


def test_a_fresh_process_owes_no_turns():
    bench = Bench(cores=2)
    bench.give(0.0, 50.0, "a", 1)
    bench.engine.at(1.0, bench.process.crash)
    bench.engine.at(2.0, bench.process.restart)
    bench.give(3.0, 1.0, "b", 1)
    bench.engine.run(100.0)
    assert (bench.done, bench.lost) == ([(4.0, "b")], [(50.0, "a")])


def test_work_may_be_told_when_it_would_start():
    bench = Bench()
    assert bench.process.start_s() == 0.0
    assert bench.process.busy(2.0) == 2.0
    assert bench.process.start_s() == 2.0
    bench.engine.run(5.0)
    assert bench.process.start_s() == 5.0


def test_cpu_seconds_are_booked_in_the_second_in_which_work_began():
    bench = Bench()
    bench.engine.run(0.9)
    for cost_s in (0.2, 0.3, 4.0, 1.0):
        bench.process.busy(cost_s)
    assert bench.process.busy_s == pytest.approx({0: 0.2, 1: 4.3, 5: 1.0})


def test_a_pause_serves_nothing_until_its_end():
    """One in hand, one waiting, one that comes meanwhile, one later: all late by what was left."""
    bench = Bench()
    bench.give(0.0, 2.0, "in hand")
    bench.give(0.0, 1.0, "waiting")
    bench.give(5.0, 1.0, "meanwhile")
    bench.give(30.0, 1.0, "later")
    bench.engine.at(1.0, bench.process.pause, 11.0)
    bench.engine.run(100.0)
    assert bench.done == [
        (12.0, "in hand"), (13.0, "waiting"), (14.0, "meanwhile"), (31.0, "later"),
    ]  # fmt: skip


def test_a_pause_stops_every_core_idle_ones_too():
    bench = Bench(cores=3)
    bench.give(0.0, 4.0, "busy")
    bench.engine.at(1.0, bench.process.pause, 6.0)
    for name in "ab":
        bench.give(2.0, 1.0, name)
    bench.engine.run(20.0)
    assert bench.done == [(7.0, "a"), (7.0, "b"), (9.0, "busy")]


def test_pauses_that_overlap_are_one_long_pause():
    bench = Bench()
    bench.give(0.0, 1.0, "work")
    for at_s, until_s in ((0.5, 4.0), (2.0, 3.0), (3.0, 6.0)):
        bench.engine.at(at_s, bench.process.pause, until_s)
    bench.engine.run(20.0)
    assert bench.done == [(6.5, "work")]


def test_a_crash_loses_the_work_in_hand_and_refuses_more():
    bench = Bench()
    bench.give(0.0, 1.0, "done before")
    bench.give(0.0, 2.0, "in hand")
    bench.give(1.0, 1.0, "waiting")
    bench.engine.at(2.0, bench.process.crash)
    bench.give(2.5, 1.0, "nobody listens")
    bench.engine.run(20.0)
    assert bench.done == [(1.0, "done before")]
    assert [name for _, name in bench.lost] == ["nobody listens", "in hand", "waiting"]
    assert bench.lost[0] == (2.5, "nobody listens")
    assert (bench.process.state, bench.process.running) == (REFUSING, False)


def test_a_restarted_process_is_free_and_knows_nothing_of_the_old_work():
    bench = Bench()
    bench.give(0.0, 50.0, "old")
    bench.engine.at(1.0, bench.process.pause, 40.0)
    bench.engine.at(2.0, bench.process.crash)
    bench.engine.at(3.0, bench.process.restart)
    bench.give(4.0, 1.0, "new")
    bench.engine.run(200.0)
    assert bench.done == [(5.0, "new")]
    assert [name for _, name in bench.lost] == ["old"]
    assert (bench.process.state, bench.process.epoch) == (UP, 1)


class Loop(Bench):
    """One loop with `reads_first` or not; timers and reads note themselves in `done`."""

    def __init__(self, reads_first: bool, cores: int = 1) -> None:
        super().__init__(cores)
        self.process.reads_first = reads_first

    def timer(self, due_s: float, name: object) -> None:
        note = lambda: self.done.append((self.engine.now_s, name))  # noqa: E731
        self.engine.at(due_s, self.process.due, note)


@pytest.mark.parametrize("reads_first", [True, False])
def test_a_timer_of_an_idle_process_runs_at_once(reads_first):
    loop = Loop(reads_first)
    loop.give(0.0, 1.0, "read")
    loop.timer(5.0, "timer")
    loop.engine.run(10.0)
    assert loop.done == [(1.0, "read"), (5.0, "timer")]


@pytest.mark.parametrize(
    ("reads_first", "order"),
    [(False, [("timer", 10.0), ("unread", 13.0)]), (True, [("unread", 13.0), ("timer", 13.0)])],
)
def test_after_a_pause_the_program_decides_whether_timers_or_the_kernels_buffer_come_first(
    reads_first, order
):
    loop = Loop(reads_first)
    loop.engine.at(0.0, loop.process.pause, 10.0)
    loop.timer(4.0, "timer")
    loop.give(6.0, 3.0, "unread")
    loop.engine.run(50.0)
    assert [(name, at_s) for at_s, name in loop.done] == order


def test_a_timer_waits_for_the_end_of_the_round_and_not_for_the_whole_queue():
    """Round 1 is "a"; what came meanwhile is round 2 ("b", "c"); "d" came during that one."""
    loop = Loop(reads_first=False)
    for at_s, cost_s, name in ((0.0, 4.0, "a"), (1.0, 3.0, "b"), (2.0, 3.0, "c"), (6.0, 9.0, "d")):
        loop.give(at_s, cost_s, name)
    loop.timer(3.0, "due in round 1")
    loop.timer(5.0, "due in round 2")
    loop.engine.run(50.0)
    assert loop.done == [
        (4.0, "a"), (4.0, "due in round 1"), (7.0, "b"), (10.0, "c"), (10.0, "due in round 2"),
        (19.0, "d"),
    ]  # fmt: skip


def test_where_reads_come_first_a_timer_waits_for_the_next_round_too():
    loop = Loop(reads_first=True)
    for at_s, cost_s, name in ((0.0, 4.0, "a"), (1.0, 3.0, "b"), (5.0, 9.0, "c")):
        loop.give(at_s, cost_s, name)
    loop.timer(3.0, "timer")
    loop.engine.run(50.0)
    assert loop.done == [(4.0, "a"), (7.0, "b"), (7.0, "timer"), (16.0, "c")]


def test_a_timer_that_waits_when_a_pause_comes_waits_for_its_end():
    loop = Loop(reads_first=False)
    loop.give(0.0, 4.0, "a")
    loop.timer(1.0, "timer")
    loop.engine.at(2.0, loop.process.pause, 20.0)
    loop.engine.run(50.0)
    assert loop.done == [(20.0, "timer"), (22.0, "a")]


@pytest.mark.parametrize("reads_first", [True, False])
def test_a_timer_is_asked_even_when_the_process_died_meanwhile(reads_first):
    loop = Loop(reads_first)
    loop.give(0.0, 4.0, "a")
    loop.give(0.5, 4.0, "b")
    loop.timer(1.0, "timer")
    loop.engine.at(5.0, loop.process.crash)
    loop.timer(6.0, "later")
    loop.engine.run(50.0)
    assert sorted(name for _, name in loop.done if name != "a") == ["later", "timer"]


def test_small_work_is_done_at_once_by_a_free_core_and_keeps_it_busy():
    bench = Bench()
    note = lambda name: bench.done.append((bench.engine.now_s, name))  # noqa: E731
    bench.engine.at(1.0, bench.process.soon, 2.0, note, "small")
    bench.give(1.0, 1.0, "work")
    bench.engine.at(2.0, bench.process.soon, 0.5, note, "small, core busy")
    bench.engine.run(10.0)
    assert bench.done == [(1.0, "small"), (4.0, "work"), (4.5, "small, core busy")]


def test_small_work_keeps_its_turn_and_is_not_done_by_a_dead_process():
    bench = Bench(cores=2)
    note = lambda name: bench.done.append((bench.engine.now_s, name))  # noqa: E731
    bench.give(0.0, 5.0, "a", 1)
    bench.engine.at(1.0, lambda: bench.process.soon(0.1, note, "b", turn=1))
    bench.engine.at(1.0, lambda: bench.process.soon(0.1, note, "c", turn=2))
    bench.engine.at(7.0, bench.process.crash)
    bench.engine.at(8.0, lambda: bench.process.soon(0.1, note, "d"))
    bench.engine.run(10.0)
    assert bench.done == [(pytest.approx(1.2), "c"), (5.0, "a"), (5.0, "b")]


def test_a_full_queue_says_when_to_come_back():
    bench = Bench()
    bench.give(0.0, 7.0, "a")
    bench.engine.run(1.0)
    assert bench.process.retry_after_s() == 0.0
    bench.process.queue_limit_s = 2.0
    assert bench.process.retry_after_s() == 4.0
    bench.engine.run(5.5)
    assert bench.process.retry_after_s() == 0.0


def test_a_process_that_exits_finishes_what_is_in_hand():
    bench = Bench()
    begun = bench.process.begin()  # waits for a store, say
    bench.give(0.0, 2.0, "a")
    bench.engine.at(1.0, bench.process.exit)
    bench.give(1.5, 1.0, "came meanwhile")
    bench.engine.at(5.0, bench.process.end, begun)
    bench.engine.run(4.0)
    assert bench.process.state == UP
    bench.engine.run(6.0)
    assert (bench.process.state, bench.process.in_hand) == (REFUSING, 0)
    assert [name for _, name in bench.done] == ["a", "came meanwhile"]
    assert bench.lost == []


def test_an_idle_process_exits_at_once_and_what_ends_late_is_of_no_concern():
    bench = Bench()
    begun = bench.process.begin()
    bench.process.crash()
    bench.process.restart()
    bench.process.end(begun)
    assert bench.process.in_hand == 0
    bench.process.exit()
    assert bench.process.state == REFUSING


def test_a_restart_cuts_an_exit_short():
    bench = Bench()
    bench.give(0.0, 9.0, "too long")
    bench.engine.at(1.0, bench.process.exit)
    bench.engine.at(3.0, bench.process.restart)
    bench.engine.run(20.0)
    assert [name for _, name in bench.lost] == ["too long"]
    assert (bench.process.state, bench.process.epoch) == (UP, 1)
    assert math.isinf(bench.process.queue_limit_s)


def test_the_busiest_second_is_a_share_of_all_cores():
    bench = Bench(cores=2)
    for at_s, cost_s in ((1.0, 0.9), (4.2, 0.5), (4.3, 0.4), (9.0, 2.0)):
        bench.give(at_s, cost_s, "work")
    bench.engine.run(20.0)
    assert bench.process.peak_share(2.0, 8.0) == pytest.approx(0.45)
    assert bench.process.peak_share(0.0, 20.0) == pytest.approx(1.0)
    assert bench.process.peak_share(5.0, 8.0) == 0.0


def test_work_that_was_begun_in_rows_ends_at_its_place_and_pauses_delay_it():
    bench = Bench()
    process, ended = bench.process, []
    bench.engine.place = 2  # as many as rows have booked
    process.work_again(3.0, 1, (process.begin(), 0.0), ended.append, "early")
    bench.engine.at(3.0, ended.append, "later")  # booked behind it
    bench.engine.run(4.0)
    assert ended == ["early", "later"]
    process.work_again(6.0, 2, (process.begin(), 0.0), ended.append, "paused")
    bench.engine.at(5.0, process.pause, 7.0)
    bench.engine.run(7.5)
    assert ended == ["early", "later"]
    bench.engine.run(8.5)
    assert ended == ["early", "later", "paused"]


def test_work_that_was_begun_in_rows_dies_with_its_process():
    bench = Bench()
    ended = []
    bench.process.work_again(3.0, 1, (bench.process.epoch - 1, 0.0), ended.append, "dead")
    bench.engine.run(4.0)
    assert ended == []


def test_things_are_worked_off_one_after_the_other_and_keep_the_process_busy():
    bench = Bench()
    bench.give_all(1.0, 0.5, "abc")
    bench.give(1.2, 1.0, "work")
    bench.engine.run(9.0)
    assert bench.done == [(1.5, "a"), (2.0, "b"), (2.5, "c"), (3.5, "work")]
    assert bench.process.in_hand == 0


def test_small_things_have_their_own_times_with_few_events():
    bench, each_s = Bench(), 0.0001
    bench.give_all(1.0, each_s, range(100))
    bench.engine.run(9.0)
    times_s = [at_s for at_s, _ in bench.done]
    assert times_s == pytest.approx([1.0 + each_s * (1 + place) for place in range(100)])
    assert bench.engine.place < 12


def test_a_pause_amid_things_delays_those_that_are_left():
    bench = Bench()
    bench.give_all(1.0, 0.5, "abcd")
    bench.engine.at(2.2, bench.process.pause, 5.2)
    bench.engine.run(9.0)
    times_s, names = zip(*bench.done, strict=True)
    assert names == ("a", "b", "c", "d")
    assert times_s == pytest.approx([1.5, 2.0, 5.5, 6.0])


def test_a_crash_amid_things_loses_those_that_are_left():
    bench = Bench()
    bench.give_all(1.0, 0.5, "abcd")
    bench.engine.at(2.2, bench.process.crash)
    bench.give_all(3.0, 0.5, "ef")
    bench.engine.run(9.0)
    assert bench.done == [(1.5, "a"), (2.0, "b")]
    assert bench.lost == [(2.5, "cd"), (3.0, "ef")]


def test_a_process_that_ends_works_off_what_it_has_begun():
    bench = Bench()
    bench.give_all(1.0, 0.5, "abc")
    bench.engine.at(1.7, bench.process.exit)
    bench.engine.run(9.0)
    assert [name for _, name in bench.done] == ["a", "b", "c"]
    assert bench.process.state == REFUSING
