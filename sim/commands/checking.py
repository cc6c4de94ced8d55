"""`check` and `baseline`: promises decided on runs, said to people and to CI services.

Every file and option is checked before the first simulation, and so is whether there is anything
to compare with.
"""

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.commands import output, running, verdicts
from sim.commands.files import require_place
from sim.commands.options import CheckOptions, RunOptions
from sim.errors import InputError
from sim.experiment.errors import ConservationError, NotComparable
from sim.experiment.request import command_line, resume_line

if TYPE_CHECKING:
    from sim.experiment.gates.decide import Decision
    from sim.experiment.gates.ledger import Ledger
    from sim.experiment.runner import Outcome, Plan
    from sim.metrics import Margin
    from sim.report.gating.result import Checked, Row
    from sim.scenario.designs import Design
    from sim.scenario.gates import Gate

Designs = Mapping[str, "Design"]
UNWRITTEN = 2
"""How a check ends whose promises hold and whose files could not be written: as for a bad option.
Anything worse that it found comes first."""
BUDGET_RATIO = 4
"""Replications to spend at most, over those of the scenario."""


@dataclass(frozen=True, slots=True)
class _Task:
    """One scenario to check: what was typed, what is promised, what to compare with.

    The plan's scenario asks for every verdict that is needed, promised or not.
    """

    typed: str
    plan: "Plan"
    promises: tuple["Gate", ...]
    looks: tuple[int, ...]
    baseline: Mapping[str, Any] | None
    tolerances: "Mapping[str, Margin]"
    lines: tuple[int | None, ...]


def check(
    scenarios: Sequence[str], options: RunOptions, gates: CheckOptions, known: Designs
) -> int:
    """Check every scenario, say what was found, and return the exit code."""
    from sim.report.escape import terminal
    from sim.report.gating.result import HOLDS, NOT_COMPARABLE, exit_code

    _require_sense(options, gates)
    try:
        tasks = [_task(name, options, gates, known) for name in scenarios]
        found = [_checked(task, options, gates) for task in tasks]
    except NotComparable as error:
        print("\n".join(["Not comparable:", *map(terminal, error.reasons)]), file=sys.stderr)
        return NOT_COMPARABLE
    verdicts.show(found, options, gates)
    sys.stdout.flush()
    failed = verdicts.write(found, gates)
    for line in failed:
        print(f"{terminal(line)}; what is printed above stands", file=sys.stderr)
    code = exit_code(found, strict=gates.strict)
    return UNWRITTEN if failed and code == HOLDS else code


def baseline(scenario: str, file: Path, options: RunOptions, known: Designs) -> None:
    """Compare the designs, and keep every figure in `file`."""
    from sim.experiment.gates import baseline as kept
    from sim.experiment.gates.ledger import Ledger
    from sim.experiment.runner import run
    from sim.scenario.gates import every

    require_place(file, "--out")
    plan = running.make_plan("baseline", scenario, options, known)
    plan = _promising(plan, every(), plan.scenario.replications)
    ledger = Ledger((), [design.name for design in plan.designs], ())
    running.look_ahead(plan, options)
    with running.bar(hidden=options.quiet) as progress:
        outcome = run(plan, progress, ledger.look)
    output.show(outcome, plan, options, output.comparison)
    kept.write(file, kept.made(plan.scenario, ledger.measures))
    if not options.json:
        print(f"Baseline: {file}")
        print(f"Next: commit it, then  rtcsim check {scenario} --baseline {file}")


def _require_sense(options: RunOptions, gates: CheckOptions) -> None:
    """Raises `InputError` for options that do not go together or files that cannot be written."""
    from sim.experiment.gates.tolerance import tolerances

    tolerances({}, gates.tolerance or ())
    for place, flag in ((gates.junit, "--junit"), (gates.markdown, "--markdown")):
        if place is not None:
            require_place(place, flag)
    if gates.github and options.json:
        raise InputError(["--github: --json prints nothing else; allowed: one of them"])
    if gates.replication is not None and gates.baseline is not None:
        raise InputError(["--replication: one alone cannot be compared; leave out --baseline"])


def _task(name: str, options: RunOptions, gates: CheckOptions, known: Designs) -> _Task:
    from sim.experiment.gates import baseline as kept
    from sim.experiment.gates.check import promised
    from sim.experiment.gates.looks import schedule
    from sim.experiment.gates.tolerance import tolerances
    from sim.scenario.gates import every

    plan = running.make_plan("check", name, options, known)
    scenario, asked = plan.scenario, _asked(gates)
    promises = asked or promised(scenario, plan.designs)
    if not promises and gates.baseline is None:
        raise InputError(
            [f"{name}: no [[guarantees]], and its designs claim nothing: nothing to check"]
        )
    before = None
    if gates.baseline is not None:
        before = kept.read(gates.baseline, scenario.name)
        kept.require_comparable(before, scenario, [design.name for design in plan.designs])
    looks = schedule(scenario.replications, gates.budget or BUDGET_RATIO * scenario.replications)
    repeat = _with_own(plan.command, gates)
    plan = replace(
        _promising(plan, promises or every(), looks[0]),
        command=repeat,
        sequential=len(looks) > 1,
        resume=resume_line(repeat, options.request),
    )
    lines = _lines(name, len(promises)) if scenario.guarantees and not asked else ()
    allowed = tolerances(scenario.margins, gates.tolerance or ())
    return _Task(name, plan, promises, looks, before, allowed, lines)


def _promising(plan: "Plan", gates: tuple["Gate", ...], replications: int) -> "Plan":
    changed = {"guarantees": gates, "replications": replications}
    return replace(plan, scenario=plan.scenario.model_copy(update=changed))


def _asked(gates: CheckOptions) -> tuple["Gate", ...]:
    """The guarantees named on the command line. Raises `InputError` for unknown ones."""
    from sim.guarantees import GUARANTEES
    from sim.scenario.designs import nearest
    from sim.scenario.gates import Gate

    names = list(dict.fromkeys(gates.guarantee or ()))
    for name in names:
        if name not in GUARANTEES:
            allowed = ", ".join(GUARANTEES)
            hint = nearest(name, GUARANTEES)
            raise InputError([f"--guarantee: '{name}' is not allowed; allowed: {allowed}{hint}"])
    return tuple(Gate(guarantee=name) for name in names)


def _lines(scenario: str, count: int) -> tuple[int | None, ...]:
    """The line of every promise in the scenario's file."""
    from sim.scenario.lines import line_of, scan
    from sim.scenario.load import open_scenario

    found = scan(open_scenario(scenario).text)
    return tuple(line_of(("guarantees", index), found) for index in range(count))


def _with_own(repeat: str, gates: CheckOptions) -> str:
    """The repeat command with the flags of `check` that decide what is found."""
    from sim.report.escape import shell

    words = [word for name in gates.guarantee or () for word in ("--guarantee", name)]
    words += ["--budget", str(gates.budget)] if gates.budget is not None else []
    words += ["--baseline", str(gates.baseline)] if gates.baseline is not None else []
    words += [word for one in gates.tolerance or () for word in ("--tolerance", one)]
    words += ["--replication", str(gates.replication)] if gates.replication is not None else []
    return " ".join([repeat, *map(shell, words)])


def _checked(task: _Task, options: RunOptions, gates: CheckOptions) -> "Checked":
    from sim.experiment.gates.check import check as run_check
    from sim.experiment.summary import adds_up

    if gates.replication is not None:
        return _replayed(task, options, gates, gates.replication)
    running.look_ahead(task.plan, options)
    with running.bar(hidden=options.quiet) as progress:
        ledger, outcome = run_check(task.plan, task.promises, task.looks, progress)
    if not adds_up(outcome.summary):
        raise ConservationError(f"{outcome.folder}: receptions owed are unaccounted for")
    if outcome.undrawn is not None:
        print(outcome.why_undrawn, file=sys.stderr)
    rows = [*_rows(task, ledger, options, gates), *_regressions(task, ledger, options, gates)]
    return _result(task, ledger, rows, outcome)


def _replayed(task: _Task, options: RunOptions, gates: CheckOptions, replication: int) -> "Checked":
    """One replication of every design, judged by itself."""
    from sim.experiment.gates.check import replayed

    rows: list[Row] = []
    for design in task.plan.designs:
        ledger = replayed(task.plan.scenario, design, replication)
        rows += _rows(task, ledger, options, gates)
    return replace(_result(task, ledger, rows, None), replication=replication)


def _result(
    task: _Task, ledger: "Ledger", rows: Sequence["Row"], outcome: "Outcome | None"
) -> "Checked":
    from sim.experiment.gates.check import unbound
    from sim.report.gating.result import Checked

    scenario = task.plan.scenario
    names = [design.name for design in task.plan.designs]
    notes = [
        f"Not checked, for its designs are not run: {one}." for one in unbound(ledger.gates, names)
    ]
    return Checked(
        scenario=scenario.name,
        file=task.typed if Path(task.typed).is_file() else None,
        seed=scenario.seed,
        replications=len(next(iter(ledger.measures.values()))),
        looks=ledger.looks,
        folder=None if outcome is None else str(outcome.folder),
        repeat=task.plan.command,
        rows=tuple(rows),
        notes=tuple(notes),
    )


def _rows(
    task: _Task, ledger: "Ledger", options: RunOptions, gates: CheckOptions
) -> Iterator["Row"]:
    from sim.report.gating.result import Row

    for index, design in ledger.places():
        gate, decision = ledger.gates[index], ledger.decisions[index, design]
        yield Row(
            design=design,
            title=gate.title,
            kind=gate.kind,
            statement=gate.statement,
            state=decision.state,
            found=decision.found,
            replay=_replay(task, options, gates, design, decision),
            line=task.lines[index] if task.lines else None,
            case=_case(decision),
            curve=ledger.curve((index, design)) if gates.replication is None else None,
        )


def _regressions(
    task: _Task, ledger: "Ledger", options: RunOptions, gates: CheckOptions
) -> Iterator["Row"]:
    from sim.experiment.gates import baseline as kept
    from sim.experiment.gates.regress import compared
    from sim.report.gating.result import Row

    if task.baseline is None:
        return
    kept.require_same_luck(task.baseline, ledger.measures)
    for one in compared(task.baseline, ledger.measures, task.tolerances):
        names = [one.guarantee] if one.guarantee else None
        asking = replace(gates, guarantee=names) if one.decision.witness is not None else gates
        yield Row(
            design=one.design,
            title=one.title,
            kind=one.kind,
            statement=one.statement,
            state=one.decision.state,
            found=one.decision.found,
            replay=_replay(task, options, asking, one.design, one.decision),
            case=_case(one.decision),
        )


def _replay(
    task: _Task, options: RunOptions, gates: CheckOptions, design: str, decision: "Decision"
) -> str:
    """The one command that shows this again: one replication, or all that went into a figure."""
    scenario = task.plan.scenario
    if decision.replication is None:
        return task.plan.command
    alone = replace(options, designs=design, replications=None)
    repeat = command_line("check", task.typed, alone.request, scenario.seed)
    once = replace(
        gates, budget=None, baseline=None, tolerance=None, replication=decision.replication
    )
    return _with_own(repeat, once)


def _case(decision: "Decision") -> Any:
    from sim.report.gating.result import Case

    witness, replication = decision.witness, decision.replication
    if witness is None or replication is None:
        return None
    moments = tuple((moment.time_s, moment.what) for moment in witness.timeline)
    return Case(replication, witness.what, witness.cause, moments)
