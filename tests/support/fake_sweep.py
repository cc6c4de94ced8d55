"""A replication that costs nothing and whose figures are known functions of the swept numbers.

Screens are stale for 10 s and 0.1 s a person over a WebSocket, 30 s over the others; luck of up to
2 s is common to all points and designs of a replication, and 0.2 s is each design's own. So a
WebSocket is better up to 200 people. As a program it is the real command on top of that;
FAKE_PAUSE_S makes each replication last that long.
"""

from __future__ import annotations

import hashlib
import os
import time
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import fake_experiment
import numpy as np

CROSSING = 200


@dataclass(frozen=True, slots=True)
class SweptHistory:
    design: str
    replication: int
    seed: int
    people: int
    loss_ratio: float
    wait_s: float

    def digest(self) -> str:
        return hashlib.sha256(repr(self).encode()).hexdigest()


def run_replication(
    scenario: Any, design: Any, replication: int, plain: bool | None = None
) -> SweptHistory:
    time.sleep(float(os.environ.get("FAKE_PAUSE_S", "0")))
    loss = getattr(scenario.networks[0].loss, "ratio", 0.0)
    return SweptHistory(
        design.name, replication, scenario.seed, scenario.people.count, loss, design.wait_s
    )


def measure(history: SweptHistory) -> dict[str, Any]:
    told = fake_experiment.measure(
        fake_experiment.FakeHistory(history.design, history.replication, history.seed)
    )
    luck_s = np.random.default_rng([history.seed, history.replication]).uniform(0, 2)
    own_s = np.random.default_rng([len(history.design), history.replication]).uniform(0, 0.2)
    stale_s = 10 + 0.1 * history.people if "websocket" in history.design else 30.0
    stale_s += luck_s + own_s + 10 * (history.wait_s - 1.0) + 100 * history.loss_ratio
    return told | {
        "digest": history.digest(),
        "facts": {},
        "samples": {},
        "metrics": told["metrics"] | {"stale_per_hour": round(stale_s, 9), "latency_p50": None},
    }


def install(monkeypatch: Any) -> None:
    """Put the stand-ins where a cell is computed, in this process and in forked workers."""
    stand_ins = {
        "sim.experiment.run": {"run_replication": run_replication},
        "sim.metrics": {"measure": measure},
        "sim.experiment.gates.verdicts": {"verdicts": fake_experiment.verdicts},
    }
    for home, names in stand_ins.items():
        for name, stand_in in names.items():
            monkeypatch.setattr(import_module(home), name, stand_in)


def dask_setup(worker: Any) -> None:
    """What a Dask worker does when it loads this file before it works."""
    import pytest

    install(pytest.MonkeyPatch())


if __name__ == "__main__":
    import pytest

    fake_experiment.install()
    install(pytest.MonkeyPatch())
    from sim.cli import main

    main()
