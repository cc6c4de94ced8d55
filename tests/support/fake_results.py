"""Result folders made up for the tests of the report: plausible numbers, no simulation.

Everything follows the shape of a stored result; only the numbers are invented, from one seed.
"""

import json
import math
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np

from sim.metrics import METRICS, Metric
from sim.metrics.judged import Shown

# With those that are not there yet.
NEW = {
    "not_delivered": ("share", "rate"),
    "stale_per_hour": ("s per person-hour", "mean"),
    "stale_lost_per_hour": ("s per person-hour", "mean"),
}
ALL = (
    *METRICS,
    *(
        Metric(
            name,
            unit,
            "lower",
            kind,  # type: ignore[arg-type]
            "",
            lambda judged: None,
            shown=Shown(name, name, "cost"),
        )
        for name, (unit, kind) in NEW.items()
        if name not in {metric.name for metric in METRICS}
    ),
)
MARGINS = {"latency_p50": 0.01, "loss_pressed": 1e-3, "stale_per_hour": 5.0}
GRID_S = [float(f"{10 ** (step / 10):.4g}") for step in range(-30, 31)]
HORIZON_S = 780
DEPLOY_S = 300
TRIALS = 180_000


@dataclass(frozen=True)
class Kind:
    """What a made-up design is like."""

    channels: tuple[str, str, str, str, str]  # list, send, receive, typing, seen
    median_s: float
    tail: float  # spread of the log-normal body
    slow: float  # share that waits for a recovery
    lost: float
    told_lost: float
    twice: float
    gap_s: float
    cost_bytes: float


KINDS = {
    "full-websocket": Kind(("ws",) * 5, 0.062, 0.42, 0.021, 8.1e-3, 0.0, 0.0, 17.8, 812.0),
    "full-websocket-acks": Kind(("ws",) * 5, 0.064, 0.42, 0.022, 0.0, 0.0, 0.0, 18.2, 957.0),
    "hybrid": Kind(
        ("api", "api", "ws", "ws", "api"), 0.081, 0.5, 0.02, 6.4e-3, 5.9e-3, 1.3e-4, 17.1, 1_390.0
    ),
    "long-poll": Kind(
        ("api", "api", "lp", "api", "api"), 0.112, 0.62, 0.026, 0.0, 0.0, 2.6e-3, 24.6, 2_870.0
    ),
    "mqtt-qos0": Kind(("mqtt",) * 5, 0.060, 0.42, 0.02, 1.2e-2, 1.2e-2, 0.0, 31.0, 640.0),
    "mqtt-qos1": Kind(
        ("mqtt", "mqtt", "mqtt", "mqtt", ""), 0.066, 0.45, 0.024, 0.0, 0.0, 7.1e-4, 31.9, 866.0
    ),
}
SCENARIO = f"""name = "rolling-deploy"
question = "Which design gets people through a rolling deploy with the least loss and the \
shortest silence?"
designs = ["full-websocket", "full-websocket-acks", "hybrid", "long-poll", "mqtt-qos0", "mqtt-qos1"]
seed = 20260801
replications = 10

[time]
warmup_s = 60.0
measure_s = 600.0
drain_s = 120.0

[people]
count = 2000
owed = "members"

[servers]
gateways = 4
api_nodes = 2
cores = 2

[[networks]]
share = 0.7
profile = "4g"
loss = {{kind = "gilbert-elliott", mean_good_s = 8.0, mean_bad_s = 0.4, loss_good = 0.001, \
loss_bad = 0.3}}

[[networks]]
share = 0.3
profile = "wifi"

[[faults]]
kind = "shared-outage"
share = 0.1
start_s = 150.0
end_s = 190.0

[[faults]]
kind = "rolling-deploy"
at_s = {DEPLOY_S}.0
drain_s = 15.0
restart_s = 10.0

[[faults]]
kind = "mass-disconnect"
share = 0.5
at_s = 520.0
"""


def write(folder: Path, kinds: dict[str, Kind] | None = None, **changes: Any) -> Path:
    """Write a whole result folder; `changes` replace parts of the summary. Returns the folder."""
    kinds = KINDS if kinds is None else kinds
    summary = summary_of(kinds) | changes
    (folder / "replications").mkdir(parents=True)
    _json(folder / "summary.json", summary)
    _json(folder / "provenance.json", _provenance(summary))
    (folder / "scenario.toml").write_text(SCENARIO, "utf-8")
    for place, design in enumerate(kinds):
        for replication in range(2):
            drained = not (place == 3 and replication == 1)
            one = {"design": design, "replication": replication, "drained": drained}
            _json(folder / "replications" / f"design{place}-{replication}.json", one)
    return folder


def summary_of(kinds: dict[str, Kind]) -> dict[str, Any]:
    """A summary.json of these kinds of design."""
    rng = np.random.default_rng(20260801)
    designs = {name: _metrics(kind, rng) for name, kind in kinds.items()}
    load = rng.poisson(33, HORIZON_S)
    names = list(kinds)
    comparisons = _comparisons(designs)
    return {
        "digest": "3b1f0c6d9a52e4778f0b7dd1c0a9e8f6" * 2,
        "scenario": "rolling-deploy",
        "question": "Which design gets people through a rolling deploy with the least loss and "
        "the shortest silence?",
        "seed": 20260801,
        "replications": 10,
        "decides": ["late_1s", "loss_pressed", "back_t95"],
        "notes": ["hybrid shows messages twice: requests carry no key (unlike long-poll)."],
        "conservation": {name: _books(kind) for name, kind in kinds.items()},
        "incidents": {name: _costs(kind) for name, kind in kinds.items()},
        "designs": designs,
        "comparisons": comparisons,
        "verdicts": _verdicts(names, comparisons),
        "answer": f"{names[-1]} loses no message (at most 0.0021 %, against 0.81 % [0.74 to 0.88] "
        f"for {names[0]}), but people wait 14.1 s [12.6 to 15.6] longer for the screen to be "
        "right again.",
        "checks": _checks(),
        "descriptions": {name: _description(name, kind) for name, kind in kinds.items()},
        "ccdf": {name: _ccdf(kind) for name, kind in kinds.items()},
        "series": {name: _series(kind, load, rng) for name, kind in kinds.items()},
        "guarantees": {name: _promises(name, kind) for name, kind in kinds.items()},
        "catalogue": _catalogue(names[0]),
    }


def _promises(name: str, kind: Kind) -> dict[str, Any]:
    """Rows of three guarantees: one that may be violated, one that holds, one that is unknown."""
    lost = round(TRIALS * kind.lost)
    witness = {
        "replication": 2, "message": 41, "person": 7, "cause": "half-open",
        "what": f"message 41 of {name} was owed to person 7; it was never shown",
    }  # fmt: skip
    some = {"claimed": False, "checked": TRIALS, "violations": 0, "violated_in": 0, "witness": None}
    return {
        "at-least-once": some
        | {"state": "violated" if lost else "holds", "violations": lost, "claimed": not lost}
        | {"violated_in": 9 if lost else 0, "witness": witness if lost else None}
        | {"found": f"{lost:,} of {TRIALS:,} receptions owed violate it"},
        "fifo": some | {"state": "holds", "found": f"none violated in {TRIALS:,} messages"},
        "read-your-writes": some
        | {"state": "unknown", "checked": 0, "found": "nobody asked for a list"},
    }


def _catalogue(name: str) -> dict[str, Any]:
    held = {"none": 40, "pause": 38}
    witness = {"schedule": "people=2 send=5:0 link=0@5+50", "what": "message 0 was never shown"}
    rows = {
        "at-least-once": {"violated": ["link", "host"], "held": held} | witness,
        "exactly-once": {"violated": ["link", "none"], "held": held} | witness,
        "fifo": {"violated": [], "held": held},
        "read-your-writes": {"violated": [], "held": {}, "reason": "nobody asked for a list"},
    }
    made = {"rtcsim": "0.1.0", "command": "rtcsim guarantees --schedules 40 --seed 1"}
    return {"made": made, "designs": {name: rows}}


def _values(kind: Kind) -> dict[str, float | None]:
    body = {p: kind.median_s * math.exp(z * kind.tail) for p, z in ((50, 0), (90, 1.28), (99, 2.3))}
    gap = {"detect": 0.62, "reconnect": 0.29, "catch_up": 0.09}
    own: dict[str, float | None] = {
        "latency_p50": body[50],
        "latency_p90": body[90],
        "latency_p99": kind.gap_s * 0.1 + body[99],
        "latency_p999": kind.gap_s * 1.4,
        "late_1s": kind.slow + kind.lost,
        "told_p50": None if kind.told_lost == 0 and kind.lost else kind.median_s * 0.8,
        "told_p99": None if kind.told_lost == 0 and kind.lost else kind.median_s * 9,
        "never_told": None if kind.told_lost == 0 and kind.lost else 0.0,
        "loss_pressed": kind.lost,
        "loss_told": None if kind.told_lost == 0 and kind.lost else kind.told_lost,
        "undelivered": 2e-4,
        "not_delivered": kind.lost + 2e-4,
        "stale_per_hour": kind.gap_s * 1.7,
        "stale_lost_per_hour": kind.gap_s * 1.7 + kind.lost * 900,
        "duplicates_raw": kind.twice * 1.9 + 1e-4,
        "duplicates_visible": kind.twice,
        "inversions": 0.0,
        "room_inversions": 2.2e-4,
        "gap_mean": kind.gap_s,
        "gap_p50": kind.gap_s * 0.8,
        "gap_p99": kind.gap_s * 3.1,
        "gap_unfinished": 0.0,
        "back_t50": kind.gap_s * 0.2,
        "back_t95": kind.gap_s * 0.9,
        "back_t99": kind.gap_s * 1.6,
        "reconnect_peak": 4_000 / kind.gap_s,
        "bytes_per_delivery": kind.cost_bytes,
        "packets_per_delivery": kind.cost_bytes / 210,
        "cpu_busiest": kind.cost_bytes / 9_000,
        "cpu_mean": kind.cost_bytes / 12_000,
        "cpu_peak": 0.98,
        "connections_max": 811.0,
        "connections_skew": 1.42,
        "backplane_per_message": 2.6,
        "cuts_per_hour": 5.2,
        "attempts_per_cut": 1.3,
    }
    own |= {f"{part}_mean": kind.gap_s * share for part, share in gap.items()}
    for place, action in ((3, "typing"), (4, "seen"), (0, "list")):
        there = kind.channels[place] != ""
        own[f"{action}_latency_p50"] = kind.median_s * 0.9 if there else None
        own[f"{action}_latency_p99"] = kind.median_s * 14 if there else None
        own[f"{action}_lost"] = kind.lost * 1.1 if there else None
    return own


def _metrics(kind: Kind, rng: np.random.Generator) -> dict[str, dict[str, Any]]:
    values = _values(kind)
    known = [metric for metric in ALL if values.get(metric.name) is not None]
    return {metric.name: _entry(metric, values[metric.name], rng) for metric in known}


def _entry(metric: Any, value: Any, rng: np.random.Generator) -> dict[str, Any]:
    entry = {"unit": metric.unit, "better": metric.better, "kind": metric.kind}
    entry |= {"n": 10, "method": "t"}
    if metric.kind == "rate":
        entry |= {"hits": round(value * TRIALS), "trials": TRIALS, "method": "Clopper-Pearson"}
    if metric.kind == "rate" and value == 0:
        bound = 1 - 0.025 ** (1 / TRIALS)  # Clopper-Pearson for no hits
        return entry | {"value": 0.0, "low": 0.0, "high": bound}
    half = abs(value) * float(rng.uniform(0.01, 0.09))
    return entry | {"value": value, "low": value - half, "high": value + half}


def _comparisons(designs: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    found = []
    for metric in ALL:
        for a, b in combinations(designs, 2):
            one, other = designs[a].get(metric.name), designs[b].get(metric.name)
            if one is None or other is None:
                found.append(_unknown(metric.name, a, b))
                continue
            half = math.hypot(one["high"] - one["low"], other["high"] - other["low"]) / 2
            difference = other["value"] - one["value"]
            clear = abs(difference) > half and metric.better != "none"
            margin = MARGINS.get(metric.name)
            level = margin is not None and abs(difference) + half < margin
            verdict = "better" if difference < 0 else "worse"
            unclear = "too few runs" if abs(difference) > half / 2 else "not distinguishable"
            found.append(
                {
                    "metric": metric.name,
                    "a": a,
                    "b": b,
                    "difference": difference,
                    "low": difference - half,
                    "high": difference + half,
                    "p": 0.0004 if clear else 0.31,
                    "p_corrected": 0.004 if clear else 1.0,
                    "verdict": "equal" if level else verdict if clear else unclear,
                    "margin": margin,
                    "detectable": half * 1.4,
                    "needs": None if clear or level else 22,
                    "n": 10,
                }
            )
    return found


def _unknown(metric: str, a: str, b: str) -> dict[str, Any]:
    nothing = dict.fromkeys(("difference", "low", "high", "p", "p_corrected", "margin"))
    nothing |= {"detectable": None, "needs": None, "n": 0}
    why = {"verdict": "unknown", "reason": "does not apply to both designs"}
    return {"metric": metric, "a": a, "b": b} | nothing | why


def _verdicts(names: list[str], comparisons: list[dict[str, Any]]) -> dict[str, dict[str, str]]:
    verdicts: dict[str, dict[str, str]] = {name: {} for name in names}
    for pair in comparisons:
        if pair["a"] == names[0]:
            verdicts[names[0]][pair["metric"]] = "reference"
            verdicts[pair["b"]][pair["metric"]] = pair["verdict"]
    return verdicts


def _books(kind: Kind) -> dict[str, Any]:
    lost = round(kind.lost * TRIALS)
    half_open = round(lost * 0.8)
    causes = {"half-open": half_open, "node died": lost - half_open} if lost else {}
    return {
        "messages": 20_131,
        "receptions_owed": TRIALS,
        "delivered": TRIALS - lost - 3,
        "lost": lost,
        "undelivered": 3,
        "unexplained": 0,
        "too_early": 0,
        "adds_up": True,
        "causes": causes,
    }


def _costs(kind: Kind) -> dict[str, dict[str, Any]]:
    """A deploy of four gateways and a tunnel now and then, in ten replications."""
    lost = round(TRIALS * kind.lost)
    deploy = {"number": 40, "lasted_s": 1200.0, "people": 12_000, "lost": lost, "late": 410}
    tunnel = {"number": 310, "lasted_s": 5600.0, "people": 310, "lost": lost // 9, "late": 250}
    return {
        "background": {"lost": 0, "late": 17, "twice": 0},
        "outage": tunnel | {"twice": 3},
        "rolling-deploy": deploy | {"twice": 0},
    }


def _checks() -> list[dict[str, Any]]:
    return [
        {"name": "conservation", "ok": True, "detail": "every owed reception is accounted for"},
        {"name": "same luck", "ok": True, "detail": "all designs met the same people and faults"},
        {"name": "drained", "ok": False, "detail": "1 run was cut off before it was quiet"},
    ]


def _description(name: str, kind: Kind) -> dict[str, Any]:
    actions = ("list", "send", "receive", "typing", "seen")
    words = {"ws": "websocket", "api": "http", "lp": "long-poll", "mqtt": "mqtt", "": None}
    return {
        "name": name,
        "summary": "All actions share one connection; what was missed is fetched by cursor.",
        "channels": {a: words[c] for a, c in zip(actions, kind.channels, strict=True)},
        "recovery": "cursor: the client asks for what came after the last message it has",
        "heartbeat": "server pings every 25 s, gives up after 20 s",
        "back-off": "1 s doubling to 5 s, ± 50 %",
        "backplane": "publish and subscribe, at most once",
        "claims": {"no visible duplicates": "yes", "no loss after told OK": "yes"},
        "assumptions": {"store": "never loses a write", "clock": "no skew between nodes"},
        "sources": {"heartbeat": "socket.io 4.8.1, engine.io server defaults"},
    }


def _ccdf(kind: Kind) -> dict[str, list[float]]:
    share = []
    for x in GRID_S:
        body = 0.5 * math.erfc(math.log(x / kind.median_s) / kind.tail / math.sqrt(2))
        slow = kind.slow * math.exp(-x / (kind.gap_s * 0.4))
        later = kind.lost + (1 - kind.lost) * max(body, slow)
        share.append(round(later, 9) if later > 2e-6 else 0.0)
    return {"latency_s": GRID_S, "share": share}


def _series(kind: Kind, load: Any, rng: np.random.Generator) -> dict[str, list[float | None]]:
    time = np.arange(HORIZON_S)
    gone = 200 * ((time >= 150) & (time < 190 + kind.gap_s * 0.3))
    for wave in range(4):
        since = time - (DEPLOY_S + 25 * wave + 15)
        gone = gone + np.where(since >= 0, 480 * np.exp(-since / (kind.gap_s * 0.25)), 0)
    since = time - 520
    gone = gone + np.where(since >= 0, 1000 * np.exp(-since / (kind.gap_s * 0.35)), 0)
    connected = np.clip(1985 - gone, 0, None)
    back = np.clip(-np.diff(gone, prepend=0), 0, None)
    return {
        "time_s": time.tolist(),
        "sends": load.tolist(),
        "deliveries": (load * 9 * connected / 2000 + back * 4).round().tolist(),
        "latency_p99_s": [None, *(0.2 + gone[1:] / 100).round(4).tolist()],
        "connected_people": connected.round().tolist(),
        "attempts": (back * 1.3 + rng.poisson(1, HORIZON_S)).round().tolist(),
        "cpu_busiest": (kind.cost_bytes / 9_000 + back / 300).round(4).tolist(),
    }


def _provenance(summary: dict[str, Any]) -> dict[str, Any]:
    return {
        "version": "0.1.0",
        "seed": summary["seed"],
        "command": "rtcsim compare rolling-deploy --seed 20260801 --replications 10",
        "libraries": {"python": "3.11", "numpy": "2.4.6", "simpy": "4.1.1"},
    }


def _json(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, indent=1, allow_nan=False, sort_keys=True), "utf-8")
