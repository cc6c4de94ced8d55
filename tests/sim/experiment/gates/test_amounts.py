"""Values with their units, written as people write them."""

import math

import pytest

from sim.experiment.gates.amounts import amount, apart


@pytest.mark.parametrize(
    ("metric", "value", "words"),
    [
        ("loss_pressed", 0.05489, "5.49 %"),
        ("loss_pressed", 0.0, "0 %"),
        ("loss_pressed", 1e-9, "under 0.0001 %"),
        ("latency_p50", 0.0558, "0.0558 s"),
        ("latency_p50", 31.04, "31.0 s"),
        ("back_t95", math.inf, "never"),
        ("bytes_per_delivery", 12345.6, "12,346 bytes"),
        ("reconnect_peak", 40.0, "40.0 attempts per 100 ms"),
    ],
)
def test_a_value_has_its_unit(metric, value, words):
    assert amount(metric, value) == words


def test_shares_differ_by_percentage_points():
    assert apart("loss_pressed", 0.01) == "1.00 percentage points"
    assert apart("latency_p50", -0.25) == "−0.250 s"
