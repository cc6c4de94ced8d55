"""Hold the designs of a scenario to what it promises, with as many replications as that takes.

All designs go on together even where only one is open (`ledger`), so that the stored result is one
comparison like any other.
"""

from collections.abc import Sequence
from dataclasses import replace

from sim.errors import InputError
from sim.experiment.gates.ledger import Ledger
from sim.experiment.gates.told import Told
from sim.experiment.runner import Outcome, Plan, Progress, replicate, run
from sim.scenario.designs import Design
from sim.scenario.gates import Gate, claimed
from sim.scenario.scenario import Scenario


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
    return ledger, run(replace(plan, study=Told(ledger)), progress, ledger.look)


def replayed(scenario: Scenario, design: Design, replication: int) -> Ledger:
    """One replication of one design, run here and judged by itself; nothing is stored."""
    ledger = Ledger(scenario.guarantees, [design.name], (1,))
    ledger.look({design.name: [replicate(scenario, design, replication)]})
    return ledger
