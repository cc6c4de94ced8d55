"""Imagined gates: the rule of real ones, on replications whose truth is set."""

import numpy as np
import pytest

from sim.experiment.gates import imagined
from sim.experiment.gates.bounds import one_sided
from sim.experiment.gates.imagined import Rule, play
from sim.experiment.gates.looks import schedule
from sim.experiment.statistics.facts import Facts
from tests.sim.experiment.gates.made import measure
from tests.sim.experiment.statistics import facts_made

NAME, LIMIT, LOOKS = facts_made.NAME, 1e-3, schedule(8, 32)
RULE = Rule(LIMIT, 0.05, LOOKS)


def lost(size, trials=20_000):
    made = facts_made.measures(np.random.default_rng(3), 0.5 * LIMIT, size, 12, trials)
    return [measure(n, **one["metrics"]) | {"facts": one["facts"]} for n, one in enumerate(made)]


def late(size):
    hits = size * np.random.default_rng(4).poisson(40 / size, 12)
    return [measure(n, late_1s=[int(one), 1000]) for n, one in enumerate(hits)]


@pytest.mark.parametrize("size", [1, 10, 50])
def test_gates_on_the_limit_keep_their_error_each_way(size):
    said = play(NAME, lost(size), RULE)(1.0)
    assert said.shape == (imagined.PLAYED, len(LOOKS))
    assert (said > 0).any(axis=1).mean() <= 0.08
    assert (said < 0).any(axis=1).mean() <= 0.08


@pytest.mark.parametrize("size", [1, 10, 50])
def test_gates_far_from_the_limit_say_so(size):
    played = play(NAME, lost(size, 20_000 * size), RULE)
    assert (played(0.05)[:, -1] == -1).mean() > 0.95
    assert (played(20.0)[:, -1] == 1).mean() > 0.95


def test_a_look_decides_as_the_bounds_do():
    """The same replications, drawn once: what is played together is what `bounds` says of each."""
    seen, rng = lost(10), np.random.default_rng(9)
    facts = Facts.of(NAME, seen)
    assert facts.apart
    for times in (0.2, 3.0):
        share = (play(NAME, seen, RULE)(times)[:, 0] == (1 if times > 1 else -1)).mean()
        real = 0
        for _ in range(100):
            made = facts_made.measures(rng, times * LIMIT, 10, LOOKS[0], 20_000)
            full = [
                measure(n, **one["metrics"]) | {"facts": one["facts"]} for n, one in enumerate(made)
            ]
            found = one_sided(NAME, full, 0.05)
            real += found.low > LIMIT if times > 1 else found.high < LIMIT
        assert share == pytest.approx(real / 100, abs=0.2)


def test_many_sizes_are_told_apart_in_groups_with_the_same_mean():
    rng = np.random.default_rng(5)
    facts = Facts.of(NAME, facts_made.measures(rng, 0.01, 60, 30, 50_000))
    sizes, shares = imagined._sizes(facts)
    assert len(sizes) <= 24 < len(np.unique(facts.sizes))
    assert shares.sum() == pytest.approx(1)
    mean = (facts.sizes * facts.number).sum() / facts.number.sum()
    assert sizes @ shares == pytest.approx(mean)


def test_bursts_are_as_large_as_replications_differ():
    def unknown(size):
        said = play("late_1s", late(size), Rule(0.04, 0.05, LOOKS))(1.5)
        return (said[:, -1] == 0).mean()

    assert unknown(1) < 0.2
    assert unknown(100) > 0.8


def test_replications_without_an_occasion_are_not_counted_at_a_look():
    values = np.random.default_rng(6).lognormal(0, 0.8, 12).tolist()
    all_of_them = play(
        "latency_p99", [measure(n, latency_p99=v) for n, v in enumerate(values)], RULE
    )
    half = [measure(n, latency_p99=v if n % 2 else None) for n, v in enumerate(values * 2)]
    seldom = play("latency_p99", half, RULE)
    assert (seldom(3.0) > 0).mean() < (all_of_them(3.0) > 0).mean() - 0.1


def test_equal_replications_have_equal_gates():
    found = [play(NAME, lost(10), RULE)(2.0) for _ in range(2)]
    assert (found[0] == found[1]).all()
