"""What the shipped catalogue of guarantees says about the designs of a run.

The catalogue is made by `rtcsim guarantees` and kept with the program; a run only copies its rows,
so that a report can be rebuilt from the result folder alone. A design that the catalogue does not
know, a variant, has no rows. Leaves out how cells come about (`sim.hunt.catalogue`).
"""

import json
from collections.abc import Iterable, Mapping
from importlib import resources
from pathlib import Path
from typing import Any, Final

Json = Mapping[str, Any]
FILE: Final = "catalogue.json"


def catalogued(names: Iterable[str], catalogue: Json | None = None) -> dict[str, Any]:
    """How the catalogue was made, and design -> guarantee -> what is known; empty for strangers.

    Of a guarantee: the classes of faults that violate it, with the simplest witness; the classes
    under which it held, with the number of schedules; the reason where nothing could be said.
    """
    kept = shipped() if catalogue is None else catalogue
    rows = {
        name: {guarantee: _row(cells) for guarantee, cells in kept["designs"][name].items()}
        for name in names
        if name in kept.get("designs", {})
    }
    return {"made": dict(kept["made"]), "designs": rows} if rows else {}


def shipped() -> dict[str, Any]:
    """The catalogue of the installed package or of the checkout; empty where there is none."""
    packaged = Path(str(resources.files("sim.experiment"))) / "data" / FILE
    places = (packaged, Path(__file__).parents[2] / "results" / FILE)
    found = next((place for place in places if place.is_file()), None)
    return {} if found is None else dict(json.loads(found.read_text("utf-8")))


def _row(cells: Mapping[str, Json]) -> dict[str, Any]:
    broken = {name: cell for name, cell in cells.items() if cell["state"] == "violated"}
    held = {name: cell["held"] for name, cell in cells.items() if cell["state"] == "held"}
    row: dict[str, Any] = {"violated": list(broken), "held": held}
    if broken:
        simplest = min(broken.values(), key=lambda cell: len(cell["schedule"].split()))
        return row | {"schedule": simplest["schedule"], "what": simplest["what"]}
    reasons = (cell["what"] for cell in cells.values() if cell.get("what"))
    return row if held else row | {"reason": next(reasons, "")}
