"""`hunt`: look for the smallest schedule that breaks a guarantee, and say what was found."""

import shlex
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

from sim.commands import running
from sim.commands.hunt_checks import exit_code, limits_of, require_known
from sim.commands.hunt_options import LEAST_MINUTES, MOST_MINUTES, MOST_WITHIN_S, HuntOptions
from sim.errors import InputError

if TYPE_CHECKING:
    from sim.hunt.finding import Finding
    from sim.hunt.judging import SearchTarget
    from sim.hunt.search import Progress, Searched
    from sim.scenario.designs import Design

Designs = Mapping[str, "Design"]
INTERRUPTED = 130
ENDLESS = 10**12
_DEFAULTS = HuntOptions()


@dataclass(frozen=True, slots=True)
class _Outcome:
    """One guarantee hunted: what was searched, and what was found of it."""

    target: "SearchTarget"
    searched: "Searched"
    finding: "Finding | None"
    folder: Path
    repeat: str


def hunt(design: str, options: HuntOptions, known: Designs) -> int:
    """Hunt every guarantee asked for, tell what was found, and return the exit code."""
    if options.against is not None:
        from sim.commands.against import against

        return against(design, options.against, options, known)
    from sim.experiment.store import require_writable

    targets = _targets(design, options, known)
    require_writable(options.out)
    outcomes = []
    for target in targets:
        outcomes.append(_outcome(target, options))
        if not options.json:
            _show(outcomes[-1], options)
    if options.json:
        from sim.experiment.store import as_json

        sys.stdout.write(as_json({"hunts": [_plain(one) for one in outcomes]}))
    return _exit_code(outcomes)


def _targets(design: str, options: HuntOptions, known: Designs) -> list["SearchTarget"]:
    """What is to be hunted, checked. Raises `InputError`."""
    _require_bounds(options)
    from sim.hunt.judging import SearchTarget
    from sim.hunt.rehearsal import moments_s
    from sim.hunt.schedule import read, require_fit
    from sim.hunt.stage import nodes, stage
    from sim.scenario.designs import pick
    from sim.scenario.load import change

    world = stage(design, known, options.scenario, [change(one) for one in options.set_ or ()])
    (found,) = pick((design,), known, world.variants)
    names = _guarantees(found, options)
    if options.schedule is not None:
        require_fit(read(options.schedule), nodes(world))
    limits = replace(limits_of(options, nodes(world)), moments_s=moments_s(found, world))
    return [
        SearchTarget(found, name, world, limits, options.within, options.seed) for name in names
    ]


def _require_bounds(options: HuntOptions) -> None:
    """Raises `InputError` for numbers that no check of the command line's own refuses."""
    problems = []
    for flag, value, low, high in (
        ("minutes", options.minutes, LEAST_MINUTES, MOST_MINUTES),
        ("within", options.within, 0.0, MOST_WITHIN_S),
    ):
        if value is not None and not low <= value <= high:
            problems.append(f"--{flag} {value:g}; allowed: {low:g} to {high:,.0f}")
    if problems:
        raise InputError(problems)


def _guarantees(design: "Design", options: HuntOptions) -> list[str]:
    """The guarantees asked for, or those that the design claims. Raises `InputError`."""
    from sim.guarantees import GUARANTEES

    names = options.guarantee or list(design.claims)
    if not names:
        allowed = ", ".join(GUARANTEES)
        raise InputError([f"--guarantee: {design.name} claims nothing; allowed: {allowed}"])
    require_known(names)
    for name in names:
        if options.within is not None and GUARANTEES[name].bound_s is None:
            raise InputError([f"--within: {name} takes no bound"])
    return list(dict.fromkeys(names))


def _outcome(target: "SearchTarget", options: HuntOptions) -> _Outcome:
    """Search, and write down what was found."""
    from sim.hunt.finding import finding, write
    from sim.hunt.wording import broken

    searched = _searched(target, options)
    folder = options.out / f"{target.design.name}-{target.guarantee}"
    repeat = _repeat(target, options)
    if searched.found is None:
        return _Outcome(target, searched, None, folder, repeat)
    found = finding(target, searched.found)
    replay = _repeat(target, replace(options, schedule=str(searched.found.schedule)))
    write(folder, found, f"{broken(found, searched)}\nAgain: {replay}")
    return _Outcome(target, searched, found, folder, replay)


def _searched(target: "SearchTarget", options: HuntOptions) -> "Searched":
    from sim.hunt.schedule import read
    from sim.hunt.search import Searched, only
    from sim.hunt.search import hunt as search

    if options.schedule is not None:
        return only(target, read(options.schedule))
    schedules = options.schedules if options.minutes is None else ENDLESS
    seen = [Searched()]
    try:
        with _progress(options, seen) as progress:
            return search(target, schedules, options.workers, progress)
    except KeyboardInterrupt:
        print(_interrupted(target, options, seen[-1]), file=sys.stderr)
        sys.exit(INTERRUPTED)


def _interrupted(target: "SearchTarget", options: HuntOptions, so_far: "Searched") -> str:
    """What was seen by then; how small what breaks could be is not known yet."""
    count = f"{so_far.schedules:,} schedules"
    if so_far.found is not None:
        broken, schedule = target, so_far.found.schedule
    elif so_far.halted is not None:
        broken, schedule = target.stuck, so_far.halted
    else:
        return f"Interrupted: nothing was found in {count}."
    again = _repeat(broken, replace(options, schedule=str(schedule), within=broken.bound_s))
    return f"Interrupted after {count}, before what was found was made small: {again}"


@contextmanager
def _progress(options: HuntOptions, seen: "list[Searched]") -> Iterator["Progress"]:
    """A bar over schedules or, with a limit of time, over seconds; the limit ends the hunt."""
    begun_s, limit_s = monotonic(), 60.0 * (options.minutes or 0.0)
    with running.bar(hidden=options.quiet or options.json) as bar:

        def progress(so_far: "Searched") -> bool:
            seen[:] = [so_far]
            if options.minutes is None:
                bar(min(so_far.schedules, options.schedules), options.schedules)
                return True
            spent_s = monotonic() - begun_s
            bar(min(round(spent_s), round(limit_s)), round(limit_s))
            return spent_s < limit_s

        yield progress


def _repeat(target: "SearchTarget", options: HuntOptions) -> str:
    """The command that does the same again."""
    words = ["rtcsim", "hunt", target.design.name, "--guarantee", target.guarantee]
    words += ["--within", f"{options.within:g}"] if options.within is not None else []
    words += ["--scenario", options.scenario] if options.scenario is not None else []
    words += [word for one in options.set_ or () for word in ("--set", one)]
    if options.schedule is not None:
        return shlex.join([*words, "--schedule", options.schedule])
    words += ["--faults", options.faults] if options.faults != _DEFAULTS.faults else []
    for flag, name in (
        ("people", "people"),
        ("messages", "messages"),
        ("most-faults", "most_faults"),
    ):
        value = getattr(options, name)
        words += [f"--{flag}", str(value)] if value != getattr(_DEFAULTS, name) else []
    words += ["--schedules", str(options.schedules)] if options.minutes is None else []
    words += ["--minutes", f"{options.minutes:g}"] if options.minutes is not None else []
    return shlex.join([*words, "--seed", str(options.seed)])


def _show(one: _Outcome, options: HuntOptions) -> None:
    from rich.text import Text

    from sim.commands.output import console_for_results
    from sim.hunt.finding import PICTURE, SCENARIO
    from sim.hunt.wording import broken, unbroken
    from sim.sequence.words import words

    console = console_for_results()
    if one.finding is None:
        console.print(Text(unbroken(one.target, one.searched)))
        console.print(f"Repeat:   {one.repeat}\n", markup=False, soft_wrap=True)
        return
    head, *rest = broken(one.finding, one.searched).splitlines()
    console.print(Text(head, style="bold"))
    console.print(Text("\n".join(rest)))
    if not options.quiet:
        console.print(Text("\n" + "\n".join(words(one.finding.story)) + "\n"), soft_wrap=True)
    picture, scenario = one.folder / PICTURE, one.folder / SCENARIO
    keep = f"or keep it as a test: rtcsim check {scenario}"
    for title, what in (
        ("Diagram", picture),
        ("Scenario", scenario),
        ("Again", one.repeat),
        ("Next", f"rtcsim run {scenario}, {keep}\n"),
    ):
        console.print(f"{title + ':':10}{what}", markup=False, soft_wrap=True)


def _plain(one: _Outcome) -> dict[str, Any]:
    """An outcome as JSON values."""
    searched, found = one.searched, one.searched.found
    plain: dict[str, Any] = {
        "design": one.target.design.name,
        "guarantee": one.target.guarantee,
        "violated": found is not None and not found.broken,
        "schedules": searched.schedules,
        "held": searched.held,
        "undecided": searched.undecided,
        "stuck": searched.stuck,
        "untested": searched.untested,
        "facts": searched.facts,
        "seen": {
            name: {"schedules": seen.schedules, "first": str(seen.first)}
            for name, seen in searched.seen.items()
        },
        "seed": one.target.seed,
        "repeat": one.repeat,
    }
    if found is not None:
        plain |= {
            "broken": found.broken or one.target.guarantee,
            "schedule": str(found.schedule),
            "people": found.schedule.people,
            "messages": len(found.schedule.sends),
            "faults": len(found.schedule.faults),
            "shrinking": found.shrinking,
            "verdict": found.verdict.plain(),
            "folder": one.folder.as_posix(),
        }
    return plain


def _exit_code(outcomes: Sequence[_Outcome]) -> int:
    """Safety before liveness before nothing."""
    found = [(one.target, one.searched.found) for one in outcomes if one.searched.found]
    return exit_code(one.broken or target.guarantee for target, one in found)
