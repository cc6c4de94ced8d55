"""The specimens: every design by name.

Third parties add theirs by the entry point group `rtcsim.designs`: each entry point names a
mapping from design name to `Design` (see `models.design`); and channels by `rtcsim.channels`.
"""

from __future__ import annotations

from importlib.util import find_spec as _find_spec
from pathlib import Path as _Path

# Said here, where it is met first: below, it would be a puzzle about one of the instrument's files.
_sim = _find_spec("sim")
if _sim is None or _Path(_sim.origin or "").parent.parent != _Path(__file__).parent.parent:
    raise ImportError(
        f"{_sim and _sim.origin}: hides rtcsim's package 'sim' beside {_Path(__file__).parent}:"
        " rename it, or start from another folder"
    )

from models.channels import packages as _packages
from models.design import Design
from models.designs import designs as _designs

DESIGNS: dict[str, Design] = _designs()
_packages().opened = True  # not before: theirs may be made of ours

__all__ = ["DESIGNS", "Design"]
