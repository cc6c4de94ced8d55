"""What a broker keeps for a client id: sessions, takeover, expiry, and the presets' overflows."""

import math
from dataclasses import fields, replace

import pytest

from models.protocols.machine import NEVER_S, TIMEOUT, ProtocolError
from models.protocols.mqtt.broker import (
    BROKER,
    MQTT_BROKERS,
    BrokerOptions,
    BrokerSession,
    BrokerState,
    Restart,
    effective_qos,
)
from models.protocols.mqtt.packets import (
    ConnAck,
    Connect,
    ConnectionDown,
    Disconnect,
    PubAck,
    PubComp,
    Publish,
    PubRec,
    PubRel,
    SubAck,
    Submit,
    Subscribe,
)
from models.protocols.mqtt.receiver import ReceiverOptions
from models.protocols.mqtt.sender import SenderOptions

DOWN = ConnectionDown()
KEEP, CLEAN = Connect(False), Connect(True)


def shown(actions) -> list[tuple]:
    return [
        (type(action).__name__, *(action if isinstance(action, tuple) else ()))
        for action in actions
    ]


def feed(session: BrokerSession, *events, now_s: float = 0.0) -> list[tuple]:
    return [action for event in events for action in shown(session.handle(event, now_s))]


def online(clean: bool = False, name: str = "", **options) -> BrokerSession:
    preset = MQTT_BROKERS[name] if name else BrokerOptions()
    session = BrokerSession(replace(preset, **options))
    assert feed(session, Connect(clean)) == [("ConnAck", False)]
    return session


def in_state(state: BrokerState) -> BrokerSession:
    session = online()
    if state is BrokerState.ABSENT:
        feed(session, CLEAN, DOWN)
    elif state is BrokerState.OFFLINE:
        feed(session, DOWN)
    assert session.state is state
    return session


EVENTS = {
    Connect: KEEP,
    ConnectionDown: DOWN,
    Disconnect: Disconnect(),
    Restart: Restart(kept=True),
    Submit: Submit("a", 1),
    Subscribe: Subscribe(1, ("t",)),
    Publish: Publish(1, 1, False, "a"),
    PubAck: PubAck(1),
    PubRec: PubRec(1),
    PubRel: PubRel(1),
    PubComp: PubComp(1),
    ConnAck: ConnAck(True),
    SubAck: SubAck(1),
    type(TIMEOUT): TIMEOUT,
}


@pytest.mark.parametrize("state", BrokerState)
@pytest.mark.parametrize("kind", EVENTS, ids=lambda kind: kind.__name__)
def test_an_event_is_taken_or_refused_as_the_table_says(state: BrokerState, kind: type) -> None:
    session = in_state(state)
    if kind in BROKER[state]:
        session.handle(EVENTS[kind], 0.0)
    else:
        with pytest.raises(ProtocolError, match=state.name):
            session.handle(EVENTS[kind], 0.0)


@pytest.mark.parametrize(
    ("published", "subscribed", "effective"), [(2, 1, 1), (1, 2, 1), (0, 2, 0), (2, 2, 2)]
)
def test_effective_qos(published: int, subscribed: int, effective: int) -> None:
    assert effective_qos(published, subscribed) == effective


def test_messages_in_both_directions() -> None:
    session = online()
    assert feed(session, Publish(1, 1, False, "a")) == [("Deliver", "a", 1), ("PubAck", 1)]
    assert feed(session, Publish(2, 2, False, "b"), PubRel(2)) == [
        ("PubRec", 2),
        ("Deliver", "b", 2),
        ("PubComp", 2),
    ]
    assert feed(session, Submit("c", 1), PubAck(1)) == [
        ("Publish", 1, 1, False, "c"),
        ("Told", "c"),
    ]


def test_subscriptions_belong_to_the_session() -> None:
    session = online()
    assert feed(session, Subscribe(7, ("t",))) == [("SubAck", 7)]
    feed(session, DOWN, KEEP)
    assert session.filters == ("t",)
    feed(session, CLEAN)
    assert session.filters == ()


@pytest.mark.parametrize("end", [DOWN, Disconnect()])
def test_a_session_that_is_not_clean_outlives_its_connection(end) -> None:
    session = online()
    assert feed(session, Submit("a", 1), end, Submit("b", 1)) == [("Publish", 1, 1, False, "a")]
    assert session.state is BrokerState.OFFLINE
    assert feed(session, KEEP) == [
        ("ConnAck", True),
        ("Publish", 1, 1, True, "a"),
        ("Publish", 2, 1, False, "b"),
    ]


def test_a_clean_session_ends_with_its_connection() -> None:
    session = online(clean=True)
    feed(session, Submit("a", 1), Subscribe(1, ("t",)))
    assert feed(session, DOWN) == [("Dropped", "a", "clean session")]
    assert (session.state, session.filters) == (BrokerState.ABSENT, ())
    assert feed(session, Submit("b", 1)) == [("Dropped", "b", "clean session")]
    assert feed(session, KEEP) == [("ConnAck", False)]


def test_a_clean_connect_discards_the_session_before_it() -> None:
    session = online()
    feed(session, Submit("a", 1), DOWN)
    assert feed(session, CLEAN) == [("Dropped", "a", "clean session"), ("ConnAck", False)]
    assert session.deadline_s == NEVER_S


def test_received_ids_belong_to_the_session() -> None:
    session = online(receiver=ReceiverOptions(deliver_on="publish"))
    feed(session, Publish(1, 2, False, "a"), DOWN, KEEP)
    assert feed(session, Publish(1, 2, True, "a")) == [("PubRec", 1)]
    feed(session, CLEAN)
    assert feed(session, Publish(1, 2, False, "a"))[0] == ("Deliver", "a", 2)


def test_received_ids_may_be_forgotten_with_the_connection() -> None:
    session = online(receiver=ReceiverOptions(deliver_on="publish", forgets=True))
    feed(session, Publish(1, 2, False, "a"), DOWN, KEEP)
    assert feed(session, Publish(1, 2, True, "a"))[0] == ("Deliver", "a", 2)


def test_takeover_closes_the_old_connection_and_resends() -> None:
    session = online()
    feed(session, Submit("a", 1))
    assert feed(session, KEEP) == [
        ("TakenOver",),
        ("ConnAck", True),
        ("Publish", 1, 1, True, "a"),
    ]
    assert session.state is BrokerState.ONLINE


def test_takeover_of_a_clean_session_starts_from_nothing() -> None:
    session = online(clean=True)
    feed(session, Submit("a", 1))
    assert feed(session, CLEAN) == [
        ("TakenOver",),
        ("Dropped", "a", "clean session"),
        ("ConnAck", False),
    ]


def test_a_session_expires() -> None:
    session = online(session_expiry_s=100.0)
    feed(session, Submit("a", 1), DOWN, now_s=50.0)
    assert session.deadline_s == 150.0
    assert feed(session, TIMEOUT, now_s=150.0) == [("Dropped", "a", "session expired")]
    assert (session.state, session.deadline_s) == (BrokerState.ABSENT, NEVER_S)


def test_a_returning_client_stops_the_expiry() -> None:
    session = online(session_expiry_s=100.0)
    feed(session, DOWN, KEEP, now_s=50.0)
    assert session.deadline_s == NEVER_S


def test_a_restart_without_a_disk_loses_everything() -> None:
    for events in ((), (DOWN,)):
        session = online()
        feed(session, Submit("a", 1), *events)
        assert feed(session, Restart(kept=False)) == [("Dropped", "a", "store lost")]
        assert (session.state, session.deadline_s) == (BrokerState.ABSENT, NEVER_S)
        assert feed(session, KEEP) == [("ConnAck", False)]


def test_a_restart_with_a_disk_only_breaks_the_connection() -> None:
    session = online()
    feed(session, Submit("a", 1))
    assert feed(session, Restart(kept=True)) == []
    assert session.state is BrokerState.OFFLINE
    assert feed(session, Restart(kept=True)) == []
    assert feed(session, KEEP) == [("ConnAck", True), ("Publish", 1, 1, True, "a")]


def test_a_clean_session_does_not_survive_a_restart() -> None:
    session = online(clean=True)
    feed(session, Submit("a", 1))
    assert feed(session, Restart(kept=True)) == [("Dropped", "a", "clean session")]


def overflow(name: str, away: int, qos: int = 1) -> list:
    """Who is kept of `away` messages sent to a client of this broker that is away."""
    session = online(name=name)
    feed(session, DOWN)
    for number in range(away):
        feed(session, Submit(number, qos))
    return session.sender.kept()


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("mosquitto", range(1000)),
        ("emqx", range(100, 1100)),
        ("vernemq", range(1000)),
        ("rabbitmq", range(1100)),
    ],
)
def test_what_is_kept_for_a_client_that_is_away(name: str, kept: range) -> None:
    assert overflow(name, 1100) == list(kept)


@pytest.mark.parametrize(("name", "kept"), [("mosquitto", 0), ("emqx", 3), ("vernemq", 0)])
def test_qos_0_for_a_client_that_is_away(name: str, kept: int) -> None:
    assert len(overflow(name, 3, qos=0)) == kept


@pytest.mark.parametrize(
    ("name", "sent", "kept"),
    [("mosquitto", 20, 1020), ("emqx", 32, 1032), ("vernemq", 20, 1020), ("rabbitmq", 10, 1100)],
)
def test_what_is_kept_for_a_client_that_does_not_answer(name: str, sent: int, kept: int) -> None:
    session = online(name=name)
    actions = [feed(session, Submit(number, 1)) for number in range(1100)]
    assert [a[0][0] for a in actions if a].count("Publish") == sent
    assert len(session.sender.kept()) == kept


def test_mosquitto_counts_what_is_in_flight_once_the_client_is_away() -> None:
    """Seen: 20 in flight and 10 waiting, then 1100 more while away: 1000 kept in all."""
    session = online(name="mosquitto")
    for number in range(30):
        feed(session, Submit(number, 1))
    feed(session, DOWN)
    for number in range(30, 1130):
        feed(session, Submit(number, 1))
    assert session.sender.kept() == list(range(1000))


@pytest.mark.parametrize(
    ("name", "delivered_at"), [("mosquitto", "PUBREL"), ("emqx", "PUBLISH"), ("vernemq", "PUBLISH")]
)
def test_when_a_qos_2_message_is_passed_on(name: str, delivered_at: str) -> None:
    session = online(name=name)
    on_publish = ("Deliver", "a", 2) in feed(session, Publish(1, 2, False, "a"))
    on_release = ("Deliver", "a", 2) in feed(session, PubRel(1))
    assert (on_publish, on_release) == (delivered_at == "PUBLISH", delivered_at == "PUBREL")


def test_vernemq_sends_again_after_twenty_seconds_and_forgets_received_ids() -> None:
    session = online(name="vernemq")
    feed(session, Submit("a", 1), now_s=3.0)
    assert session.deadline_s == 23.0
    assert feed(session, TIMEOUT, now_s=23.0) == [("Publish", 1, 1, True, "a")]
    feed(session, Publish(9, 2, False, "b"), DOWN, KEEP)
    assert ("Deliver", "b", 2) in feed(session, Publish(9, 2, True, "b"))


def test_preset_lifetimes_and_sources() -> None:
    expiry = {name: broker.session_expiry_s for name, broker in MQTT_BROKERS.items()}
    assert expiry == {
        "mosquitto": math.inf,
        "emqx": 7200.0,
        "vernemq": math.inf,
        "rabbitmq": 86_400.0,
        "on-disk": math.inf,
    }
    on_disk = [name for name, broker in MQTT_BROKERS.items() if broker.on_disk]
    assert on_disk == ["vernemq", "rabbitmq", "on-disk"]
    products = {name: one for name, one in MQTT_BROKERS.items() if name != "on-disk"}
    assert all(name in broker.source for name, broker in products.items())


def test_what_brokers_do_in_a_netsplit() -> None:
    does = {
        name: (broker.netsplit, broker.elsewhere, broker.heals_after_s)
        for name, broker in MQTT_BROKERS.items()
    }
    assert does == {
        "mosquitto": ("lose", "new", math.inf),  # it has no cluster
        "emqx": ("lose", "new", 15.0),
        "vernemq": ("refuse", "new", math.inf),
        "rabbitmq": ("lose", "wait", math.inf),
        "on-disk": ("lose", "new", math.inf),
    }
    assert [name for name, one in MQTT_BROKERS.items() if one.qos_max < 2] == ["rabbitmq"]
    known = {one.name for kind in (BrokerOptions, SenderOptions) for one in fields(kind)}
    assert {name for one in MQTT_BROKERS.values() for name in one.assumed} <= known


@pytest.mark.parametrize(
    ("key", "value"),
    [("netsplit", "pray"), ("elsewhere", "x"), ("heals_after_s", -1.0), ("heals_for_s", 0.0),
     ("qos_max", 3)],
)  # fmt: skip
def test_a_broker_that_cannot_be(key, value) -> None:
    with pytest.raises(ValueError, match=f"{key} = "):
        BrokerOptions(**{key: value})


def test_defaults_and_impossible_options() -> None:
    options = BrokerOptions()
    assert (options.session_expiry_s, options.on_disk) == (math.inf, False)
    assert (options.sender, options.receiver) == (SenderOptions(), ReceiverOptions())
    assert options.source == "own setting"
    with pytest.raises(ValueError, match=r"session_expiry_s = 0\.0"):
        BrokerOptions(session_expiry_s=0.0)
