"""What a run has worse than its baseline, design by design: figures and guarantees.

A figure passes when even the far end of the interval of its difference is within the tolerance, and
fails when even the near end is beyond (non-inferiority, ICH E9); a difference that these runs could
not have seen is unknown, not a pass. Every headline figure of every design is one family, which
shares the error (Bonferroni).
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sim.experiment.gates.amounts import amount, apart
from sim.experiment.gates.bounds import Bounds, Unbounded, clump
from sim.experiment.gates.decide import Decision, pooled, violated
from sim.experiment.gates.differences import difference
from sim.experiment.gates.tolerance import tolerances
from sim.guarantees import GUARANTEES, Kind
from sim.metrics import HEADLINE, METRICS, Margin
from sim.metrics.judged import number
from sim.scenario.gates import kind_of

ERROR: Final = 0.05
"""Chance that any figure of a check fails by mistake, and as much that any passes by mistake."""
_METRICS: Final = {one.name: one for one in METRICS}
_COMPARED: Final = tuple(
    one for one in _METRICS if one in HEADLINE and _METRICS[one].better == "lower"
)

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
    """One metric of one design, as stored of every replication that both runs have.

    `then` is None where the baseline does not know the metric. `unchanged`: nothing at all differs
    in these replications. `together` trials of a rate share one fate.
    """

    design: str
    metric: str
    then: Sequence[Any] | None
    now: Sequence[Any]
    unchanged: bool
    together: float


def compared(
    baseline: Mapping[str, Any],
    measures: Measures,
    allowed: Mapping[str, Margin] | None = None,
) -> Iterator[Compared]:
    """Every headline figure, and every guarantee that held in the baseline."""
    known = tolerances({}) if allowed is None else allowed
    figures = [
        figure
        for design, found in measures.items()
        for name in _COMPARED
        if (figure := _figure(baseline["designs"][design], name, design, found)) is not None
    ]
    for figure in figures:
        decision = _judged(figure, known[figure.metric], ERROR / len(figures))
        title = f"{figure.metric} no worse than the baseline"
        metric = _METRICS[figure.metric]
        yield Compared(figure.design, title, kind_of(figure.metric), metric.help, decision)
    for design, found in measures.items():
        yield from _guarantees(design, baseline["designs"][design]["guarantees"], found)


def _figure(
    before: Mapping[str, Any], metric: str, design: str, measures: Sequence[Mapping[str, Any]]
) -> _Figure | None:
    """None for what never had an occasion, neither then nor now."""
    shared = measures[: len(before["digests"])]
    now = [one["metrics"].get(metric) for one in shared]
    then = before["metrics"].get(metric)
    then = None if then is None else then[: len(now)]
    if all(value is None for value in (*(then or ()), *now)):
        return None
    digests = before["digests"][: len(now)]
    unchanged = [one["digest"] for one in shared] == digests and then == now
    return _Figure(design, metric, then, now, unchanged, clump(metric, measures))


def _judged(figure: _Figure, margin: Margin, error: float) -> Decision:
    metric = figure.metric
    if figure.then is None:
        return Decision("unknown", "not measured in the baseline")
    if figure.unchanged:
        said = amount(metric, _pooled(metric, figure.then))
        return Decision("pass", f"{said}; every replication is that of the baseline")
    found = difference(metric, figure.then, figure.now, figure.together, error)
    if isinstance(found, Unbounded):
        return Decision("unknown", found.reason, open=found.open)
    return _by_sign(found) if math.isnan(found.value) else _within(figure, found, margin)


def _within(figure: _Figure, found: Bounds, margin: Margin) -> Decision:
    metric = figure.metric
    before, now = _pooled(metric, figure.then or ()), _pooled(metric, figure.now)
    limit = margin.of(before)
    change = f"{amount(metric, before)} in the baseline, {amount(metric, now)} now"
    accepted = f"{apart(metric, limit)} allowed"
    if found.high < limit:
        return Decision("pass", f"{change}; at most {_worse(metric, found.high)}, {accepted}")
    if found.low > limit:
        return Decision("fail", f"{change}; at least {_worse(metric, found.low)}, {accepted}")
    more = found.needed(limit)
    enough = f"; it would take about {more:,} replications" if more else ""
    may = f"may be {_worse(metric, found.high)}, {accepted}"
    return Decision("unknown", f"{change}; {may}{enough}", open=True)


def _worse(metric: str, difference: float) -> str:
    return f"{apart(metric, abs(difference))} {'better' if difference < 0 else 'worse'}"


def _by_sign(found: Bounds) -> Decision:
    if found.low > 0:
        return Decision("fail", f"{found.note}; worse in most")
    return Decision("pass" if found.high < 0 else "unknown", found.note)


def _pooled(metric: str, stored: Sequence[Any]) -> float:
    """What a metric is over replications: a rate is pooled, anything else a mean."""
    known = [value for value in stored if value is not None]
    if _METRICS[metric].kind == "rate":
        return math.fsum(one for one, _ in known) / math.fsum(one for _, one in known)
    return math.fsum(number(one) or 0.0 for one in known) / len(known)


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
