"""A whole campaign, as `python -m tests.fuzz --cases 20000 --seed 1`; ends with 1 when it finds."""

import argparse
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))

from tests.fuzz.campaign import Campaign, play, room, told
from tests.fuzz.cases import made


def main() -> int:
    """Play, print every fault when it is found, then the figures."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("--cases", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0, help="number of the first case")
    parser.add_argument("--minutes", type=float, default=1e9, help="stop after so long")
    given = parser.parse_args()
    found, begun_s, number = Campaign(), time.monotonic(), given.first
    with tempfile.TemporaryDirectory() as folder, room(Path(folder)):
        while number < given.first + given.cases:
            kind, case = made(number, given.seed)
            faults = len(found.faults)
            found.add(play(number, kind, case))
            if len(found.faults) > faults:
                print(told(found.faults[-1]), flush=True)
            number += 1
            if time.monotonic() - begun_s > given.minutes * 60:
                break
    for name, count in sorted(found.codes.items()):
        print(f"{count:7,} {name}")
    if found.slowest:
        print(f"slowest: case {found.slowest.number}, {found.slowest.lasted_s:.1f} s")
    print(f"{number - given.first:,} cases of seed {given.seed}, {len(found.faults)} faults")
    return 1 if found.faults else 0


if __name__ == "__main__":
    sys.exit(main())
