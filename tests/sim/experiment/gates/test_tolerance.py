"""How much worse is still good: a metric's own margin, a scenario's, the command line's."""

from dataclasses import dataclass

import pytest

from sim.experiment.errors import InputError
from sim.experiment.gates.tolerance import Tolerance, tolerances
from sim.metrics import METRICS


@dataclass(frozen=True)
class Margin:
    absolute: float | None
    relative: float | None


def test_every_metric_has_one():
    assert set(tolerances({})) == {one.name for one in METRICS}


def test_the_larger_part_counts():
    both = Tolerance(absolute=0.001, relative=0.05)
    assert both.allowed(0.0) == 0.001
    assert both.allowed(1.0) == 0.05
    assert Tolerance(relative=0.05).allowed(0.0) == 0.0
    assert both.allowed(float("inf")) == 0.001


def test_what_is_said_later_counts():
    margins = {"latency_p50": 0.01, "loss_pressed": Margin(0.002, None)}
    found = tolerances(margins, ["latency_p50=0.02"])
    assert found["latency_p50"] == Tolerance(absolute=0.02)
    assert found["loss_pressed"] == Tolerance(absolute=0.002)
    assert tolerances(margins, ["5%"])["loss_pressed"] == Tolerance(relative=0.05)
    assert tolerances({}, ["0.05", "latency_p50=1%"])["latency_p50"] == Tolerance(relative=0.01)


def test_what_is_no_tolerance_is_said_all_at_once():
    texts = ["latency_p5=1%", "x", "loss_pressed=", "-1", "nan", "inf%", "=3"]
    with pytest.raises(InputError) as refused:
        tolerances({}, texts)
    assert len(refused.value.messages) == len(texts)
    first, *rest = refused.value.messages
    assert first.startswith("--tolerance latency_p5=1%: no such metric")
    assert "latency_p50" in first
    assert all("; allowed: 0.05 or 5% for all figures, METRIC=5%" in one for one in rest)
