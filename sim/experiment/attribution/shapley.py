"""Shapley values of a game, exact or from sampled orders.

A coalition is a whole number whose bit i says whether player i is in it; its value is an array, one
number a replication, so that shares are paired as the values are. Leaves out where values come from
(`study`) and what of shares is luck (`shares`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import factorial
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

Floats: TypeAlias = npt.NDArray[np.float64]
Orders: TypeAlias = npt.NDArray[np.int64]
Steps: TypeAlias = Sequence[Mapping[int, float]]
"""For each player: coalitions that it joins, and the weight of each."""

MOST_EXACT: Final = 6
"""Players up to which every coalition is looked at: 64 of them."""
PAIRS: Final = 8
"""Orders that are sampled beyond, each with its reverse: fewer would leave their error unknown."""


def exact_steps(players: int) -> Steps:
    """Every coalition, weighed with the share of orders in which it comes before the player.

    >>> exact_steps(2)
    [{0: 0.5, 2: 0.5}, {0: 0.5, 1: 0.5}]
    """
    weights = [
        factorial(size) * factorial(players - size - 1) / factorial(players)
        for size in range(players)
    ]
    return [
        {
            before: weights[before.bit_count()]
            for before in range(2**players)
            if not before >> player & 1
        }
        for player in range(players)
    ]


def sampled_orders(players: int, generator: np.random.Generator, pairs: int = PAIRS) -> Orders:
    """Random orders, a row each; every second one is the reverse of the one above it.

    A player that comes early in one comes late in the other, so that the mean of the two varies
    less than that of two orders drawn apart (antithetic sampling).
    """
    drawn = [generator.permutation(players) for _ in range(pairs)]
    return np.array([order for one in drawn for order in (one, one[::-1])], dtype=np.int64)


def sampled_steps(orders: Orders) -> Steps:
    """The coalitions that each player joins in these orders.

    >>> sampled_steps(np.array([[0, 1], [1, 0]]))
    [{0: 0.5, 2: 0.5}, {1: 0.5, 0: 0.5}]
    """
    count, players = orders.shape
    steps: list[dict[int, float]] = [{} for _ in range(players)]
    for order in orders.tolist():
        before = 0
        for player in order:
            steps[player][before] = steps[player].get(before, 0.0) + 1 / count
            before |= 1 << player
    return steps


def coalitions(steps: Steps) -> list[int]:
    """Every coalition whose value the steps ask for, the empty and the full one among them."""
    found = {one for player, of in enumerate(steps) for before in of
             for one in (before, before | 1 << player)}  # fmt: skip
    return sorted(found)


def shares(values: Mapping[int, Floats], steps: Steps) -> Floats:
    """A row for each player: its share in each replication.

    The rows add up to the value of the full coalition less that of the empty one, replication by
    replication.

    >>> glove = {0: 0.0, 1: 0.0, 2: 0.0, 3: 1.0}  # a pair of gloves is worth 1, one is nothing
    >>> shares({one: np.array([value]) for one, value in glove.items()}, exact_steps(2)).tolist()
    [[0.5], [0.5]]
    """
    return np.array(
        averaged(lambda before, after: values[after] - values[before], steps), dtype=float
    )


def averaged(step: Callable[[int, int], Floats], steps: Steps) -> list[Floats]:
    """The mean of something about a step over all of a player's, for each player."""
    return [
        np.sum(
            [weight * step(before, before | 1 << player) for before, weight in of.items()], axis=0
        )
        for player, of in enumerate(steps)
    ]


def sampling_variance(values: Mapping[int, Floats], orders: Orders) -> Floats:
    """Variance of each player's share for being a mean over these orders.

    Between pairs of an order and its reverse, of what they say in the mean over replications; there
    is the luck of replications in it, too, so that it is rather too large.
    """
    means = {one: np.atleast_1d(value.mean()) for one, value in values.items()}
    pairs = [orders[at : at + 2] for at in range(0, len(orders), 2)]
    each = np.array([shares(means, sampled_steps(pair))[:, 0] for pair in pairs])
    return np.asarray(each.var(axis=0, ddof=1) / len(each))
