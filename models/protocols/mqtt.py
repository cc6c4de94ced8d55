"""MQTT sessions: the client's and the broker's, each a Sender and a Receiver with a memory.

A ClientSession lives as long as its client; a BrokerSession stands for one client id at the broker,
connected or not. Both are told when a connection comes and goes (dialling is `link`, keep-alive is
`heartbeat`) and are fed the packets read from it; their actions are packets to write and news for
their own side. Presets carry the defaults of shipped software. Left out: topic matching (the caller
routes), wills, retained and shared subscriptions.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from models.protocols.machine import NEVER_S, ProtocolError, Timeout, above, one_of
from models.protocols.mqtt_packets import (
    ConnAck,
    Connect,
    Disconnect,
    Dropped,
    FlowAction,
    PubAck,
    PubComp,
    Publish,
    PubRec,
    PubRel,
    SubAck,
    Subscribe,
)
from models.protocols.mqtt_receiver import Receiver, ReceiverOptions
from models.protocols.mqtt_sender import Sender, SenderOptions


class Submit(NamedTuple):
    """Client: publish `message`. Broker: send it to this subscriber, at the effective QoS."""

    message: Hashable
    qos: int


@dataclass(frozen=True, slots=True)
class ConnectionUp:
    """Client: there is a connection; CONNECT can be written."""


@dataclass(frozen=True, slots=True)
class ConnectionDown:
    """The connection is gone, as far as this end knows."""


@dataclass(frozen=True, slots=True)
class Restart:
    """Broker: the process died and is back; `kept` when sessions were on disk."""

    kept: bool


@dataclass(frozen=True, slots=True)
class Subscribed:
    """Client: the broker confirmed the subscriptions."""


@dataclass(frozen=True, slots=True)
class TakenOver:
    """Broker: another connection has this client id now; close the old one."""


Action = FlowAction | Subscribed | TakenOver


def effective_qos(published_qos: int, subscribed_qos: int) -> int:
    """QoS of the hop to a subscriber: never above either (MQTT 3.1.1 section 3.8.4)."""
    return min(published_qos, subscribed_qos)


@dataclass(frozen=True, slots=True)
class ClientOptions:
    """How a client library keeps its session.

    `clean`: asks for a clean session. `sends_early`: new messages go out before CONNACK.
    `subscribes`: "always" after CONNACK, or "without session" only when the broker had none.
    """

    sender: SenderOptions = SenderOptions()
    receiver: ReceiverOptions = ReceiverOptions()
    clean: bool = True
    sends_early: bool = False
    subscribes: str = "always"
    source: str = "own setting"

    def __post_init__(self) -> None:
        one_of("subscribes", self.subscribes, ("always", "without session"))


class ClientState(Enum):
    """Where a client's session stands."""

    OFFLINE = "offline"
    CONNECTING = "connecting"  # CONNECT written, no CONNACK yet
    ONLINE = "online"


class ClientSession:
    """A client's session with one broker. `filters` are what it subscribes to."""

    __slots__ = (
        "_subscribe_id",
        "_unsubscribed",
        "filters",
        "options",
        "receiver",
        "sender",
        "state",
    )

    def __init__(self, options: ClientOptions, filters: tuple[str, ...] = ()) -> None:
        self.options = options
        self.filters = filters
        self.sender = Sender(options.sender)
        self.receiver = Receiver(options.receiver)
        self.state = ClientState.OFFLINE
        self._unsubscribed = False
        self._subscribe_id = 0

    @property
    def deadline_s(self) -> float:
        """When to hear TIMEOUT next."""
        return self.sender.deadline_s

    def handle(self, event: Any, now_s: float) -> Sequence[Action]:
        """Take one event; raises ProtocolError when CLIENT does not list it."""
        step = CLIENT[self.state].get(type(event))
        if step is None:
            raise ProtocolError(self, self.state, event)
        return step(self, event, now_s)

    def _submit(self, event: Submit, now_s: float) -> Sequence[Action]:
        return self.sender.submit(event.message, event.qos, now_s)

    def _up(self, event: ConnectionUp, now_s: float) -> Sequence[Action]:
        self.state = ClientState.CONNECTING
        if self.options.sends_early:
            self.sender.open()
        return (Connect(self.options.clean),)

    def _down(self, event: ConnectionDown, now_s: float) -> Sequence[Action]:
        self.state = ClientState.OFFLINE
        if self._subscribe_id:
            self.sender.free_id(self._subscribe_id)
            self._subscribe_id = 0
        return self.sender.down()

    def _connected(self, event: ConnAck, now_s: float) -> Sequence[Action]:
        self.state = ClientState.ONLINE
        fresh = self.options.clean or not event.session_present
        if fresh:
            self.receiver.reset()
        always = self.options.subscribes == "always"
        self._unsubscribed = bool(self.filters) and (fresh or always)
        first = self._subscribe() if always else ()
        resent = self.sender.resume(self.options.clean, now_s)
        return (*first, *resent, *self._subscribe())

    def _subscribe(self) -> Sequence[Action]:
        if not self._unsubscribed or self.sender.replaying:
            return ()
        self._unsubscribed = False
        self._subscribe_id = self.sender.new_id()
        return (Subscribe(self._subscribe_id, self.filters),)

    def _subscribed(self, event: SubAck, now_s: float) -> Sequence[Action]:
        if event.packet_id != self._subscribe_id:
            raise ProtocolError(self, self.state, event)
        self.sender.free_id(event.packet_id)
        self._subscribe_id = 0
        return (Subscribed(),)

    def _publish(self, event: Publish, now_s: float) -> Sequence[Action]:
        return self.receiver.publish(event)

    def _release(self, event: PubRel, now_s: float) -> Sequence[Action]:
        return self.receiver.release(event)

    def _acknowledged(self, event: PubAck | PubRec | PubComp, now_s: float) -> Sequence[Action]:
        out = self.sender.acknowledged(event, now_s)
        return (*out, *self._subscribe()) if self._unsubscribed else out

    def _time_out(self, event: Timeout, now_s: float) -> Sequence[Action]:
        return self.sender.time_out(now_s)


_ClientStep = Callable[[ClientSession, Any, float], Sequence[Action]]
_ANYWHERE: Final[dict[type, _ClientStep]] = {
    Submit: ClientSession._submit,
    ConnectionDown: ClientSession._down,
}
CLIENT: Final[Mapping[ClientState, Mapping[type, _ClientStep]]] = MappingProxyType(
    {
        ClientState.OFFLINE: {**_ANYWHERE, ConnectionUp: ClientSession._up},
        ClientState.CONNECTING: {
            **_ANYWHERE,
            ConnAck: ClientSession._connected,
            PubAck: ClientSession._acknowledged,
            PubRec: ClientSession._acknowledged,
            PubComp: ClientSession._acknowledged,
        },
        ClientState.ONLINE: {
            **_ANYWHERE,
            Publish: ClientSession._publish,
            PubAck: ClientSession._acknowledged,
            PubRec: ClientSession._acknowledged,
            PubRel: ClientSession._release,
            PubComp: ClientSession._acknowledged,
            SubAck: ClientSession._subscribed,
            Timeout: ClientSession._time_out,
        },
    }
)
"""Client: legal events by state and what answers them."""


@dataclass(frozen=True, slots=True)
class BrokerOptions:
    """How a broker keeps one client's session.

    `session_expiry_s`: how long a session that is not clean outlives its connection.
    `on_disk`: sessions survive a restart of the broker.
    """

    sender: SenderOptions = SenderOptions()
    receiver: ReceiverOptions = ReceiverOptions()
    session_expiry_s: float = math.inf
    on_disk: bool = False
    source: str = "own setting"

    def __post_init__(self) -> None:
        above("session_expiry_s", self.session_expiry_s, 0.0)


class BrokerState(Enum):
    """What the broker has of a client id."""

    ABSENT = "absent"
    ONLINE = "online"
    OFFLINE = "offline"  # a session without a connection


class BrokerSession:
    """What a broker keeps for one client id; `filters` are its subscriptions."""

    __slots__ = ("_clean", "_expires_s", "filters", "options", "receiver", "sender", "state")

    def __init__(self, options: BrokerOptions) -> None:
        self.options = options
        self.filters: tuple[str, ...] = ()
        self.sender = Sender(options.sender)
        self.receiver = Receiver(options.receiver)
        self.state = BrokerState.ABSENT
        self._clean = True
        self._expires_s = NEVER_S

    @property
    def deadline_s(self) -> float:
        """When to hear TIMEOUT next."""
        return min(self._expires_s, self.sender.deadline_s)

    def handle(self, event: Any, now_s: float) -> Sequence[Action]:
        """Take one event; raises ProtocolError when BROKER does not list it."""
        step = BROKER[self.state].get(type(event))
        if step is None:
            raise ProtocolError(self, self.state, event)
        return step(self, event, now_s)

    def _connect(self, event: Connect, now_s: float) -> Sequence[Action]:
        out: list[Action] = []
        if self.state is BrokerState.ONLINE:
            out = [TakenOver(), *self._down(event, now_s)]
        if event.clean:
            out += self._forget("clean session")
        present = self.state is BrokerState.OFFLINE
        self.state, self._clean, self._expires_s = BrokerState.ONLINE, event.clean, NEVER_S
        return [*out, ConnAck(present), *self.sender.resume(event.clean, now_s)]

    def _forget(self, reason: str) -> Sequence[Action]:
        self.state, self._expires_s = BrokerState.ABSENT, NEVER_S
        self.filters = ()
        self.receiver.reset()
        return self.sender.clear(reason)

    def _down(self, event: object, now_s: float) -> Sequence[Action]:
        lost = self.sender.down()
        if self._clean:
            return (*lost, *self._forget("clean session"))
        if self.options.receiver.forgets:
            self.receiver.reset()
        self.state = BrokerState.OFFLINE
        self._expires_s = now_s + self.options.session_expiry_s
        return lost

    def _restart(self, event: Restart, now_s: float) -> Sequence[Action]:
        if not event.kept:
            self.sender.down()
            return self._forget("store lost")
        return self._down(event, now_s) if self.state is BrokerState.ONLINE else ()

    def _subscribe(self, event: Subscribe, now_s: float) -> Sequence[Action]:
        self.filters = event.filters
        return (SubAck(event.packet_id),)

    def _submit(self, event: Submit, now_s: float) -> Sequence[Action]:
        return self.sender.submit(event.message, event.qos, now_s)

    def _nobody(self, event: Submit, now_s: float) -> Sequence[Action]:
        return (Dropped(event.message, "clean session"),)

    def _publish(self, event: Publish, now_s: float) -> Sequence[Action]:
        return self.receiver.publish(event)

    def _release(self, event: PubRel, now_s: float) -> Sequence[Action]:
        return self.receiver.release(event)

    def _acknowledged(self, event: PubAck | PubRec | PubComp, now_s: float) -> Sequence[Action]:
        return self.sender.acknowledged(event, now_s)

    def _retry(self, event: Timeout, now_s: float) -> Sequence[Action]:
        return self.sender.time_out(now_s)

    def _expire(self, event: Timeout, now_s: float) -> Sequence[Action]:
        return self._forget("session expired")


_BrokerStep = Callable[[BrokerSession, Any, float], Sequence[Action]]
BROKER: Final[Mapping[BrokerState, Mapping[type, _BrokerStep]]] = MappingProxyType(
    {
        BrokerState.ABSENT: {
            Connect: BrokerSession._connect,
            Restart: BrokerSession._restart,
            Submit: BrokerSession._nobody,
        },
        BrokerState.OFFLINE: {
            Connect: BrokerSession._connect,
            Restart: BrokerSession._restart,
            Submit: BrokerSession._submit,
            Timeout: BrokerSession._expire,
        },
        BrokerState.ONLINE: {
            Connect: BrokerSession._connect,
            ConnectionDown: BrokerSession._down,
            Disconnect: BrokerSession._down,
            Restart: BrokerSession._restart,
            Submit: BrokerSession._submit,
            Subscribe: BrokerSession._subscribe,
            Publish: BrokerSession._publish,
            PubAck: BrokerSession._acknowledged,
            PubRec: BrokerSession._acknowledged,
            PubRel: BrokerSession._release,
            PubComp: BrokerSession._acknowledged,
            Timeout: BrokerSession._retry,
        },
    }
)
"""Broker: legal events by state and what answers them."""

MQTT_CLIENTS: Final[Mapping[str, ClientOptions]] = MappingProxyType(
    {
        "paho": ClientOptions(
            sender=SenderOptions(window=20, resend="all", restart_on_clean=True, counts_qos0=True),
            sends_early=True,
            source="PyPI paho-mqtt 2.2.0, client.py: publish, _messages_reconnect_reset_out, "
            "_handle_connack; subscribing in on_connect",
        ),
        "mqtt.js": ClientOptions(
            sender=SenderOptions(
                window=65_535, qos0_offline=True, resend="serial", marks_dup=False
            ),
            subscribes="without session",
            source="npm mqtt 5.16.0, build/lib/client.js: publish, _onConnect, _resubscribe",
        ),
    }
)
"""Client libraries with their defaults; `dataclasses.replace(..., clean=False)` to persist."""

MQTT_BROKERS: Final[Mapping[str, BrokerOptions]] = MappingProxyType(
    {
        "mosquitto": BrokerOptions(
            sender=SenderOptions(window=20, queue_limit=1000, drop="newest"),
            receiver=ReceiverOptions(deliver_on="pubrel", window=20, over_window="acknowledge"),
            source="mosquitto 2.0.11: mosquitto.conf(5) and src/handle_publish.c; what it does "
            "beyond 20 unreleased QoS 2 messages seen by running it",
        ),
        "emqx": BrokerOptions(
            sender=SenderOptions(
                window=32, queue_limit=1000, drop="oldest", qos0_offline=True, qos0_waits=True
            ),
            receiver=ReceiverOptions(deliver_on="publish", window=100, over_window="disconnect"),
            session_expiry_s=7200.0,
            source="emqx 5.8: apps/emqx/src/emqx_schema.erl, emqx_session_mem.erl, emqx_mqueue.erl",
        ),
        "vernemq": BrokerOptions(
            sender=SenderOptions(window=20, queue_limit=1000, drop="newest", retry_s=20.0),
            receiver=ReceiverOptions(deliver_on="publish", forgets=True),
            on_disk=True,
            source="vernemq: apps/vmq_server/priv/vmq_server.schema, vmq_mqtt_fsm.erl",
        ),
    }
)
"""Brokers with their defaults."""
