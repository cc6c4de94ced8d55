"""Wasted copies, requests between nodes, and what leaks in."""

import pytest

from sim.history import History
from sim.metrics import METRICS as ALL
from sim.metrics.between import METRICS
from sim.metrics.judged import Judged, Rate
from tests.sim.metrics.histories import history, value

COUNTED = {
    "heard": 40,
    "discarded": 30,
    "requests": 4,
    "requests timed out": 1,
    "request seconds": 5.006,
    "foreign messages to rooms of ours": 10,
}


def told(between):
    made = history()
    return Judged(History(made.tables, {**made.meta, **between}))


def test_figures_are_shares_of_what_was_counted():
    of = told({"between": COUNTED})
    assert value(METRICS, "copies_discarded", of) == Rate(30, 40)
    assert value(METRICS, "requests_timed_out", of) == Rate(1, 4)
    assert value(METRICS, "request_time", of) == pytest.approx(1.2515)
    assert value(METRICS, "foreign_leaked", of) == Rate(0, 10)


def test_without_counts_there_are_no_figures():
    assert [metric.compute(told({})) for metric in METRICS] == [None] * len(METRICS)
    assert {metric.name for metric in METRICS} <= {metric.name for metric in ALL}
