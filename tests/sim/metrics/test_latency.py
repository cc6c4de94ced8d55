"""Waiting times per action, told times, lateness and the curve of latency."""

import math

import pytest

from sim.history import LIST, SEEN, TYPING
from sim.metrics.judged import Rate
from sim.metrics.latency import METRICS, later_than
from tests.sim.metrics.histories import arrival, judged, message, value


def hundred(delays_s, action=1, **more):
    """A hundred messages to person 3 alone, arriving after the given delays (None: never)."""
    sent = [message(12.0 + k / 2, 2, 1, action, sent_s=12.0 + k / 2) for k in range(100)]
    times = enumerate(delays_s)
    rows = [arrival(k, 3, 12.0 + k / 2 + d) for k, d in times if d is not None]
    return judged(messages=sent, deliveries=rows, **more)


RISING = [(k + 1) / 100 for k in range(100)]


@pytest.mark.parametrize(
    ("name", "expected"),
    [("latency_p50", 0.5), ("latency_p90", 0.9), ("latency_p99", 0.99), ("latency_p999", 1.0)],
)
def test_quantiles_of_a_known_hundred(name, expected):
    assert value(METRICS, name, hundred(RISING)) == pytest.approx(expected)


def test_one_slow_message_shows_in_the_tail_alone():
    of = hundred([*RISING[:98], 30.0, 30.0])
    assert value(METRICS, "latency_p50", of) == pytest.approx(0.5)
    assert value(METRICS, "latency_p99", of) == pytest.approx(30.0)


def test_lateness_counts_what_never_came():
    assert value(METRICS, "late_1s", hundred(RISING)) == Rate(0, 100)
    assert value(METRICS, "late_1s", hundred([*RISING[:97], None, 1.001, 5.0])) == Rate(3, 100)


def test_what_never_came_counts_in_every_quantile():
    of = hundred([*RISING[:95], *[None] * 5])
    assert value(METRICS, "latency_p50", of) == pytest.approx(0.5)
    assert value(METRICS, "latency_p90", of) == pytest.approx(0.9)
    assert value(METRICS, "latency_p99", of) == math.inf


def test_losing_slow_messages_is_no_gain():
    slow, lost = hundred([*RISING[:90], *[30.0] * 10]), hundred([*RISING[:90], *[None] * 10])
    assert value(METRICS, "latency_p99", slow) == pytest.approx(30.0)
    assert value(METRICS, "latency_p99", lost) == math.inf


def test_nothing_delivered_is_never_and_nothing_owed_is_no_occasion():
    assert value(METRICS, "latency_p50", hundred([None] * 100)) == math.inf
    assert value(METRICS, "latency_p50", judged()) is None
    assert value(METRICS, "late_1s", hundred([None] * 100)) == Rate(100, 100)


def test_told_waits_for_the_slowest_answer():
    sent = [message(12.0 + k, told_s=12.0 + k + (0.1 if k else 9.0)) for k in range(50)]
    of = judged(messages=sent)
    assert value(METRICS, "told_p50", of) == pytest.approx(0.1)
    assert value(METRICS, "told_p99", of) == pytest.approx(9.0)
    assert value(METRICS, "never_told", of) == Rate(0, 50)


def test_told_is_over_all_who_were_owed_an_answer():
    told = [message(12.0 + k, told_s=12.1 + k) for k in range(6)]
    of = judged(messages=[*told, *[message(30.0)] * 3, message(31.0, failed_s=31.5)])
    assert value(METRICS, "told_p50", of) == pytest.approx(0.1)
    assert value(METRICS, "told_p99", of) == math.inf


def test_who_leaves_at_once_waits_for_no_answer():
    sent = [message(12.0, told_s=12.2), message(99.5, told_s=math.nan), message(13.0, actor=1)]
    of = judged(messages=sent, sessions=[(0, 0.0, 100.0), (1, 0.0, 13.5)])
    assert value(METRICS, "told_p99", of) == pytest.approx(0.2)
    assert value(METRICS, "never_told", of) == Rate(0, 1)
    present = judged({"owed": "members"}, messages=sent)
    assert value(METRICS, "told_p99", present) == math.inf


def test_senders_left_in_doubt_are_counted():
    sent = [message(12.0, told_s=12.1), message(13.0, failed_s=15.0), message(14.0)]
    assert value(METRICS, "never_told", judged(messages=sent)) == Rate(1, 3)


def test_a_design_that_never_tells_has_no_told_time():
    of = judged(messages=[message(12.0)])
    assert value(METRICS, "told_p50", of) is None
    assert value(METRICS, "never_told", of) is None


@pytest.mark.parametrize(("name", "action"), [("typing", TYPING), ("seen", SEEN)])
def test_signals_have_their_own_latency_and_loss(name, action):
    good, bad = hundred(RISING, action), hundred([*RISING[:90], *[None] * 10], action)
    assert value(METRICS, f"{name}_latency_p50", good) == pytest.approx(0.5)
    assert value(METRICS, f"{name}_latency_p99", good) == pytest.approx(0.99)
    assert value(METRICS, f"{name}_latency_p99", bad) == math.inf
    assert value(METRICS, f"{name}_lost", good) == Rate(0, 100)
    assert value(METRICS, f"{name}_lost", bad) == Rate(10, 100)
    assert value(METRICS, "latency_p50", good) is None


def test_a_design_without_typing_does_not_lose_it():
    of = judged(messages=[message(12.0, action=TYPING)])
    assert value(METRICS, "typing_lost", of) is None
    assert value(METRICS, "typing_latency_p50", of) is None


def test_list_answers_come_back_to_the_actor():
    asked = [message(12.0, action=LIST, sent_s=12.0), message(13.0, action=LIST, sent_s=13.0)]
    of = judged(messages=asked, deliveries=[arrival(0, 0, 12.1), arrival(1, 1, 13.1)])
    assert value(METRICS, "list_latency_p50", of) == pytest.approx(0.1)
    assert value(METRICS, "list_latency_p99", of) == math.inf
    assert value(METRICS, "list_lost", of) == Rate(1, 2)


def test_the_curve_levels_off_at_what_never_comes():
    curve = later_than(hundred([*RISING[:80], *[None] * 20]))
    share = dict(zip(curve["latency_s"], curve["share"], strict=True))
    assert share[0.001] == 1.0
    assert share[0.1] == pytest.approx(0.9)
    assert share[1000.0] == pytest.approx(0.2)
    assert later_than(judged()) == {"latency_s": [], "share": []}
