"""Rates from a known truth whose hits come in facts of geometric sizes, or as they are given."""

import numpy as np

from sim.metrics.facts import worth

NAME = "loss_pressed"


def measures(rng, rate, mean, count, trials=4000):
    """Replications with a Poisson number of facts, each of which takes all that it exposes.

    Sizes are geometric, all ones for a mean of 1. A twentieth of the trials more are exposed to
    causes that take nothing.
    """
    found = []
    for _ in range(count):
        sizes = rng.geometric(1 / mean, rng.poisson(rate * trials / mean))
        spared = rng.geometric(1 / mean, max(1, round(trials / mean / 20)))
        found.append(_measure(len(found), sizes, np.concatenate([sizes, spared]), trials))
    return found


def rows(hits, trials, largest, size=1):
    """Replications with these hits, in facts of `size`; every cause exposes `largest`."""
    return [
        _measure(at, np.full(one // size, size), np.array([largest]), trials)
        for at, one in enumerate(hits)
    ]


def _measure(at, sizes, exposed, trials):
    values, number = np.unique(sizes, return_counts=True)
    told = {
        "largest": int(exposed.max()),
        "worth": worth([exposed]),
        "sizes": np.stack([values, number], axis=1).tolist(),
    }
    metrics = {NAME: [int(sizes.sum()), trials]}
    return {"replication": at, "metrics": metrics, "facts": {NAME: told}}
