"""The clock: order, exact times, and what the run's end means."""

import math
import tomllib
from pathlib import Path

import pytest
import simpy
from simpy.events import NORMAL

from sim.engine import Engine


@pytest.fixture
def engine() -> Engine:
    return Engine()


@pytest.fixture
def log() -> list[object]:
    return []


def test_calls_run_in_time_order_with_their_arguments(engine, log):
    def note(*args):
        log.append((engine.now_s, *args))

    for time_s, name in ((3.0, "c"), (1.0, "a"), (2.0, "b")):
        engine.at(time_s, note, name, time_s * 10)
    engine.at(1.5, note)
    engine.run(10.0)
    assert log == [(1.0, "a", 10.0), (1.5,), (2.0, "b", 20.0), (3.0, "c", 30.0)]


def test_calls_of_one_instant_keep_the_order_of_booking(engine, log):
    for number in range(100):
        engine.at(1.0, log.append, number)
    engine.at(0.5, engine.at, 1.0, log.append, "booked on the way")
    engine.at(1.0, lambda: engine.at(1.0, log.append, "booked at the very instant"))
    engine.run(2.0)
    assert log == [*range(100), "booked on the way", "booked at the very instant"]


def test_a_call_may_book_the_next(engine, log):
    def tick():
        log.append(engine.now_s)
        engine.at(engine.now_s + 0.25, tick)

    engine.at(0.0, tick)
    engine.run(1.0)
    assert log == [0.0, 0.25, 0.5, 0.75]


def test_a_run_ends_before_its_end_and_can_go_on(engine, log):
    engine.at(1.0, log.append, "early")
    engine.at(2.0, log.append, "at the end")
    engine.run(2.0)
    assert (log, engine.now_s) == (["early"], 2.0)
    engine.run(2.0)  # nothing to do: `until_s` itself is the next run's affair
    assert log == ["early"]
    engine.run(2.5)
    assert (log, engine.now_s) == (["early", "at the end"], 2.5)


@pytest.mark.parametrize("until_s", [5.0, 1e6, 1e-9])
def test_an_idle_run_advances_the_clock(engine, until_s):
    engine.run(until_s)
    assert engine.now_s == until_s


def test_the_past_is_closed(engine, log):
    engine.run(3.0)
    with pytest.raises(ValueError, match=r"time_s = 2\.9 lies before now = 3\.0"):
        engine.at(2.9, log.append, "never")
    engine.at(3.0, log.append, "now")
    engine.run(3.1)
    assert log == ["now"]


def test_times_are_kept_to_the_last_bit(engine, log):
    """A delay from now would round: 0.2 + (0.9 - 0.2) is not 0.9."""
    assert 0.2 + (0.9 - 0.2) != 0.9
    engine.at(0.2, lambda: engine.at(0.9, lambda: log.append(engine.now_s)))
    engine.at(0.9, lambda: engine.at(math.nextafter(0.9, 1), log.append, "a hair later"))
    engine.run(0.2)
    engine.run(0.9)
    assert (engine.now_s, log) == (0.9, [])
    engine.run(1.0)
    assert log == [0.9, "a hair later"]


def test_an_error_in_a_call_ends_the_run_as_it_is(engine, log):
    def fail():
        raise KeyError("as raised")

    engine.at(1.0, fail)
    engine.at(2.0, log.append, "after")
    with pytest.raises(KeyError, match="as raised"):
        engine.run(5.0)
    assert (engine.now_s, log) == (1.0, [])


def test_simpy_processes_share_the_clock_and_the_order(engine, log):
    def process():
        for _ in range(3):
            yield engine.env.timeout(1.0)
            log.append(("process", engine.now_s))

    engine.env.process(process())
    for time_s in (1.0, 2.0):
        engine.at(time_s, log.append, ("call", time_s))
    engine.run(2.5)
    assert isinstance(engine.env, simpy.Environment)
    assert log == [("call", 1.0), ("process", 1.0), ("call", 2.0), ("process", 2.0)]


def test_simpy_s_agenda_is_the_one_that_is_written_to():
    """Times, priorities, numbers, events: what `at` pushes lies among what SimPy pushes itself."""
    env = simpy.Environment(initial_time=5.0)
    timeout = env.timeout(2.0)
    [(time_s, priority, number, event)] = env._queue
    assert (time_s, priority, event) == (7.0, NORMAL, timeout)
    assert next(env._eid) == number + 1
    assert (env._now, env.now) == (5.0, 5.0)
    assert (timeout._ok, timeout._value) == (True, None)


def test_a_simpy_whose_agenda_nobody_has_read_is_not_installed():
    """Private names may change with any minor version: the bound is moved by hand."""
    text = (Path(__file__).parents[2] / "pyproject.toml").read_text("utf-8")
    needs = tomllib.loads(text)["project"]["dependencies"]
    assert "simpy>=4.1,<4.2" in needs
    assert simpy.__version__.startswith("4.1")
