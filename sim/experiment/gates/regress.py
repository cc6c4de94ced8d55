"""What a run has worse than its baseline, design by design: figures and guarantees.

A figure is worse when its difference, replication by replication, is larger than a tolerance and
larger than chance. Every headline figure of every design is one family of tests.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sim.experiment.gates.decide import Decision, pooled, violated
from sim.experiment.gates.spec import kind_of
from sim.experiment.statistics import holm, number, paired
from sim.guarantees import GUARANTEES, Kind
from sim.metrics import HEADLINE, METRICS

ERROR: Final = 0.05
"""Chance of any false alarm among all figures of a check."""
TOLERANCE: Final = 0.01
"""A figure may be this share of itself worse: what is smaller nobody feels."""
_METRICS: Final = {one.name: one for one in METRICS}

Measures = Mapping[str, Sequence[Mapping[str, Any]]]


@dataclass(frozen=True, slots=True)
class Compared:
    """One figure or guarantee of one design against the baseline; `guarantee` is its name."""

    design: str
    title: str
    kind: Kind
    statement: str
    decision: Decision
    guarantee: str | None = None


@dataclass(frozen=True, slots=True)
class _Figure:
    design: str
    metric: str
    before: float
    now: float
    chance: float | None
    reason: str = ""


def compared(
    baseline: Mapping[str, Any], measures: Measures, tolerance: float = TOLERANCE
) -> Iterator[Compared]:
    """Every headline figure, and every guarantee that held in the baseline."""
    figures = [
        _figure(design, name, baseline["designs"][design]["metrics"][name], found, tolerance)
        for design, found in measures.items()
        for name in HEADLINE
        if _METRICS[name].better == "lower"
        and any(value is not None for value in baseline["designs"][design]["metrics"][name])
    ]
    chances = holm([one.chance for one in figures if one.chance is not None])
    corrected = iter(chances)
    for figure in figures:
        chance = None if figure.chance is None else next(corrected)
        metric = _METRICS[figure.metric]
        title = f"{figure.metric} no worse than the baseline"
        kind = kind_of(figure.metric)
        yield Compared(figure.design, title, kind, metric.help, _judged(figure, chance))
    for design, found in measures.items():
        yield from _guarantees(design, baseline["designs"][design]["guarantees"], found)


def _figure(
    design: str,
    metric: str,
    then: Sequence[Any],
    measures: Sequence[Mapping[str, Any]],
    tolerance: float,
) -> _Figure:
    pairs = [
        (number(early), number(late["metrics"][metric]))
        for early, late in zip(then, measures, strict=False)
    ]
    some = [pair for pair in pairs if pair != (None, None)]
    known = [(early, late) for early, late in some if early is not None and late is not None]
    if len(known) < max(2, len(some)):
        # Leaving out where it is missing would flatter the run in which it is.
        reason = f"defined both then and now in only {len(known)} of {len(some)} replications"
        return _Figure(design, metric, 0.0, 0.0, None, reason)
    before = sum(early for early, _ in known) / len(known)
    now = sum(late for _, late in known) / len(known)
    allowed = tolerance * abs(before)
    found = paired([early + allowed for early, _ in known], [late for _, late in known])
    worse = found.difference > 0
    return _Figure(design, metric, before, now, found.p / 2 if worse else 1 - found.p / 2)


def _judged(figure: _Figure, chance: float | None) -> Decision:
    if chance is None:
        return Decision("unknown", figure.reason)
    change = f"{figure.before:.4g} in the baseline, {figure.now:.4g} now"
    if chance < ERROR:
        return Decision("fail", f"{change}; worse, corrected p = {chance:.2g}")
    return Decision("pass", change)


def _guarantees(
    design: str, before: Mapping[str, Mapping[str, Any]], measures: Sequence[Mapping[str, Any]]
) -> Iterator[Compared]:
    for name, held in before.items():
        if held["state"] == "holds" and name in GUARANTEES:
            known = GUARANTEES[name]
            decision = _still(name, held["checked"], measures)
            title = f"{name} still holds"
            yield Compared(design, title, known.kind, known.statement, decision, name)


def _still(name: str, checked: int, measures: Sequence[Mapping[str, Any]]) -> Decision:
    total, facts = pooled(name, measures), GUARANTEES[name].facts
    if (case := violated(name, measures)) is not None:
        found = f"none violated in {checked:,} {facts} in the baseline, {total.violations:,} now"
        return Decision("fail", found, replication=case[0], witness=case[1])
    if total.state == "unknown":
        open_ = f"{total.undecided:,} {facts} " if total.undecided else ""
        return Decision("unknown", f"{open_}{total.reason}")
    return Decision("pass", f"none violated in {total.checked:,} {facts}")
