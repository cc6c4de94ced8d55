"""An MQTT client's session with its broker: a Sender, a Receiver and a memory.

Lives as long as the client. It is told when a connection comes and goes (dialling is `link`,
keep-alive is `heartbeat`) and is fed the packets read from it; its actions are packets to write and
news for the application. MQTT_CLIENTS carries the defaults of shipped libraries. Left out: wills.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from models.protocols.machine import Key, ProtocolError, Timeout, one_of
from models.protocols.mqtt.packets import (
    ConnAck,
    Connect,
    ConnectionDown,
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
class ConnectionUp:
    """Client: there is a connection; CONNECT can be written."""


@dataclass(frozen=True, slots=True)
class Unreachable:
    """Client: a try to connect has failed."""


@dataclass(frozen=True, slots=True)
class Subscribed:
    """Client: the broker confirmed the subscriptions."""


Action = FlowAction | Subscribed


_SENDER: Final = SenderOptions()
_RECEIVER: Final = ReceiverOptions()


@dataclass(frozen=True, slots=True)
class ClientOptions:
    """How a client library keeps its session.

    `clean`: asks for a clean session. `sends_early`: new messages go out before CONNACK.
    `subscribes`: "always" after CONNACK, or "without session": on the client's first connection,
    later only when the broker had no session.
    """

    sender: SenderOptions = _SENDER
    receiver: ReceiverOptions = _RECEIVER
    clean: bool = True
    sends_early: bool = False
    subscribes: str = "always"
    source: str = "own setting"

    def __post_init__(self) -> None:
        one_of("subscribes", self.subscribes, ("always", "without session"))


class ClientState(Key):
    """Where a client's session stands."""

    OFFLINE = "offline"
    CONNECTING = "connecting"  # CONNECT written, no CONNACK yet
    ONLINE = "online"


class ClientSession:
    """A client's session with one broker. `filters` are what it subscribes to."""

    __slots__ = (
        "_asked",
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
        self._asked = False
        self._unsubscribed = False
        self._subscribe_id = 0

    @property
    def deadline_s(self) -> float:
        """When to hear TIMEOUT next."""
        return self.sender.deadline_s

    @property
    def is_calm(self) -> bool:
        """Whether all that it does now is to send, and to deliver."""
        return self.state is ClientState.ONLINE and not self._unsubscribed

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

    def _failed(self, event: Unreachable, now_s: float) -> Sequence[Action]:
        return self.sender.unreachable()

    def _connected(self, event: ConnAck, now_s: float) -> Sequence[Action]:
        self.state = ClientState.ONLINE
        fresh = self.options.clean or not event.session_present
        if fresh:
            self.receiver.reset()
        always = self.options.subscribes == "always"
        self._unsubscribed = bool(self.filters) and (fresh or always or not self._asked)
        first = self._subscribe() if always else ()
        resent = self.sender.resume(self.options.clean, now_s)
        return (*first, *resent, *self._subscribe())

    def _subscribe(self) -> Sequence[Action]:
        if not self._unsubscribed or self.sender.replaying:
            return ()
        self._asked, self._unsubscribed = True, False
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
        ClientState.OFFLINE: {
            **_ANYWHERE,
            ConnectionUp: ClientSession._up,
            Unreachable: ClientSession._failed,
        },
        ClientState.CONNECTING: {
            **_ANYWHERE,
            ConnAck: ClientSession._connected,
            Timeout: ClientSession._time_out,
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


MQTT_CLIENTS: Final[Mapping[str, ClientOptions]] = MappingProxyType(
    {
        "paho": ClientOptions(
            sender=SenderOptions(window=20, resend="all", restart_on_clean=True, counts_qos0=True),
            sends_early=True,
            source="PyPI paho-mqtt 2.2.0, client.py: publish, _messages_reconnect_reset_out, "
            "_handle_connack; subscribing in on_connect",
        ),
        "libmosquitto": ClientOptions(
            sender=SenderOptions(window=20),
            source="eclipse-mosquitto lib/messages_mosq.c: message__reconnect_reset within the "
            "window; lib/actions.c: QoS 0 without a connection is refused; subscribing in "
            "on_connect",
        ),
        "mqtt.js": ClientOptions(
            sender=SenderOptions(
                window=65_535, qos0_offline=True, resend="serial", marks_dup=False
            ),
            subscribes="without session",
            source="npm mqtt 5.16.0, build/lib/client.js: publish, _onConnect, _resubscribe",
        ),
        "mqtt.js-requeue": ClientOptions(
            sender=SenderOptions(
                window=65_535, qos0_offline=True, resend="serial", marks_dup=False, requeues=True
            ),
            subscribes="without session",
            source="mqttjs/MQTT.js pull request 301: lib/client.js before it, the rest as mqtt.js",
        ),
    }
)
"""Client libraries with their defaults; `dataclasses.replace(..., clean=False)` to persist."""
