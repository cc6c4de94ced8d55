"""From the measures of every coalition to shares of the difference, and what of them is luck.

Values are what each replication adds to the pooled figure (`statistics.figures`), so shares add up
to the difference of the figures as a comparison has it. Intervals are Student's t over shares
paired by replication; of sampled orders the variance between orders is added, with degrees of
freedom by Welch and Satterthwaite. The error of a rate's share is at least that of the hits by
which coalitions differ. The share of the difference is a ratio of two means that vary together.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.experiment.attribution import shapley
from sim.experiment.attribution.answer import answer
from sim.experiment.attribution.shapley import Floats, Orders, Steps
from sim.experiment.statistics.comparisons import comparisons, counting_error, pairs_of
from sim.experiment.statistics.figures import Figure, figures
from sim.experiment.statistics.intervals import LEAST, LEVEL, t_quantile
from sim.experiment.statistics.paired import Paired, paired
from sim.experiment.statistics.ratio import Means, ratio_interval
from sim.metrics import METRICS, Measure, rounded
from sim.report.attribution import TOLD

Figures = Mapping[str, Mapping[str, Figure]]
"""Design -> metric -> figure."""


@dataclass(frozen=True, slots=True)
class Game:
    """Who plays, and which design stands for each coalition.

    `designs`: coalition (bit i for aspect i) -> name of a design. `orders` are those that were
    sampled, None where every coalition is there. `aspects` has what `a` and `b` say of each; those
    in `bound` differ, too, and go with the channel.
    """

    metric: str
    aspects: Mapping[str, tuple[str, str]]
    bound: Sequence[str]
    designs: Mapping[int, str]
    orders: Orders | None = None

    @property
    def a(self) -> str:
        """The design that the empty coalition is."""
        return self.designs[0]

    @property
    def b(self) -> str:
        """The design that the full coalition is."""
        return self.designs[2 ** len(self.aspects) - 1]

    @property
    def steps(self) -> Steps:
        """Which coalitions are averaged over, for each aspect."""
        if self.orders is None:
            return shapley.exact_steps(len(self.aspects))
        return shapley.sampled_steps(self.orders)

    def plain(self) -> dict[str, Any]:
        """As it is stored."""
        return {
            "metric": self.metric,
            "a": self.a,
            "b": self.b,
            "aspects": {name: list(said) for name, said in self.aspects.items()},
            "bound": list(self.bound),
            "designs": {str(one): name for one, name in self.designs.items()},
            "orders": None if self.orders is None else self.orders.tolist(),
        }

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> Game:
        """From what is stored."""
        orders = stored["orders"]
        return cls(
            stored["metric"],
            {name: (said[0], said[1]) for name, said in stored["aspects"].items()},
            stored["bound"],
            {int(one): name for one, name in stored["designs"].items()},
            None if orders is None else np.array(orders, dtype=np.int64),
        )


def attributed(
    game: Game, measures: Mapping[str, Sequence[Measure]], margins: Mapping[str, float]
) -> dict[str, Any]:
    """The parts of a summary that an attribution adds, its `answer` among them.

    `margins` as in `statistics.summarise`. Where a coalition's figure is infinite, or not there,
    `reason` says so and `instead` names the metrics that have shares.
    """
    names = dict.fromkeys(game.designs.values())
    found = {name: figures(measures[name]) for name in names}
    reason = _obstacle(found, game.metric)
    part: dict[str, Any] = {**game.plain(), "reason": reason, "shares": []}
    if reason:
        part["instead"] = [one.name for one in METRICS if not _obstacle(found, one.name)]
    else:
        part |= _difference(game, found, margins) | {"values": _values(game, found)}
        part["shares"] = [*_shares(game, found, part)]
    part = rounded(part)
    return {"answer": answer(part), "attribution": part}


def _obstacle(found: Figures, metric: str) -> str:
    """Why the metric has no shares; "" when it has."""
    for name, of in found.items():
        if (figure := of.get(metric)) is None:
            return f"there is nothing to measure in {name}"
        if figure.refused:
            return figure.refused
        if math.isinf(figure.interval.value):
            return f"it is never in {name}"
        if figure.parts is None:
            few = figure.n < LEAST
            return (
                f"{figure.n} replications are too few" if few else f"it has no upper end in {name}"
            )
    known = {name: figure_of(of, metric).keys() for name, of in found.items()}
    first = next(iter(known.values()))
    odd = next((name for name, places in known.items() if places != first), "")
    return f"it is not defined in the same replications in {odd}" if odd else ""


def figure_of(of: Mapping[str, Figure], metric: str) -> Mapping[int, float]:
    """What each replication adds to a figure that is there."""
    parts = of[metric].parts
    assert parts is not None
    return parts


def _difference(game: Game, found: Figures, margins: Mapping[str, float]) -> dict[str, Any]:
    """`b` less `a`: one question, so that nothing is corrected for."""
    two = {name: {game.metric: found[name][game.metric]} for name in (game.a, game.b)}
    [row] = comparisons([*pairs_of(two, LEVEL, margins)], LEVEL)
    kept = ("difference", "low", "high", "p", "n", "margin", "verdict", "needs")
    values = {side: found[name][game.metric].interval.value
              for side, name in (("a_value", game.a), ("b_value", game.b))}  # fmt: skip
    unit = found[game.a][game.metric].metric.unit
    told = {key: row[key] for key in kept}
    if told["difference"] is None:  # of one replication no test says it
        told["difference"] = values["b_value"] - values["a_value"]
    return {"unit": unit, **values, **told}


def _values(game: Game, found: Figures) -> dict[str, float]:
    """The figure of each coalition's design."""
    names = dict.fromkeys(game.designs.values())
    return {name: found[name][game.metric].interval.value for name in names}


def _shares(game: Game, found: Figures, whole: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    parts = {name: figure_of(of, game.metric) for name, of in found.items()}
    places = sorted(parts[game.a])
    by_design = {name: np.array([of[at] for at in places]) for name, of in parts.items()}
    values = {one: by_design[name] for one, name in game.designs.items()}
    each = shapley.shares(values, game.steps)
    least = _least_errors(game, found, places)
    sampled = np.zeros(len(each))
    if game.orders is not None:
        sampled = shapley.sampling_variance(values, game.orders)
    for at, aspect in enumerate(game.aspects):
        mine = _Share(values[0], each[at], float(least[at]), float(sampled[at]))
        yield {"aspect": aspect, **mine.interval(), **mine.ratio(by_design[game.b], whole)}


def _least_errors(game: Game, found: Figures, places: Sequence[int]) -> Sequence[Any]:
    """Of each share: were the hits independent by which one step changes a rate, and all steps
    moved by the same ones."""

    def step(before: int, after: int) -> Floats:
        two = (found[game.designs[one]][game.metric] for one in (before, after))
        first, second = (figure.counts for figure in two)
        return np.asarray(counting_error(first, second, places))

    return shapley.averaged(step, game.steps)


@dataclass(frozen=True, slots=True)
class _Share:
    """One aspect's share in each replication, beside the values of `a`; and what else is unsure."""

    base: Floats
    each: Floats
    least_error: float
    sampling_variance: float

    def interval(self) -> dict[str, float | None]:
        """The share with its interval; none from too few replications, or too few that differ."""
        share = math.fsum(self.each) / len(self.each)
        if len(self.each) < LEAST:
            return {"share": share, "low": None, "high": None}
        found = self._tested()
        if found.low is None:
            return {"share": share, "low": None, "high": None}
        error = math.sqrt(found.error**2 + self.sampling_variance)
        half = self._quantile(found.error) * error
        return {"share": share, "low": share - half, "high": share + half}

    def ratio(self, b: Floats, whole: Mapping[str, Any]) -> dict[str, float | None]:
        """The same as a share of the whole difference, where that is told from nothing."""
        names = ("ratio", "ratio_low", "ratio_high")
        if whole["verdict"] not in TOLD or whole["low"] is None:
            return dict.fromkeys(names)
        apart, count = b - self.base, len(b)
        mine = self._tested()
        half = (whole["high"] - whole["low"]) / 2
        means = Means(
            math.fsum(self.each) / count,
            whole["difference"],
            mine.error**2 + self.sampling_variance,
            (half / t_quantile((1 + LEVEL) / 2, count - 1)) ** 2,
            float(np.cov(self.each, apart)[0, 1]) / count,
        )
        ends = ratio_interval(means, self._quantile(mine.error)) or (None, None)
        return dict(zip(names, (means.part / means.whole, *ends), strict=True))

    def _tested(self) -> Paired:
        """The share beside nothing; what is only rounding of the values is nothing."""
        return paired(self.base.tolist(), (self.base + self.each).tolist(), self.least_error)

    def _quantile(self, error: float) -> float:
        """Of t; with degrees of freedom between those of replications and those of orders."""
        parts = ((error**2, len(self.each) - 1), (self.sampling_variance, shapley.PAIRS - 1))
        total = error**2 + self.sampling_variance
        if not total:
            return t_quantile((1 + LEVEL) / 2, len(self.each) - 1)
        freedom = total**2 / sum(part**2 / degrees for part, degrees in parts)
        return t_quantile((1 + LEVEL) / 2, freedom)
