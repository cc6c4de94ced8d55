"""What an MQTT broker keeps for one client id: a Sender, a Receiver and a memory.

Exists connected or not. It is fed the packets read from the client and the messages to send to it
(the caller matches topics and routes); its actions are packets to write, messages to route, and
losses. MQTT_BROKERS carries the defaults of shipped brokers. Left out: wills, retained messages,
shared subscriptions, and a limit on the bytes queued.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from models.protocols.machine import NEVER_S, Key, ProtocolError, Timeout, above, at_least, one_of
from models.protocols.mqtt.packets import (
    ConnAck,
    Connect,
    ConnectionDown,
    Disconnect,
    Dropped,
    FlowAction,
    PubAck,
    PubComp,
    Publish,
    PubRec,
    PubRel,
    SubAck,
    Submit,
    Subscribe,
)
from models.protocols.mqtt.receiver import Receiver, ReceiverOptions
from models.protocols.mqtt.sender import Sender, SenderOptions


@dataclass(frozen=True, slots=True)
class Restart:
    """Broker: the process died and is back; `kept` when sessions were on disk."""

    kept: bool


@dataclass(frozen=True, slots=True)
class TakenOver:
    """Broker: another connection has this client id now; close the old one."""


Action = FlowAction | TakenOver


_SENDER: Final = SenderOptions()
_RECEIVER: Final = ReceiverOptions()


def effective_qos(published_qos: int, subscribed_qos: int) -> int:
    """QoS of the hop to a subscriber: never above either (MQTT 3.1.1 section 3.8.4)."""
    return min(published_qos, subscribed_qos)


@dataclass(frozen=True, slots=True)
class BrokerOptions:
    """How a broker keeps one client's session, and what its nodes do when a netsplit parts them.

    `session_expiry_s`: how long a session that is not clean outlives its connection.
    `on_disk`: sessions survive a restart of the broker. `qos_max`: the best quality it has.
    `netsplit`: "lose" (each side goes on, what is for readers on the other is lost), "keep" (the
    same, but handed over when they meet again) or "refuse" (no connection and no message is taken
    on any side; who is connected stays so and hears no answer). `elsewhere`: a client whose session
    lies on a node that cannot be reached gets a "new" one, or is told to "wait".
    `heals_after_s`: how long after a netsplit the smaller side is restarted; until then both go on
    as in it. `heals_for_s`: how long that restart takes. `assumed`: which of these no source says.
    """

    sender: SenderOptions = _SENDER
    receiver: ReceiverOptions = _RECEIVER
    session_expiry_s: float = math.inf
    on_disk: bool = False
    qos_max: int = 2
    netsplit: str = "lose"
    elsewhere: str = "new"
    heals_after_s: float = math.inf
    heals_for_s: float = 5.0
    assumed: tuple[str, ...] = ()
    source: str = "own setting"

    def __post_init__(self) -> None:
        above("session_expiry_s", self.session_expiry_s, 0.0)
        one_of("netsplit", self.netsplit, ("lose", "keep", "refuse"))
        one_of("elsewhere", self.elsewhere, ("new", "wait"))
        at_least("heals_after_s", self.heals_after_s, 0.0)
        above("heals_for_s", self.heals_for_s, 0.0)
        if self.qos_max not in (0, 1, 2):
            raise ValueError(f"qos_max = {self.qos_max!r}: must be 0, 1 or 2")


class BrokerState(Key):
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

    def elsewhere(self) -> BrokerSession:
        """A new one for the same client, where this one cannot be reached.

        Who subscribed to what is known to the whole cluster; what is queued is not.
        """
        session = BrokerSession(self.options)
        session.filters = self.filters
        return session

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


MQTT_BROKERS: Final[Mapping[str, BrokerOptions]] = MappingProxyType(
    {
        "mosquitto": BrokerOptions(
            sender=SenderOptions(
                window=20, queue_limit=1000, drop="newest", flight_fills_queue=True
            ),
            receiver=ReceiverOptions(deliver_on="pubrel", window=20, over_window="acknowledge"),
            source="mosquitto 2.0.11: mosquitto.conf(5), src/database.c, handle_publish.c; both "
            "overflows (20 unreleased QoS 2, a full queue) seen by running it",
        ),
        "emqx": BrokerOptions(
            sender=SenderOptions(
                window=32, queue_limit=1000, drop="oldest", qos0_offline=True, qos0_waits=True
            ),
            receiver=ReceiverOptions(deliver_on="publish", window=100, over_window="disconnect"),
            session_expiry_s=7200.0,
            heals_after_s=15.0,
            assumed=("heals_for_s",),
            source="emqx 5.8: apps/emqx/src/emqx_schema.erl, emqx_session_mem.erl, emqx_mqueue.erl;"
            " emqx/mria src/mria_autoheal.erl, DEFAULT_DELAY 15 s, the smaller side rejoins anew",
        ),
        "vernemq": BrokerOptions(
            sender=SenderOptions(window=20, queue_limit=1000, drop="newest", retry_s=20.0),
            receiver=ReceiverOptions(deliver_on="publish", forgets=True),
            on_disk=True,
            netsplit="refuse",
            source="vernemq: apps/vmq_server/priv/vmq_server.schema, allow_*_during_netsplit off; "
            "vmq_mqtt_fsm.erl, dispatch_publish_qos1: no PUBACK; 'keep' is what 'on' makes of it, "
            "outgoing_clustering_buffer_size",
        ),
        "rabbitmq": BrokerOptions(
            sender=SenderOptions(window=10, qos0_offline=True),
            receiver=ReceiverOptions(deliver_on="publish"),
            session_expiry_s=86_400.0,
            on_disk=True,
            qos_max=1,
            elsewhere="wait",
            assumed=("netsplit", "qos0_offline"),
            source="rabbitmq 4.3: rabbitmq-website docs/mqtt.md, mqtt.prefetch 10, "
            "max_session_expiry_interval_seconds, a durable classic queue on one node; "
            "docs/partitions.md",
        ),
        "on-disk": BrokerOptions(
            receiver=ReceiverOptions(deliver_on="publish"),
            on_disk=True,
            source="no product: what a packet changes is on disk before the packet is answered",
        ),
    }
)
"""Brokers with their defaults."""
