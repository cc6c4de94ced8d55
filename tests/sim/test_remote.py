"""Calls of another process: its queue, the way back, and what a caller learns in trouble."""

from __future__ import annotations

from functools import partial

import pytest
from workbench import Bench

from sim.remote import RemoteCall


def test_a_remote_call_waits_in_the_other_processs_queue_and_then_travels():
    bench = Bench()
    call = RemoteCall(bench.process, 2.0, 0.5)
    note = lambda name: bench.done.append((bench.engine.now_s, name))  # noqa: E731
    bench.engine.at(1.0, call.start, note, "a")
    bench.engine.at(1.0, call.start, note, "b")
    bench.engine.run(20.0)
    assert bench.done == [(3.5, "a"), (5.5, "b")]


def asked(bench, call, at_s, name="it"):
    """Ask for `name` then; what comes of it stands in `bench.done`."""

    def note(what):
        return lambda: bench.done.append((bench.engine.now_s, f"{name} {what}"))

    start = partial(call.start, note("back"), lost=note("lost"), late=note("late"))
    bench.engine.at(at_s, start)


def test_a_remote_call_that_costs_nothing_has_no_queue_but_waits_for_a_pause():
    bench = Bench()
    call = RemoteCall(bench.process, 0.0, 0.5)
    bench.engine.at(0.0, bench.process.busy, 30.0)
    bench.engine.at(2.0, bench.process.pause, 9.0)
    for at_s in (1.0, 10.0):
        asked(bench, call, at_s)
    bench.engine.run(20.0)
    assert bench.done == [(1.5, "it back"), (10.5, "it back")]

    still = Bench()
    still.engine.at(2.0, still.process.pause, 9.0)
    asked(still, RemoteCall(still.process, 0.0, 0.5), 3.0)
    still.engine.run(20.0)
    assert still.done == [(9.5, "it back")]


def test_a_remote_call_may_be_answered_too_late():
    bench = Bench()
    bench.engine.at(2.0, bench.process.pause, 9.0)
    asked(bench, RemoteCall(bench.process, 1.0, 0.5, timeout_s=3.0), 3.0)
    bench.engine.run(20.0)
    assert bench.done == [(6.0, "it late"), (10.5, "it back")]


def test_a_remote_call_in_hand_is_lost_with_the_process_and_known_when_its_turn_comes():
    bench = Bench()
    bench.engine.at(2.0, bench.process.crash)
    asked(bench, RemoteCall(bench.process, 1.5, 0.5, timeout_s=3.0), 1.0)
    bench.engine.run(20.0)
    assert bench.done == [(2.5, "it lost")]


@pytest.mark.parametrize(("back_s", "done"), [(3.2, (5.0, "it back")), (9.0, (5.5, "it lost"))])
def test_a_remote_call_to_nobody_is_made_again_while_the_patience_lasts(back_s, done):
    bench = Bench()
    bench.engine.at(1.0, bench.process.crash)
    bench.engine.at(back_s, bench.process.restart)
    asked(bench, RemoteCall(bench.process, 1.0, 0.5, timeout_s=4.0), 2.0)
    bench.engine.run(20.0)
    assert bench.done == [done]


def test_without_a_word_for_its_loss_a_remote_call_is_made_until_it_is_answered():
    bench = Bench()
    bench.engine.at(1.0, bench.process.crash)
    bench.engine.at(100.0, bench.process.restart)
    call = RemoteCall(bench.process, 1.0, 0.5, timeout_s=3.0)
    bench.engine.at(0.5, call.start, bench.done.append, (0.0, "back"))
    bench.engine.run(200.0)
    assert bench.done == [(0.0, "back")]


def test_a_slow_process_makes_calls_take_longer_there_and_back():
    bench = Bench()
    bench.process.slowness = 3.0
    assert bench.process.hindered
    asked(bench, RemoteCall(bench.process, 1.0, 0.5), 1.0)
    asked(bench, RemoteCall(bench.process, 0.0, 0.5, timeout_s=2.0), 1.0, "other")
    bench.engine.run(20.0)
    assert bench.done == [(3.0, "other late"), (5.5, "it back"), (5.5, "other back")]
