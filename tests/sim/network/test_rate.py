"""Serialisation: exact on round numbers, and the inverse of cumulative capacity everywhere."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.network.rate import ConstantRate, PiecewiseRate, Rate, constant_rate


def test_constant_rate() -> None:
    rate = ConstantRate(8_000)
    assert rate.constant
    assert rate.mean_bps == 8_000
    assert rate.leave_s(2.0, 500) == 2.5


def test_links_of_one_rate_share_it() -> None:
    assert constant_rate(1e6) is constant_rate(1e6)
    assert constant_rate(2e6).mean_bps == 2e6


def stairs() -> PiecewiseRate:
    """8 kb/s for 1 s, nothing for 2 s, 16 kb/s for 1 s: 3,000 bytes in 4 s."""
    return PiecewiseRate([0.0, 1.0, 3.0], [8_000.0, 0.0, 16_000.0], 4.0)


@pytest.mark.parametrize(
    ("start_s", "size_bytes", "leave_s"),
    [
        (0.0, 500, 0.5),
        (0.0, 1_000, 1.0),  # just before the silence
        (0.5, 1_000, 3.25),  # half before the silence, half after
        (1.5, 1, 3.0005),  # starts in the silence
        (0.0, 3_000, 4.0),  # one whole round
        (0.0, 3_500, 4.5),  # into the second round
        (3.5, 30_000, 43.5),  # ten rounds
        (400.5, 1_000, 403.25),  # far along
        (1.5, 0, 1.5),
    ],
)
def test_piecewise_rate(start_s: float, size_bytes: int, leave_s: float) -> None:
    rate = stairs()
    assert not rate.constant
    assert rate.mean_bps == 6_000
    assert rate.leave_s(start_s, size_bytes) == pytest.approx(leave_s, abs=1e-9)


def test_last_byte_at_the_end_of_a_round_does_not_wait_for_the_next() -> None:
    rate = PiecewiseRate([0.0, 1.0], [0.0, 8_000.0], 2.0)
    assert rate.leave_s(0.0, 1_000) == 2.0
    assert rate.leave_s(0.0, 3_000) == 6.0


def test_entered_elsewhere() -> None:
    """Entered 3 s in, the list begins with its fast second."""
    rate = stairs().entered_at(3.0)
    assert rate.leave_s(0.0, 2_000) == pytest.approx(1.0)
    assert rate.leave_s(0.0, 2_500) == pytest.approx(1.5)
    assert stairs().leave_s(0.0, 500) == pytest.approx(0.5)


rates = st.lists(st.sampled_from([0.0, 1_000.0, 7_777.0, 1e6]), min_size=1, max_size=6).filter(any)


def carried_bits(rates_bps: list[float], until_s: float) -> float:
    """Bits that can leave by a time when each rate holds for one second."""
    whole, part_s = divmod(until_s, 1.0)
    count = len(rates_bps)
    bits = sum(rates_bps) * (int(whole) // count) + sum(rates_bps[: int(whole) % count])
    return bits + rates_bps[int(whole) % count] * part_s


@given(rates, st.floats(0, 50), st.integers(1, 5_000))
def test_what_leaves_is_what_was_carried(
    rates_bps: list[float], start_s: float, size_bytes: int
) -> None:
    rate = PiecewiseRate(
        [float(index) for index in range(len(rates_bps))], rates_bps, len(rates_bps)
    )
    leave_s = rate.leave_s(start_s, size_bytes)
    assert leave_s >= start_s
    carried = carried_bits(rates_bps, leave_s) - carried_bits(rates_bps, start_s)
    assert carried == pytest.approx(size_bytes * 8, abs=1e-3)


@given(rates, st.floats(0, 50), st.integers(1, 5_000), st.integers(1, 5_000))
def test_two_packets_take_as_long_as_one_of_their_size(
    rates_bps: list[float], start_s: float, first_bytes: int, second_bytes: int
) -> None:
    """Up to silence after the first packet, which both ways of sending wait through."""
    rate = PiecewiseRate(
        [float(index) for index in range(len(rates_bps))], rates_bps, len(rates_bps)
    )
    in_turn_s = rate.leave_s(rate.leave_s(start_s, first_bytes), second_bytes)
    assert in_turn_s == pytest.approx(rate.leave_s(start_s, first_bytes + second_bytes), abs=1e-6)


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: ConstantRate(0.0), "rate_bps is 0.0; allowed: finite and > 0"),
        (lambda: PiecewiseRate([], [], 1.0), "0 times_s and 0 rates_bps; allowed: as many"),
        (lambda: PiecewiseRate([0.0], [1.0, 2.0], 1.0), "1 times_s and 2 rates_bps"),
        (lambda: PiecewiseRate([0.5], [1.0], 1.0), "first of times_s is 0.5; allowed: 0"),
        (
            lambda: PiecewiseRate([0.0, 2.0], [1.0, 1.0], 2.0),
            "2.0 follows 2.0 in times_s and period_s",
        ),
        (lambda: PiecewiseRate([0.0, 1.0], [1.0, -1.0], 2.0), "each of rates_bps is -1.0"),
        (lambda: PiecewiseRate([0.0], [0.0], 1.0), "largest of rates_bps is 0.0"),
        (lambda: stairs().entered_at(-1.0), "offset_s is -1.0; allowed"),
    ],
)
def test_wrong_parameters_are_refused(build: Callable[[], Rate], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        build()
