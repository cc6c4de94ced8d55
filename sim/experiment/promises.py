"""What a run says about every guarantee of every design: its verdicts over all replications.

Decided by the rule of `rtcsim check`, so the two never contradict each other: one violation
violates, and none is no proof until enough facts were checked. Leaves out what a scenario asks for
with bounds or limits of its own; that is a check's.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sim.experiment.gates.decide import Decision, decide, pooled
from sim.scenario.designs import Design
from sim.scenario.gates import Gate, every

Measure = Mapping[str, Any]
_STATES: Final = {"pass": "holds", "fail": "violated", "unknown": "unknown"}


def promises(
    designs: Sequence[Design], measures: Mapping[str, Sequence[Measure]]
) -> dict[str, dict[str, Any]]:
    """Design -> guarantee -> its row; a design whose replications were not judged has none."""
    judged = [one for one in designs if all("verdicts" in row for row in measures[one.name])]
    return {
        design.name: {
            str(gate.guarantee): _row(gate, design, measures[design.name]) for gate in every()
        }
        for design in judged
    }


def _row(gate: Gate, design: Design, measures: Sequence[Measure]) -> dict[str, Any]:
    """The state, on how many facts it rests, and the first case that violates, if one does."""
    decision, total = decide(gate, measures, 0.0), pooled(gate.title, measures)
    violating = [one for one in measures if one["verdicts"][gate.title]["violations"]]
    return {
        "state": _STATES[decision.state],
        "claimed": gate.guarantee in design.claims,
        "found": decision.found,
        "checked": total.checked,
        "violations": total.violations,
        "violated_in": len(violating),
        "witness": _witness(decision),
    }


def _witness(decision: Decision) -> dict[str, Any] | None:
    if decision.witness is None:
        return None
    found = decision.witness
    return {
        "replication": decision.replication,
        "message": found.message,
        "person": found.person,
        "what": found.what,
        "cause": found.cause,
    }
