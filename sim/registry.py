"""Which designs there are: ours, and those of installed packages, by entry point.

The only module of `sim` that knows `models`. Packages add theirs with the entry points of the group
`rtcsim.designs`. Each is somebody else's program: whatever happens while it loads, all goes on
without its designs and says so in one line. Leaves out one that takes for ever.
"""

import sys
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import EntryPoint, entry_points
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.errors import InputError, InputNote

if TYPE_CHECKING:
    from sim.scenario.designs import Design

ENTRY_POINTS = "rtcsim.designs"
_loading: list[str] = []
"""The package whose designs are being loaded right now."""


def designs() -> "dict[str, Design]":
    """Every design by name: ours, then those that installed packages add by entry point.

    An entry point names a mapping from design name to design. A package whose designs do not load,
    or cannot take part, is left out with an `InputNote`. Raises `InputError` when ours are hidden,
    or when a package asks for all designs while its own are loaded.

    >>> import sim
    >>> sim.designs()["hybrid"].receive
    'websocket'
    """
    return with_packages(_ours())


def _ours() -> "Mapping[str, Design]":
    """The designs of `models`, if that is ours: a file of the user's may have the same name."""
    ours = Path(__file__).parent.parent / "models"
    if "models" not in sys.modules:  # whatever theirs is, it is not run
        found = find_spec("models")
        place = found.origin if found and found.origin else "a folder"
        if Path(place).parent != ours:
            what = f"{place}: hides rtcsim's package 'models' ({ours})"
            raise InputError([f"{what}: rename it, or start from another folder"])
    import models

    if not isinstance(getattr(models, "DESIGNS", None), Mapping):
        place = getattr(models, "__file__", None) or "a folder"
        what = f"{place}: hides rtcsim's package 'models' ({ours})"
        raise InputError([f"{what}: rename it, or start from another folder"])
    return models.DESIGNS


def with_packages(ours: "Mapping[str, Design]") -> "dict[str, Design]":
    """Ours and theirs by name. Raises `InputError` inside a package that is being loaded."""
    if _loading:
        allowed = "allowed there: rtcsim's own, `from models import DESIGNS`"
        raise InputError([f"{_loading[0]}: asks for all designs while its are loaded; {allowed}"])
    found: dict[str, Design] = dict(ours)
    for entry in sorted(entry_points(group=ENTRY_POINTS), key=lambda one: (one.name, one.value)):
        added, wrong = _load(entry)
        taken = next((name for name in added if name in found), None)
        if taken is not None:
            wrong = f"'{taken}' is a design already; allowed: names of their own"
        if wrong is None:
            found.update(added)
        else:
            warnings.warn(InputNote(f"{entry.value}: designs left out: {wrong}"), stacklevel=2)
    return found


def _load(entry: EntryPoint) -> "tuple[dict[str, Design], str | None]":
    """The designs of one entry point, or why there are none."""
    from sim.scenario.designs import fault

    try:
        with _being_loaded(entry.value):
            added: dict[Any, Any] = dict(entry.load())
            wrong = next((why for one in added.items() if (why := fault(*one))), None)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever is in their program
        kind = "it ends the program" if isinstance(error, SystemExit) else type(error).__name__
        return {}, f"{kind}: {error}"
    return ({}, wrong) if wrong else (added, None)


@contextmanager
def _being_loaded(package: str) -> Iterator[None]:
    _loading.append(package)
    try:
        yield
    finally:
        _loading.clear()
