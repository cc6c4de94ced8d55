"""MQTT sessions at both ends of a connection that may break at any step, with packets in flight.

Whatever is drawn: no event is illegal, a QoS 2 message is not seen twice, what a sender was told
was delivered, and once the connection stays up everything is.
"""

from collections import deque
from dataclasses import dataclass, field, replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.protocols.machine import TIMEOUT
from models.protocols.mqtt import (
    MQTT_BROKERS,
    MQTT_CLIENTS,
    PACKETS,
    BrokerOptions,
    BrokerSession,
    BrokerState,
    ClientOptions,
    ClientSession,
    ClientState,
    Connect,
    ConnectionDown,
    ConnectionUp,
    Deliver,
    Dropped,
    ReceiverOptions,
    SenderOptions,
    Submit,
    TakenOver,
    Told,
)

QUICK = settings(
    max_examples=120,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)


@dataclass
class End:
    """One end: its session, what is on its way to it, and what it did."""

    session: object
    inbox: deque = field(default_factory=deque)
    submitted: dict[int, list] = field(default_factory=lambda: {0: [], 1: [], 2: []})
    delivered: dict[int, list] = field(default_factory=lambda: {0: [], 1: [], 2: []})
    told: list = field(default_factory=list)
    dropped: list = field(default_factory=list)


class Pair:
    """A client and its broker session, joined by a connection that the test breaks."""

    def __init__(self, client: ClientOptions, broker: BrokerOptions) -> None:
        self.client = End(ClientSession(client, ("room",)))
        self.broker = End(BrokerSession(broker))
        self.joined = False  # the client has a connection
        self.greeted = False  # and the broker has read its CONNECT: what it writes goes there
        self.count = self.takeovers = 0
        self.now_s = 0.0

    def feed(self, end: End, event) -> None:
        other, connected = self.broker, self.joined
        if end is self.broker:
            self.greeted = self.greeted or type(event) is Connect
            other, connected = self.client, self.greeted
        for action in end.session.handle(event, self.now_s):
            if type(action) in PACKETS:
                if connected:
                    other.inbox.append(action)
            elif type(action) is Deliver:
                end.delivered[action.qos].append(action.message)
            elif type(action) is Told:
                end.told.append(action.message)
            elif type(action) is Dropped:
                end.dropped.append(action)
            elif type(action) is TakenOver:
                self.takeovers += 1
        self.check()

    def check(self) -> None:
        for end in (self.client, self.broker):
            options = end.session.options.sender
            if options.resend != "all":
                assert end.session.sender.in_flight <= options.window
            assert end.session.sender.waiting <= options.queue_limit

    def submit(self, end: End, qos: int) -> None:
        if end is self.broker and self.broker.session.state is BrokerState.ABSENT:
            return
        self.count += 1
        end.submitted[qos].append(self.count)
        self.feed(end, Submit(self.count, qos))

    def read(self, end: End) -> None:
        if end.inbox:
            self.feed(end, end.inbox.popleft())

    def connect(self) -> None:
        if self.client.session.state is ClientState.OFFLINE:
            self.client.inbox.clear()
            self.broker.inbox.clear()
            self.joined = True
            self.feed(self.client, ConnectionUp())

    def wait(self) -> None:
        """A second passes; the client's timer may be due."""
        self.now_s += 1.0
        if self.client.session.deadline_s <= self.now_s:
            self.feed(self.client, TIMEOUT)

    def cut(self, both_notice: bool) -> None:
        """Everything under way is lost; the broker may not notice before the next CONNECT."""
        self.joined = self.greeted = False
        self.client.inbox.clear()
        self.broker.inbox.clear()
        if self.client.session.state is not ClientState.OFFLINE:
            self.feed(self.client, ConnectionDown())
        if both_notice and self.broker.session.state is BrokerState.ONLINE:
            self.feed(self.broker, ConnectionDown())

    def do(self, step: str) -> None:
        name, _, qos = step.partition(" ")
        if name in ("publish", "route"):
            self.submit(self.client if name == "publish" else self.broker, int(qos))
        elif name == "read":
            self.read(self.client if qos == "client" else self.broker)
        elif name == "connect":
            self.connect()
        elif name == "lose":
            self.client.inbox.clear()
            self.broker.inbox.clear()
        elif name == "wait":
            self.wait()
        else:
            self.cut(both_notice=name == "cut")

    def settle(self) -> None:
        """The connection comes up and stays up until both ends are silent."""
        self.connect()
        while self.client.inbox or self.broker.inbox:
            self.read(self.broker)
            self.read(self.client)


STEPS = [
    *("publish 0", "publish 1", "publish 2", "route 0", "route 1", "route 2"),
    *["read client", "read broker"] * 4,
    *["connect"] * 2,
    *("cut", "half-open"),
]
steps = st.lists(st.sampled_from(STEPS), min_size=30, max_size=80)


def play(script: list[str], client: ClientOptions, broker: BrokerOptions) -> Pair:
    pair = Pair(client, broker)
    pair.settle()
    for step in script:
        pair.do(step)
    pair.settle()
    return pair


def ways(pair: Pair):
    """Both directions: (who sends, who receives)."""
    return (pair.client, pair.broker), (pair.broker, pair.client)


def firsts(messages: list) -> list:
    return list(dict.fromkeys(messages))


def assert_nothing_twice(pair: Pair) -> None:
    for _, receiver in ways(pair):
        assert len(receiver.delivered[2]) == len(set(receiver.delivered[2]))
        assert len(receiver.delivered[0]) == len(set(receiver.delivered[0]))


def assert_told_means_delivered(pair: Pair) -> None:
    for sender, receiver in ways(pair):
        delivered = set(receiver.delivered[1]) | set(receiver.delivered[2])
        assert set(sender.told) <= delivered
        assert len(sender.told) == len(set(sender.told))


def assert_everything_arrived(pair: Pair) -> None:
    for sender, receiver in ways(pair):
        for qos in (1, 2):
            given_up = {drop.message for drop in sender.dropped}
            owed = [m for m in sender.submitted[qos] if m not in given_up]
            assert set(receiver.delivered[qos]) >= set(owed)
        assert sender.session.sender.kept() == []
        assert not sender.session.sender._ids


def assert_in_order(pair: Pair) -> None:
    for _, receiver in ways(pair):
        for qos in (1, 2):
            seen = firsts(receiver.delivered[qos])
            assert seen == sorted(seen)


@QUICK
@given(
    script=steps,
    window=st.integers(1, 4),
    resend=st.sampled_from(["window", "serial"]),
    deliver_on=st.sampled_from(["publish", "pubrel"]),
    qos0_offline=st.booleans(),
    marks_dup=st.booleans(),
)
def test_a_persistent_session_loses_nothing_and_shows_qos_2_once(
    script, window, resend, deliver_on, qos0_offline, marks_dup
) -> None:
    sender = SenderOptions(
        window=window, resend=resend, qos0_offline=qos0_offline, marks_dup=marks_dup
    )
    receiver = ReceiverOptions(deliver_on=deliver_on)
    client = ClientOptions(sender, receiver, clean=False)
    pair = play(script, client, BrokerOptions(replace(sender, resend="window"), receiver))
    assert_nothing_twice(pair)
    assert_told_means_delivered(pair)
    assert_everything_arrived(pair)
    assert_in_order(pair)


@pytest.mark.parametrize("broker", ["mosquitto", "emqx"])
@pytest.mark.parametrize("client", MQTT_CLIENTS)
@QUICK
@given(script=steps)
def test_shipped_software_with_a_persistent_session(client: str, broker: str, script) -> None:
    options = replace(MQTT_CLIENTS[client], clean=False)
    pair = play(script, options, MQTT_BROKERS[broker])
    assert_nothing_twice(pair)
    assert_told_means_delivered(pair)
    assert_everything_arrived(pair)


@pytest.mark.parametrize("client", MQTT_CLIENTS)
@QUICK
@given(script=steps)
def test_a_broker_that_forgets_received_ids_still_loses_nothing(client: str, script) -> None:
    options = replace(MQTT_CLIENTS[client], clean=False)
    pair = play(script, options, MQTT_BROKERS["vernemq"])
    assert_told_means_delivered(pair)
    assert_everything_arrived(pair)


def test_a_broker_that_forgets_received_ids_passes_a_qos_2_message_on_twice() -> None:
    options = replace(MQTT_CLIENTS["paho"], clean=False)
    script = ["publish 2", "read broker", "cut", "connect"]
    pair = play(script, options, MQTT_BROKERS["vernemq"])
    assert pair.broker.delivered[2] == [1, 1]


@pytest.mark.parametrize("client", MQTT_CLIENTS)
@QUICK
@given(script=steps)
def test_a_clean_session_breaks_no_rule_but_promises_less(client: str, script) -> None:
    pair = play(script, MQTT_CLIENTS[client], MQTT_BROKERS["mosquitto"])
    assert pair.broker.session.state is BrokerState.ONLINE
    sender, receiver = pair.broker, pair.client
    for qos in (1, 2):
        arrived = set(receiver.delivered[qos])
        given_up = {drop.message for drop in sender.dropped}
        assert arrived | given_up >= set(sender.submitted[qos])
    sender, receiver = pair.client, pair.broker
    assert sender.session.sender.kept() == []
    assert set(receiver.delivered[1]) >= set(sender.submitted[1]) - {
        d.message for d in sender.dropped
    }


def test_a_clean_session_loses_what_is_published_while_away() -> None:
    script = ["cut", "route 1", "connect"]
    pair = Pair(MQTT_CLIENTS["paho"], MQTT_BROKERS["mosquitto"])
    pair.settle()
    pair.feed(pair.broker, Submit("before", 1))
    pair.cut(both_notice=True)
    assert pair.broker.dropped == [Dropped("before", "clean session")]
    for step in script:
        pair.do(step)
    pair.settle()
    assert pair.client.delivered[1] == []


def test_what_overflows_mosquittos_window_is_acknowledged_and_lost() -> None:
    """A client that resends beyond its window meets a broker that answers beyond its own."""
    options = replace(MQTT_CLIENTS["paho"], clean=False)
    pair = play(["cut", *["publish 2"] * 25], options, MQTT_BROKERS["mosquitto"])
    assert pair.client.told == list(range(1, 26))
    assert pair.broker.delivered[2] == list(range(1, 21))


@QUICK
@given(
    script=steps,
    limit=st.integers(0, 3),
    drop=st.sampled_from(["newest", "oldest"]),
    flight_fills_queue=st.booleans(),
)
def test_a_queue_never_holds_more_than_its_limit(script, limit, drop, flight_fills_queue) -> None:
    sender = SenderOptions(
        window=2, queue_limit=limit, drop=drop, flight_fills_queue=flight_fills_queue
    )
    pair = play(script, ClientOptions(clean=False), BrokerOptions(sender))
    assert_nothing_twice(pair)
    assert_told_means_delivered(pair)
    assert_everything_arrived(pair)
    assert_in_order(pair)
    reasons = {drop.reason for drop in pair.broker.dropped}
    assert reasons <= {"queue overflow", "not connected"}


@pytest.mark.parametrize(("drop", "kept"), [("newest", [1, 2]), ("oldest", [3, 4])])
def test_a_full_queue_drops_the_end_that_it_says(drop: str, kept: list[int]) -> None:
    broker = BrokerOptions(SenderOptions(queue_limit=2, drop=drop))
    script = ["cut", *["route 1"] * 4]
    assert play(script, ClientOptions(clean=False), broker).client.delivered[1] == kept


RETRIES = SenderOptions(retry_s=2.0)
LOSSY = ["publish 1", "publish 2", "read client", "read broker", "lose", "lose", "wait", "wait"]


@QUICK
@given(script=st.lists(st.sampled_from(LOSSY), min_size=20, max_size=60))
def test_retransmissions_find_what_a_live_connection_loses(script) -> None:
    pair = Pair(ClientOptions(RETRIES, clean=False), BrokerOptions())
    pair.settle()
    for step in script:
        pair.do(step)
    for _ in range(60):
        pair.wait()
        pair.settle()
    assert_told_means_delivered(pair)
    assert_everything_arrived(pair)


def test_a_reconnection_the_broker_did_not_expect_takes_the_session_over() -> None:
    script = ["route 1", "half-open", "route 2", "connect", "route 1"]
    pair = play(script, ClientOptions(clean=False), BrokerOptions())
    assert pair.takeovers == 1
    assert_nothing_twice(pair)
    assert_everything_arrived(pair)
