"""`hunt --against`: two versions under the same schedules, and what is worse in one of them."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.commands import running
from sim.commands.hunt_checks import exit_code, limits_of, require_known
from sim.commands.hunt_options import HuntOptions
from sim.errors import InputError

if TYPE_CHECKING:
    from sim.hunt.against import Compared, Pair, Worse
    from sim.scenario.designs import Design
    from sim.scenario.scenario import Variant


def against(design: str, other: str, options: HuntOptions, known: Mapping[str, "Design"]) -> int:
    """Compare, tell, and return the exit code: what is worse in `design` is what counts."""
    from sim.guarantees import GUARANTEES

    _require_no_limits(options)
    names = options.guarantee or list(GUARANTEES)
    require_known(names)
    pair = _pair(design, other, options, known, names)
    compared = _compared(pair, names, options)
    if options.json:
        from sim.experiment.store import as_json

        sys.stdout.write(as_json({"against": _plain(design, other, compared)}))
    else:
        _show(design, other, compared)
    return exit_code(worse.guarantee for worse in compared.one)


def _require_no_limits(options: HuntOptions) -> None:
    """Raises `InputError` for what two versions cannot be compared by."""
    for flag, given in (("minutes", options.minutes), ("within", options.within)):
        if given is not None:
            raise InputError(
                [f"--{flag}: does not go with --against; allowed: without one of them"]
            )


def _pair(
    design: str,
    other: str,
    options: HuntOptions,
    known: Mapping[str, "Design"],
    names: Sequence[str],
) -> "Pair":
    from sim.guarantees import GUARANTEES
    from sim.hunt.against import Pair
    from sim.hunt.judging import SearchTarget
    from sim.hunt.rehearsal import moments_s
    from sim.hunt.schedule import read, require_fit
    from sim.hunt.stage import nodes, stage
    from sim.scenario.designs import pick
    from sim.scenario.load import change

    world = stage(design, known, options.scenario, [change(one) for one in options.set_ or ()])
    (one,) = pick((design,), known, world.variants)
    two = _other(other, known, world.variants)
    if options.schedule is not None:
        require_fit(read(options.schedule), nodes(world))
    limits = replace(
        limits_of(options, nodes(world)),
        moments_s=tuple(sorted({*moments_s(one, world), *moments_s(two, world)})),
        asks=any(GUARANTEES[name].asks for name in names),
    )
    return Pair(
        *(SearchTarget(each, names[0], world, limits, seed=options.seed) for each in (one, two))
    )


def _other(name: str, known: Mapping[str, "Design"], variants: Mapping[str, "Variant"]) -> "Design":
    """The other version. Raises `InputError`."""
    from sim.scenario.designs import nearest, pick

    if ":" in name:
        return _from_module(name)
    names = [*known, *variants]
    if name not in names:
        allowed = f"{', '.join(names)}, or MODULE:NAME"
        raise InputError([f"--against: '{name}'; allowed: {allowed}{nearest(name, names)}"])
    return pick((name,), known, variants)[0]


def _from_module(place: str) -> "Design":
    """The design that a module defines under a name; the module may stand in this folder.

    Raises `InputError`.
    """
    from sim.scenario.designs import fault

    module, _, name = place.partition(":")
    if (here := str(Path.cwd())) not in sys.path:
        sys.path.append(here)  # behind all others: nothing of ours is hidden by what stands here
    try:
        found = getattr(import_module(module), name)
    except (Exception, SystemExit) as error:  # noqa: BLE001  # whatever the user's module does
        what = f"{type(error).__name__}: {error}".splitlines()[0]
        raise InputError([f"--against: '{place}': {what}; allowed: MODULE:NAME"]) from None
    if wrong := fault(getattr(found, "name", "this"), found):
        raise InputError([f"--against: '{place}': {wrong}"])
    return found  # type: ignore[no-any-return]


def _compared(pair: "Pair", names: Sequence[str], options: HuntOptions) -> "Compared":
    from sim.hunt.against import compare, compare_one
    from sim.hunt.schedule import read

    if options.schedule is not None:
        return compare_one(pair, names, read(options.schedule))
    with running.bar(hidden=options.quiet or options.json) as bar:
        return compare(
            pair,
            names,
            options.schedules,
            options.workers,
            lambda played: bar(played, options.schedules),
        )


def _show(design: str, other: str, compared: "Compared") -> None:
    from rich.text import Text

    from sim.commands.output import console_for_results
    from sim.hunt.wording import compared_words

    console = console_for_results()
    for line in compared_words(design, other, compared):
        console.print(Text(line), soft_wrap=True)


def _plain(design: str, other: str, compared: "Compared") -> dict[str, Any]:
    """What was found as JSON values."""
    return {
        "designs": [design, other],
        "schedules": compared.schedules,
        "both": dict(compared.both),
        "worse": {
            "design": [_worse(one) for one in compared.one],
            "other": [_worse(one) for one in compared.other],
        },
    }


def _worse(one: "Worse") -> dict[str, Any]:
    return {
        "guarantee": one.guarantee,
        "schedules": one.schedules,
        "schedule": str(one.smallest),
    }
