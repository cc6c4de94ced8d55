"""The loop repairs what objects would: same histories, with hardly anything left to objects."""

from __future__ import annotations

from typing import Any

import pytest
from counted import left_of
from small import scenario

from models import DESIGNS
from models.calm import rows
from models.calm.repaired import Repaired
from sim.experiment.run import run_replication
from sim.history import History
from sim.scenario.scenario import Scenario

TROUBLE: dict[str, dict[str, Any]] = {
    "loss": {"loss": {"kind": "bernoulli", "ratio": 0.25}},
    "bursts": {
        "loss": {
            "kind": "gilbert-elliott", "mean_good_s": 4, "mean_bad_s": 1, "loss_good": 0.01,
            "loss_bad": 0.8,
        },
    },
    "outages": {
        "loss": {"kind": "bernoulli", "ratio": 0.05},
        "outages": {
            "kind": "renewal", "up": {"kind": "exponential", "mean_s": 8},
            "down": {"kind": "exponential", "mean_s": 3},
        },
    },
}  # fmt: skip
WAYS = ("objects", "plain", "compiled")


@pytest.fixture(params=TROUBLE)
def networks(request):
    return [{"share": 1.0, "profile": "4g", **TROUBLE[request.param]}]


def trouble(networks: Any) -> Scenario:
    """Busy people on these networks."""
    return scenario(networks=networks, time={"measure_s": 120.0})


def history(design: str, networks: Any, way: str) -> History:
    """One replication, by one of the three ways."""
    return run_replication(
        trouble(networks), DESIGNS[design], 0, passive=way != "objects", plain=way == "plain"
    )


@pytest.mark.parametrize("design", ["full-websocket", "full-websocket-acked", "hybrid", "sse"])
def test_three_ways_through_trouble_have_one_history(design, networks):
    assert len({history(design, networks, way).digest() for way in WAYS}) == 1


def test_what_is_lost_is_repaired_without_objects(monkeypatch):
    """Of deliveries, typing notices, pings and pongs on lossy links hardly one needs Python."""
    lossy = [{"share": 1.0, "profile": "4g", **TROUBLE["loss"]}]
    left, told = left_of(monkeypatch, trouble(lossy), "full-websocket")
    repairs = {rows.TROUBLED, rows.ACT_NOW, rows.PING, rows.SERVER_PONGS, rows.CLIENT_PONGS}
    deliveries = len(told.tables["deliveries"]["time_s"])
    assert deliveries > 500
    assert sum(left[code] for code in repairs) < 0.05 * deliveries


def test_bytes_under_repair_wait_until_they_have_arrived(monkeypatch):
    """What lies in servers' memory is sampled each second, and is part of the history."""
    asked: list[tuple[int, int]] = []
    give_back = Repaired.give_back

    def check(self: Repaired, connection: Any, events: Any) -> None:
        for end in (0, 1):
            flying = [one for one in self.flying(connection.number) if self.end_of(one) == end]
            count, size_bytes = connection.directions[end].flying, connection.repaired(end)[1]
            assert count == len(flying)
            assert size_bytes == sum(map(self.size_bytes, flying))
            asked.append((count, size_bytes))
        give_back(self, connection, events)

    monkeypatch.setattr(Repaired, "give_back", check)
    lossy = [{"share": 1.0, "profile": "4g", **TROUBLE["outages"]}]
    history("full-websocket", lossy, "plain")
    assert any(count for count, _ in asked)
