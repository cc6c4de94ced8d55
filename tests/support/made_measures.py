"""Measures made up of the metrics that a test is about; all others do not apply."""

from typing import Any

import numpy as np

from sim.metrics import METRICS

NOTHING: dict[str, Any] = {metric.name: None for metric in METRICS}


def design(samples: Any = None, **metrics: Any) -> list[dict[str, Any]]:
    """Measures of one design from a list of values per metric, one per replication.

    `samples` is a list of those, by family; without it quantiles are one figure a replication.
    """
    count = len(next(iter(metrics.values())))
    return [
        {
            "replication": at,
            "metrics": NOTHING | {name: found[at] for name, found in metrics.items()},
            **({} if samples is None else {"samples": samples[at]}),
        }
        for at in range(count)
    ]


def wobble(centre: float, count: int = 8, seed: int = 1) -> list[float]:
    """Values around a centre, with a standard deviation of 0.01."""
    return (centre + np.random.default_rng(seed).normal(0, 0.01, count)).round(9).tolist()


def comparison(summary: dict[str, Any], metric: str) -> dict[str, Any]:
    """The only row of a metric."""
    [row] = [row for row in summary["comparisons"] if row["metric"] == metric]
    return row
