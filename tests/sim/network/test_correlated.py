"""Loss with netem's correlation: the share it loses, its memory, and the contract of loss."""

from math import sqrt

import numpy as np
import pytest

from sim.network.correlated import CorrelatedBernoulli, stationary_loss
from sim.network.loss import Loss
from sim.streams import Streams


def made(ratio: float = 0.3, correlation: float = 0.5, entity: int = 0) -> CorrelatedBernoulli:
    return CorrelatedBernoulli(ratio, correlation, Streams(1, 0).draws("loss", entity))


def fates(loss: Loss, count: int) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
    return np.array([loss.lost(0.0, packet) for packet in range(count)])


def test_asked_again_about_a_packet_it_says_the_same() -> None:
    """The hot path asks, and where it declines, the recursion asks anew."""
    once, twice = made(), made()
    found = [(twice.lost(1.0, packet), twice.lost(1.0, packet)) for packet in range(2_000)]
    assert found == [(fate, fate) for fate in fates(once, 2_000).tolist()]


@pytest.mark.parametrize(
    ("ratio", "correlation"), [(0.1, 0.25), (0.3, 0.5), (0.6, 0.25), (0.4, 0.8), (0.6, 0.8)]
)
def test_the_share_lost_is_the_stationary_loss(ratio: float, correlation: float) -> None:
    """200 independent processes, each past its start: within 5 errors of their mean."""
    shares = [fates(made(ratio, correlation, entity), 700)[200:].mean() for entity in range(200)]
    error = np.std(shares, ddof=1) / sqrt(len(shares))
    assert abs(np.mean(shares) - stationary_loss(ratio, correlation)) <= 5 * error


def test_the_stationary_loss_is_the_law_of_the_mean_of_uniforms() -> None:
    """Against the number itself, drawn without the loss: within 5 errors of a share."""
    luck, ratio, correlation, count = np.random.default_rng(1), 0.2, 0.4, 400_000
    x = luck.random(count)
    for _ in range(40):  # 0.4**40 of the start is left
        x = (1 - correlation) * luck.random(count) + correlation * x
    share = (x <= ratio).mean()
    assert abs(share - stationary_loss(ratio, correlation)) <= 5 * sqrt(share / count)


@pytest.mark.parametrize("correlation", [0.1, 0.5, 0.9])
def test_the_stationary_loss_is_that_of_a_symmetric_law(correlation: float) -> None:
    assert stationary_loss(0.5, correlation) == pytest.approx(0.5, abs=1e-6)
    both = stationary_loss(0.3, correlation) + stationary_loss(0.7, correlation)
    assert both == pytest.approx(1.0, abs=1e-6)


def test_without_correlation_it_is_the_ratio() -> None:
    assert stationary_loss(0.123, 0.0) == 0.123


def test_netems_usual_setting_loses_far_less_than_it_says() -> None:
    assert stationary_loss(0.1, 0.25) == pytest.approx(0.0175, abs=1e-4)


def test_a_loss_makes_the_next_one_likelier() -> None:
    lost = fates(made(), 50_000)
    after, anywhere = lost[1:][lost[:-1]].mean(), lost.mean()
    assert after > anywhere + 5 * sqrt(anywhere / lost[:-1].sum())


def test_extremes_are_exact() -> None:
    assert fates(made(ratio=1.0), 1_000).all()
    assert not fates(made(ratio=0.0), 10_000).any()


@pytest.mark.parametrize(
    ("ratio", "correlation", "message"),
    [(1.1, 0.5, "ratio is 1.1"), (0.5, 1.0, "correlation is 1.0; allowed: 0 to 0.99")],
)
def test_wrong_parameters_are_refused(ratio: float, correlation: float, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        made(ratio, correlation)
