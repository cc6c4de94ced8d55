"""`new` and `report`: a scenario file to start from, and a stored result's report made anew."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from sim.experiment.errors import InputError

if TYPE_CHECKING:
    from sim.experiment.designs import Design

STANDARD_OUTPUT = Path("-")


def new(file: Path, start_from: str, known: "Mapping[str, Design]") -> None:
    """Write a commented scenario; never over an existing file."""
    from sim.experiment.load import load
    from sim.experiment.write import to_commented_toml

    text = to_commented_toml(load(start_from, known))
    if file == STANDARD_OUTPUT:
        sys.stdout.write(text)
        return
    try:
        with file.open("x", encoding="utf-8") as opened:
            opened.write(text)
    except FileExistsError:
        raise InputError([f"{file}: exists already; allowed: a new file, or - to print"]) from None
    except OSError as error:
        raise InputError([f"{file}: cannot be written: {error.strerror}"]) from None
    print(f"{file}: written; every key has its meaning and range beside it.")
    print(f"Next: edit it, then  rtcsim compare {file}")


def report(folder: Path) -> None:
    """Rebuild plots and report.html of a result folder from its other files."""
    from sim.experiment.store import rebuild
    from sim.report import write_report

    rebuild(folder, write_report)
    print(f"Report: {folder / 'report.html'}")
    print("Next: open it in a browser; it needs no network.")
