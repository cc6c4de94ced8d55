"""A design is a table: what may stand in it, what it says of itself, how a variant is made."""

import pickle
import re

import pytest
from stage import Stage

from models.design import Design, DesignError
from models.designs.hybrid import HYBRID
from models.designs.long_poll import LONG_POLL
from models.designs.mqtt import MQTT_QOS1
from models.fields import CHANNELS, CLAIMS, RECOVERIES
from models.system import System

PLAIN = dict.fromkeys(("list", "send", "receive", "typing", "seen"), "websocket")


def design(**changes):
    return Design(name="mine", summary="Mine.", **PLAIN | changes)


def test_a_design_of_nothing_but_channels_promises_nothing():
    plain = design()
    assert plain.claims == ()
    assert plain.assumptions == ()
    assert (plain.acks, plain.stored, plain.idempotent) == (False, False, False)
    assert plain.recovery == "none"


@pytest.mark.parametrize(
    ("key", "value", "allowed"),
    [
        ("send", "long-poll", "websocket, http"),
        ("list", "carrier pigeon", "websocket, http"),
        ("receive", "http", "websocket, mqtt, socketio, long-poll"),
        ("recovery", "luck", ", ".join(RECOVERIES)),
        ("qos", 3, "0, 1, 2"),
        ("heartbeat", "drum", "websockets"),
        ("heartbeat", "websockets+drum", "websockets"),
        ("backoff", "never", "fixed-1s"),
        ("pool", "paddling", "browser"),
        ("mqtt_client", "carrier", "paho"),
        ("mqtt_broker", "stock", "mosquitto"),
        ("claims", ("at-most-once", "in-time"), ", ".join(CLAIMS)),
        ("request_timeout_s", 0.0, "more than 0"),
        ("retry_wait_s", -1.0, "more than 0"),
        ("hold_s", 3601.0, "at most 3600"),
        ("connect_timeout_s", float("nan"), "more than 0"),
        ("socketio_ack_timeout_s", -1.0, "more than 0"),
        ("socketio_retries", -1, "0 to 1000"),
        ("close_timeout_s", -0.1, "0 to 3600 seconds"),
    ],
)
def test_what_does_not_exist_is_refused_with_what_does(key, value, allowed):
    wrong = value[-1] if isinstance(value, tuple) else value
    with pytest.raises(ValueError, match="design 'mine'") as refused:
        design(**{key: value})
    assert key in str(refused.value)
    assert str(wrong).rsplit("+", maxsplit=1)[-1] in str(refused.value)
    assert allowed in str(refused.value)


@pytest.mark.parametrize(
    ("key", "value", "allowed"),
    [
        ("acks", "no", "true, false"),
        ("idempotent", 1, "true, false"),
        ("qos", True, "0, 1, 2"),
        ("qos", 1.0, "0, 1, 2"),
        ("socketio_retries", True, "a whole number"),
        ("hold_s", "25", "a number"),
        ("hold_s", True, "a number"),
        ("claims", "fifo", "a list of texts"),
        ("claims", (1,), "a list of texts"),
        ("send", None, "websocket, http, mqtt, socketio"),
        ("mqtt_client", 3, "paho, mqtt.js"),
    ],
)
def test_a_value_of_the_wrong_kind_is_refused(key, value, allowed):
    """A file's "no" is not taken for yes."""
    said = re.escape(f"design 'mine': {key} = {value!r}")
    with pytest.raises(DesignError, match=f"{said}; allowed: {allowed}$"):
        design(**{key: value})
    with pytest.raises(DesignError, match=said):
        HYBRID.variant("mine", {key: value})


def test_a_whole_number_is_a_number():
    assert design(hold_s=25).hold_s == 25


def test_every_channel_can_receive_or_send():
    ways = {"http": "send", "long-poll": "receive"}
    for channel in CHANNELS:
        design(**{ways.get(channel, "receive"): channel})


def test_a_variant_differs_in_what_is_said_and_nothing_else():
    mine = HYBRID.variant("mine", {"idempotent": True, "claims": ["fifo"]})
    assert mine.name == "mine"
    assert mine.idempotent
    assert mine.claims == ("fifo",)  # a list from a file becomes a tuple
    back = {"idempotent": False, "claims": HYBRID.claims, "summary": HYBRID.summary}
    assert mine.variant(HYBRID.name, back) == HYBRID
    assert HYBRID.variant(HYBRID.name, {}) == HYBRID


@pytest.mark.parametrize("key", ["idempotence", "name"])
def test_a_variant_cannot_change_what_is_no_choice(key):
    with pytest.raises(ValueError, match=f"field = '{key}'.*allowed: summary, list, send"):
        HYBRID.variant("mine", {key: "x"})


def test_a_variant_says_how_it_differs():
    assert (
        HYBRID.variant("mine", {"backoff": "phoenix"}).summary == "hybrid, but backoff = phoenix."
    )
    assert HYBRID.variant("mine", {"summary": "my own"}).summary == "my own"


def test_a_variant_is_checked_like_any_design():
    with pytest.raises(ValueError, match="design 'mine': qos = 7"):
        MQTT_QOS1.variant("mine", {"qos": 7})


def test_every_mistake_of_a_variant_is_told_at_once():
    changes = {"qos": 2, "tries": 4, "heartbeat": {"ping_s": 15}, "hold_s": -1.0}
    with pytest.raises(DesignError) as refused:
        HYBRID.variant("mine", changes)
    assert [field for field, _ in refused.value.problems] == ["tries", "heartbeat", "hold_s"]
    with pytest.raises(DesignError) as refused:
        HYBRID.variant("mine", {"qos": 2, "tries": 4, "hold_s": 5.0})
    assert sorted(field for field, _ in refused.value.problems) == ["hold_s", "qos", "tries"]
    assert str(pickle.loads(pickle.dumps(refused.value))) == str(refused.value)


def test_what_a_variant_has_no_more_falls_back():
    """Everything of the broker's goes with MQTT, and is not held against the variant."""
    by_socket = MQTT_QOS1.variant("mine", PLAIN)
    assert (by_socket.qos, by_socket.clean_session, by_socket.recovery) == (0, True, "none")
    assert MQTT_QOS1.variant("mine", {"clean_session": True}).recovery == "none"
    assert MQTT_QOS1.variant("mine", {"seen": "websocket"}).qos == 1


def test_describe_speaks_of_what_the_design_has():
    row = MQTT_QOS1.describe()
    assert row["channels"] == dict.fromkeys(PLAIN, "mqtt")
    assert row["session"] == "persistent"
    assert row["qos"] == "1"
    assert row["claims"] == "at-least-once, no-loss-after-ok"
    assert "idempotency key" not in row
    assert HYBRID.describe()["idempotency key"] == "no"
    assert HYBRID.describe()["stored"] == "yes"
    assert "session" not in HYBRID.describe()


@pytest.mark.parametrize(
    ("heartbeat", "words"),
    [
        ("websockets", "every 20 s from both ends"),
        ("paho", "every 60 s from the client"),
        ("engine.io", "every 25 s from the server"),
        ("phoenix+aiohttp", "every 30 s from the client, every 20 s from the server"),
        ("none", "never"),
    ],
)
def test_describe_says_who_pings_how_often(heartbeat, words):
    assert HYBRID.variant("mine", {"heartbeat": heartbeat}).describe()["pings"] == words


def test_a_held_poll_needs_no_pings():
    assert "pings" not in LONG_POLL.describe()


def test_build_makes_a_system_with_nobody_connected():
    stage = Stage(design(), joins=False).run(5.0)
    assert isinstance(stage.system, System)
    assert stage.attempts(0) == []
    assert not any(gateway.connections for gateway in stage.gateways)
