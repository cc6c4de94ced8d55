"""Loss objects: the contract of the hot path, determinism, and order of asking."""

from collections.abc import Callable
from math import inf, sqrt

import numpy as np
import pytest

from sim.network.loss import Bernoulli, GilbertElliott, Loss, NoLoss
from sim.streams import Draws, Streams

BUILD: dict[str, Callable[[], Loss]] = {
    "none": NoLoss,
    "bernoulli": lambda: Bernoulli(0.2, draws()),
    "bernoulli 0": lambda: Bernoulli(0.0, draws()),
    "bernoulli 1": lambda: Bernoulli(1.0, draws()),
    "bursts": lambda: GilbertElliott(1.0, 0.5, 0.0, 1.0, draws()),
    "noisy bursts": lambda: GilbertElliott(1.0, 0.5, 0.05, 0.6, draws()),
}


def draws(entity: int = 0) -> Draws:
    return Streams(1, 0).draws("loss", entity)


def hot_path(loss: Loss, time_s: float) -> bool:
    """How the transport uses a loss object."""
    if loss.run > 0 and loss.since_s <= time_s < loss.until_s:
        loss.run -= 1
        return False
    return loss.lost(time_s)


@pytest.mark.parametrize("kind", BUILD)
def test_hot_path_gives_what_lost_gives(kind: str) -> None:
    asked, spared = BUILD[kind](), BUILD[kind]()
    times_s = [index * 0.013 for index in range(5_000)]
    assert [hot_path(spared, at_s) for at_s in times_s] == [asked.lost(at_s) for at_s in times_s]


@pytest.mark.parametrize("kind", BUILD)
def test_share_lost_is_the_stationary_loss_for_distant_packets(kind: str) -> None:
    """Packets 50 s apart are independent: e^-150 of correlation is left in the bursts."""
    loss, count = BUILD[kind](), 5_000
    expected = loss.stationary_loss()
    lost = sum(loss.lost(index * 50.0) for index in range(count))
    assert abs(lost / count - expected) <= 5 * sqrt(expected * (1 - expected) / count)


def test_extremes_are_exact() -> None:
    assert not any(BUILD["none"]().lost(time_s) for time_s in range(1_000))
    assert not any(BUILD["bernoulli 0"]().lost(time_s) for time_s in range(1_000))
    assert all(BUILD["bernoulli 1"]().lost(time_s) for time_s in range(1_000))


def test_runs_between_bernoulli_losses_are_geometric() -> None:
    """Mean run (1-p)/p within 5 standard errors; a run's deviation is sqrt(1-p)/p."""
    loss, ratio = Bernoulli(0.2, draws()), 0.2
    lost = np.array([loss.lost(0.0) for _ in range(20_000)])
    runs = np.diff(np.flatnonzero(lost)) - 1
    error = sqrt(1 - ratio) / ratio / sqrt(len(runs))
    assert abs(runs.mean() - (1 - ratio) / ratio) < 5 * error


def test_no_promise_before_the_first_packet() -> None:
    for kind in ("bernoulli", "bursts", "noisy bursts"):
        loss = BUILD[kind]()
        assert loss.run == 0 or not loss.since_s <= 0.0 < loss.until_s


def states(loss: GilbertElliott, times_s: list[float]) -> list[bool]:
    """With losses only in the bad state, and all lost there, fates are states."""
    return [loss.lost(time_s) for time_s in times_s]


def bursts(entity: int = 0) -> GilbertElliott:
    return GilbertElliott(1.0, 0.5, 0.0, 1.0, draws(entity))


def test_timeline_does_not_depend_on_packets() -> None:
    times_s = [index * 0.1 for index in range(2_000)]
    expected = states(bursts(), times_s)
    assert True in expected
    assert False in expected
    backwards = states(bursts(), times_s[::-1])[::-1]
    assert backwards == expected
    sparse = states(bursts(), times_s[::7])
    assert sparse == expected[::7]
    leaping = bursts()
    assert [leaping.lost(time_s + 60.0) is None or leaping.lost(time_s) for time_s in times_s] == (
        expected
    )


def test_packet_luck_does_not_move_the_bursts() -> None:
    """Two designs with other packets and partial loss still share every burst."""
    quiet, busy = (GilbertElliott(1.0, 0.5, 0.0, 0.5, draws()) for _ in range(2))
    for index in range(3_000):
        busy.lost(index * 0.01)
    quiet.lost(30.0)
    busy.lost(30.0)
    assert (quiet.since_s, quiet.until_s) == (busy.since_s, busy.until_s)


def test_a_look_ahead_leaves_no_promise_for_earlier_packets() -> None:
    loss = bursts()
    times_s = [index * 0.05 for index in range(400)]
    expected = states(bursts(), times_s)
    for time_s, fate in zip(times_s, expected, strict=True):
        hot_path(loss, time_s + 1.0)
        assert hot_path(loss, time_s) == fate


def test_times_before_zero_are_good() -> None:
    for entity in range(20):
        assert not bursts(entity).lost(-1.0)


def test_first_state_is_stationary() -> None:
    """Over many objects, a third starts bad: 0.5 / (1 + 0.5)."""
    count = 3_000
    bad = sum(bursts(entity).lost(0.0) for entity in range(count))
    assert abs(bad / count - 1 / 3) < 5 * sqrt(2 / 9 / count)


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: Bernoulli(1.5, draws()), "ratio is 1.5; allowed: 0 to 1"),
        (lambda: GilbertElliott(0.0, 1.0, 0.0, 1.0, draws()), "mean_good_s is 0.0; allowed"),
        (lambda: GilbertElliott(1.0, inf, 0.0, 1.0, draws()), "mean_bad_s is inf; allowed"),
        (lambda: GilbertElliott(1.0, 1.0, -0.1, 1.0, draws()), "loss_good is -0.1; allowed"),
        (lambda: GilbertElliott(1.0, 1.0, 0.0, 1.1, draws()), "loss_bad is 1.1; allowed"),
    ],
)
def test_wrong_parameters_are_refused(build: Callable[[], Loss], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        build()
