"""Every pairwise comparison, grouped by metric, as words for the folded tables of the page."""

from collections.abc import Sequence
from dataclasses import dataclass

from sim.numbers import written
from sim.report import wording
from sim.report.stored import Comparison, Results

PAIRS_MAX = 1200  # rows on the page, to stay near 500 KB; all pairs are in summary.json


@dataclass(frozen=True, slots=True)
class PairGroup:
    """All pairwise comparisons of one metric."""

    metric: str
    title: str
    unit: str
    margin: str  # the difference worth caring about, "" without one
    rows: tuple[tuple[str, ...], ...]  # a, b, difference, interval, p, verdict, what would do


def pair_groups(results: Results) -> tuple[list[PairGroup], int]:
    """All comparisons grouped by metric, and how many were left out to keep the page small.

    A metric that applies to no two of the designs, as figures of a backplane that nobody has, is
    none of them: "Can I trust this?" says who has no value.
    """
    told = {pair.metric for pair in results.comparisons if pair.difference is not None}
    compared = [pair for pair in results.comparisons if pair.metric in told]
    kept = compared[:PAIRS_MAX]
    by_metric: dict[str, list[Comparison]] = {}
    for comparison in kept:
        by_metric.setdefault(comparison.metric, []).append(comparison)
    groups = [_pair_group(results, name, pairs) for name, pairs in by_metric.items()]
    return groups, len(compared) - len(kept)


def _pair_group(results: Results, metric: str, pairs: Sequence[Comparison]) -> PairGroup:
    scale = wording.scale_for(results.unit(metric), (pair.difference for pair in pairs))
    rows = tuple(
        (
            pair.a,
            pair.b,
            _signed(pair.difference, scale),
            wording.range_text(pair.low, pair.high, scale),
            _chance(pair.p_corrected),
            pair.verdict or "not judged",
            _hint(pair, scale),
        )
        for pair in pairs
    )
    margin = next((written(pair.margin * scale.factor) for pair in pairs if pair.margin), "")
    return PairGroup(metric, wording.label(metric).long, scale.unit, margin, rows)


def _hint(pair: Comparison, scale: wording.Scale) -> str:
    """What these replications could have seen, and how many would do."""
    if pair.verdict != "too few runs":
        return pair.reason
    seen = pair.detectable
    said = [f"could have seen {written(seen * scale.factor)}"] if seen is not None else []
    said += [f"{pair.needs} would do"] if pair.needs is not None else []
    return ", ".join(said)


def _signed(value: float | None, scale: wording.Scale) -> str:
    if value is None:
        return wording.NOTHING
    return ("+" if value > 0 else "") + written(value * scale.factor)


def _chance(p: float | None) -> str:
    if p is None:
        return wording.NOTHING
    return "< 0.001" if p < 0.001 else f"{p:.3f}"
