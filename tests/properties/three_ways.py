"""Small worlds by three ways through a run: `python -m tests.properties.three_ways --cases 200`.

Objects alone, event by event; the loop over calm connections as it stands; the loop compiled. All
have one digest. The suite plays a share of the cases; this plays as many as it is asked for.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))

from models import DESIGNS
from models.design import Design
from sim.core.compiled import can_compile
from sim.experiment.run import run_replication
from sim.scenario.scenario import Scenario
from tests.properties.small_worlds import kinds_of, small_world

OBJECTS: Final = "objects"
PLAIN: Final = "plain"
COMPILED: Final = "compiled"


def ways() -> tuple[str, ...]:
    """Those that there are here: without numba nothing is compiled."""
    return (OBJECTS, PLAIN, COMPILED) if can_compile() else (OBJECTS, PLAIN)


def digest(scenario: Scenario, design: Design, way: str, replication: int = 0) -> str:
    """The digest of a run by that way, or how it crashed."""
    try:
        history = run_replication(
            scenario, design, replication, passive=way != OBJECTS, plain=way == PLAIN
        )
        return history.digest()
    except Exception as error:  # noqa: BLE001 - a crash is a difference like others
        return f"crashed: {error!r}"


def digests(scenario: Scenario, design: Design, replication: int = 0) -> Mapping[str, str]:
    """The digest of a run by each way."""
    return {way: digest(scenario, design, way, replication) for way in ways()}


def differs(design: str, number: int) -> str:
    """Empty where all ways of a small world are one, else which are."""
    found = digests(*small_world(design, number))
    crashed = any(one.startswith("crashed") for one in found.values())
    if len(set(found.values())) == 1 and not crashed:
        return ""
    return ", ".join(f"{way} {one[: 60 if crashed else 8]}" for way, one in found.items())


def main() -> int:
    """Play, say every difference when it is found, then what was tried; 1 when something was."""
    parser = argparse.ArgumentParser(prog="python -m tests.properties.three_ways")
    parser.add_argument("designs", nargs="*", default=list(DESIGNS))
    parser.add_argument("--cases", type=int, default=200, help="of each design")
    parser.add_argument("--first", type=int, default=0, help="number of the first case")
    parser.add_argument("--minutes", type=float, default=1e9, help="stop after so long")
    given = parser.parse_args()
    begun_s, played, different = time.monotonic(), 0, 0
    tried: Counter[str] = Counter()
    for number in range(given.first, given.first + given.cases):
        if time.monotonic() - begun_s > given.minutes * 60:
            break
        for design in given.designs:
            tried.update(kinds_of(small_world(design, number)[0]))
            played += 1
            if found := differs(design, number):
                different += 1
                print(f"{design} {number}: {found}", flush=True)
    for kind, count in sorted(tried.items()):
        print(f"{count:7,} {kind}")
    print(f"{played:,} cases by {', '.join(ways())}: {different} differ")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
