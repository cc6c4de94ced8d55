"""The driver: a machine hears TIMEOUT when its deadline comes, once, and costs little meanwhile."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.driver import Driver
from sim.engine import Engine
from sim.process import Process

TIMEOUT = "timeout"
Rule = Callable[["Scripted", object, float], Sequence[object]]


@dataclass
class Scripted:
    """A machine whose behaviour is one function; it notes what it hears and when."""

    rule: Rule
    deadline_s: float = math.inf
    heard: list[tuple[float, object]] = field(default_factory=list)

    def handle(self, event: object, now_s: float) -> Sequence[object]:
        self.heard.append((now_s, event))
        return self.rule(self, event, now_s)


class Bench:
    """A driven machine and the log of its actions."""

    def __init__(self, rule: Rule) -> None:
        self.engine = Engine()
        self.acted: list[tuple[float, object]] = []
        self.machine = Scripted(rule)
        self.driver = Driver(self.engine, self.machine, self._act, TIMEOUT)

    def _act(self, action: object) -> None:
        self.acted.append((self.engine.now_s, action))

    @property
    def pending(self) -> int:
        """Wake-ups on the agenda."""
        return len(self.engine._agenda)


def set_deadline(machine: Scripted, event: object, now_s: float) -> Sequence[object]:
    """An event is the new deadline; a time-out ends all waiting."""
    machine.deadline_s = math.inf if event == TIMEOUT else float(event)
    return ("rang",) if event == TIMEOUT else ()


def test_actions_are_carried_out_at_once_and_in_order():
    bench = Bench(lambda machine, event, now_s: (event, "then this"))
    bench.engine.at(2.0, bench.driver.feed, "hello")
    bench.engine.run(3.0)
    assert bench.acted == [(2.0, "hello"), (2.0, "then this")]
    assert bench.machine.heard == [(2.0, "hello")]


def test_a_machine_without_deadline_is_left_alone():
    bench = Bench(lambda machine, event, now_s: ())
    bench.driver.feed("hello")
    assert bench.pending == 0


def test_the_deadline_rings_once_at_its_time():
    bench = Bench(set_deadline)
    bench.driver.feed(1.7)
    bench.engine.run(10.0)
    assert bench.acted == [(1.7, "rang")]
    assert bench.machine.heard[1:] == [(1.7, TIMEOUT)]


def test_an_earlier_deadline_replaces_a_later_one():
    bench = Bench(set_deadline)
    bench.driver.feed(5.0)
    bench.driver.feed(2.0)
    bench.engine.run(10.0)
    assert bench.acted == [(2.0, "rang")]


def test_a_later_deadline_waits_and_books_nothing_new():
    bench = Bench(set_deadline)
    bench.driver.feed(1.0)
    for later_s in range(2, 100):
        bench.driver.feed(float(later_s))
    assert bench.pending == 1
    bench.engine.run(200.0)
    assert bench.acted == [(99.0, "rang")]


def test_a_deadline_that_was_cancelled_is_silent_and_may_come_back():
    bench = Bench(set_deadline)
    bench.driver.feed(2.0)
    bench.driver.feed(math.inf)
    bench.engine.run(3.0)
    assert bench.acted == []
    bench.driver.feed(4.0)
    bench.engine.run(10.0)
    assert bench.acted == [(4.0, "rang")]


def test_the_same_deadline_set_again_after_another_rings_once():
    bench = Bench(set_deadline)
    for deadline_s in (5.0, 2.0, 5.0, 2.0):
        bench.driver.feed(deadline_s)
    bench.engine.run(10.0)
    assert bench.acted == [(2.0, "rang")]


def test_a_deadline_in_the_past_rings_now():
    bench = Bench(set_deadline)
    bench.engine.run(3.0)
    bench.driver.feed(1.0)
    bench.engine.run(4.0)
    assert bench.acted == [(3.0, "rang")]


def test_the_deadline_set_at_a_time_out_is_kept():
    def every_second(machine: Scripted, event: object, now_s: float) -> Sequence[object]:
        machine.deadline_s = now_s + 1.0
        return (event,)

    bench = Bench(every_second)
    bench.driver.feed("start")
    bench.engine.run(3.5)
    assert bench.acted == [(0.0, "start"), *((float(at), TIMEOUT) for at in (1, 2, 3))]
    assert bench.pending == 1


def test_an_action_may_feed_the_machine_again():
    def relay(machine: Scripted, event: object, now_s: float) -> Sequence[object]:
        machine.deadline_s = {"ping": 9.0, "pong": 1.0}.get(str(event), math.inf)
        return (event,)

    bench = Bench(relay)
    bench.driver._act = lambda action: action == "ping" and bench.driver.feed("pong")
    bench.driver.feed("ping")
    bench.engine.run(20.0)
    assert bench.machine.heard == [(0.0, "ping"), (0.0, "pong"), (1.0, TIMEOUT)]


FEEDS = st.lists(st.tuples(st.integers(0, 20), st.integers(0, 25) | st.none()), max_size=20)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(FEEDS)
def test_whatever_is_fed_the_machine_wakes_exactly_when_it_wants(feeds):
    """Against a plain model: at each deadline still wanted when it comes, one time-out."""
    bench = Bench(set_deadline)
    events = sorted((float(at_s), index) for index, (at_s, _) in enumerate(feeds))
    for at_s, index in events:
        wanted = feeds[index][1]
        bench.engine.at(at_s, bench.driver.feed, math.inf if wanted is None else wanted + 0.5)
    bench.engine.run(30.0)
    assert bench.acted == [(at_s, "rang") for at_s in _rings(feeds, events)]


def _rings(feeds, events):
    """Deadlines reached while they stood; those set in the past ring at once."""
    wanted_s, rings = math.inf, []
    for at_s, index in [*events, (30.0, -1)]:
        if wanted_s < at_s:
            rings.append(wanted_s)
            wanted_s = math.inf
        if index >= 0:
            wanted = feeds[index][1]
            wanted_s = math.inf if wanted is None else max(wanted + 0.5, at_s)
    return rings


@pytest.mark.parametrize("start_s", [0.0, 1e6])
def test_rounding_never_makes_a_deadline_early(start_s):
    """The wake-up comes at the very float the machine asked for."""

    def step(machine: Scripted, event: object, now_s: float) -> Sequence[object]:
        assert event != TIMEOUT or now_s >= machine.deadline_s
        machine.deadline_s = now_s + 0.1
        return ()

    bench = Bench(step)
    bench.engine.at(start_s, bench.driver.feed, "start")
    bench.engine.run(start_s + 10.0)
    assert len(bench.machine.heard) in (100, 101)


def test_a_time_out_waits_for_the_process_that_runs_the_machine():
    bench = Bench(set_deadline)
    process = bench.driver.process = Process(bench.engine)
    bench.engine.at(0.0, bench.driver.feed, 3.0)
    bench.engine.at(2.0, process.pause, 10.0)
    bench.engine.run(20.0)
    assert bench.acted == [(10.0, "rang")]


def test_what_is_no_longer_due_when_the_process_gets_to_it_does_not_ring():
    bench = Bench(set_deadline)
    process = bench.driver.process = Process(bench.engine)
    bench.engine.at(0.0, bench.driver.feed, 3.0)
    bench.engine.at(2.0, process.pause, 10.0)
    bench.engine.at(5.0, bench.driver.feed, 4.0)  # due already, too
    bench.engine.at(6.0, bench.driver.feed, 15.0)
    bench.engine.run(20.0)
    assert bench.acted == [(15.0, "rang")]
    assert bench.pending == 0


def test_whoever_has_the_machine_in_rows_is_asked_first_when_the_time_has_come():
    bench, asked = Bench(set_deadline), []

    def elsewhere(armed_s: float) -> bool:
        asked.append(armed_s)
        return len(asked) == 1

    bench.driver = Driver(bench.engine, bench.machine, bench._act, TIMEOUT, elsewhere)
    bench.driver.feed(1.0)
    bench.engine.run(2.0)
    assert (asked, bench.acted) == ([1.0], [])  # seen to there
    bench.machine.deadline_s = bench.driver.armed_s = 3.0
    bench.engine.at(3.0, bench.driver.wake, 3.0)
    bench.engine.run(4.0)
    assert (asked, bench.acted) == ([1.0, 3.0], [(3.0, "rang")])
