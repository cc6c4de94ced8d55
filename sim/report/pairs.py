"""Every pairwise comparison, grouped by metric, as words for the folded tables of the page."""

from collections.abc import Sequence
from dataclasses import dataclass

from sim.report import wording
from sim.report.stored import Comparison, Results

PAIRS_MAX = 1200  # rows on the page, to stay near 500 KB; all pairs are in summary.json


@dataclass(frozen=True, slots=True)
class PairGroup:
    """All pairwise comparisons of one metric."""

    metric: str
    title: str
    unit: str
    rows: tuple[tuple[str, str, str, str, str, str], ...]  # a, b, difference, interval, p, verdict


def pair_groups(results: Results) -> tuple[list[PairGroup], int]:
    """All comparisons grouped by metric, and how many were left out to keep the page small."""
    kept = results.comparisons[:PAIRS_MAX]
    by_metric: dict[str, list[Comparison]] = {}
    for comparison in kept:
        by_metric.setdefault(comparison.metric, []).append(comparison)
    groups = [_pair_group(results, name, pairs) for name, pairs in by_metric.items()]
    return groups, len(results.comparisons) - len(kept)


def _pair_group(results: Results, metric: str, pairs: Sequence[Comparison]) -> PairGroup:
    scale = wording.scale_for(results.unit(metric), (pair.difference for pair in pairs))
    rows = tuple(
        (
            pair.a,
            pair.b,
            _signed(pair.difference, scale),
            wording.range_text(pair.low, pair.high, scale),
            _chance(pair.p_corrected),
            pair.verdict,
        )
        for pair in pairs
    )
    return PairGroup(metric, wording.label(metric).long, scale.unit, rows)


def _signed(value: float | None, scale: wording.Scale) -> str:
    if value is None:
        return wording.NOTHING
    return ("+" if value > 0 else "") + wording.number(value * scale.factor)


def _chance(p: float | None) -> str:
    if p is None:
        return wording.NOTHING
    return "< 0.001" if p < 0.001 else f"{p:.3f}"
