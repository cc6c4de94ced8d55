"""The clock: order, exact times, and what the run's end means."""

import math

import pytest
import simpy

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


def test_simpy_processes_share_the_clock_and_come_before_calls_of_the_same_instant(engine, log):
    def process():
        for _ in range(3):
            yield engine.env.timeout(1.0)
            log.append(("process", engine.now_s))

    engine.process(process())
    for time_s in (1.0, 2.0):
        engine.at(time_s, log.append, ("call", time_s))
    engine.run(2.5)
    assert isinstance(engine.env, simpy.Environment)
    assert log == [("process", 1.0), ("call", 1.0), ("process", 2.0), ("call", 2.0)]


def test_a_process_may_start_late_and_books_calls(engine, log):
    def process():
        yield engine.env.timeout(0.5)
        engine.at(engine.now_s + 0.25, log.append, "booked by a process")
        log.append(engine.now_s)

    engine.at(1.0, lambda: engine.process(process()))
    engine.run(1.5)
    assert log == []
    engine.run(1.6)
    assert log == [1.5]
    engine.run(2.0)
    assert log == [1.5, "booked by a process"]


class Ticking:
    """A fast calendar with events at the given times and places."""

    def __init__(self, engine, log, events):
        self.engine, self.log, self.events = engine, log, sorted(events)

    def next_s(self):
        return self.events[0][0] if self.events else math.inf

    def run(self, until_s, place):
        if not self.events or self.events[0] >= (until_s, place):
            return False
        time_s, number = self.events.pop(0)
        self.engine.now_s = time_s
        self.log.append(("fast", number))
        return True


def test_both_calendars_run_in_the_order_of_booking(engine, log):
    for _ in range(3):
        engine.at(1.0, lambda place: log.append(("call", place)), engine.place + 1)
    engine.fast = Ticking(engine, log, [(0.5, 9), (1.0, 0), (1.0, 2), (1.0, 4), (2.0, 5)])
    engine.run(2.0)
    assert log == [("fast", 9), ("fast", 0), ("call", 1), ("call", 2), ("fast", 2), ("call", 3),
                   ("fast", 4)]  # fmt: skip
    engine.run(2.5)
    assert log[-1] == ("fast", 5)


def test_what_is_handed_over_keeps_its_place(engine, log):
    engine.at(1.0, log.append, "first")
    engine.at(1.0, log.append, "third")
    engine.again(1.0, 1.5, log.append, "second")
    engine.run(2.0)
    assert log == ["first", "second", "third"]


def test_what_happens_a_moment_ahead_has_its_own_time_and_the_clock_goes_back():
    engine = Engine()
    seen = []

    def happens():
        seen.append(engine.now_s)
        engine.at(engine.now_s + 1.0, lambda: seen.append(engine.now_s))

    engine.at(2.0, engine.ahead, 2.5, happens)
    engine.at(2.0, lambda: seen.append(engine.now_s))
    engine.run(10.0)
    assert seen == [2.5, 2.0, 3.5]
