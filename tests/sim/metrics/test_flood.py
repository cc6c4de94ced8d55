"""What servers take of a flood, on histories written by hand."""

import math

import pytest

from sim.history import TYPING
from sim.metrics.flood import METRICS
from tests.sim.metrics.histories import judged, message, value

FLOOD = {"floods": [[1, 20.0, 30.0]]}


def figures(*messages, meta=FLOOD):
    found = judged(meta, messages=messages)
    return [value(METRICS, name, found) for name in ("flood_taken", "flood_stopped")]


def sent(at_s, takes_s=math.nan, actor=1):
    return message(at_s, actor=actor, accepted_s=at_s + takes_s)


def test_what_is_refused_or_comes_late_is_not_taken_and_says_when_it_was_stopped():
    taken, stopped_s = figures(sent(20.0, 1.0), sent(22.0), sent(23.0, 2.0), sent(24.0, 7.0))
    assert (taken.hits, taken.trials) == (2, 4)  # the last one when the flood was over
    assert stopped_s == pytest.approx(2.0)


@pytest.mark.parametrize("takes_s", [1.0, 1.000001])
def test_a_second_is_in_time(takes_s):
    taken, stopped_s = figures(sent(20.5, takes_s))
    assert (taken.hits, taken.trials) == (1, 1)
    assert stopped_s == (math.inf if takes_s == 1.0 else pytest.approx(0.5))


def test_only_what_the_client_sends_meanwhile_is_its_flood():
    others = sent(21.0, actor=0), sent(19.9), sent(30.0), message(21.0, actor=1, action=TYPING)
    taken, stopped_s = figures(*others, sent(21.0, 0.1))
    assert (taken.hits, taken.trials) == (1, 1)
    assert math.isinf(stopped_s)
    assert figures(*others) == [None, None]


def test_of_two_floods_the_one_that_goes_on_longest_says_how_soon():
    two = {"floods": [[1, 20.0, 30.0], [0, 40.0, 50.0]]}
    taken, stopped_s = figures(sent(21.0), sent(44.0, actor=0), meta=two)
    assert (taken.hits, taken.trials) == (0, 2)
    assert stopped_s == pytest.approx(4.0)


def test_without_a_flood_there_is_no_occasion():
    assert figures(sent(21.0), meta={}) == [None, None]
