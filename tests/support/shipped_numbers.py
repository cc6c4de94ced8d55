"""The shipped scenarios in two states of the project, side by side, after a `[NUMBERS]` change.

`python -m tests.support.shipped_numbers measure results/numbers/STATE.json` stores what a state
measures (20 minutes); `python -m tests.support.shipped_numbers page` writes docs/numbers.md from
the two that are stored.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import numpy as np
from scipy import stats

import sim
from sim.files.writing import write_file

ROOT: Final = Path(__file__).parents[2]
PAGE: Final = ROOT / "docs" / "numbers.md"
STORED: Final = ROOT / "results" / "numbers"
BEFORE, AFTER = STORED / "before-the-core.json", STORED / "with-the-core.json"

SCENARIOS: Final = (
    "commuter-day", "growing", "lossy-mobile", "node-loss-storm", "rolling-deploy",
)  # fmt: skip
DESIGNS: Final = (
    "full-websocket", "full-websocket-acked", "hybrid", "hybrid-cursor", "long-poll", "mqtt-qos0",
    "mqtt-qos1", "socketio", "sse",
)  # fmt: skip
PEOPLE: Final = 200
REPLICATIONS: Final = 8
SHOWN: Final[Mapping[str, tuple[str, float, int]]] = {  # heading, factor, decimals
    "latency_p50": ("median latency, ms", 1e3, 1),
    "late_1s": ("later than 1 s, %", 100.0, 2),
    "loss_pressed": ("lost, %", 100.0, 2),
    "duplicates_visible": ("seen twice, %", 100.0, 2),
    "stale_per_hour": ("out of date, s/h", 1.0, 0),
    "bytes_per_delivery": ("bytes a delivery", 1.0, 0),
}
COUNTED: Final = (*SHOWN, "gap_p50", "cuts_per_hour")

Measure = float | str | None
Found = Mapping[str, Sequence[Measure]]
"""`scenario/design/metric` -> what each replication measured: "never" where what was owed did not
come, None where there was nothing to measure."""

HEAD: Final = """# The same scenarios before and after the core

Luck became a function of a name, and with it every digest another (`[NUMBERS]` in
[CHANGELOG.md](../CHANGELOG.md)): the same laws, other draws. Servers of HTTP also close idle
connections after 75 s now, as aiohttp does. Here are the shipped scenarios with {people} people,
{replications} replications each, as they were before (first) and are with it (second), with 95 %
intervals of the mean. Of {compared} figures (those below, and gaps and cuts) {overlap} have
intervals that overlap, and in {inside} each mean lies inside the other's interval. Made by
`python -m tests.support.shipped_numbers page` from results/numbers."""


def measured() -> dict[str, list[Measure]]:
    """What this state of the project measures."""
    found: dict[str, list[Measure]] = {}
    for name in SCENARIOS:
        scenario = sim.load_scenario(name, {"people.count": PEOPLE})
        for design in DESIGNS:
            for replication in range(REPLICATIONS):
                history = sim.run_replication(scenario, sim.designs()[design], replication)
                metrics = sim.measure(history)["metrics"]
                for metric in COUNTED:
                    found.setdefault(f"{name}/{design}/{metric}", []).append(plain(metrics[metric]))
    return found


def plain(value: Measure | Sequence[float]) -> Measure:
    """A rate as the share it is."""
    if not isinstance(value, list):
        return value
    hits, of = value
    return hits / of if of else None


def interval(values: Sequence[Measure]) -> tuple[float, float] | None:
    """Mean and half-width at 95 %; None for fewer than two, and where a "never" is among them."""
    given = [value for value in values if value is not None]
    if len(given) < 2 or any(isinstance(value, str) for value in given):
        return None
    known = np.array(given)
    error = known.std(ddof=1) / np.sqrt(len(known))
    return float(known.mean()), float(stats.t.ppf(0.975, len(known) - 1) * error)


def page(before: Found, after: Found) -> str:
    """Both states as a table for each scenario."""
    compared = overlap = inside = 0
    for key in before:
        pair = interval(before[key]), interval(after[key])
        if pair[0] is not None and pair[1] is not None:
            compared += 1
            (old, old_half), (new, new_half) = pair
            apart = abs(old - new) - 1e-12  # the noise of adding up
            overlap += apart <= old_half + new_half
            inside += apart <= min(old_half, new_half)
    counts = {"compared": compared, "overlap": overlap, "inside": inside}
    text = [HEAD.format(people=PEOPLE, replications=REPLICATIONS, **counts)]
    for name in SCENARIOS:
        heads = " | ".join(heading for heading, _, _ in SHOWN.values())
        text += [f"\n## {name}\n", f"| design | {heads} |", "|---" + "|---:" * len(SHOWN) + "|"]
        text += [
            f"| {design} | " + " | ".join(cells(before, after, f"{name}/{design}")) + " |"
            for design in DESIGNS
        ]
    return "\n".join(text) + "\n"


def cells(before: Found, after: Found, row: str) -> list[str]:
    """Old above new, metric by metric."""
    return ["<br>".join(cell(found, row, name) for found in (before, after)) for name in SHOWN]


def cell(found: Found, row: str, metric: str) -> str:
    """One state's figure."""
    _, factor, decimals = SHOWN[metric]
    pair = interval(found[f"{row}/{metric}"])
    if pair is None:
        return "none"
    mean, half = (factor * one for one in pair)
    return f"{mean:.{decimals}f} ± {half:.{decimals}f}"


def stored(path: Path) -> Found:
    """What a state measured."""
    found: Found = json.loads(path.read_text("utf-8"))
    return found


def main(words: Sequence[str]) -> None:
    """Measure this state, or write the page."""
    match words:
        case ["measure", path]:
            write_file(Path(path), json.dumps(measured()))
        case ["page"]:
            write_file(PAGE, page(stored(BEFORE), stored(AFTER)))
        case _:
            raise SystemExit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
