"""Numbers as a person writes them."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.numbers import LEAST, PLAIN_UP_TO, written


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (3.28e-130, "0"),
        (-7.26e-69, "0"),
        (9.99e-5, "0"),
        (1e-4, "0.000100"),
        (0.0123456, "0.0123"),
        (0.9996, "1.00"),
        (9.996, "10.0"),
        (55.84, "55.8"),
        (99.96, "100"),
        (100.0, "100"),
        (999.9, "1,000"),
        (1234.4, "1,234"),
        (-12.34, "−12.3"),
        (1_234_567.0, "1,234,567"),
        (1e15, "1e+15"),
        (math.inf, "never"),
        (math.nan, "unknown"),
    ],
)
def test_as_a_person_writes_it(value, text):
    assert written(value) == text


def test_digits_can_be_fewer():
    assert [written(value, 2) for value in (0.0123, 1.66, 99.6, 35.2)] == [
        "0.012",
        "1.7",
        "100",
        "35",
    ]
    assert written(0.96, 1) == "1"


@given(st.floats(-PLAIN_UP_TO, PLAIN_UP_TO, exclude_min=True, exclude_max=True), st.integers(1, 6))
def test_no_exponent_and_close_to_the_value(value, digits):
    text = written(value, digits)
    assert "e" not in text
    if abs(value) < LEAST:
        assert text == "0"
    else:
        shown = float(text.replace(",", "").replace("−", "-"))
        assert shown == pytest.approx(value, rel=0.5001 * 10 ** (1 - digits))
