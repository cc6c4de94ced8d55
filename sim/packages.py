"""What installed packages add by entry point, each of them somebody else's program.

Whatever happens while one loads, all goes on without it and says so in one line. Leaves out what is
added: whoever asks says what fits. Leaves out a package that takes for ever.
"""

import sys
import warnings
from collections.abc import Callable
from importlib.metadata import EntryPoint, entry_points
from itertools import accumulate
from typing import Any, TypeVar

from sim.errors import InputNote

T = TypeVar("T")


class LeftOut(Exception):
    """What a package adds cannot take part; the text says why."""


def entries(group: str) -> list[EntryPoint]:
    """The entry points of a group, in an order that does not depend on where packages lie."""
    return sorted(entry_points(group=group), key=lambda one: (one.name, one.value))


def loaded(entry: EntryPoint, use: Callable[[Any], T]) -> T:
    """What `use` makes of what an entry point names. Raises LeftOut, whatever else is raised."""
    try:
        return use(entry.load())
    except LeftOut:
        raise
    except (Exception, SystemExit) as error:  # whatever their program does
        kind = "it ends the program" if isinstance(error, SystemExit) else type(error).__name__
        raise LeftOut(f"{kind}: {error}") from error


def is_loading(entry: EntryPoint) -> bool:
    """Whether somebody imports its module right now: what it names may come below."""
    module = entry.value.partition(":")[0].strip()
    parents = accumulate(module.split("."), "{}.{}".format)
    specs = (getattr(sys.modules.get(name), "__spec__", None) for name in parents)
    return any(getattr(spec, "_initializing", False) for spec in specs)  # as importlib itself asks


def leave_out(entry: EntryPoint, what: str, why: object) -> None:
    """Say in one line that what a package adds is left out."""
    warnings.warn(InputNote(f"{entry.value}: {what} left out: {why}"), stacklevel=3)
