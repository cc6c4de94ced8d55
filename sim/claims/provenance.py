"""Where a claim comes from, shown from the designs' own tables: it is seen, and not simulated."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sim.claims.spec import ProvenanceSpec
from sim.errors import InputError

if TYPE_CHECKING:
    from sim.scenario.designs import Design


def shown(spec: ProvenanceSpec, known: Mapping[str, Design]) -> dict[str, Any]:
    """What the designs say of themselves, a line each. Raises `InputError` for an unknown one."""
    if odd := [name for name in spec.designs if name not in known]:
        raise InputError([f"provenance: unknown design '{odd[0]}'; allowed: {', '.join(known)}"])
    return {"shown": {name: _said(spec, known[name]) for name in spec.designs}}


def _said(spec: ProvenanceSpec, design: Design) -> str:
    told = design.describe()
    if spec.shows == "sources":
        return str(told.get("sources", "none"))
    channels = told["channels"]
    assert isinstance(channels, Mapping)
    by_channel: dict[str, list[str]] = {}
    for action, channel in channels.items():
        by_channel.setdefault(channel, []).append(action)
    if len(by_channel) == 1:
        return f"all over {next(iter(by_channel))}"
    return "; ".join(f"{', '.join(names)} over {one}" for one, names in by_channel.items())
