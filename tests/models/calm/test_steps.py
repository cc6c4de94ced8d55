"""Heartbeats of calm connections need no objects."""

import pytest
from counted import left_of
from small import scenario

from models.calm import rows

CABLE = [{"share": 1.0, "profile": "cable", "loss": {"kind": "none"}}]
IDLE = {
    "send": {"per_person_per_minute": 0}, "typing": {"per_send": 0},
    "seen": {"per_person_per_minute": 0}, "list": {"per_person_per_minute": 0, "reply_bytes": 500},
}  # fmt: skip


@pytest.mark.parametrize("design", ["full-websocket", "socketio", "mqtt-qos1"])
def test_idle_people_are_kept_alive_in_rows(monkeypatch, design):
    calm = scenario(networks=CABLE, actions=IDLE, time={"measure_s": 200.0})
    left, history = left_of(monkeypatch, calm, design)
    pings = {rows.PING, rows.SERVER_PONGS, rows.CLIENT_PONGS, rows.DEAD, rows.DUE}
    assert sum(left[code] for code in pings) <= 2
    assert history.tables["traffic"]["packets"].sum() > 8 * 200 / 60


def test_a_peer_that_is_gone_is_declared_dead_by_its_machine(monkeypatch):
    tunnel = [{"share": 1.0, "profile": "cable", "loss": {"kind": "none"},
               "outages": {"kind": "list", "intervals": [[20.0, 90.0]]}}]  # fmt: skip
    calm = scenario(networks=tunnel, actions=IDLE, time={"measure_s": 120.0})
    left, history = left_of(monkeypatch, calm, "full-websocket")
    assert left[rows.DEAD] > 0
    assert len(history.tables["episodes"]["cut_s"]) >= 8
