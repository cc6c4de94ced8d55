"""Messages on calm connections need no objects; what is not calm is left to them."""

import pytest
from counted import left_of
from small import scenario

from models.calm import rows

CABLE = [{"share": 1.0, "profile": "cable", "loss": {"kind": "none"}}]
QUIET = {"typing": {"per_send": 0}, "list": {"per_person_per_minute": 0, "reply_bytes": 500}}


@pytest.mark.parametrize("design", ["full-websocket", "socketio", "mqtt-qos0"])
def test_calm_people_send_and_receive_in_rows(monkeypatch, design):
    left, history = left_of(monkeypatch, scenario(networks=CABLE, actions=QUIET), design)
    assert len(history.tables["deliveries"]["time_s"]) > 100
    carried = {rows.ACT_NOW, rows.TAKE, rows.FAN_OUT, rows.PUSH, rows.TROUBLED, rows.ARRIVED}
    early = sum(left[code] for code in carried)  # before somebody is connected
    assert early < 0.1 * len(history.tables["messages"]["time_s"])


def test_lists_are_answered_by_objects(monkeypatch):
    asks = {"send": {"per_person_per_minute": 0}, "typing": {"per_send": 0}}
    left, history = left_of(monkeypatch, scenario(networks=CABLE, actions=asks), "full-websocket")
    assert left[rows.TAKE] > 0
    assert len(history.tables["drops"]["message"]) == 0


def test_those_who_have_no_home_are_named(monkeypatch):
    on_off = {"kind": "on-off", "on_mean_s": 8.0, "off_mean_s": 8.0}
    away = scenario(networks=CABLE, people={"sessions": on_off})
    left, _ = left_of(monkeypatch, away, "full-websocket")
    assert left[rows.ABSENT] > 0


def test_a_cursor_is_pushed_to_by_objects(monkeypatch):
    left, _ = left_of(monkeypatch, scenario(networks=CABLE), "hybrid-cursor")
    assert left[rows.PUSH] > 0
