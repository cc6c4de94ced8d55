"""Which designs there are: ours, and those of installed packages, by entry point.

The only module of `sim` that knows `models`. Packages add theirs with the entry points of the group
`rtcsim.designs`, and channels for them with those of `rtcsim.channels` (`models.channels`).
"""

import sys
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.errors import InputError
from sim.packages import LeftOut, entries, leave_out, loaded

if TYPE_CHECKING:
    from models.aspects import Between
    from sim.scenario.designs import Design
    from sim.scenario.scenario import Scenario
    from sim.storms.outcome import Outcome
    from sim.storms.question import Storm

ENTRY_POINTS = "rtcsim.designs"
_loading: list[str] = []
"""The package whose designs are being loaded right now."""


def designs() -> "dict[str, Design]":
    """Every design by name: ours, then those that installed packages add by entry point.

    An entry point names a mapping from design name to design. A package whose channels or designs
    do not load, or cannot take part, is left out with an `InputNote`. Raises `InputError` when ours
    are hidden, or when a package asks for all designs while its own are loaded.

    >>> import sim
    >>> sim.designs()["hybrid"].receive
    'websocket'
    """
    ours = _ours()
    from models.channels import channels

    channels()  # first of all: a package without its channel has no design on it
    return with_packages(ours)


def _ours() -> "Mapping[str, Design]":
    """The designs of `models`, if that is ours: a file of the user's may have the same name."""
    ours = Path(__file__).parent.parent / "models"
    if "models" in sys.modules:
        place = getattr(sys.modules["models"], "__file__", None)
    else:  # whatever theirs is, it is not run
        found = find_spec("models")
        place = found.origin if found else None
    if place is None or Path(place).parent != ours:
        what = f"{place or 'a folder'}: hides rtcsim's package 'models' ({ours})"
        raise InputError([f"{what}: rename it, or start from another folder"])
    from models import DESIGNS

    return DESIGNS


def with_packages(ours: "Mapping[str, Design]") -> "dict[str, Design]":
    """Ours and theirs by name. Raises `InputError` inside a package that is being loaded."""
    if _loading:
        allowed = "allowed there: rtcsim's own, `from models import DESIGNS`"
        raise InputError([f"{_loading[0]}: asks for all designs while its are loaded; {allowed}"])
    found: dict[str, Design] = dict(ours)
    for entry in entries(ENTRY_POINTS):
        try:
            with _being_loaded(entry.value):
                found.update(loaded(entry, partial(_examined, found)))
        except LeftOut as why:
            leave_out(entry, "designs", why)
    return found


def between(a: "Design", b: "Design") -> "Between":
    """The designs between two of them, and what they differ in (`models.aspects`).

    Raises `InputError` for a design that is no table, or where nothing differs.
    """
    from models import Design as Table
    from models.aspects import Between

    if not (isinstance(a, Table) and isinstance(b, Table)):
        odd = b if isinstance(a, Table) else a
        raise InputError([f"'{odd.name}' has no options to swap; allowed: a `models.Design`"])
    try:
        return Between(a, b)
    except ValueError as error:
        raise InputError([f"{error}; allowed: two designs that differ"]) from None


def play_storm(
    storm: "Storm",
    design: "Design",
    scenario: "Scenario",
    progress: Callable[[int, int], None],
) -> "Outcome":
    """A storm of this design, played (`models.storms`). Raises `InputError` where it cannot be."""
    from models import Design as Table
    from models.storms.play import play
    from models.storms.stage import NoStormError

    if not isinstance(design, Table):
        what = f"'{design.name}' has no options to read; allowed: a `models.Design`"
        raise InputError([what])
    try:
        return play(storm, design, scenario, progress)
    except NoStormError as error:
        raise InputError([str(error)]) from None


def _examined(known: Collection[str], named: Any) -> "dict[str, Design]":
    """The designs that an entry point names. Raises LeftOut when one of them cannot take part."""
    from sim.scenario.designs import fault

    added: dict[Any, Any] = dict(named)
    if wrong := next((why for one in added.items() if (why := fault(*one))), None):
        raise LeftOut(wrong)
    if taken := next((name for name in added if name in known), None):
        raise LeftOut(f"'{taken}' is a design already; allowed: names of their own")
    return added


@contextmanager
def _being_loaded(package: str) -> Iterator[None]:
    _loading.append(package)
    try:
        yield
    finally:
        _loading.clear()
