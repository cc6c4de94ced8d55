"""What the replications so far say about one promise of one design: pass, fail or unknown.

A guarantee fails with its first violation and passes when enough facts were checked without one. A
metric passes when even the far end of its interval is below the limit, and fails when even the near
end is above it; what never came, though there was an occasion, is above every limit. Anything else
is unknown, and unknown is not a pass.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any, Literal

from sim.experiment.gates.amounts import amount
from sim.experiment.gates.bounds import Unbounded, one_sided
from sim.guarantees import GUARANTEES, Verdict, Witness
from sim.scenario.gates import Gate

State = Literal["pass", "fail", "unknown"]
Measure = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Decision:
    """`found` says on what it rests. `open`: more replications can settle it.

    A violated guarantee has the first replication that violates it, and its witness. `after` as
    many replications a metric was decided, where later ones left it undecided.
    """

    state: State
    found: str
    open: bool = False
    replication: int | None = None
    witness: Witness | None = None
    after: int | None = None


def decide(gate: Gate, measures: Sequence[Measure], error: float) -> Decision:
    """Decide one promise of one design; all looks together may err with this probability."""
    if gate.guarantee is not None:
        return _kept(gate, measures)
    return _below(gate, measures, error)


def pooled(name: str, measures: Sequence[Measure]) -> Verdict:
    """One verdict for several replications: counts added, the worst state."""
    return reduce(Verdict.also, (_verdict(name, one) for one in measures), Verdict(0))


def violated(name: str, measures: Sequence[Measure]) -> tuple[int, Witness] | None:
    """The first replication that violates a guarantee, and its witness."""
    for one in measures:
        if (witness := _verdict(name, one).witness) is not None:
            return one["replication"], witness
    return None


def _verdict(name: str, measure: Measure) -> Verdict:
    return Verdict.read(measure["verdicts"][name])


def _kept(gate: Gate, measures: Sequence[Measure]) -> Decision:
    facts = GUARANTEES[str(gate.guarantee)].facts
    total = pooled(gate.title, measures)
    if (case := violated(gate.title, measures)) is not None:
        count = sum(_verdict(gate.title, one).violations > 0 for one in measures)
        where = f"in {count} of {len(measures)} replications"
        found = f"{total.violations:,} of {total.checked:,} {facts} violate it, {where}"
        return Decision("fail", found, replication=case[0], witness=case[1])
    if total.undecided:
        return Decision("unknown", f"{total.undecided:,} {facts} {total.reason}")
    if not total.checked:
        return Decision("unknown", total.reason, open=True)
    found = f"none violated in {total.checked:,} {facts}"
    if total.checked < gate.facts:
        return Decision("unknown", f"{found}; {gate.facts:,} are wanted", open=True)
    return Decision("pass", found)


def _below(gate: Gate, measures: Sequence[Measure], error: float) -> Decision:
    metric = str(gate.metric)
    bounds = one_sided(metric, measures, error)
    if isinstance(bounds, Unbounded):
        return Decision("unknown", bounds.reason, open=bounds.open)
    note = f"; {bounds.note}" if bounds.note else ""
    if math.isinf(bounds.value):
        return Decision("fail", f"never {bounds.note}")
    value = f"measured {amount(metric, bounds.value)}"
    if bounds.high < gate.limit:
        return Decision("pass", f"{value}, at most {amount(metric, bounds.high)}{note}")
    if bounds.low > gate.limit:
        return Decision("fail", f"{value}, at least {amount(metric, bounds.low)}{note}")
    ends = f"{amount(metric, bounds.low)} to {amount(metric, bounds.high)}"
    more = bounds.needed(gate.limit)
    enough = f"; it would take about {more:,} replications" if more else ""
    return Decision("unknown", f"{value}, may be {ends}{note}{enough}", open=True)
