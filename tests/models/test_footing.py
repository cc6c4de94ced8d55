"""On equal footing nothing of the footing differs that is not named, whatever a table says."""

from dataclasses import replace
from itertools import combinations, product
from random import Random

import pytest

import models.footing
from models import DESIGNS
from models.channels import channels
from models.design import DesignError
from models.fit import kinds_of
from models.footing import PARTS, on_equal_footing
from models.protocols.backoff import BACKOFFS
from models.protocols.heartbeat import HEARTBEATS
from models.protocols.software import CLIENTS

CHOICES = {
    "heartbeat": [*HEARTBEATS, {"interval_s": 7.0, "timeout_s": 3.0}, "paho+engine.io"],
    "backoff": [*BACKOFFS, {"kind": "fixed", "wait_s": 4.0, "tries": 3}],
    "client": [*CLIENTS, {"offline_after_s": 1.0, "listens": "both"}],
    "connection": [{"connect_timeout_s": 3.0}, {"close_timeout_s": 9.0, "client_nodelay": False}],
    "store": [{"stored": True}, {"stored": False, "idempotent": False}, {"idempotent": True}],
    "recovery": ["none", "cursor", "session", {"log": "memory"}],
    "http": [{"retry": False}, {"pool": "aiohttp"}, {"request_timeout_s": 3.0}],
    "websocket": [{"acks": True}, {"acks": False}, {"dedup": "counter"}],
    "long_poll": [{"hold_s": 50.0}],
    "mqtt": [{"qos": 1}, {"clean_session": True}, {"broker": "vernemq"}, {"client": "mqtt.js"}],
    "socketio": [{"retries": 2}, {"transport": "websocket"}, {"transport": "polling only"}],
    "sse": [{"watch_s": 9.0}, {"server": "mercure"}, {"browser": "firefox"}],
}


def drawn(count):
    """Shipped designs, and as many tables that nobody wrote."""
    luck = Random(1)
    found = list(DESIGNS.values())
    while len(found) < len(DESIGNS) + count:
        design = luck.choice(list(DESIGNS.values()))
        groups = luck.sample(list(CHOICES), luck.randint(1, 4))
        try:
            changes = {group: luck.choice(CHOICES[group]) for group in groups}
            found.append(design.variant(f"drawn-{len(found)}", changes))
        except DesignError:
            continue
    return found


def features(design):
    """What a design has of each part, read off its options and not by the rule that is tested."""
    now, by = design.options, {kind.name: kind for kind in kinds_of(design.routes)}
    receiver, sender = by[design.receive], design.send
    retries = {
        "http": now.http.retry,
        "websocket": now.websocket.acks,
        "mqtt": now.mqtt.qos > 0,
        "socketio": now.socketio.retries > 0,
    }
    return {
        "client": now.client.software,
        "heartbeat": now.heartbeat.ends if "heartbeat" in receiver.reads else None,
        "back-off": (now.backoff.policy, now.backoff.tries)
        if "backoff" in receiver.reads
        else None,
        "dial": now.connection if "connection" in receiver.reads else None,
        "retry": retries[sender],
        "store": now.store.stored,
        "key": now.store.idempotent and now.websocket.dedup == "id",
        "recovery": (now.recovery.kind, now.recovery.log),
    }


def unnamed(stands):
    """Differences between designs on equal footing that neither of the two names."""
    for x, y in combinations(stands, 2):
        one, other = features(x.design), features(y.design)
        for part in PARTS:
            if one[part] != other[part] and not (part in x.lacks or part in y.lacks):
                yield x.design.name, y.design.name, part


def test_no_difference_is_left_that_is_not_named():
    stands = [on_equal_footing(design) for design in drawn(60)]
    assert list(unnamed(stands)) == []


def test_the_check_sees_what_is_not_named():
    stands = [on_equal_footing(DESIGNS[name]) for name in ("full-websocket", "mqtt-qos1")]
    silent = [replace(one, lacks={}) for one in stands]
    assert {part for _, _, part in unnamed(silent)} == {"heartbeat", "store", "key", "recovery"}
    shipped = [replace(one, design=DESIGNS["mqtt-qos0"], lacks={}) for one in stands[1:]]
    assert "back-off" in {part for _, _, part in unnamed([stands[0], *shipped])}


def test_a_channel_that_says_nothing_is_named_in_general_words(monkeypatch):
    """A channel of a package need not know of footings."""
    plain = {
        name: replace(kind, lacks=lambda _: {}, takes=lambda _: {})
        for name, kind in channels().items()
    }
    monkeypatch.setattr(models.footing, "channels", lambda: plain)
    monkeypatch.setattr(models.footing, "kinds_of", lambda routes: [
        plain[kind.name] for kind in kinds_of(routes)
    ])  # fmt: skip
    stands = [on_equal_footing(DESIGNS[name]) for name in DESIGNS]
    assert list(unnamed(stands)) == []
    assert on_equal_footing(DESIGNS["sse"]).lacks["heartbeat"] == "an event stream has no heartbeat"


def test_standing_there_changes_nothing_more():
    for design in drawn(40):
        once = on_equal_footing(design)
        again = on_equal_footing(once.design)
        assert (again.changed, again.alike, again.lacks) == (0, once.alike, once.lacks)
        assert again.design is once.design


@pytest.mark.parametrize("name", ["full-websocket-acked", "hybrid-cursor"])
def test_what_is_built_to_last_stands_there_as_shipped(name):
    stand = on_equal_footing(DESIGNS[name])
    assert stand.design is DESIGNS[name]
    assert not stand.changed
    assert not stand.lacks


@pytest.mark.parametrize(
    ("tutorial", "lasting"),
    [
        ("full-websocket", "full-websocket-acked"),
        ("hybrid", "hybrid-cursor"),
        ("sse", "sse-resume"),
        ("long-poll-unbuffered", "long-poll"),
        ("mqtt-qos0", "mqtt-qos1"),
        ("socketio", "socketio-recovery"),
    ],
)
def test_a_family_is_one_system(tutorial, lasting):
    first, second = on_equal_footing(DESIGNS[tutorial]), on_equal_footing(DESIGNS[lasting])
    assert first.alike == second.alike
    assert first.changed >= second.changed


def test_families_stay_apart():
    names = ("full-websocket", "hybrid", "sse", "long-poll", "mqtt-qos0", "socketio")
    assert len({on_equal_footing(DESIGNS[name]).alike for name in names}) == len(names)


def test_who_sends_no_pings_is_waited_for_as_long():
    """A ping without an answer is noticed after 40 s at most: so is silence, a poll, a stream."""
    ping = HEARTBEATS["websockets"].client.ping
    most_s = ping.interval_s + ping.timeout_s
    mqtt, socketio, sse, poll = (
        on_equal_footing(DESIGNS[name]).design.options
        for name in ("mqtt-qos0", "socketio", "sse", "long-poll")
    )
    assert mqtt.heartbeat.ends.client.ping == socketio.heartbeat.ends.server.ping == ping
    assert mqtt.heartbeat.ends.server.watch.limit_s == most_s
    assert socketio.heartbeat.ends.client.watch.limit_s == most_s
    assert (sse.more["sse"].watch_s, sse.more["sse"].server.keepalive_s) == (
        most_s, ping.interval_s,
    )  # fmt: skip
    assert poll.long_poll.hold_s + poll.long_poll.patience_s == most_s


def test_quality_of_service_is_never_lowered():
    assert on_equal_footing(DESIGNS["mqtt-qos0"]).design.options.mqtt.qos == 1
    twice = on_equal_footing(DESIGNS["mqtt-qos2"])
    assert twice.design.options.mqtt.qos == 2
    assert twice.lacks["key"] == "no message key, and QoS 2 knows a repeat on its hop alone"


def test_what_is_no_part_of_the_footing_stays():
    design = DESIGNS["mqtt-qos0"].variant("mine", {"mqtt": {"over_websocket": False}})
    assert not on_equal_footing(design).design.options.mqtt.over_websocket
    assert on_equal_footing(design).design.options.mqtt.client == design.options.mqtt.client


@pytest.mark.parametrize("part", PARTS)
def test_one_part_alone_changes_that_alone(part):
    for name, other in product(("mqtt-qos0", "full-websocket", "socketio"), PARTS):
        before = features(DESIGNS[name])
        after = features(on_equal_footing(DESIGNS[name], [part]).design)
        assert other == part or after[other] == before[other] or (other, part) == ("key", "store")


def test_a_part_that_does_not_exist_is_refused():
    with pytest.raises(ValueError, match="part 'speed'; allowed: client, heartbeat, back-off"):
        on_equal_footing(DESIGNS["hybrid"], ["speed"])


def test_it_promises_nothing_for_a_design_that_it_has_changed():
    stand = on_equal_footing(DESIGNS["full-websocket"])
    assert stand.design.name == "full-websocket-equal"
    assert stand.design.claims == ()
    assert stand.design.on_equal_footing().design is stand.design


def test_nothing_is_recovered_over_a_backplane_without_offsets_and_that_is_said():
    for kind, lacks in (
        ("redis-streams", "a state in"),
        ("redis-pubsub", "what was missed is never"),
    ):
        design = DESIGNS["socketio"].variant("x", {"backplane": kind})
        assert on_equal_footing(design).lacks["recovery"].startswith(lacks)


@pytest.mark.parametrize("name", ["hybrid", "long-poll", "sse"])
def test_all_speak_one_version_of_http(name):
    http = {"version": "2", "http2_client": "firefox"}
    stand = on_equal_footing(DESIGNS[name].variant("mine", {"http": http}))
    assert stand.design.options.http.version == "1.1"
    assert stand.alike == on_equal_footing(DESIGNS[name]).alike
