"""Lost, held and told: three shares that must not be mixed."""

from sim.metrics.judged import Rate
from sim.metrics.loss import METRICS
from tests.sim.metrics.histories import arrival, drop, judged, message, value

SENT = [message(12.0, told_s=12.1), message(13.0)]
ALL = [arrival(m, p, 14.0) for m in (0, 1) for p in (1, 2)]


def test_everything_delivered_loses_nothing():
    of = judged(messages=SENT, deliveries=ALL)
    assert value(METRICS, "loss_pressed", of) == Rate(0, 4)
    assert value(METRICS, "loss_told", of) == Rate(0, 2)
    assert value(METRICS, "undelivered", of) == Rate(0, 4)


def test_losses_count_against_what_was_owed_and_what_was_promised():
    of = judged(messages=SENT, deliveries=ALL[:1], drops=[drop(0, 2), drop(1, -1)])
    assert value(METRICS, "loss_pressed", of) == Rate(3, 4)
    assert value(METRICS, "loss_told", of) == Rate(1, 2)


def test_what_is_still_held_is_not_lost():
    of = judged(messages=SENT, deliveries=ALL[:3], pending=[(1, -1)])
    assert value(METRICS, "loss_pressed", of) == Rate(0, 4)
    assert value(METRICS, "undelivered", of) == Rate(1, 4)
    assert value(METRICS, "not_delivered", of) == Rate(1, 4)


def test_what_nobody_was_shown_is_lost_or_held():
    of = judged(messages=SENT, deliveries=ALL[:1], drops=[drop(0, 2)], pending=[(1, 1), (1, 2)])
    assert value(METRICS, "loss_pressed", of) == Rate(1, 4)
    assert value(METRICS, "not_delivered", of) == Rate(3, 4)


def test_the_unexplained_count_as_lost():
    of = judged(messages=SENT, deliveries=ALL[:3])
    assert value(METRICS, "loss_pressed", of) == Rate(1, 4)


def test_no_promise_no_broken_promise():
    of = judged(messages=[message(12.0)], drops=[drop(0, -1)])
    assert value(METRICS, "loss_told", of) is None


def test_nothing_owed_is_no_loss_rate():
    assert value(METRICS, "loss_pressed", judged()) is None
