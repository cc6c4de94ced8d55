"""`guarantees`: which guarantee of which design survives which class of faults."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.commands import running
from sim.commands.files import require_place
from sim.commands.hunt_options import CatalogueOptions
from sim.errors import InputError

if TYPE_CHECKING:
    from rich.table import Table

    from sim.hunt.catalogue import Cell, Survey
    from sim.scenario.designs import Design

Designs = Mapping[str, "Design"]


def guarantees(typed: Sequence[str], options: CatalogueOptions, known: Designs) -> None:
    """Play and judge, print the tables, write the files. Raises `InputError`."""
    from sim.experiment.store import as_json
    from sim.files.by_hand import kept_in
    from sim.files.writing import write_file
    from sim.hunt.catalogue import catalogue, plain
    from sim.hunt.page import page

    names = _names(typed, known)
    for place, flag in ((options.out, "--out"), (options.page, "--page")):
        if place is not None:
            _require(place, flag)
    more = "" if options.page is None else kept_in(options.page)
    with running.bar(hidden=options.quiet or options.json) as progress:
        cells = catalogue(_surveys(names, options, known), options.workers, progress)
    command = _command(typed, options)
    text = as_json(plain(cells, _made(command, options)))
    if options.out is not None:
        write_file(options.out, text)
    if options.page is not None:
        write_file(options.page, page(cells, known, command, more))
    if options.json:
        sys.stdout.write(text)
    else:
        _show(cells, options)


def _surveys(names: Sequence[str], options: CatalogueOptions, known: Designs) -> "list[Survey]":
    from sim.hunt.catalogue import COLUMNS, Survey
    from sim.hunt.stage import stage

    return [
        Survey(known[name], world, faults, options.schedules, options.seed)
        for name, world in ((name, stage(name, known)) for name in names)
        for faults in COLUMNS
    ]


def _names(typed: Sequence[str], known: Designs) -> list[str]:
    """Every design, or those that were typed. Raises `InputError` for one that is unknown."""
    from sim.scenario.designs import nearest

    for name in typed:
        if name not in known:
            allowed, hint = ", ".join(known), nearest(name, known)
            raise InputError([f"DESIGN: unknown design '{name}'; allowed: {allowed}{hint}"])
    return list(dict.fromkeys(typed or known))


def _command(typed: Sequence[str], options: CatalogueOptions) -> str:
    """The command that makes the same catalogue again."""
    words = ["rtcsim guarantees", *typed]
    words += [f"--schedules {options.schedules}", f"--seed {options.seed}"]
    words += [f"--out {options.out}"] if options.out is not None else []
    words += [f"--page {options.page}"] if options.page is not None else []
    return " ".join(words)


def _made(command: str, options: CatalogueOptions) -> dict[str, Any]:
    """With what the catalogue was made."""
    from sim.experiment.provenance import version_of

    made: dict[str, Any] = {"rtcsim": version_of("rtcsim"), "command": command}
    return made | {"schedules": options.schedules, "seed": options.seed}


def _require(place: Path, flag: str) -> None:
    """Make its folder, and find out before the long work whether it can be written.

    Raises `InputError`.
    """
    with suppress(OSError):  # whatever it is, the place is refused for it
        place.parent.mkdir(parents=True, exist_ok=True)
    require_place(place, flag)


def _show(cells: "Sequence[Cell]", options: CatalogueOptions) -> None:
    from sim.commands.output import console_for_results

    console = console_for_results()
    for design in dict.fromkeys(cell.design for cell in cells):
        own = [cell for cell in cells if cell.design == design]
        console.print(_table(design, own))
        for line in _examples(own):
            console.print(line, markup=False, soft_wrap=True)
    for place in (options.out, options.page):
        if place is not None:
            console.print(f"Written: {place}", markup=False, soft_wrap=True)


def _table(design: str, own: "Sequence[Cell]") -> "Table":
    """A row per guarantee: which classes of faults break it, and which it survives."""
    import rich.box
    from rich.table import Table

    table = Table(title=design, title_justify="left", box=rich.box.SIMPLE_HEAD, pad_edge=False)
    for name in ("guarantee", "violated by", "holds under (schedules)"):
        table.add_column(name, overflow="fold")
    for name in dict.fromkeys(cell.guarantee for cell in own):
        row = [cell for cell in own if cell.guarantee == name]
        broken = ", ".join(cell.faults for cell in row if cell.state == "violated")
        held = ", ".join(f"{cell.faults} {cell.held}" for cell in row if cell.state == "held")
        table.add_row(name, broken, held or ("" if broken else f"nothing to say: {row[0].what}"))
    return table


def _examples(own: "Sequence[Cell]") -> Iterator[str]:
    """The simplest witness, to go on with."""
    broken = [cell for cell in own if cell.state == "violated"]
    if broken:
        yield f"For example: {broken[0].what}"
        yield f"Show it:     {broken[0].replay}\n"
