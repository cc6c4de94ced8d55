"""Who reads what: a field that nothing in a design reads cannot be set in it."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

import models
from models import DESIGNS
from models.design import Design, DesignError
from models.fields import CARRIES, CHANNELS, READ_BY
from models.options import Connection, Http, LongPoll, Mqtt, SocketIo, Store, WebSocket

OTHER = {
    "acks": True,
    "dedup": "counter",
    "idempotent": True,
    "pool": "node",
    "retry": False,
    "retry_wait_s": 3.0,
    "request_timeout_s": 3.0,
    "hold_s": 5.0,
    "socketio_transport": "websocket",
    "socketio_retries": 3,
    "socketio_ack_timeout_s": 2.0,
    "qos": 2,
    "clean_session": False,
    "mqtt_client": "paho",
    "mqtt_broker": "vernemq",
    "over_websocket": False,
    "heartbeat": "aiohttp",
    "backoff": "paho",
    "connect_timeout_s": 3.0,
    "close_timeout_s": 3.0,
}
READ_IN = {
    "full-websocket": {"acks", "dedup"},
    "hybrid": {"pool", "retry", "retry_wait_s", "request_timeout_s", "idempotent"},
    "long-poll": {"pool", "retry", "retry_wait_s", "request_timeout_s", "idempotent", "hold_s"},
    "mqtt-qos0": {"qos", "clean_session", "mqtt_client", "mqtt_broker", "over_websocket"},
    "socketio": {"socketio_transport", "socketio_retries"},
    "socketio-retries": {"socketio_transport", "socketio_retries", "socketio_ack_timeout_s"},
    "socketio-polling": {"socketio_transport", "socketio_retries", "pool"},
}
ALWAYS = {"heartbeat", "backoff", "connect_timeout_s", "close_timeout_s"}
PERSISTENT = {"heartbeat", "connect_timeout_s", "close_timeout_s"}


@pytest.mark.parametrize("base", READ_IN)
@pytest.mark.parametrize("field", READ_BY)
def test_a_change_is_taken_where_something_reads_it_and_refused_elsewhere(base, field):
    before, value = DESIGNS[base], OTHER[field]
    if value == getattr(before, field):
        value = Design.__dataclass_fields__[field].default
    reads = READ_IN[base] | (ALWAYS - PERSISTENT if base == "long-poll" else ALWAYS)
    if field in reads:
        assert getattr(before.variant("mine", {field: value}), field) == value
    elif value != getattr(before, field):
        said = re.escape(f"design 'mine': {field} = {value!r}; allowed: ")
        with pytest.raises(DesignError, match=f"^{said}.*since only .* reads it$"):
            before.variant("mine", {field: value})


@pytest.mark.parametrize(
    ("base", "recovery"),
    [
        ("mqtt-qos0", "cursor"),
        ("mqtt-qos0", "session"),
        ("mqtt-qos1", "cursor"),
        ("socketio", "cursor"),
        ("full-websocket", "session"),
        ("hybrid", "session"),
        ("long-poll", "session"),
    ],
)
def test_a_channel_recovers_in_its_own_way_or_not_at_all(base, recovery):
    with pytest.raises(DesignError, match=f"recovery = '{recovery}'; allowed: none"):
        DESIGNS[base].variant("mine", {"recovery": recovery})


def test_a_design_made_by_hand_is_held_to_the_same():
    plain = dict.fromkeys(CARRIES, "websocket")
    with pytest.raises(DesignError, match="qos = 1; allowed: 0, since only MQTT reads it"):
        Design(name="mine", summary="Mine.", qos=1, **plain)


def test_one_line_a_problem():
    with pytest.raises(DesignError) as refused:
        DESIGNS["full-websocket"].variant("mine", {"qos": 1, "hold_s": 5.0, "retry": False})
    assert len(str(refused.value).splitlines()) == len(refused.value.problems) == 3


def test_the_table_knows_every_field_and_every_channel():
    known = {field.name for field in fields(Design)}
    assert set(READ_BY) <= known
    assert set(OTHER) == set(READ_BY)
    assert set(CHANNELS) == {channel for carried in CARRIES.values() for channel in carried}


def test_no_field_is_read_by_nothing():
    """A field becomes an option (`Design.options`), and a channel or the servers read that."""
    root = Path(models.__file__).parent
    folders = ("channels", "connections", "servers")
    text = "".join(
        path.read_text("utf-8") for room in folders for path in root.rglob(f"{room}/**/*.py")
    )
    table = (root / "design.py").read_text("utf-8")
    for field in READ_BY:
        assert re.search(rf"self\.{field}\b", table), field
    for group in (Connection, Http, LongPoll, Mqtt, SocketIo, Store, WebSocket):
        for option in fields(group):
            assert re.search(rf"\.{option.name}\b", text), option.name
