"""From replications to statements: intervals, paired comparisons, verdicts, and one sentence.

Replications are independent; within one, all designs meet the same luck (common random numbers),
so designs are compared by their difference within each replication. Leaves out the choice of how
many replications to run, beyond suggesting more.

Choices:
* Means and peaks: Student's t over replications.
* Quantiles: the mean over replications of each one's quantile, by the studentised bootstrap
  (Efron and Tibshirani 1993, section 12.5), which follows skew; below `BOOTSTRAP_LEAST`
  replications Student's t, and the entry says so.
* Rates: Clopper-Pearson on pooled counts with the effective sample size of Korn and Graubard
  (1998), because losses come in bursts. No hits at all gives [0, 1 - (alpha / 2)^(1 / n)].
* Many comparisons: Holm (1979). All pairs of designs on the `HEADLINE` metrics form one family,
  since a design is chosen on them together; every other metric is a family of its own.
  Intervals are not corrected; verdicts are.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import combinations, groupby
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt

from sim.metrics import HEADLINE, METRICS, Measure, Metric, rounded

LEVEL: Final = 0.95
BOOTSTRAP_LEAST: Final = 10  # fewer values resample into too few distinct samples
BOOTSTRAP_DRAWS: Final = 4000
BOOTSTRAP_TAIL: Final = 10  # fewer draws beyond a quantile do not place it
BOOTSTRAP_SEED: Final = 1993
SHARE_FINE: Final = 0.001  # a rate known to a tenth of a percentage point needs no more runs
FEW: Final = 5  # replications to ask for when there is no interval to extrapolate from

Floats: TypeAlias = npt.NDArray[np.float64]
Entry: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate; `low` and `high` are None where replications are too few for an interval."""

    value: float
    low: float | None
    high: float | None
    method: str


@dataclass(frozen=True, slots=True)
class Paired:
    """Mean difference b - a over replications, its interval and two-sided p-value."""

    difference: float
    low: float
    high: float
    p: float


def mean_interval(values: Sequence[float], level: float = LEVEL) -> Interval:
    """Student's t interval of a mean."""
    sample = np.asarray(values, dtype=float)
    centre = float(sample.mean())
    if len(sample) < 2:
        return Interval(centre, None, None, "one replication")
    half = _t(level, len(sample) - 1) * float(sample.std(ddof=1)) / math.sqrt(len(sample))
    return Interval(centre, centre - half, centre + half, "t")


def bootstrap_interval(values: Sequence[float], level: float = LEVEL) -> Interval:
    """Studentised bootstrap interval of a mean; Student's t when there are few values, or when
    `level` reaches farther into the tails than the draws do."""
    sample = np.asarray(values, dtype=float)
    beyond = (1 - level) / 2 * BOOTSTRAP_DRAWS
    if len(sample) < BOOTSTRAP_LEAST or beyond < BOOTSTRAP_TAIL:
        plain = mean_interval(values, level)
        few = "t (too few replications to bootstrap)" if plain.low is not None else plain.method
        few = "t (too far out to bootstrap)" if len(sample) >= BOOTSTRAP_LEAST else few
        return Interval(plain.value, plain.low, plain.high, few)
    centre, error = float(sample.mean()), _standard_error(sample)
    chooser = np.random.default_rng(BOOTSTRAP_SEED)
    drawn = sample[chooser.integers(0, len(sample), size=(BOOTSTRAP_DRAWS, len(sample)))]
    spread = _standard_error(drawn)
    scores = (drawn.mean(axis=1) - centre)[spread > 0] / spread[spread > 0]
    if not len(scores):
        return Interval(centre, centre, centre, "bootstrap")
    late, early = np.quantile(scores, [(1 + level) / 2, (1 - level) / 2])
    low, high = centre - float(late) * float(error), centre - float(early) * float(error)
    return Interval(centre, low, high, "bootstrap")


def rate_interval(counts: Sequence[tuple[float, float]], level: float = LEVEL) -> Interval:
    """Interval of pooled hits per trial, from (hits, trials) per replication.

    Binomial, or Poisson when hits exceed trials. Overdispersion between replications shrinks the
    sample to its effective size. Raises `ValueError` without trials.
    """
    hits, trials = np.asarray(counts, dtype=float).T
    total = float(trials.sum())
    if total <= 0:
        raise ValueError(f"a rate needs trials, not {total:g}")
    share = float(hits.sum()) / total
    if len(hits) < 2:
        return Interval(share, None, None, "one replication")
    size = total / design_effect(hits, trials, level)
    if share > 1:
        return Interval(share, *_poisson(share, size, 1 - level), "Poisson")
    return Interval(share, *_clopper_pearson(share, size, 1 - level), "Clopper-Pearson")


def design_effect(hits: Floats, trials: Floats, level: float = LEVEL) -> float:
    """How many times fewer independent trials there are than counted; at least 1.

    Variance of the pooled rate between replications over its binomial (Poisson) variance; above 1
    it is widened for being estimated from few replications (Korn and Graubard 1998).
    """
    total, count = trials.sum(), len(trials)
    share = hits.sum() / total
    alone = share * (1 - share) / total if share <= 1 else share / total
    if alone <= 0:
        return 1.0
    between = count / (count - 1) * ((hits - share * trials) ** 2).sum() / total**2
    effect = float(between / alone)
    if effect <= 1:
        return 1.0
    return effect * (_t(level, count - 1) / _t(level, math.inf)) ** 2


def paired(a: Sequence[float], b: Sequence[float], level: float = LEVEL) -> Paired:
    """Student's t on b - a, replication by replication. Raises `ValueError` below two pairs."""
    from scipy.special import stdtr

    if len(a) != len(b) or len(a) < 2:
        raise ValueError(f"paired comparison needs two or more pairs, got {len(a)} and {len(b)}")
    between = mean_interval([late - early for early, late in zip(a, b, strict=True)], level)
    assert between.low is not None
    assert between.high is not None
    half = (between.high - between.low) / 2
    if half == 0:
        chance = 1.0 if between.value == 0 else 0.0
    else:
        degrees = len(a) - 1
        chance = float(2 * stdtr(degrees, -abs(between.value) / half * _t(level, degrees)))
    return Paired(between.value, between.low, between.high, chance)


def holm(chances: Sequence[float]) -> list[float]:
    """p-values corrected so that any false verdict among them stays as rare as one would be."""
    corrected, worst = [0.0] * len(chances), 0.0
    for rank, at in enumerate(sorted(range(len(chances)), key=lambda at: chances[at])):
        worst = max(worst, min(1.0, (len(chances) - rank) * chances[at]))
        corrected[at] = worst
    return corrected


def summarise(
    measures_by_design: Mapping[str, Sequence[Measure]], level: float = LEVEL
) -> dict[str, Any]:
    """`designs`, `comparisons` and `verdicts` as in summary.json; the first design is reference.

    A comparison's difference and verdict speak of `b` against `a`. Metrics that never apply are
    left out; a comparison that cannot be made is "unknown" and has its `reason`.
    Raises `ValueError` without designs.
    """
    if not measures_by_design:
        raise ValueError("nothing to summarise: no design was measured")
    designs = {
        design: {metric.name: _entry(metric, measures, level) for metric in METRICS}
        for design, measures in measures_by_design.items()
    }
    comparisons = list(_comparisons(measures_by_design, level))
    _correct(comparisons, level)
    reference = next(iter(designs))
    verdicts = {design: dict[str, str]() for design in designs}
    verdicts[reference] = {m.name: "reference" for m in METRICS if designs[reference][m.name]}
    for row in comparisons:
        if row["a"] == reference:
            verdicts[row["b"]][row["metric"]] = row["verdict"]
    kept = {d: {name: e for name, e in entries.items() if e} for d, entries in designs.items()}
    summary = {"designs": kept, "comparisons": comparisons, "verdicts": verdicts}
    return {name: rounded(part) for name, part in summary.items()}


def _entry(metric: Metric, measures: Sequence[Measure], level: float) -> dict[str, Any] | None:
    found = [m["metrics"][metric.name] for m in measures]
    found = [value for value in found if value is not None]
    if not found:
        return None
    estimate = asdict(interval(metric, found, level))
    if estimate["low"] is not None:
        estimate["low"] = max(0.0, estimate["low"])  # no metric can be negative
    entry = estimate | {"unit": metric.unit, "n": len(found)}
    if metric.kind == "rate":
        entry |= {"hits": sum(h for h, _ in found), "trials": sum(t for _, t in found)}
    return entry | {"better": metric.better, "kind": metric.kind}


def interval(metric: Metric, found: Sequence[Any], level: float = LEVEL) -> Interval:
    """The interval for this kind of metric, from its values (or counts) in each replication."""
    if metric.kind == "rate":
        return rate_interval(found, level)
    if metric.kind == "quantile":
        return bootstrap_interval(found, level)
    return mean_interval(found, level)


def _comparisons(
    measures_by_design: Mapping[str, Sequence[Measure]], level: float
) -> Iterator[dict[str, Any]]:
    """Headline metrics first, so that rows of one family are neighbours."""
    ordered = sorted(METRICS, key=lambda metric: metric.name not in HEADLINE)
    for metric in ordered:
        if metric.better == "none":
            continue
        family = "headline" if metric.name in HEADLINE else metric.name
        for a, b in combinations(measures_by_design, 2):
            first, second = (_by_replication(metric, measures_by_design[d]) for d in (a, b))
            if any(value is not None for value in [*first.values(), *second.values()]):
                row = {"metric": metric.name, "a": a, "b": b, "family": family}
                yield row | _compared(first, second, level)


def _by_replication(metric: Metric, measures: Sequence[Measure]) -> dict[int, float | None]:
    return {m["replication"]: number(m["metrics"][metric.name]) for m in measures}


def number(value: float | Sequence[int] | None) -> float | None:
    """A metric's value in one replication as one number: a rate is hits per trial."""
    if isinstance(value, Sequence):
        hits, trials = value
        return hits / trials
    return value


def _compared(
    a: Mapping[int, float | None], b: Mapping[int, float | None], level: float
) -> dict[str, Any]:
    shared = sorted(a.keys() & b.keys())
    both = [(a[r], b[r]) for r in shared if a[r] is not None or b[r] is not None]
    pairs = [(early, late) for early, late in both if early is not None and late is not None]
    reason = ""
    if not pairs:
        reason = "does not apply to both designs"
    elif len(pairs) < len(both):
        # Dropping the missing ones would flatter the design that failed in them.
        reason = f"defined for both designs in only {len(pairs)} of {len(both)} replications"
    elif len(pairs) < 2:
        reason = "one replication gives no interval"
    if reason:
        nothing = dict.fromkeys(("difference", "low", "high", "p", "p_corrected"))
        return nothing | {"n": len(pairs), "verdict": "unknown", "reason": reason}
    found = paired([early for early, _ in pairs], [late for _, late in pairs], level)
    return asdict(found) | {"p_corrected": None, "n": len(pairs), "verdict": "", "reason": ""}


def _correct(comparisons: Sequence[dict[str, Any]], level: float) -> None:
    better = {metric.name: metric.better for metric in METRICS}
    for _, family in groupby(comparisons, key=lambda row: row["family"]):
        tested = [row for row in family if row["p"] is not None]
        for row, chance in zip(tested, holm([row["p"] for row in tested]), strict=True):
            row["p_corrected"] = chance
            gain = (row["difference"] < 0) == (better[row["metric"]] == "lower")
            told_apart = chance < 1 - level
            row["verdict"] = (
                ("better" if gain else "worse") if told_apart else "not distinguishable"
            )


def precision(entry: Entry) -> float | None:
    """Half the interval over the value; None without an interval or around zero."""
    if entry["low"] is None or not entry["value"]:
        return None
    return float((entry["high"] - entry["low"]) / 2 / abs(entry["value"]))


def more_replications(entry: Entry, target_ratio: float = 0.1) -> int:
    """How many more replications should bring the half width down to `target_ratio` of the value.

    0 when it is, or for a rate when the half width is within `SHARE_FINE`. Half widths shrink with
    the square root of the number of replications.
    """
    count = int(entry["n"])
    if entry["low"] is None:
        return max(0, FEW - count)
    half, goal = (entry["high"] - entry["low"]) / 2, target_ratio * abs(entry["value"])
    if entry["kind"] == "rate":
        goal = max(goal, SHARE_FINE)
    return 0 if half <= goal or not goal else math.ceil(count * ((half / goal) ** 2 - 1))


def _t(level: float, degrees: float) -> float:
    from scipy.special import ndtri, stdtrit

    tail = (1 + level) / 2
    return float(ndtri(tail) if math.isinf(degrees) else stdtrit(degrees, tail))


def _standard_error(sample: Floats) -> Any:
    return sample.std(axis=-1, ddof=1) / math.sqrt(sample.shape[-1])


def _clopper_pearson(share: float, size: float, alpha: float) -> tuple[float, float]:
    from scipy.special import betaincinv

    hits, misses = share * size, (1 - share) * size
    low = float(betaincinv(hits, misses + 1, alpha / 2)) if share > 0 else 0.0
    high = float(betaincinv(hits + 1, misses, 1 - alpha / 2)) if share < 1 else 1.0
    return low, high


def _poisson(share: float, size: float, alpha: float) -> tuple[float, float]:
    from scipy.special import gammaincinv

    hits = share * size
    low, high = gammaincinv(hits, alpha / 2), gammaincinv(hits + 1, 1 - alpha / 2)
    return float(low) / size, float(high) / size
