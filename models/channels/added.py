"""Channels of installed packages: each is loaded when channels are first asked for, and examined.

A package is asked once `models` is whole, so that its modules may make variants of shipped designs.
One that is being imported already is asked again until its `KIND` is there: its designs may stand
below the channel that they use.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from functools import partial
from importlib.metadata import EntryPoint
from typing import Any, Final

from models.channels.kind import Kind
from models.options import GROUPS, Group, Routes
from models.servers.backplane import backplanes
from models.settings import FLAT
from sim.packages import LeftOut, entries, is_loading, leave_out, loaded

ENTRY_POINTS: Final = "rtcsim.channels"
_NAME: Final = r"[a-z][a-z0-9-]{0,59}"
_GROUP: Final = r"[a-z][a-z0-9_]{0,59}"
_KEEPS: Final = ("none", "cursor", "session")
_KEYS: Final = (*GROUPS, *FLAT, *(one.name for one in fields(Routes)), "name", "summary", "base")


class Packages:
    """What installed packages add, in the order of their entry points.

    opened: whether they are asked at all; `models` does it when its own designs are made.
    """

    def __init__(self) -> None:
        self.opened = False
        self._waiting: list[EntryPoint] | None = None
        self._kinds: dict[EntryPoint, Kind] = {}

    def kinds(self, ours: Mapping[str, Kind]) -> dict[str, Kind]:
        """Their channels by name, beside ours. Each that cannot take part is an `InputNote`."""
        if self.opened and self._waiting is None:
            self._waiting = entries(ENTRY_POINTS)
        for entry in tuple(self._waiting or ()):
            self._ask(entry, ours)
        return {kind.name: kind for kind in self._kinds.values()}

    def _ask(self, entry: EntryPoint, ours: Mapping[str, Kind]) -> None:
        """Load one; what its modules ask of us meanwhile ends in here again."""
        waiting = self._waiting or []
        try:
            others = [*ours.values(), *(one for at, one in self._kinds.items() if at != entry)]
            self._kinds[entry] = loaded(entry, partial(_examined, others))
        except LeftOut as why:
            if is_loading(entry):
                return
            self._kinds.pop(entry, None)
            leave_out(entry, "channel", why)
        if entry in waiting and not is_loading(entry):
            waiting.remove(entry)


def _examined(others: Iterable[Kind], named: object) -> Kind:
    if not isinstance(named, Kind):
        raise LeftOut(f"{named!r:.80} is no channel; allowed: a `models.channels.kind.Kind`")
    if wrong := next(faults(named, others), None):
        raise LeftOut(wrong)
    return named


def faults(kind: Any, others: Iterable[Kind]) -> Iterator[str]:
    """Why a channel cannot take part beside `others`, sentence by sentence."""
    others = list(others)
    name = kind.name
    if not (isinstance(name, str) and re.fullmatch(_NAME, name)):
        yield (
            f"{name!r:.80} is no name of a channel; allowed: small letters a to z, digits and"
            " dashes, at most 60, a letter in front"
        )
    elif name in [one.name for one in others]:
        yield f"'{name}' is a channel already; allowed: a name of its own"
    if not callable(kind.build):
        yield f"'{name}' has build = {kind.build!r:.80}; allowed: what makes it in a `Slot`"
    if odd := [one for one in kind.keeps if one not in _KEEPS]:
        yield f"'{name}' keeps {odd[0]!r:.80}; allowed: {', '.join(_KEEPS)}"
    if not (kind.sends or kind.keeps):
        yield f"'{name}' carries nothing; allowed: sends = True, or keeps with 'none'"
    if kind.backplane not in (known := backplanes()):
        yield f"'{name}' has backplane = {kind.backplane!r:.80}; allowed: {', '.join(known)}"
    taken = {*_KEYS, *(group for one in others for group in one.groups)}
    yield from _wrong_groups(name, kind.groups, taken)
    yield from _wrong_reads(name, kind)


def _wrong_groups(name: str, groups: Mapping[Any, Any], taken: Iterable[str]) -> Iterator[str]:
    for group, made in groups.items():
        if not (isinstance(group, str) and re.fullmatch(_GROUP, group)):
            yield (
                f"'{name}' has a group {group!r:.80}; allowed: small letters a to z, digits and"
                " underscores, at most 60, a letter in front"
            )
        elif group in taken:
            yield f"'{name}' has a group '{group}', a key already; allowed: a name of its own"
        if not (isinstance(made, type) and issubclass(made, Group)):
            yield f"'{name}' has {group} = {made!r:.80}; allowed: a `models.options.Group`"
        elif needed := [key for key, one in made.model_fields.items() if one.is_required()]:
            yield f"'{name}' has {group}.{needed[0]} without a default; allowed: with one"


def _wrong_reads(name: str, kind: Kind) -> Iterator[str]:
    known = {**GROUPS, **kind.groups}
    for path in kind.reads:
        group, _, key = str(path).partition(".")
        if group not in known:
            yield f"'{name}' reads {path!r:.80}; allowed: {', '.join(known)}"
        elif key and key not in known[group].model_fields:
            allowed = ", ".join(f"{group}.{one}" for one in known[group].model_fields)
            yield f"'{name}' reads {path!r:.80}; allowed: {allowed}"
