"""The shipped scenarios in two states of the project, side by side, after a `[NUMBERS]` change.

`python -m tests.support.shipped_numbers measure results/numbers/STATE.json` stores what a state
measures (20 minutes); `python -m tests.support.shipped_numbers page` writes docs/numbers.md from
the two that are stored.
"""

from __future__ import annotations

import json
import math
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import stats

import sim
from sim.files.writing import write_file
from sim.metrics import METRICS

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
MARGINS: Final = {one.name: one.margin for one in METRICS}

Measure = float | str | None
Found = Mapping[str, Sequence[Measure]]
"""`scenario/design/metric` -> what each replication measured: "never" where what was owed did not
come, None where there was nothing to measure."""

HEAD: Final = """# The same scenarios before and after the core

Luck became a function of a name, and with it every digest another (`[NUMBERS]` in
[CHANGELOG.md](../CHANGELOG.md)): the same laws, other draws. Servers of HTTP also close idle
connections after 75 s now, as aiohttp does. Here are the shipped scenarios with {people} people,
{replications} replications each, as they were before (first) and are with it (second), with 95 %
intervals of the mean. Of {compared} figures (those below, and gaps and cuts) {same} are the same:
the whole 95 % interval of the difference lies within the margin worth caring about. {apart} differ
by more than luck, where {chance:.0f} would by chance; these runs do not tell it of {open}, and
{unseen} show no case in either state. Made by `python -m tests.support.shipped_numbers page` from
results/numbers."""


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


def verdict(metric: str, before: Sequence[Measure], after: Sequence[Measure]) -> str:
    """Whether a figure is the "same" within its metric's margin (two one-sided tests of Welch's t),
    "apart" by more than luck, "open", or "unseen" in both; "" where there is nothing to compare."""
    if interval(before) is None or interval(after) is None:
        return ""
    old, new = (np.array([value for value in one if value is not None]) for one in (before, after))
    if not old.any() and not new.any():
        return "unseen"
    margin = MARGINS[metric].of(old.mean(), new.mean())
    difference = float(new.mean() - old.mean())
    half = _half(old, new)
    if abs(difference) + half <= margin:
        return "same"
    return "apart" if abs(difference) - 1e-12 > half else "open"  # the noise of adding up


def _half(old: NDArray[np.float64], new: NDArray[np.float64]) -> float:
    """Half the 95 % interval of the difference of two independent means (Welch 1947)."""
    squares = [float(one.var(ddof=1)) / len(one) for one in (old, new)]
    if not any(squares):
        return 0.0
    parts = [of**2 / (len(one) - 1) for of, one in zip(squares, (old, new), strict=True)]
    return float(stats.t.ppf(0.975, sum(squares) ** 2 / sum(parts)) * math.sqrt(sum(squares)))


def page(before: Found, after: Found) -> str:
    """Both states as a table for each scenario."""
    found = Counter(verdict(key.rpartition("/")[2], before[key], after[key]) for key in before)
    compared = found.total() - found[""]
    told = {word: found[word] for word in ("same", "apart", "open", "unseen")}
    told |= {"compared": compared, "chance": 0.05 * (compared - found["unseen"])}
    text = [HEAD.format(people=PEOPLE, replications=REPLICATIONS, **told)]
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
