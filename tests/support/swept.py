"""Sweeps of `fake_sweep` for tests: a plan, and all files of a folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import fake_experiment

from sim.experiment.request import Request
from sim.experiment.sweep.plan import Asked, Plan, planned
from sim.scenario.load import change

SETTINGS = ("networks=[{share = 1, profile = '4g', loss = {kind = 'bernoulli', ratio = 0.01}}]",)


def asked(out: Path, over: Any = ("people=100..300:3",), **changes: Any) -> Asked:
    """What a sweep of two designs asks for; `request` and other changes replace what is usual."""
    request = {
        "designs": ("full-websocket", "hybrid"),
        "replications": 4,
        "changes": tuple(change(one) for one in SETTINGS),
        "workers": 1,
        "out": out,
        **changes.pop("request", {}),
    }
    given = {"metrics": ("stale_per_hour",), **changes}
    return Asked(over, Request(**request), **given)


def plan(out: Path, over: Any = ("people=100..300:3",), **changes: Any) -> Plan:
    return planned("commuter-day", asked(out, over, **changes), fake_experiment.DESIGNS)


def tree(folder: Path) -> dict[str, bytes]:
    """Every file below a folder and its bytes."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
