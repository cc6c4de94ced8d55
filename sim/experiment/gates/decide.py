"""What the replications so far say about one promise of one design: pass, fail or unknown.

A guarantee fails with its first violation and passes when enough facts were checked without one. A
metric passes when even the far end of its interval is below the limit, and fails when even the near
end is above it. Anything else is unknown, and unknown is not a pass.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any, Literal

from sim.experiment.gates.bounds import one_sided
from sim.experiment.gates.spec import Gate
from sim.guarantees import GUARANTEES, Verdict, Witness

State = Literal["pass", "fail", "unknown"]
Measure = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Decision:
    """`found` says on what it rests. `open`: more replications can settle it.

    A violated guarantee has the first replication that violates it, and its witness.
    """

    state: State
    found: str
    open: bool = False
    replication: int | None = None
    witness: Witness | None = None


def decide(gate: Gate, measures: Sequence[Measure], error: float) -> Decision:
    """Decide one promise of one design at one look, which may err with this probability."""
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
    bounds = one_sided(str(gate.metric), measures, error)
    if isinstance(bounds, str):
        return Decision("unknown", bounds, open=len(measures) < 2)
    unit = " s" if gate.below_s is not None else ""
    value = f"measured {bounds.value:.3g}{unit}"
    if bounds.high < gate.limit:
        return Decision("pass", f"{value}, at most {bounds.high:.3g}{unit}")
    if bounds.low > gate.limit:
        return Decision("fail", f"{value}, at least {bounds.low:.3g}{unit}")
    return Decision("unknown", f"{value}, {bounds.low:.3g} to {bounds.high:.3g}{unit}", open=True)
