"""The boxes that are known by name: a table for each in `boxes/*.toml`, with its source.

Adding one is adding a table there, or a file; nothing else names them.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from importlib.resources.abc import Traversable
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Literal

from sim.path.limits import Limits


@dataclass(frozen=True, slots=True)
class Preset:
    """A box by name: what it does, what it is, and who says so."""

    name: str
    limits: Limits
    what: str
    source: str


def read_presets(folder: Traversable) -> dict[str, Preset]:
    """All tables of all TOML files in `folder`, by name.

    Raises ValueError for a table without `what` or `source`, with a wrong key or value, or with a
    name that another file has.
    """
    found: dict[str, Preset] = {}
    for file in sorted(folder.iterdir(), key=lambda one: one.name):
        if not file.name.endswith(".toml"):
            continue
        for name, table in tomllib.loads(file.read_text("utf-8")).items():
            if name in found:
                raise ValueError(f"{file.name}: '{name}' is in another file, too; allowed: once")
            found[name] = _preset(name, table, file.name)
    return found


def _preset(name: str, table: dict[str, object], file: str) -> Preset:
    given = dict(table)
    what, source = given.pop("what", ""), given.pop("source", "")
    if not what or not source:
        raise ValueError(f"{file}: {name}: what or source is missing; allowed: a text for each")
    return Preset(name, Limits.model_validate(given), str(what), str(source))


PRESETS: Final[Mapping[str, Preset]] = MappingProxyType(
    read_presets(resources.files("sim.path").joinpath("boxes"))
)
"""Every preset by name."""

if TYPE_CHECKING:
    PresetName = str
else:
    PresetName = Literal[tuple(PRESETS)]
"""What a scenario may name; a closed list, so that its schema and its messages know the names."""
