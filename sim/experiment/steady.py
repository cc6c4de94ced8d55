"""Whether the warm-up was long enough: what MSER-5 would leave out, and whether that is more.

Looks at what is counted second by second over the whole run: people connected, deliveries, attempts
to connect, the busiest CPU. Only up to the first fault of the scenario, since a run is not steady
after it and is not meant to be. MSER-5 alone cries wolf: on a steady series it leaves out more than
a tenth by luck. So there is a warning only where what lies between the warm-up and the moment it
names differs from what follows, replication by replication, in one of a hundred reports of steady
runs at most per series that is looked at (Bonferroni over series and designs).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from sim.experiment.statistics import LEAST, paired
from sim.experiment.statistics.intervals import Floats
from sim.experiment.statistics.mser import settles_after
from sim.scenario.scenario import Scenario

Json = Mapping[str, Any]
Measures = Mapping[str, Sequence[Json]]

WATCHED: Final[Mapping[str, str]] = {
    "connected_people": "people connected",
    "deliveries": "deliveries",
    "attempts": "attempts to connect",
    "cpu_busiest": "CPU of the busiest node",
}
"""Series of a replication, and their words."""
LUCK: Final = 0.01  # of all reports of steady runs, those that warn, at most
"""Smaller than usual: the moment that is tested was chosen because the series looked so."""


@dataclass(frozen=True, slots=True)
class Settling:
    """When one series of a design settles. `differs`: whether what comes between the warm-up and
    that moment differs from what follows by more than luck; None when that was not asked, or when
    replications are too few to tell."""

    design: str
    series: str
    after_s: float
    differs: bool | None


def warmup(scenario: Scenario, measures: Measures) -> dict[str, Any]:
    """As in summary.json: seconds left out, seconds looked at, and per design what settles last.

    `why_not` says why nothing was looked at, "" when something was.
    """
    from_s, until_s = scenario.time.warmup_s, _until_s(scenario)
    found = [*_settling(measures, from_s, until_s)]
    last = {
        name: max(own, key=lambda one: (bool(one.differs), one.after_s))
        for name in measures
        if (own := [one for one in found if one.design == name])
    }
    why_not = _changing(scenario) or ("" if found else _short(scenario, until_s))
    return {
        "left_out_s": from_s,
        "looked_at_s": until_s,
        "why_not": why_not,
        "designs": {
            name: {"settles_after_s": one.after_s, "series": one.series, "differs": one.differs}
            for name, one in ({} if why_not else last).items()
        },
    }


def told(found: Json) -> tuple[str, str]:
    """State ("ok", "attention", "unknown") and words for a `warmup`."""
    if found["why_not"]:
        return "unknown", f"how long a run takes to settle cannot be seen: {found['why_not']}"
    name, one = max(
        found["designs"].items(),
        key=lambda item: (bool(item[1]["differs"]), item[1]["settles_after_s"]),
    )
    after_s, left_out_s = one["settles_after_s"], found["left_out_s"]
    what = f"{WATCHED[one['series']]} of {name}"
    if one["differs"]:
        short = f"{what} settle after {after_s:g} s by MSER-5, and {left_out_s:g} s are left out"
        return "attention", f"{short}; try --set time.warmup_s={after_s:g}"
    rule = f"MSER-5 would leave out {after_s:g} s at most ({what}); {left_out_s:g} s are left out"
    if after_s <= left_out_s:
        return "ok", rule
    if one["differs"] is None:
        return "unknown", f"{rule}, and {LEAST} replications would tell whether that is luck"
    return "ok", f"{rule}, and what comes between differs from the rest by no more than luck"


def warnings(found: Json) -> Iterator[str]:
    """A sentence where the warm-up is too short; nothing elsewhere."""
    state, words = told(found)
    if state == "attention":
        yield f"The warm-up is too short: {words}."


def _until_s(scenario: Scenario) -> float:
    """How far a run is meant to be steady."""
    begins_s = [fault.begins_s for fault in scenario.faults]
    return min([scenario.time.measured_until_s, *begins_s])


def _short(scenario: Scenario, until_s: float) -> str:
    before = "before a fault" if until_s < scenario.time.measured_until_s else "in a run"
    return f"too few seconds, {until_s:g}, {before}"


def _changing(scenario: Scenario) -> str:
    """Why a run of this scenario is never steady, "" when it may be."""
    if scenario.trace.file or scenario.script.rooms:
        return "messages come as recorded or as written, not at a rate"
    return "rates follow the time of day" if scenario.arrivals.kind == "diurnal" else ""


def _settling(measures: Measures, from_s: float, until_s: float) -> Iterator[Settling]:
    found = {
        (design, name): rows
        for design, ones in measures.items()
        for name in WATCHED
        if (rows := _rows(ones, name, math.floor(until_s))) is not None
    }
    for (design, name), rows in found.items():
        after_s = settles_after([*rows.mean(axis=0)])
        if after_s is None:
            continue
        differs = None
        if after_s > from_s and len(rows) >= LEAST:
            between = rows[:, math.ceil(from_s) : after_s].mean(axis=1)
            differs = paired([*between], [*rows[:, after_s:].mean(axis=1)]).p < LUCK / len(found)
        yield Settling(design, name, float(after_s), differs)


def _rows(found: Sequence[Json], name: str, seconds: int) -> Floats | None:
    """A row per replication, second by second; None where a second is not known in one of them."""
    columns = [one["series"].get(name, ())[:seconds] for one in found]
    if any(len(one) < seconds or None in one for one in columns):
        return None
    return np.array(columns, dtype=float)
