"""Which promises of a check are decided, and on what.

At each look every promise is decided anew on all replications; more are added until none is open or
the budget is spent. A guarantee is decided when the run ends, on every replication of it: one
violation anywhere is a violation. A decision about a metric stands until a later look decides
otherwise, for its error is that of all looks together; but it cannot outlive a value that never
came.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sim.experiment.gates.decide import Decision, decide
from sim.experiment.gates.operating import curve
from sim.report.gating.curves import Curve
from sim.scenario.gates import Gate

Measures = Mapping[str, Sequence[dict[str, Any]]]
"""Design -> measures in the order of replications."""
Place = tuple[int, str]  # which promise, which design


@dataclass(slots=True)
class Ledger:
    """Which promises are decided, and on what; `look` is asked after every batch.

    `measures` are all replications seen at the latest look; `curves` are those drawn so far.
    """

    gates: Sequence[Gate]
    designs: Sequence[str]
    looks: tuple[int, ...]
    decisions: dict[Place, Decision] = field(default_factory=dict)
    measures: Measures = field(default_factory=dict)
    curves: dict[Place, Curve | None] = field(default_factory=dict)

    def look(self, measures: Measures) -> int:
        """Decide everything anew; how many replications there shall be."""
        earlier = len(self.measures.get(self.designs[0], ()))
        self.measures = measures
        for place in self.places():
            index, design = place
            gate = self.gates[index]
            now = decide(gate, measures[design], 1 - gate.sure)
            self.decisions[place] = _standing(gate, self.decisions.get(place), now, earlier)
        taken = len(measures[self.designs[0]])
        later = [count for count in self.looks if count > taken]
        return later[0] if later and any(one.open for one in self.decisions.values()) else taken

    def curve(self, place: Place) -> Curve | None:
        """What the gate can see, given all replications; drawn once."""
        if place not in self.curves:
            index, design = place
            self.curves[place] = curve(self.gates[index], self.measures[design], self.looks)
        return self.curves[place]

    def places(self) -> Iterator[Place]:
        """Every promise with every design that it binds, promise by promise."""
        for index, gate in enumerate(self.gates):
            yield from ((index, design) for design in self.designs if gate.binds(design))


def _standing(gate: Gate, before: Decision | None, now: Decision, earlier: int) -> Decision:
    """What counts after a look: what it decides, or an `earlier` decision about a metric."""
    decided = before is not None and before.state != "unknown"
    if gate.metric is None or before is None or not decided or now.state != "unknown":
        return now
    if before.after is not None:
        return before
    return replace(before, found=f"{before.found}; after {earlier} replications", after=earlier)
