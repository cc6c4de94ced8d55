"""Designs and a run that cost nothing, for tests of what is around a run.

As a program it is the real command on top of them: `python fake_experiment.py compare ...`. The
environment variable FAKE_PAUSE_S makes each replication last that long, FAKE_CRASH names a design
that crashes.
"""

import hashlib
import json
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class FakeDesign:
    name: str
    summary: str = "a design that does nothing"
    claims: tuple[str, ...] = ()
    wait_s: float = 1.0
    backoff: str = "none"

    def build(self, world: Any) -> Any:
        raise AssertionError("nothing is built here")

    def describe(self) -> Mapping[str, str | Mapping[str, str]]:
        return {"summary": self.summary, "wait": f"{self.wait_s:g} s"}

    def traits(self) -> Mapping[str, Any]:
        return {"recovers": False}

    def variant(self, name: str, changes: dict[str, Any]) -> "FakeDesign":
        if not 0 < changes.get("wait_s", 1.0) <= 10:
            raise ValueError(f"design '{name}': wait_s = {changes['wait_s']}; allowed: 0 to 10")
        return replace(self, name=name, **changes)


NAMES = (
    "full-websocket",
    "full-websocket-acked",
    "hybrid",
    "hybrid-cursor",
    "sse",
    "sse-resume",
    "long-poll-unbuffered",
    "long-poll",
    "mqtt-qos0",
    "mqtt-qos1",
    "mqtt-qos2",
    "socketio",
    "socketio-recovery",
)
DESIGNS = {name: FakeDesign(name) for name in NAMES}


@dataclass(frozen=True, slots=True)
class FakeHistory:
    design: str
    replication: int
    seed: int

    def digest(self) -> str:
        return hashlib.sha256(repr(self).encode()).hexdigest()

    def write(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "meta.json").write_text(json.dumps({"design": self.design}))


def run_replication(
    scenario: Any, design: Any, replication: int, plain: bool | None = None
) -> FakeHistory:
    time.sleep(float(os.environ.get("FAKE_PAUSE_S", "0")))
    if design.name == os.environ.get("FAKE_CRASH"):
        raise ZeroDivisionError("a mistake")
    return FakeHistory(design.name, replication, scenario.seed)


def measure(history: FakeHistory) -> dict[str, Any]:
    """One replication in which four in a hundred receptions are lost, one more each time."""
    from sim.metrics import METRICS

    lost = 4 + history.replication
    metrics: dict[str, Any] = {metric.name: None for metric in METRICS}
    metrics |= {"loss_pressed": [lost, 100], "latency_p50": 0.05 + 0.001 * history.replication}
    return {
        "design": history.design,
        "replication": history.replication,
        "digest": history.digest(),
        "intended": f"the actions of replication {history.replication}",
        "drained": True,
        "metrics": metrics,
        "conservation": {
            "messages": 10,
            "receptions_owed": 100,
            "delivered": 100 - lost,
            "lost": lost,
            "undelivered": 0,
            "unexplained": 0,
            "adds_up": True,
            "causes": {"half-open": lost},
        },
        "incidents": {
            "outage": {
                "number": 4,
                "lasted_s": 30.5,
                "people": 4,
                "lost": lost - 1,
                "late": 2,
                "twice": 0,
            },
            "background": {"lost": 1, "late": 0, "twice": 0},
        },
        "series": {"time_s": [0, 1], "deliveries": [1, 2], "latency_p99_s": [None, 0.1]},
        "ccdf": {"latency_s": [0.01, 0.1], "share": [1.0, lost / 100]},
    }


def verdicts(history: FakeHistory, gates: Any) -> dict[str, Any]:
    """Everything holds over a few facts; nobody looks at the history."""
    from sim.guarantees import GUARANTEES, Verdict

    return {name: Verdict(1000).plain() for name in GUARANTEES}


def write_report(folder: Path, unchecked: str = "") -> None:
    (folder / "plots").mkdir()
    summary = json.loads((folder / "summary.json").read_text())
    (folder / "report.html").write_text(f"<p>{summary['answer']}</p>")


def install() -> None:
    """Put the stand-ins where the command looks for the real ones."""
    import sys
    import types

    import sim.experiment.gates.verdicts
    import sim.metrics
    import sim.report

    models, channels = types.ModuleType("models"), types.ModuleType("models.channels")
    models.__file__ = str(Path(sim.__file__).parents[1] / "models" / "__init__.py")
    models.DESIGNS = DESIGNS  # type: ignore[attr-defined]
    channels.channels = dict  # type: ignore[attr-defined]
    sys.modules |= {"models": models, "models.channels": channels}
    run = types.ModuleType("sim.experiment.run")
    run.run_replication = run_replication  # type: ignore[attr-defined]
    sys.modules["sim.experiment.run"] = run
    sim.metrics.measure = measure  # type: ignore[assignment]
    sim.report.write_report = write_report
    sim.experiment.gates.verdicts.verdicts = verdicts  # type: ignore[assignment]


if __name__ == "__main__":
    install()
    from sim.cli import main

    main()
