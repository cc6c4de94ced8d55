"""`bench`: what a run costs at real sizes, beside SimPy."""

import sys
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Final

from sim.commands.bench_options import BenchOptions
from sim.commands.files import require_place
from sim.errors import InputError

if TYPE_CHECKING:
    from sim.bench.rounds import Request
    from sim.scenario.designs import Design

DONE, INTERRUPTED = 0, 130
PEOPLE: Final = 10_000
ROUNDS: Final = 3
QUICK_PEOPLE: Final = 1_050  # fifty rooms


def bench(options: BenchOptions, known: Mapping[str, "Design"]) -> int:
    """Measure, print the table, write the figures down, and return the exit code.

    Ctrl-C leaves what has been measured by then. Raises `InputError`.
    """
    from sim.bench.figures import figures
    from sim.bench.rounds import Measured, measure
    from sim.bench.table import table
    from sim.experiment.store import as_json
    from sim.files.writing import write_file

    measured = Measured(requested(options, known))
    if options.out is not None:
        require_place(options.out, "--out")  # before hours of measuring
    code = DONE
    try:
        measure(measured, known, _tell)
    except KeyboardInterrupt:
        _tell("Interrupted: here is what was measured by then.")
        code = INTERRUPTED
    found = figures(measured)
    sys.stdout.write(table(found))
    if options.out is not None:
        write_file(options.out, as_json(found))
    if code == INTERRUPTED:
        sys.exit(code)
    return code


def requested(options: BenchOptions, known: Mapping[str, "Design"]) -> "Request":
    """What is to be measured, checked. Raises `InputError` with everything that is wrong."""
    from sim.bench.rounds import PARTS, Request
    from sim.bench.scenario import WEATHERS

    usual = PARTS[:-1] if options.quick else PARTS
    parts = _names(options.parts, "parts", PARTS) if options.parts is not None else usual
    return Request(
        designs=_names(options.designs, "designs", known),
        weathers=_names(options.worlds, "worlds", WEATHERS),
        people=options.people or (QUICK_PEOPLE if options.quick else PEOPLE),
        rounds=options.rounds or (1 if options.quick else ROUNDS),
        parts=parts,
    )


def _names(typed: str, flag: str, allowed: Collection[str]) -> tuple[str, ...]:
    """The names in a,b,c, each once. Raises `InputError` for none, or one that is not allowed."""
    from sim.scenario.designs import nearest

    names = tuple(dict.fromkeys(name.strip() for name in typed.split(",") if name.strip()))
    wrong = [name for name in names if name not in allowed]
    listed = ", ".join(allowed)
    if not names:
        raise InputError([f"--{flag}: nothing is named; allowed: {listed}"])
    if wrong:
        raise InputError(
            [
                f"--{flag}: '{one}' is not allowed; allowed: {listed}{nearest(one, allowed)}"
                for one in wrong
            ]
        )
    return names


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
