"""Storms and their exact counterparts, small."""

from __future__ import annotations

from typing import Any

import numpy as np

import sim
from models.storms.play import begun, play
from models.storms.stage import staged
from sim.registry import play_storm
from sim.storms.question import CRASHES, RETURNS, Fault, Storm, What
from sim.storms.told import Telling, tell

AT_S = 100.0
"""When nodes fail; before it everybody has connected."""
QUIET = {
    "actions.send.per_person_per_minute": 0.0001,
    "actions.list.per_person_per_minute": 0,
    "actions.typing.per_send": 0,
    "actions.seen.per_person_per_minute": 0,
    "time.warmup_s": 90,
    "time.measure_s": 120,
    "time.drain_s": 5,
}


def world(**changes: Any) -> Any:
    """A scenario in which nobody says anything, on fibre."""
    networks = [{"share": 1.0, "profile": changes.pop("profile", "fibre")}]
    given = {key.replace("__", "."): value for key, value in changes.items()}
    own = {"networks": networks, "faults": [], **given}
    return sim.load_scenario("node-loss-storm", {**QUIET, **own})


def crash(
    nodes: int, for_s: float | None, at_s: float = 1.0, how: What = CRASHES
) -> tuple[Fault, ...]:
    """All nodes up to this one crash together (or what `how` says), and are back together."""
    down = [Fault(at_s, how, node) for node in range(nodes)]
    up = [] if for_s is None else [Fault(at_s + for_s, RETURNS, node) for node in range(nodes)]
    return (*down, *up)


def played(clients: int, nodes: int, faults: tuple[Fault, ...], **more: Any) -> Any:
    """A storm of plain WebSockets; `scenario` for another world, `design` for another one."""
    design = sim.designs()[more.pop("design", "full-websocket")]
    scenario = more.pop("scenario", None) or world()
    more.setdefault("horizon_s", 60)
    return play(Storm(clients, nodes, faults, **more), design, scenario)


def begin(clients: int = 6, horizon_s: int = 20) -> Any:
    """The rows of a storm at one node that has not begun."""
    storm = Storm(clients, 1, crash(1, None), horizon_s=horizon_s)
    return begun(storm, staged(sim.designs()["full-websocket"], world(), 1, horizon_s))


def small() -> dict[str, Any]:
    """All that is told of a small storm."""
    storm, design = Storm(100, 2, crash(1, None), horizon_s=30), sim.designs()["full-websocket"]
    return tell(storm, design, world(), Telling(play_storm, lambda done, total: None))


def exactly(scenario: Any, design: str) -> tuple[Any, int]:
    """When each was back, after the crash, message by message; and how many dials that took."""
    return back_after(sim.run_replication(scenario, sim.designs()[design], 0))


def back_after(history: Any) -> tuple[Any, int]:
    """The same of a run that is over."""
    cuts, dials = history.tables["episodes"], history.tables["attempts"]
    lost = cuts["cut_s"] >= AT_S
    back_s = np.full(int(cuts["person"].max()) + 1, -np.inf)
    open_s = np.where(np.isnan(cuts["open_s"]), np.inf, cuts["open_s"])[lost]
    np.maximum.at(back_s, cuts["person"][lost], open_s)
    return back_s[back_s > -np.inf] - AT_S, int((dials["time_s"] >= AT_S).sum())
