"""A design is a table: what may stand in it, what it says of itself, how a variant is made."""

import pickle
import re
from itertools import pairwise

import pytest
from stage import Stage

from models import DESIGNS
from models.channels import channels
from models.design import Design, DesignError
from models.designs.hybrid import HYBRID
from models.designs.long_poll import LONG_POLL
from models.designs.mqtt import MQTT_QOS1
from models.fit import CLAIMS
from models.options import Mqtt, Store, WebSocket
from models.system import System

PLAIN = dict.fromkeys(("list", "send", "receive", "typing", "seen"), "websocket")


TEXTS = ("claims", "assumptions", "sources")


def design(**changes):
    own = {key: value for key, value in changes.items() if key in (*PLAIN, *TEXTS)}
    settings = {key: value for key, value in changes.items() if key not in own}
    return Design(name="mine", summary="Mine.", settings=settings, **PLAIN | own)


def test_a_design_of_nothing_but_channels_promises_nothing():
    plain = design()
    assert plain.claims == ()
    assert plain.assumptions == ()
    assert plain.options.websocket == WebSocket()
    assert plain.options.store == Store()
    assert plain.options.recovery.kind == "none"


@pytest.mark.parametrize(
    ("key", "value", "allowed"),
    [
        ("send", "long-poll", "http, mqtt, socketio, websocket"),
        ("list", "carrier pigeon", "http, mqtt, socketio, websocket"),
        ("receive", "http", "long-poll, mqtt, socketio, sse, websocket"),
        ("recovery", "luck", "none, cursor, session"),
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
        ("hold_s", 3601.0, "0 to 3600"),
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
        ("send", None, "http, mqtt, socketio, websocket"),
        ("mqtt_client", 3, "paho, libmosquitto, mqtt.js, mqtt.js-requeue"),
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
    assert design(connect_timeout_s=25).options.connection.connect_timeout_s == 25.0


def test_every_channel_can_receive_or_send():
    ways = {"http": "send", "long-poll": "receive"}
    for channel in channels():
        design(**{ways.get(channel, "receive"): channel})


def test_a_variant_differs_in_what_is_said_and_nothing_else():
    mine = HYBRID.variant("mine", {"idempotent": True, "claims": ["fifo"]})
    assert mine.name == "mine"
    assert mine.options.store.idempotent
    assert mine.claims == ("fifo",)  # a list from a file becomes a tuple
    back = {"idempotent": False, "claims": HYBRID.claims, "summary": HYBRID.summary}
    assert mine.variant(HYBRID.name, back) == HYBRID
    assert HYBRID.variant(HYBRID.name, {}) == HYBRID


@pytest.mark.parametrize("key", ["idempotence", "name"])
def test_a_variant_cannot_change_what_is_no_choice(key):
    with pytest.raises(ValueError, match=f"unknown field '{key}'; allowed: summary, list, send"):
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
    changes = {"qos": 2, "foo": 4, "heartbeat": {"every_s": 15}, "hold_s": -1.0}
    with pytest.raises(DesignError) as refused:
        HYBRID.variant("mine", changes)
    told = sorted(field for field, _ in refused.value.problems)
    assert told == ["foo", "heartbeat.every_s", "hold_s", "qos"]
    with pytest.raises(DesignError) as refused:
        HYBRID.variant("mine", {"qos": 2, "foo": 4, "hold_s": 5.0})
    assert sorted(field for field, _ in refused.value.problems) == ["foo", "hold_s", "qos"]
    assert str(pickle.loads(pickle.dumps(refused.value))) == str(refused.value)


def test_what_a_variant_has_no_more_falls_back():
    """Everything of the broker's goes with MQTT, and is not held against the variant."""
    by_socket = MQTT_QOS1.variant("mine", PLAIN)
    assert by_socket.options.mqtt == Mqtt()
    assert by_socket.options.recovery.kind == "none"
    clean = MQTT_QOS1.variant("mine", {"clean_session": True})
    assert clean.options.recovery.kind == "none"
    assert MQTT_QOS1.variant("mine", {"seen": "websocket"}).options.mqtt.qos == 1


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


@pytest.mark.parametrize(
    ("client", "words"),
    [
        ("python", "python: a dead link is found by heartbeats, writes and TCP alone"),
        (
            "chromium",
            "chromium: a dead link is given up after 1.5 s, one that is back dialled 0.5 s later",
        ),
        (
            {"preset": "chromium", "listens": "offline"},
            "chromium, listens = offline: a dead link is given up after 1.5 s",
        ),
    ],
)
def test_describe_says_what_clients_are_told_of_their_links(client, words):
    mine = HYBRID.variant("mine", {"client": client, "heartbeat": "uvicorn"})
    assert mine.describe()["client"] == words
    assert HYBRID.describe()["client"].startswith("python: ")
    assert "client" not in DESIGNS["sse"].describe()


def test_a_held_poll_needs_no_pings():
    assert "pings" not in LONG_POLL.describe()


def test_build_makes_a_system_with_nobody_connected():
    stage = Stage(design(), joins=False).run(5.0)
    assert isinstance(stage.system, System)
    assert stage.attempts(0) == []
    assert not any(gateway.connections for gateway in stage.gateways)


def test_numbers_change_what_is_there_and_a_preset_replaces_it():
    mine = HYBRID.variant("mine", {"heartbeat": {"interval_s": 15}})
    both = mine.options.heartbeat.ends
    assert (both.client.ping.interval_s, both.client.ping.timeout_s) == (15.0, 20.0)
    again = mine.variant("again", {"heartbeat": {"timeout_s": 30}}).options.heartbeat.ends
    assert (again.server.ping.interval_s, again.server.ping.timeout_s) == (15.0, 30.0)
    assert mine.variant("back", {"heartbeat": "websockets"}).options == HYBRID.options


def test_own_numbers_are_told_by_the_description():
    own = {"backoff": {"kind": "fixed", "wait_s": 5.0, "jitter_s": 1.0, "tries": 4}}
    mine = HYBRID.variant("mine", own | {"heartbeat": {"interval_s": 15, "timeout_s": 30}})
    row = mine.describe()
    assert row["heartbeat"] == "websockets, interval_s = 15, timeout_s = 30"
    assert row["pings"] == "every 15 s from both ends"
    assert row["back-off"] == "fixed, wait_s = 5, jitter_s = 1, tries = 4 (own setting)"
    assert mine.summary.startswith("hybrid, but backoff = fixed, wait_s = 5")


def test_a_client_gives_up_after_its_tries():
    """5 s +-1 s, at most 4 tries: the node is gone for good."""
    own = {"backoff": {"kind": "fixed", "wait_s": 5.0, "jitter_s": 1.0}, "tries": 4}
    mine = DESIGNS["full-websocket"].variant("mine", own)
    crashes = [{"kind": "node-crash", "node": node, "at_s": 10.0, "restart_s": 250.0}
               for node in (0, 1)]  # fmt: skip
    stage = Stage(mine, faults=crashes).run(240.0)
    tried = [at_s for at_s, *_ in stage.attempts(0) if at_s > 9.0]
    assert len(tried) == 4
    waits = [after - before for before, after in pairwise([10.0, *tried])]
    assert all(4.0 < wait_s < 6.3 for wait_s in waits)
    assert len({round(wait_s, 3) for wait_s in waits}) == len(waits)
    stage.at(241.0, stage.system.leave, 0)
    stage.at(270.0, stage.system.join, 0)
    assert [at_s for at_s, *_ in stage.run(280.0).attempts(0)][-1] == 270.0


def test_designs_with_the_same_options_are_the_same_however_they_are_written():
    flat = HYBRID.variant("mine", {"idempotent": True, "summary": "Mine."})
    grouped = HYBRID.variant("mine", {"store": {"idempotent": True}, "summary": "Mine."})
    assert flat == grouped
    assert hash(flat) == hash(grouped)
    assert flat != HYBRID.variant("mine", {"summary": "Mine."})


def test_its_parts_are_what_makes_its_channels():
    made = [channels()[name].build for name in ("http", "websocket")]
    assert list(DESIGNS["hybrid"].parts) == made


def test_bounds_of_what_servers_keep_are_described_where_there_are_any():
    plain = DESIGNS["hybrid-cursor"].describe()
    assert plain["recovery"] == "cursor"
    assert not {"slow readers", "keys are known"} & set(plain)
    bounded = DESIGNS["hybrid-cursor"].variant(
        "mine",
        {
            "recovery": {"kind": "cursor", "window": "mattermost", "behind": "delta"},
            "store": {"keys": {"age_s": 60.0}},
            "connection": {
                "send_buffer": {"messages": 50, "full": "drop oldest"},
                "message_limit": "discord",
            },
        },
    )
    told = bounded.describe()
    assert told["recovery"] == "cursor, window = mattermost, behind = delta"
    assert told["keys are known"] == "age_s = 60"
    assert told["slow readers"] == "messages = 50, full = drop oldest"
    assert told["messages a connection"] == "discord"
