"""Every pair of designs on every metric: a row with the difference and a verdict.

The rule, in this order. Fewer than `LEAST` replications are too few runs. A difference is better or
worse when its p, corrected for its family, is below 1 - level and the estimate lies beyond the
margin worth caring about. It is equal when its whole interval lies within the margin (two one-sided
tests, Schuirmann 1987): not to see a difference is never called equal. Otherwise the runs were too
few when they could have missed a difference of the margin in more than one case of five; else the
two are not distinguishable. An infinite figure is beyond any margin. Where neither design shows a
case, replications have no spread; the difference is then no larger than what may be in either.

The families: all pairs on the `HEADLINE` metrics, since a design is chosen on them together (Holm);
all other rows (Benjamini and Hochberg). Where all designs are alike, each shows a mark in at most
1 - level of all reports. Intervals are not corrected; verdicts are. Pairs without the reference are
in the family too: people read them, and leaving them out would gain less than a tenth in what can
be detected.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any, Final, TypeAlias

from sim.experiment.statistics.entries import FEW
from sim.experiment.statistics.figures import Figure, rate_parts
from sim.experiment.statistics.intervals import LEAST, LEVEL
from sim.experiment.statistics.paired import MOST, Paired, came, detectable, needs, paired
from sim.experiment.statistics.several import (
    benjamini_hochberg,
    benjamini_hochberg_threshold,
    holm,
    holm_threshold,
)
from sim.metrics import HEADLINE, METRICS, Margin, Metric
from sim.numbers import written

Counts: TypeAlias = Mapping[int, tuple[int, int]]
Correct: TypeAlias = Callable[[Sequence[float]], list[float]]
Threshold: TypeAlias = Callable[[Sequence[float], float], float]
UNSURE: Final = 0.1  # errors that a difference is at least, so that its interval is finite
CORRECTIONS: Final[Mapping[str, tuple[Correct, Threshold]]] = {
    "headline": (holm, holm_threshold),
    "rest": (benjamini_hochberg, benjamini_hochberg_threshold),
}


@dataclass(frozen=True, slots=True)
class Pair:
    """Two designs on one metric in `n` replications; `found` is None with less than two, or where
    they cannot be compared, and then `reason` says why."""

    metric: Metric
    a: str
    b: str
    n: int
    found: Paired | None = None
    margin: float = 0.0
    reason: str = ""

    @property
    def family(self) -> str:
        return "headline" if self.metric.name in HEADLINE else "rest"


@dataclass(frozen=True, slots=True)
class _Verdict:
    word: str
    reason: str = ""
    needs: int | None = None


def comparisons(pairs: Sequence[Pair], level: float) -> list[dict[str, Any]]:
    """Rows as in summary.json, headline metrics first."""
    return [row for name in CORRECTIONS for row in _family(name, pairs, 1 - level)]


def comparisons_of(
    found: Mapping[str, Mapping[str, Figure]], level: float, margins: Mapping[str, float]
) -> list[dict[str, Any]]:
    """The rows of every two designs on every metric that they have."""
    return comparisons(list(pairs_of(found, level, margins)), level)


def pairs_of(
    found: Mapping[str, Mapping[str, Figure]], level: float, margins: Mapping[str, float]
) -> Iterator[Pair]:
    """Every two designs on every metric with a better side."""
    for metric in METRICS:
        if metric.better == "none":
            continue
        margin = Margin(margins[metric.name]) if metric.name in margins else metric.margin
        for a, b in combinations(found, 2):
            of = found[a].get(metric.name), found[b].get(metric.name)
            if of[0] is not None and of[1] is not None:
                yield replace(_met(metric, (of[0], of[1]), margin, level), a=a, b=b)
            elif of != (None, None):
                yield Pair(metric, a, b, 0, reason="does not apply to both designs")


def _met(metric: Metric, of: tuple[Figure, Figure], margin: Margin, level: float) -> Pair:
    a, b = of
    shared = sorted(a.raw.keys() & b.raw.keys())
    some = [at for at in shared if a.raw[at] is not None or b.raw[at] is not None]
    both = [at for at in some if a.raw[at] is not None and b.raw[at] is not None]
    pair = Pair(metric, "", "", len(both))
    if a.refused or b.refused:
        return replace(pair, reason=a.refused or b.refused)
    if len(both) < max(1, len(some)):
        # Dropping the missing ones would flatter the design that failed in them.
        where = f"{len(both)} of {len(some)} replications"
        return replace(pair, reason=f"defined for both designs in only {where}")
    worth = margin.of(a.interval.value, b.interval.value)
    return replace(pair, margin=worth, found=_tested(a, b, both, level))


def _tested(a: Figure, b: Figure, both: Sequence[int], level: float) -> Paired | None:
    if len(both) < 2:
        return None
    if a.parts is None or b.parts is None:
        raw = [[value for at in both if (value := one.raw[at]) is not None] for one in (a, b)]
        finite = all(map(math.isfinite, [*raw[0], *raw[1]]))
        return paired(raw[0], raw[1], level=level) if finite else came(raw[0], raw[1])
    error = _order_error(a, b, both) if a.pool else counting_error(a.counts, b.counts, both)
    found = _paired(a.parts, b.parts, both, error, level)
    return _unseen(a, b, found) if a.counts and not _cases(a) and not _cases(b) else found


def _cases(figure: Figure) -> int:
    return sum(hits for hits, _ in figure.counts.values())


def _unseen(a: Figure, b: Figure, found: Paired) -> Paired:
    """Of two rates without a case: the difference lies between minus what may be in `a` and what
    may be in `b`, each at the error of one side."""
    ends = a.interval.high, b.interval.high
    return found if None in ends else replace(found, low=-(ends[0] or 0.0), high=ends[1])


def _paired(
    a: Mapping[int, float], b: Mapping[int, float], both: Sequence[int], error: float, level: float
) -> Paired:
    return paired([a[at] for at in both], [b[at] for at in both], error, level)


def counting_error(a: Counts, b: Counts, both: Sequence[int]) -> float:
    """Least error of a difference of rates: that of the hits by which replications differ, were
    they independent. Otherwise one hit more in each of three would be certain."""
    if not a:
        return 0.0
    apart = sum(abs(a[at][0] - b[at][0]) for at in both)
    trials = [sum(one[at][1] for at in both) for one in (a, b)]
    return math.sqrt(apart / (trials[0] * trials[1]))


def _order_error(a: Figure, b: Figure, both: Sequence[int]) -> float:
    """Least error of a difference of quantiles: as sure as it is that at either quantile one design
    had more that took longer. Where delays have a gap, such as the length of an outage, a few
    receptions move the quantile across it, and its slope on either side knows nothing of that."""
    ends = a.interval.value, b.interval.value
    if ends[0] == ends[1]:
        return 0.0
    sure = []
    for value in ends:
        first, second = a.later(value), b.later(value)
        error = counting_error(first, second, both)
        found = _paired(rate_parts(first), rate_parts(second), both, error, LEVEL)
        agrees = found.difference * (ends[1] - ends[0]) > 0
        sure.append(abs(found.difference) / found.error if agrees and found.error else 0.0)
    return abs(ends[1] - ends[0]) / max(UNSURE, min(sure))


def _family(name: str, pairs: Sequence[Pair], error: float) -> Iterator[dict[str, Any]]:
    """The rows of one family, corrected together."""
    correct, threshold = CORRECTIONS[name]
    family = [one for one in pairs if one.family == name]
    tested = [one for one in family if one.found is not None and one.n >= LEAST]
    corrected = correct([one.found.p for one in tested if one.found is not None])
    allowed = threshold(corrected, error)
    chances = iter(corrected)
    for pair in family:
        chance = next(chances) if pair.found is not None and pair.n >= LEAST else None
        verdict = _verdict(pair, chance, allowed, error)
        yield _row(pair, chance, allowed) | {
            "needs": verdict.needs,
            "verdict": verdict.word,
            "reason": verdict.reason,
        }


def _row(pair: Pair, chance: float | None, threshold: float) -> dict[str, Any]:
    found = pair.found
    row: dict[str, Any] = {
        "metric": pair.metric.name,
        "a": pair.a,
        "b": pair.b,
        "family": pair.family,
        **dict.fromkeys(("difference", "low", "high", "p", "p_corrected")),
        "n": pair.n,
        "margin": None if pair.reason or math.isinf(pair.margin) else pair.margin,
        "detectable": None,
    }
    if found is not None:
        row |= {"low": found.low, "high": found.high, "p": found.p, "p_corrected": chance}
        row["difference"] = None if math.isinf(found.difference) else found.difference
        row["detectable"] = detectable(found, threshold)
    return row


def _verdict(pair: Pair, chance: float | None, threshold: float, error: float) -> _Verdict:
    found = pair.found
    if pair.reason:
        return _Verdict("unknown", pair.reason)
    if found is None or chance is None:
        few = "one replication bears" if pair.n == 1 else f"{pair.n} replications bear"
        wanted = FEW if found is None else _needs(pair, found, threshold)
        return _Verdict("too few runs", f"{few} no verdict", wanted)
    if chance < error and (abs(found.difference) > pair.margin or math.isinf(found.difference)):
        gain = (found.difference < 0) == (pair.metric.better == "lower")
        return _Verdict("better" if gain else "worse")
    if found.low is not None and max(-found.low, found.high or 0.0) <= pair.margin:
        return _Verdict("equal")
    return _unresolved(pair, found, threshold)


def _unresolved(pair: Pair, found: Paired, threshold: float) -> _Verdict:
    if found.difference == found.error == 0.0 and found.low is not None:
        return _never_seen(pair, found)
    seen = detectable(found, threshold)
    if seen is not None and seen > pair.margin:
        unit = pair.metric.unit
        reason = f"{pair.n} replications show {written(seen)} {unit} or more in 4 cases of 5"
        return _Verdict("too few runs", reason, _needs(pair, found, threshold))
    if found.floor >= threshold:
        reason = f"{pair.n} replications bear no more than p = {written(found.floor)}"
        return _Verdict("too few runs", reason, _needs(pair, found, threshold))
    return _Verdict("not distinguishable")


def _never_seen(pair: Pair, found: Paired) -> _Verdict:
    """What may be in either shrinks with the number of replications, roughly."""
    may_be = max(-(found.low or 0.0), found.high or 0.0)
    reason = f"no case in {pair.n} replications of either; {written(may_be)} of one may be"
    wanted = math.ceil(pair.n * may_be / pair.margin) if pair.margin else MOST + 1
    return _Verdict("too few runs", reason, wanted if wanted <= MOST else None)


def _needs(pair: Pair, found: Paired, threshold: float) -> int | None:
    """Replications that would show the margin, or what was seen if that is more."""
    return needs(found, max(pair.margin, abs(found.difference)), threshold)
