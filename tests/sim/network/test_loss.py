"""Loss objects: fates by name and time, whoever asks, in whatever order."""

from collections.abc import Callable
from itertools import pairwise
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


@pytest.mark.parametrize("kind", BUILD)
def test_asking_consumes_nothing(kind: str) -> None:
    """Whoever asks, in whatever order and however often, hears the same."""
    packets = [(index * 0.013, index) for index in range(5_000)]
    once, anew = BUILD[kind](), BUILD[kind]()
    fates = [once.lost(*packet) for packet in packets]
    assert [anew.lost(*packet) for packet in packets[::-1]] == fates[::-1]
    assert [anew.lost(*packet) for packet in packets[::3]] == fates[::3]


@pytest.mark.parametrize("kind", BUILD)
def test_share_lost_is_the_stationary_loss_for_distant_packets(kind: str) -> None:
    """Packets 50 s apart are independent: e^-150 of correlation is left in the bursts."""
    loss, count = BUILD[kind](), 5_000
    expected = loss.stationary_loss()
    lost = sum(loss.lost(index * 50.0, index) for index in range(count))
    assert abs(lost / count - expected) <= 5 * sqrt(expected * (1 - expected) / count)


def test_extremes_are_exact() -> None:
    assert not any(BUILD["none"]().lost(time_s, 0) for time_s in range(1_000))
    assert not any(BUILD["bernoulli 0"]().lost(time_s, 0) for time_s in range(1_000))
    assert all(BUILD["bernoulli 1"]().lost(time_s, 0) for time_s in range(1_000))


def test_runs_between_bernoulli_losses_are_geometric() -> None:
    """Mean run (1-p)/p within 5 standard errors; a run's deviation is sqrt(1-p)/p."""
    loss, ratio = Bernoulli(0.2, draws()), 0.2
    lost = np.array([loss.lost(0.0, packet) for packet in range(20_000)])
    runs = np.diff(np.flatnonzero(lost)) - 1
    error = sqrt(1 - ratio) / ratio / sqrt(len(runs))
    assert abs(runs.mean() - (1 - ratio) / ratio) < 5 * error


def test_a_packet_is_known_by_its_name_and_its_second() -> None:
    """Microseconds in a queue make no difference; another second has another luck."""
    loss, ratio, count = Bernoulli(0.2, draws()), 0.2, 20_000
    soon = [loss.lost(100.0, packet) for packet in range(count)]
    assert [loss.lost(100.001, packet) for packet in range(count)] == soon
    later = [loss.lost(102.0, packet) for packet in range(count)]
    both = np.mean(np.array(soon) & np.array(later))
    assert abs(both - ratio**2) < 5 * sqrt(ratio**2 * (1 - ratio**2) / count)


def test_people_on_a_shared_link_meet_its_bursts_with_their_own_packets() -> None:
    link, times_s = draws(99), [index * 0.1 for index in range(3_000)]
    one, two = (GilbertElliott(1.0, 0.5, 0.0, 0.5, draws(who), link) for who in (1, 2))
    assert [one.span_s(at_s) for at_s in times_s] == [two.span_s(at_s) for at_s in times_s]
    assert [one.lost(at_s, 0) for at_s in times_s] != [two.lost(at_s, 0) for at_s in times_s]


def states(loss: GilbertElliott, times_s: list[float]) -> list[bool]:
    """With losses only in the bad state, and all lost there, fates are states."""
    return [loss.lost(time_s, 0) for time_s in times_s]


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
    assert [leaping.lost(at_s + 60.0, 0) is None or leaping.lost(at_s, 0) for at_s in times_s] == (
        expected
    )


def test_walking_forward_and_back_is_exact() -> None:
    walked, times_s = bursts(), [index * 0.37 for index in range(3_000)]
    there = [walked.span_s(at_s) for at_s in times_s]
    assert [walked.span_s(at_s) for at_s in times_s[::-1]] == there[::-1]
    spanned = zip(times_s, there, strict=True)
    assert all(since_s <= at_s < until_s for at_s, (since_s, until_s) in spanned)
    spans = list(dict.fromkeys(there))
    assert all(one[1] == other[0] for one, other in pairwise(spans) if one[1] >= other[0])


def test_times_before_zero_are_good() -> None:
    for entity in range(20):
        assert not bursts(entity).lost(-1.0, 0)


def test_first_state_is_stationary() -> None:
    """Over many objects, a third starts bad: 0.5 / (1 + 0.5)."""
    count = 3_000
    bad = sum(bursts(entity).lost(0.0, 0) for entity in range(count))
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
