"""How much worse is still good: a metric's own margin, a scenario's, the command line's."""

import pytest

from sim.errors import InputError
from sim.experiment.gates.tolerance import tolerances
from sim.metrics import METRICS, Margin


def test_every_metric_has_one():
    assert set(tolerances({})) == {one.name for one in METRICS}


def test_what_is_said_later_counts():
    margins = {"latency_p50": 0.01, "loss_pressed": 0.002}
    found = tolerances(margins, ["latency_p50=0.02"])
    assert found["latency_p50"] == Margin(absolute=0.02)
    assert found["loss_pressed"] == Margin(absolute=0.002)
    assert found["late_1s"] == next(one.margin for one in METRICS if one.name == "late_1s")
    assert tolerances(margins, ["5%"])["loss_pressed"] == Margin(relative=0.05)
    assert tolerances({}, ["0.05", "latency_p50=1%"])["latency_p50"] == Margin(relative=0.01)


def test_what_is_no_tolerance_is_said_all_at_once():
    texts = ["latency_p5=1%", "x", "loss_pressed=", "-1", "nan", "inf%", "=3"]
    with pytest.raises(InputError) as refused:
        tolerances({}, texts)
    assert len(refused.value.messages) == len(texts)
    first, *rest = refused.value.messages
    assert first.startswith("--tolerance latency_p5=1%: no such metric")
    assert "latency_p50" in first
    assert all("; allowed: 0.05 or 5% for all figures, METRIC=5%" in one for one in rest)
