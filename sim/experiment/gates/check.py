"""Hold the designs of a scenario to what it promises, with as many replications as that takes.

At each look (`looks`) every promise is decided anew on all replications; more are added until none
is open or the budget is spent. A guarantee is decided when the run ends, on every replication of
it: one violation anywhere is a violation. A decision about a metric stands until a later look
decides otherwise, for its error is that of all looks together; but it cannot outlive a value that
never came. All designs go on together even where only one is open, so that the stored result is one
comparison like any other.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from sim.errors import InputError
from sim.experiment.gates.decide import Decision, decide
from sim.experiment.runner import Measures, Outcome, Plan, Progress, replicate, run
from sim.scenario.designs import Design
from sim.scenario.gates import Gate, claimed
from sim.scenario.scenario import Scenario

Place = tuple[int, str]  # which promise, which design


@dataclass(slots=True)
class Ledger:
    """Which promises are decided, and on what; `look` is asked after every batch.

    `measures` are all replications seen at the latest look.
    """

    gates: Sequence[Gate]
    designs: Sequence[str]
    looks: tuple[int, ...]
    decisions: dict[Place, Decision] = field(default_factory=dict)
    measures: Measures = field(default_factory=dict)

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


def promised(scenario: Scenario, designs: Sequence[Design]) -> tuple[Gate, ...]:
    """What the scenario promises, or what the designs claim where it promises nothing.

    Raises `InputError` when none of it is promised by these designs, or a claim is unknown.
    """
    try:
        gates = scenario.guarantees or claimed(designs)
    except ValueError as error:
        raise InputError([f"{scenario.name}: {error}"]) from None
    if gates and not any(gate.binds(design.name) for gate in gates for design in designs):
        names = ", ".join(design.name for design in designs)
        raise InputError([f"{scenario.name}: its [[guarantees]] bind none of {names}"])
    return gates


def unbound(gates: Sequence[Gate], designs: Sequence[str]) -> list[str]:
    """Promises that none of these designs makes."""
    return [gate.title for gate in gates if not any(map(gate.binds, designs))]


def check(
    plan: Plan, gates: Sequence[Gate], looks: tuple[int, ...], progress: Progress
) -> tuple[Ledger, Outcome]:
    """Run the plan until everything is decided or the last look was taken.

    The plan's scenario has as many replications as the first look wants, and `gates` or more among
    its guarantees. Raises what `runner.run` raises.
    """
    ledger = Ledger(gates, [design.name for design in plan.designs], looks)
    return ledger, run(plan, progress, ledger.look)


def replayed(scenario: Scenario, design: Design, replication: int) -> Ledger:
    """One replication of one design, run here and judged by itself; nothing is stored."""
    ledger = Ledger(scenario.guarantees, [design.name], (1,))
    ledger.look({design.name: [replicate(scenario, design, replication)]})
    return ledger
