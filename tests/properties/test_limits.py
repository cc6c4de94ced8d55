"""Small worlds whose servers have limits: three ways are one, and the books add up."""

from typing import Any, Final

import pytest

from models import DESIGNS
from models.design import Design
from sim.experiment.run import run_replication
from sim.metrics.conservation import conservation
from sim.metrics.judged import Judged
from sim.scenario.scenario import Scenario
from tests.properties.small_worlds import small_world
from tests.properties.three_ways import digests

_FEW: Final = {"kind": "cursor", "window": {"messages": 3}}
_CUT: Final = {"connection": {"send_buffer": {"messages": 2}}}
_OLDEST: Final = {"messages": 3, "full": "drop oldest", "kernel_bytes": 100}
LIMITED: Final[dict[str, tuple[str, dict[str, Any], dict[str, Any]]]] = {
    "window": ("hybrid-cursor", {"recovery": _FEW}, {}),
    "window of a poll": ("long-poll", {"recovery": _FEW}, {}),
    "window of seconds": (
        "full-websocket-acked", {"recovery": {"kind": "cursor", "window": {"age_s": 3.0}}}, {}
    ),
    "delta": (
        "full-websocket-acked",
        {"recovery": {**_FEW, "behind": "delta", "page": 2, "delta_max": 9},
         "store": {"history": {"messages": 5}}},
        {},
    ),
    "snapshot": ("hybrid-cursor", {"recovery": {**_FEW, "behind": "snapshot", "page": 4}}, {}),
    "refetch": (
        "hybrid-cursor", {"recovery": {**_FEW, "behind": "refetch", "page": 4, "log": "memory"}},
        {},
    ),
    "keys": ("hybrid-cursor", {"store": {"keys": {"messages": 2, "age_s": 1.0}}}, {}),
    "cut": ("full-websocket-acked", _CUT, {}),
    "newest": ("sse", {"connection": {"send_buffer": {"size_bytes": 400, "full": "drop newest"}}},
               {}),
    "oldest": ("full-websocket", {"connection": {"send_buffer": _OLDEST}}, {}),
    "messages": (
        "full-websocket-acked", {"connection": {"message_limit": {"messages": 1, "window_s": 3.0}}},
        {},
    ),
    "messages cut": (
        "full-websocket",
        {"connection": {"message_limit": {"messages": 1, "window_s": 3.0, "over": "cut"}}}, {},
    ),
    "messages held": (
        "full-websocket",
        {"connection": {"message_limit": {"messages": 1, "window_s": 7.0, "over": "hold"}}}, {},
    ),
    "packets held": (
        "mqtt-qos1",
        {"connection": {"message_limit": {"messages": 1, "window_s": 3.0, "over": "hold"}}}, {},
    ),
    "requests": ("hybrid", {}, {"rate_per_s": 0.3, "rate_burst": 2, "rate_of": "requests"}),
    "rate": ("hybrid", {"http": {"retry_after": True}}, {"rate_per_s": 0.3, "rate_burst": 2}),
    "shed": ("full-websocket", {}, {"shed_limit_s": 1e-4, "admissions_per_s": 2.0}),
}  # fmt: skip
CASES: Final = 2


def world(name: str, number: int) -> tuple[Scenario, Design]:
    """The small world of that number with these limits."""
    base, changes, limits = LIMITED[name]
    scenario, _ = small_world(base, number)
    servers = scenario.servers.model_copy(update=limits)
    return scenario.model_copy(update={"servers": servers}), DESIGNS[base].variant(name, changes)


@pytest.mark.parametrize("name", LIMITED)
def test_three_ways_are_one_and_every_message_is_accounted_for(name):
    for number in range(CASES):
        scenario, design = world(name, number)
        found = set(digests(scenario, design).values())
        assert len(found) == 1, (number, found)
        assert not next(iter(found)).startswith("crashed"), (number, found)
        books = conservation(Judged(run_replication(scenario, design, 0)))
        assert books["adds_up"], (number, books)
