"""What a check adds to the stored result: how promises fared, and what their gates can see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sim.experiment.gates.ledger import Ledger, Measures
from sim.scenario.gates import Gate


@dataclass(frozen=True, slots=True)
class Told:
    """A ledger as the study of the run that fills it.

    It runs no designs of its own, and gives the result no other name.
    """

    ledger: Ledger
    name: str = ""
    designs: tuple[()] = ()

    def part(self, summary: Mapping[str, Any], measures: Measures) -> dict[str, Any]:
        """What is told of the ledger, which has looked at these replications already."""
        del summary, measures
        return told(self.ledger)


def told(ledger: Ledger) -> dict[str, Any]:
    """The part of a summary: `gates` with the looks, and a row for each promise of each design."""
    rows = [_row(ledger, index, design) for index, design in ledger.places()]
    return {"gates": {"looks": list(ledger.looks), "rows": rows}} if rows else {}


def _row(ledger: Ledger, index: int, design: str) -> dict[str, Any]:
    decision, curve = ledger.decisions[index, design], ledger.curve((index, design))
    return {
        "design": design,
        "title": ledger.gates[index].title,
        "state": decision.state,
        "found": decision.found,
        "curve": None if curve is None else asdict(curve),
    }


def again(
    part: Mapping[str, Any], gates: Sequence[Gate], designs: Sequence[str], measures: Measures
) -> dict[str, Any]:
    """The same, computed from the stored replications: every look is taken once more."""
    ledger = Ledger(gates, designs, tuple(part["looks"]))
    taken = len(measures[designs[0]])
    for count in ledger.looks:
        if count <= taken:
            ledger.look({design: measures[design][:count] for design in designs})
    return told(ledger)
