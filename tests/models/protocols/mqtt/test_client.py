"""A client's session: its states, and what shipped libraries write, packet by packet."""

from dataclasses import replace

import pytest

from models.protocols.machine import NEVER_S, TIMEOUT, ProtocolError
from models.protocols.mqtt.client import (
    CLIENT,
    MQTT_CLIENTS,
    ClientOptions,
    ClientSession,
    ClientState,
    ConnectionUp,
    Unreachable,
)
from models.protocols.mqtt.packets import (
    ConnAck,
    Connect,
    ConnectionDown,
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

PAHO = MQTT_CLIENTS["paho"]
MQTT_JS = MQTT_CLIENTS["mqtt.js"]
DOWN = ConnectionDown()


def shown(actions) -> list[tuple]:
    return [
        (type(action).__name__, *(action if isinstance(action, tuple) else ()))
        for action in actions
    ]


def feed(session: ClientSession, *events, now_s: float = 0.0) -> list[tuple]:
    return [action for event in events for action in shown(session.handle(event, now_s))]


def online(options: ClientOptions, filters: tuple[str, ...] = ()) -> ClientSession:
    session = ClientSession(options, filters)
    feed(session, ConnectionUp(), ConnAck(False))
    return session


def again(session: ClientSession, present: bool = False) -> list[tuple]:
    return feed(session, DOWN, ConnectionUp(), ConnAck(present))


def in_state(state: ClientState) -> ClientSession:
    session = ClientSession(ClientOptions())
    events = {ClientState.OFFLINE: (), ClientState.CONNECTING: (ConnectionUp(),)}
    feed(session, *events.get(state, (ConnectionUp(), ConnAck(False))))
    assert session.state is state
    return session


EVENTS = {
    Submit: Submit("a", 1),
    ConnectionUp: ConnectionUp(),
    ConnectionDown: DOWN,
    ConnAck: ConnAck(False),
    Publish: Publish(1, 1, False, "a"),
    PubAck: PubAck(1),
    PubRec: PubRec(1),
    PubRel: PubRel(1),
    PubComp: PubComp(1),
    Connect: Connect(True),
    Subscribe: Subscribe(1, ()),
    type(TIMEOUT): TIMEOUT,
}


@pytest.mark.parametrize("state", ClientState)
@pytest.mark.parametrize("kind", EVENTS, ids=lambda kind: kind.__name__)
def test_an_event_is_taken_or_refused_as_the_table_says(state: ClientState, kind: type) -> None:
    session = in_state(state)
    if kind in CLIENT[state]:
        session.handle(EVENTS[kind], 0.0)
    else:
        with pytest.raises(ProtocolError, match=state.name):
            session.handle(EVENTS[kind], 0.0)


def test_connecting() -> None:
    session = ClientSession(ClientOptions(clean=False))
    assert feed(session, ConnectionUp()) == [("Connect", False)]
    assert session.state is ClientState.CONNECTING
    assert feed(session, ConnAck(True)) == []
    assert session.state is ClientState.ONLINE
    feed(session, DOWN)
    assert session.state is ClientState.OFFLINE


def test_messages_in_both_directions() -> None:
    session = online(ClientOptions())
    assert feed(session, Submit("a", 1)) == [("Publish", 1, 1, False, "a")]
    assert feed(session, PubAck(1)) == [("Told", "a")]
    assert feed(session, Publish(1, 2, False, "b")) == [("PubRec", 1)]
    assert feed(session, PubRel(1)) == [("Deliver", "b", 2), ("PubComp", 1)]


def test_nothing_goes_out_before_connack_unless_the_library_does_that() -> None:
    session = ClientSession(ClientOptions())
    assert feed(session, ConnectionUp(), Submit("a", 1)) == [("Connect", True)]
    assert feed(session, ConnAck(False)) == [("Publish", 1, 1, False, "a")]
    early = ClientSession(ClientOptions(sends_early=True))
    assert feed(early, ConnectionUp(), Submit("a", 1)) == [
        ("Connect", True),
        ("Publish", 1, 1, False, "a"),
    ]
    assert feed(early, PubAck(1), ConnAck(False)) == [("Told", "a")]


def test_subscribing_always_comes_first() -> None:
    session = ClientSession(ClientOptions(clean=False, subscribes="always"), ("room",))
    feed(session, Submit("a", 1), ConnectionUp())
    subscribed_first = [("Subscribe", 2, ("room",)), ("Publish", 1, 1, False, "a")]
    assert feed(session, ConnAck(True)) == subscribed_first
    assert feed(session, SubAck(2)) == [("Subscribed",)]


def test_the_first_connection_subscribes_even_to_a_session_that_is_there() -> None:
    options = ClientOptions(clean=False, subscribes="without session")
    session = ClientSession(options, ("room",))
    feed(session, Submit("a", 1), ConnectionUp())
    assert feed(session, ConnAck(True)) == [
        ("Publish", 1, 1, False, "a"),
        ("Subscribe", 2, ("room",)),
    ]


@pytest.mark.parametrize(
    ("clean", "present", "subscribes"),
    [(True, False, True), (False, False, True), (False, True, False)],
)
def test_later_ones_subscribe_only_without_a_session(
    clean: bool, present: bool, subscribes: bool
) -> None:
    options = ClientOptions(clean=clean, subscribes="without session")
    session = online(options, ("room",))
    feed(session, SubAck(1), Submit("a", 1), DOWN, ConnectionUp())
    sent = feed(session, ConnAck(present))
    assert sent[0] == ("Publish", 2, 1, True, "a")
    assert sent[1:] == ([("Subscribe", 3, ("room",))] if subscribes else [])


def test_without_filters_there_is_nothing_to_subscribe_to() -> None:
    assert again(online(ClientOptions())) == [("Connect", True)]


def test_an_unanswered_subscribe_gives_its_id_back() -> None:
    session = online(ClientOptions(), ("room",))
    assert again(session) == [("Connect", True), ("Subscribe", 2, ("room",))]
    feed(session, SubAck(2))
    assert feed(session, Submit("a", 1)) == [("Publish", 3, 1, False, "a")]
    assert session.sender.new_id() == 4
    for _ in range(65_535 - 4):
        session.sender.free_id(session.sender.new_id())
    assert session.sender.new_id() == 1


def test_a_suback_for_something_else_is_an_error() -> None:
    session = online(ClientOptions(), ("room",))
    with pytest.raises(ProtocolError, match="SubAck"):
        session.handle(SubAck(9), 0.0)


@pytest.mark.parametrize(
    ("clean", "present", "remembers"),
    [(True, True, False), (False, False, False), (False, True, True)],
)
def test_received_ids_are_remembered_only_within_a_session(
    clean: bool, present: bool, remembers: bool
) -> None:
    options = ClientOptions(clean=clean, receiver=ReceiverOptions(deliver_on="publish"))
    session = online(options)
    feed(session, Publish(1, 2, False, "a"))
    again(session, present)
    delivered = ("Deliver", "a", 2) in feed(session, Publish(1, 2, True, "a"))
    assert delivered is not remembers


def test_the_deadline_is_the_senders() -> None:
    session = online(ClientOptions(sender=SenderOptions(retry_s=20.0)))
    assert session.deadline_s == NEVER_S
    feed(session, Submit("a", 1), now_s=5.0)
    assert session.deadline_s == 25.0
    assert feed(session, TIMEOUT, now_s=25.0) == [("Publish", 1, 1, True, "a")]


def test_paho_when_away_refuses_qos_0_and_keeps_the_rest() -> None:
    session = ClientSession(PAHO)
    assert feed(session, Submit("a", 0)) == [("Dropped", "a", "not connected")]
    assert feed(session, Submit("b", 1)) == []
    assert session.sender.kept() == ["b"]


def test_paho_coming_back() -> None:
    """Seen on the wire, paho-mqtt 2.2.0: 25 messages unanswered at a window of 20, one submitted
    while away, one between CONNECT and CONNACK; every publish() uses up an id."""
    session = online(PAHO, ("t",))
    feed(session, SubAck(1), Submit("q0", 0), Submit("q0", 0))
    sent = [feed(session, Submit(f"m{n}", 1)) for n in range(25)]
    assert [len(actions) for actions in sent] == [1] * 20 + [0] * 5
    feed(session, DOWN, Submit("off0", 0), Submit("off1", 1), ConnectionUp())
    assert feed(session, Submit("early", 1), Submit("early0", 0)) == [
        ("Publish", 31, 1, False, "early"),
        ("Publish", 0, 0, False, "early0"),
    ]
    assert feed(session, ConnAck(True)) == [
        ("Subscribe", 33, ("t",)),
        *[("Publish", 4 + n, 1, n < 20, f"m{n}") for n in range(25)],
        ("Publish", 30, 1, False, "off1"),
    ]


@pytest.mark.parametrize(
    ("clean", "resent"),
    [
        (True, [("Publish", 1, 2, True, "m0"), ("Publish", 2, 2, True, "m1")]),
        (False, [("PubRel", 1), ("Publish", 2, 2, True, "m1")]),
    ],
)
def test_paho_coming_back_with_qos_2(clean: bool, resent: list[tuple]) -> None:
    """Seen on the wire, paho-mqtt 2.2.0."""
    session = online(replace(PAHO, clean=clean))
    feed(session, Submit("m0", 2), Submit("m1", 2), PubRec(1))
    assert again(session, present=not clean)[1:] == resent


def test_mqtt_js_when_away_keeps_everything() -> None:
    session = ClientSession(MQTT_JS)
    assert feed(session, Submit("a", 0), Submit("b", 1)) == []
    assert session.sender.kept() == ["a", "b"]


@pytest.mark.parametrize("clean", [True, False])
def test_mqtt_js_coming_back(clean: bool) -> None:
    """Seen on the wire, MQTT.js 5.16.0: no DUP, one by one, then what was submitted meanwhile, then
    the QoS 0 of the time away, then the subscription unless the session was there."""
    session = online(replace(MQTT_JS, clean=clean), ("t",))
    feed(session, SubAck(1), Submit("m0", 1), Submit("two", 2), PubRec(3))
    feed(session, DOWN, Submit("off0", 0), Submit("off1", 1), ConnectionUp())
    assert feed(session, ConnAck(not clean)) == [("Publish", 2, 1, False, "m0")]
    assert feed(session, Submit("dur1", 1), Submit("dur0", 0)) == []
    assert feed(session, PubAck(2)) == [("Told", "m0"), ("PubRel", 3)]
    assert feed(session, PubComp(3)) == [("Told", "two"), ("Publish", 4, 1, False, "off1")]
    assert feed(session, PubAck(4)) == [
        ("Told", "off1"),
        ("Publish", 5, 1, False, "dur1"),
        ("Publish", 0, 0, False, "dur0"),
        ("Publish", 0, 0, False, "off0"),
        *([("Subscribe", 6, ("t",))] if clean else []),
    ]


def sent(session: ClientSession) -> list[str]:
    """What it publishes when a broker acknowledges one after the other."""
    found = []
    actions = feed(session, ConnectionUp(), ConnAck(True))
    while published := [action for action in actions if action[0] == "Publish"]:
        found += [action[4] for action in published]
        actions = [one for action in published for one in feed(session, PubAck(action[1]))]
    return found


@pytest.mark.parametrize("name", MQTT_CLIENTS)
def test_half_an_hour_of_tries_makes_1800_copies_of_the_first_message_or_none(name) -> None:
    """V08: one try a second for 30 minutes (MQTT.js pull request 301)."""
    session = ClientSession(replace(MQTT_CLIENTS[name], clean=False))
    feed(session, *(Submit(message, 1) for message in ("a", "b", "c")))
    for at_s in range(1800):
        assert feed(session, Unreachable(), now_s=float(at_s)) == []
    published = sent(session)
    copies = 1800 if MQTT_CLIENTS[name].sender.requeues else 0
    assert published == ["a", "b", "c"] + copies * ["a"]


def test_nothing_stored_is_nothing_to_copy() -> None:
    session = ClientSession(MQTT_CLIENTS["mqtt.js-requeue"])
    feed(session, Unreachable())
    assert sent(session) == []


def test_presets_name_their_source() -> None:
    assert set(MQTT_CLIENTS) == {"paho", "libmosquitto", "mqtt.js", "mqtt.js-requeue"}
    files = ("client.js", "client.py", "messages_mosq.c")
    assert all(any(one in c.source for one in files) for c in MQTT_CLIENTS.values())
    assert all(client.clean for client in MQTT_CLIENTS.values())
    assert (PAHO.sender.window, MQTT_JS.sender.window) == (20, 65_535)


def test_defaults_and_impossible_options() -> None:
    options = ClientOptions()
    assert (options.clean, options.sends_early, options.subscribes) == (True, False, "always")
    assert (options.sender, options.receiver) == (SenderOptions(), ReceiverOptions())
    assert options.source == "own setting"
    with pytest.raises(ValueError, match="subscribes = 'never'"):
        ClientOptions(subscribes="never")
