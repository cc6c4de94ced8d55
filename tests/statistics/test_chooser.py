"""Three worlds in each of which another design is best, and `compare` names it.

Small worlds, made by hand so that the reason is known: where bytes decide, MQTT's short headers
win; where nodes crash, a poll finds another one with its next question; where links are cut
for long, whoever sends again without a key is seen twice.
"""

from __future__ import annotations

from typing import Any

import pytest

import sim
from sim.report.selection import lines

LINE_UP = ["full-websocket-acked", "long-poll", "mqtt-qos1"]
SHORT = {
    "time.warmup_s": 20,
    "time.measure_s": 180,
    "time.drain_s": 60,
    "people.count": 60,
    "footing": "shipped",
}
CRASH = {"kind": "node-crash", "restart_s": 5}
CUT = {"kind": "shared-outage", "share": 0.8}
WORLDS: dict[str, tuple[str, str, list[dict[str, Any]]]] = {
    "every byte counts": ("bytes_per_delivery", "mqtt-qos1", []),
    "nodes crash": (
        "stale_per_hour",
        "long-poll",
        [CRASH | {"node": node, "at_s": 30 + 30 * node} for node in range(4)],
    ),
    "links are cut for long": (
        "duplicates_visible",
        "full-websocket-acked",
        [CUT | {"start_s": at_s, "end_s": at_s + 40} for at_s in (25.0, 80.0, 135.0)],
    ),
}


@pytest.mark.parametrize("world", WORLDS)
def test_the_best_design_is_named(world, tmp_path):
    metric, best, faults = WORLDS[world]
    changes = SHORT | {"decides": [metric], "faults": faults}
    found = sim.compare("rolling-deploy", LINE_UP, changes, replications=8, out=tmp_path)
    [told] = [one for one in found.summary["selected"] if one["metric"] == metric]
    assert told["best"] == best
    assert told["within"] <= told["margin"]
    [said] = [line for line in lines(found.summary) if line.startswith("Best with 95 %: ")]
    assert best in said


def test_another_design_is_best_in_each():
    assert len({best for _, best, _ in WORLDS.values()}) == len(WORLDS)
