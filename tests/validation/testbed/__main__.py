"""`python -m testbed FOLDER`: measure what can be measured here, and write the tables to FOLDER."""

from __future__ import annotations

import argparse
import importlib.util
import platform
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from testbed import enclosure
from testbed.measure import TRANSPORTS, Cell, measure, missing
from testbed.path import KINDS, open_path

_USUAL: Final = ("ws", "hybrid", "longpoll", "mqtt1", "sio-ws")
_NEEDED: Final = ("aiohttp", "websockets", "paho")  # the extra `validate`
_MOST_ROOMS: Final = 200
_MOST_S: Final = 3600.0
_MARGIN_S: Final = 90.0  # per cell: starting, connecting, ending


def parser() -> argparse.ArgumentParser:
    """What can be said on the command line."""
    found = argparse.ArgumentParser(prog="testbed", description="Measure real chat software.")
    found.add_argument("folder", type=Path, help="where the tables go")
    found.add_argument("--transports", default=",".join(_USUAL), help=", ".join(TRANSPORTS))
    found.add_argument("--loss", default="0,0.02", help="packet losses to measure latency at")
    found.add_argument("--faults", default="link", help="link, kill or none")
    found.add_argument("--outages", type=int, default=2, help="faults per transport")
    found.add_argument("--down", type=float, default=10.0, help="seconds a fault lasts")
    found.add_argument("--up", type=float, default=30.0, help="seconds between faults")
    found.add_argument("--rooms", type=int, default=20, help="pairs of sender and receiver")
    found.add_argument("--seconds", type=float, default=120.0, help="length of a latency cell")
    found.add_argument("--drain", type=float, default=0.0, help="wait for late ones; 0: as usual")
    found.add_argument("--path", choices=("best", *KINDS), default="best", help="the network")
    found.add_argument("--npm", type=Path, help="folder with node_modules, for Socket.IO")
    found.add_argument("--inside", choices=KINDS, help=argparse.SUPPRESS)
    return found


def cells(asked: argparse.Namespace, loses: bool) -> list[Cell]:
    """What is to be measured; raises ValueError for what is not allowed."""
    transports = asked.transports.split(",")
    unknown = [name for name in transports if name not in TRANSPORTS]
    if unknown:
        raise ValueError(f"--transports {','.join(unknown)}: must be of {', '.join(TRANSPORTS)}")
    if not 1 <= asked.rooms <= _MOST_ROOMS:
        raise ValueError(f"--rooms {asked.rooms}: must be within 1 to {_MOST_ROOMS}")
    if asked.faults not in ("link", "kill", "none"):
        raise ValueError(f"--faults {asked.faults}: must be link, kill or none")
    found = []
    for name in transports:
        for ratio in (float(text) for text in asked.loss.split(",") if text):
            if ratio and not loses:
                continue
            found += [Cell(name, asked.rooms, asked.seconds, ratio)]
        if asked.faults != "none":
            times = (asked.down, asked.up, asked.outages)
            found += [Cell(name, asked.rooms, 0.0, 0.0, asked.faults, *times)]
    found = [replace(cell, patience_s=asked.drain) for cell in found]
    length_s = limit_s(found)
    if length_s > _MOST_S:
        raise ValueError(f"{length_s:.0f} s to measure: must be at most {_MOST_S:.0f} s at a time")
    return found


def limit_s(chosen: Sequence[Cell]) -> float:
    """How long the cells may take together, in seconds."""
    return sum(cell.length_s + cell.drain_s + _MARGIN_S for cell in chosen)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure; 0 done, 1 failed, 2 wrong arguments."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    asked = parser().parse_args(given)
    lacking = [name for name in _NEEDED if not importlib.util.find_spec(name)]
    if lacking:
        print(f"testbed: {', '.join(lacking)} missing; pip install 'rtcsim[validate]'")
        return 2
    if platform.system() != "Linux":
        print("testbed: only on Linux can the path and the kernel's counters be had")
        return 2
    kind = asked.inside or (enclosure.best_path() if asked.path == "best" else asked.path)
    try:
        chosen = cells(asked, loses=kind != "proxy")
    except ValueError as error:
        print(f"testbed: {error}")
        return 2
    if asked.inside:
        return _measure_all(asked, kind, chosen)
    asked.folder.mkdir(parents=True, exist_ok=True)
    return enclosure.run_inside(kind, given, limit_s(chosen))


def _measure_all(asked: argparse.Namespace, kind: str, chosen: Sequence[Cell]) -> int:
    from testbed import tables

    path = open_path(kind, seed=1)
    print(f"path: {path.says}", flush=True)
    runs = []
    with tempfile.TemporaryDirectory() as temporary:
        try:
            for number, cell in enumerate(chosen):
                why_not = missing(cell.transport, asked.npm)
                length_s = cell.length_s + cell.drain_s
                told = why_not or f"{length_s:.0f} s"
                what = cell.fault or f"loss {cell.loss_ratio:g}"
                print(f"{cell.transport}, {what}: {told}", flush=True)
                if not why_not:
                    runs.append(measure(path, cell, Path(temporary) / str(number), asked.npm))
        finally:
            path.close()
        files = tables.write(runs, asked.folder)
    (asked.folder / "path.txt").write_text(f"{path.says}\n{platform.platform()}\n")
    print("written: " + ", ".join(file.name for file in files))
    return 0 if runs else 1


if __name__ == "__main__":
    sys.exit(main())
