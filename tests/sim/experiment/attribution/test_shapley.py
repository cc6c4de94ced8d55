"""Shares of known games, and the axioms that make them the only ones."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from sim.experiment.attribution.shapley import (
    coalitions,
    exact_steps,
    sampled_orders,
    sampled_steps,
    sampling_variance,
    shares,
)
from sim.streams import Streams

REPLICATIONS = 3


@st.composite
def games(draw, most=5):
    """A number of players and a value for each coalition in each replication."""
    players = draw(st.integers(1, most))
    size = (2**players, REPLICATIONS)
    values = draw(arrays(np.float64, size, elements=st.floats(-100, 100, width=32)))
    return players, dict(enumerate(values))


def generator(number=0):
    return Streams(1, number).generator("test")


def test_the_games_of_textbooks():
    gloves = {one: np.array([1.0 if one in (0b011, 0b101, 0b111) else 0.0]) for one in range(8)}
    assert shares(gloves, exact_steps(3))[:, 0] == pytest.approx([2 / 3, 1 / 6, 1 / 6])
    airport = {0: 0, 1: 1, 2: 2, 4: 3, 3: 2, 5: 3, 6: 3, 7: 3}  # runways for three planes
    values = {one: np.array([float(cost)]) for one, cost in airport.items()}
    assert shares(values, exact_steps(3))[:, 0] == pytest.approx([1 / 3, 5 / 6, 11 / 6])


@given(games())
def test_shares_add_up_in_every_replication(game):
    players, values = game
    whole = values[2**players - 1] - values[0]
    assert np.allclose(shares(values, exact_steps(players)).sum(axis=0), whole, atol=1e-9)
    steps = sampled_steps(sampled_orders(players, generator(), 2))
    assert np.allclose(shares(values, steps).sum(axis=0), whole, atol=1e-9)


@given(games())
def test_who_changes_nothing_has_nothing(game):
    players, values = game
    null = {one: values[one & ~1] for one in values}
    assert not shares(null, exact_steps(players))[0].any()


@given(games(), st.data())
def test_who_does_the_same_has_the_same(game, data):
    players, values = game
    if players < 2:
        return
    twins = {one: values[_twin(one)] for one in values}
    found = shares(twins, exact_steps(players))
    assert np.allclose(found[0], found[1], atol=1e-9)


def _twin(coalition):
    """With players 0 and 1 told apart no more: either alone is the first."""
    return coalition & ~3 | 1 if coalition & 3 == 2 else coalition


@given(games(), st.floats(-3, 3, width=32))
def test_shares_of_a_sum_are_sums_of_shares(game, factor):
    players, values = game
    other = {one: value[::-1] ** 2 for one, value in values.items()}
    both = {one: values[one] + factor * other[one] for one in values}
    steps = exact_steps(players)
    apart = shares(values, steps) + factor * shares(other, steps)
    assert np.allclose(shares(both, steps), apart, rtol=1e-9, atol=1e-6)


def test_orders_come_with_their_reverse_and_ask_for_what_they_meet():
    orders = sampled_orders(7, generator(), 4)
    assert orders.shape == (8, 7)
    assert (orders[1::2] == orders[::2, ::-1]).all()
    asked = coalitions(sampled_steps(orders))
    assert asked[0] == 0
    assert asked[-1] == 2**7 - 1
    assert len(asked) <= 2 + 8 * 6
    assert len(coalitions(exact_steps(3))) == 8


def test_sampled_shares_are_right_in_the_mean_and_as_unsure_as_they_say():
    players = 7
    luck = generator()
    values = {one: luck.normal(size=1) + one.bit_count() ** 2 for one in range(2**players)}
    truth = shares(values, exact_steps(players))[:, 0]
    found, told = [], []
    for number in range(200):
        orders = sampled_orders(players, generator(number + 1))
        found.append(shares(values, sampled_steps(orders))[:, 0])
        told.append(sampling_variance(values, orders))
    error = np.std(found, axis=0, ddof=1)
    assert np.abs(np.mean(found, axis=0) - truth).max() < 5 * error.max() / np.sqrt(200)
    assert np.sqrt(np.mean(told, axis=0)) == pytest.approx(error, rel=0.2)
