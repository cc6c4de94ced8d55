"""`new` and `report`: a scenario file to start from, and a stored result's report made anew.

And what every command asks of a file that it is to write in the end.
"""

import os
import sys
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from sim.errors import InputError
from sim.report.escape import shell, terminal

if TYPE_CHECKING:
    from sim.scenario.designs import Design

STANDARD_OUTPUT = Path("-")


def new(file: Path, start_from: str, known: "Mapping[str, Design]") -> None:
    """Write a commented scenario; never over an existing file."""
    from sim.files.writing import write_file
    from sim.scenario.load import load
    from sim.scenario.write import to_commented_toml

    text = to_commented_toml(load(start_from, known))
    if file == STANDARD_OUTPUT:
        sys.stdout.write(text)
        return
    if os.path.lexists(file):
        raise InputError([f"{file}: exists already; allowed: a new file, or - to print"])
    write_file(file, text)
    print(terminal(f"{file}: written; every key has its meaning and range beside it."))
    print(f"Next: edit it, then  rtcsim compare {shell(str(file))}")


def report(folder: Path) -> None:
    """Rebuild plots and report.html of a result folder, or of a sweep's, from its other files."""
    from sim.experiment.recomputed import unchecked
    from sim.experiment.store import draw, read_summary
    from sim.experiment.sweep import page
    from sim.files.writing import reason
    from sim.report import write_report

    swept = (folder / page.SUMMARY).is_file()
    why = "" if swept else unchecked(folder, read_summary(folder))
    try:
        draw(folder, page.write if swept else partial(write_report, unchecked=why))
    except OSError as error:
        hint = "copy the folder to a place of your own and report the copy"
        raise InputError(
            [f"{folder}: no report can be written here: {reason(error)}; {hint}"]
        ) from None
    if why:
        print(terminal(f"Figures not checked: {why}."))
    print(terminal(f"Report: {folder / 'report.html'}"))
    print("Next: open it in a browser; it needs no network.")


def require_place(file: Path, flag: str) -> None:
    """Find out before a long run whether `file` can be written; raises `InputError`."""
    folder = file.absolute().parent
    target = file if file.exists() else folder
    link = file.is_symlink() and file.parent.resolve() != Path("/dev")
    if file.is_dir() or link or not folder.is_dir() or not os.access(target, os.W_OK):
        raise InputError(
            [f"{flag} {file}: cannot be written; allowed: a file in a folder, no link"]
        )
