"""Who reads what: an option that nothing in a design reads cannot be set in it."""

import re
from pathlib import Path

import pytest

import models
from models import DESIGNS
from models.channels import channels
from models.design import Design, DesignError
from models.fit import ACTIONS, NEEDS, carriers, is_read, own_groups, reader
from models.options import GROUPS, Options
from models.servers.backplane import backplanes
from models.settings import FLAT

OTHER = {
    "acks": True,
    "dedup": "counter",
    "log": "memory",
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
REQUESTS = {"pool", "retry", "retry_wait_s", "request_timeout_s", "idempotent"}
READ_IN = {
    "sse": REQUESTS,
    "sse-resume": REQUESTS,
    "full-websocket": {"acks", "dedup"},
    "hybrid": REQUESTS,
    "long-poll": REQUESTS | {"hold_s", "log"},
    "mqtt-qos0": {"qos", "clean_session", "mqtt_client", "mqtt_broker", "over_websocket"},
    "socketio": {"socketio_transport", "socketio_retries"},
    "socketio-retries": {"socketio_transport", "socketio_retries", "socketio_ack_timeout_s"},
    "socketio-polling": {"socketio_transport", "socketio_retries", "pool"},
}
ALWAYS = {"heartbeat", "backoff", "connect_timeout_s", "close_timeout_s"}
PERSISTENT = {"heartbeat", "connect_timeout_s", "close_timeout_s"}


def read(design, field):
    group, key = FLAT.get(field, (field, "preset"))
    value = design.settings.get(group, {}).get(key)
    return getattr(getattr(design.options, group), key) if value is None else value


@pytest.mark.parametrize("base", READ_IN)
@pytest.mark.parametrize("field", OTHER)
def test_a_change_is_taken_where_something_reads_it_and_refused_elsewhere(base, field):
    before, value = DESIGNS[base], OTHER[field]
    without = {"long-poll": PERSISTENT, "sse": ALWAYS, "sse-resume": ALWAYS}
    reads = READ_IN[base] | (ALWAYS - without.get(base, set()))
    if field in reads:
        assert read(before.variant("mine", {field: value}), field) == value
    else:
        said = re.escape(f"design 'mine': {field} = {value!r}; allowed: ")
        with pytest.raises(DesignError, match=f"^{said}.*since only .* reads? it$"):
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
        ("sse", "session"),
        ("sse", "cursor"),  # sse-starlette replays nothing
    ],
)
def test_a_channel_recovers_in_its_own_way_or_not_at_all(base, recovery):
    with pytest.raises(DesignError, match=f"recovery = '{recovery}'; allowed: none"):
        DESIGNS[base].variant("mine", {"recovery": recovery})


def test_a_design_made_by_hand_is_held_to_the_same():
    plain = dict.fromkeys(ACTIONS, "websocket")
    with pytest.raises(DesignError, match="qos = 1; allowed: 0, since only MQTT reads it"):
        Design(name="mine", summary="Mine.", settings={"qos": 1}, **plain)


@pytest.mark.parametrize(
    ("base", "change", "said"),
    [
        ("hybrid", {"recovery": {"window": "discord"}}, "only a WebSocket or a long poll with"),
        ("sse-resume", {"recovery": {"kind": "cursor", "window": "discord"}}, "a WebSocket or"),
        ("mqtt-qos1", {"recovery": {"kind": "session", "window": "zulip"}}, "a WebSocket or"),
        ("long-poll", {"recovery": {"kind": "cursor", "behind": "delta"}}, "only a WebSocket"),
        ("hybrid-cursor", {"recovery": {"kind": "cursor", "page": 9}}, "and behind = 'delta'"),
        ("hybrid-cursor", {"store": {"history": "trello"}}, "and behind = 'delta'"),
        ("hybrid", {"store": {"keys": "feishu"}}, "only a store with idempotent = true"),
        (
            "full-websocket",
            {"recovery": {"kind": "cursor", "behind": "delta"}},
            r"and a store \(stored = true\)",
        ),
    ],
)
def test_windows_are_set_where_something_looks_at_them(base, change, said):
    with pytest.raises(DesignError, match=said) as refused:
        DESIGNS[base].variant("mine", change)
    assert len(refused.value.problems) == 1


@pytest.mark.parametrize("base", ["full-websocket", "sse", "socketio", "mqtt-qos1"])
def test_a_limit_of_what_waits_is_for_connections_that_stay_open(base):
    change = {"connection": {"send_buffer": "centrifugo"}}
    made = DESIGNS[base].variant("mine", change).options.connection.send_buffer
    assert made.size_bytes == 2**20
    with pytest.raises(DesignError, match=r"send_buffer = .* since only"):
        DESIGNS["long-poll"].variant("mine", change)


@pytest.mark.parametrize("base", ["full-websocket", "socketio", "mqtt-qos1"])
def test_a_limit_of_messages_is_for_connections_that_people_write_to(base):
    change = {"connection": {"message_limit": {"preset": "discord", "over": "refuse"}}}
    made = DESIGNS[base].variant("mine", change).options.connection.message_limit
    assert (made.messages, made.window_s, made.over) == (120.0, 60.0, "refuse")
    for other in ("long-poll", "sse"):
        with pytest.raises(DesignError, match=r"message_limit = .* since only"):
            DESIGNS[other].variant("mine", change)


def test_one_line_a_problem():
    with pytest.raises(DesignError) as refused:
        DESIGNS["full-websocket"].variant("mine", {"qos": 1, "hold_s": 5.0, "retry": False})
    assert len(str(refused.value).splitlines()) == len(refused.value.problems) == 3


def test_every_group_is_read_by_some_channel_or_by_all():
    for group in GROUPS:
        assert reader(f"{group}.x") or group in ("store", "recovery", "rooms", "backplane"), group
    for path in NEEDS:
        group, key = path.split(".")
        assert key in GROUPS[group].model_fields


def test_no_option_is_read_by_nothing():
    """Each key is named in the code of a channel, of connections or of the servers."""
    root = Path(models.__file__).parent
    rooms = ("channels", "connections", "servers")
    sources = [path for room in rooms for path in (root / room).rglob("*.py")]
    text = "".join(path.read_text("utf-8") for path in (*sources, root / "design.py"))
    for group, kind in {**GROUPS, **own_groups()}.items():
        for key in kind.model_fields:
            named = {"rule": "policy", "costs": r"(server_)?costs"}.get(key, key)
            assert re.search(rf"\.{named}\b", text), f"{group}.{key}"


def test_a_held_request_carries_nothing_up_and_http_nothing_down():
    assert "long-poll" not in carriers("send")
    assert "http" not in carriers("receive")
    assert set(carriers("send")) | set(carriers("receive")) == set(channels())


def test_groups_of_all_designs_are_read_in_each():
    routes = DESIGNS["zalo"].routes
    groups = {name: getattr(Options(), name) for name in GROUPS}
    assert is_read("store.stored", routes, groups)
    assert not is_read("mqtt.qos", routes, groups)
    assert is_read("http.pool", routes, groups)
    assert not is_read("backoff.tries", routes, groups)


@pytest.mark.parametrize(
    ("kind", "key", "value", "only"),
    [
        ("broadcast", "prefix", "mine", "redis-pubsub or redis-sharded or redis-streams"),
        ("redis-pubsub", "shards", 8, "redis-sharded"),
        ("redis-sharded", "stream_length", 5, "redis-streams"),
    ],
)
def test_a_backplane_is_told_what_its_kind_reads(kind, key, value, only):
    with pytest.raises(DesignError, match=f"since only the backplane {only} reads it"):
        DESIGNS["socketio"].variant("x", {"backplane": {"kind": kind, key: value}})
    first = only.partition(" ")[0]
    design = DESIGNS["socketio"].variant("x", {"backplane": {"kind": first, key: value}})
    assert getattr(design.options.backplane, key) == value


@pytest.mark.parametrize("kind", backplanes())
def test_state_recovery_contradicts_backplanes_without_offsets_whichever_is_said_last(kind):
    """Neither is left out in silence, as what is merely not read would be."""
    over = DESIGNS["socketio"].variant("over", {"backplane": kind})
    for base, changes in (
        (DESIGNS["socketio-recovery"], {"backplane": kind}),
        (over, {"recovery": "session"}),
    ):
        if backplanes()[kind].KEEPS_OFFSETS:
            assert base.variant("x", changes).options.recovery.kind == "session"
        else:
            with pytest.raises(DesignError, match=f"none over {kind}, which keeps no offsets"):
                base.variant("x", changes)


@pytest.mark.parametrize("base", ["hybrid", "long-poll", "sse"])
def test_requests_can_go_over_http_2(base):
    http = {"version": "2", "http2_client": "firefox", "http2_server": {"streams_max": 10}}
    options = DESIGNS[base].variant("mine", {"http": http}).options.http
    assert (options.version, options.http2_client.ping_after_s) == ("2", 58.0)
    assert options.http2_server.streams_max == 10


@pytest.mark.parametrize(
    ("base", "http", "said"),
    [
        ("full-websocket", {"version": "2"}, "http.version = '2'; allowed: '1.1', since only HTTP"),
        (
            "socketio-polling",
            {"version": "2"},
            "since only HTTP, a long poll or an event stream reads it",
        ),
        ("hybrid", {"version": "3"}, "http.version = '3'; allowed: 1.1, 2"),
        ("hybrid", {"http2_client": "firefox"}, "http.http2_client = 'firefox'; allowed: left out"),
        ("hybrid", {"http2_server": "node"}, "since only http.version = '2' reads it"),
        ("hybrid", {"version": "2", "http2_client": "ie"}, "allowed: chromium, firefox, httpx"),
        (
            "hybrid",
            {"version": "2", "http2_server": {"streams_max": 0}},
            "http.http2_server.streams_max = 0.0; allowed: at least 1",
        ),
    ],
)
def test_http_2_where_nothing_speaks_it_is_refused_in_one_line(base, http, said):
    with pytest.raises(DesignError) as refused:
        DESIGNS[base].variant("mine", {"http": http})
    assert said in str(refused.value)
    assert len(str(refused.value).splitlines()) == 1
