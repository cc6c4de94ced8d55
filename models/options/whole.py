"""All that a design can be told: its routes, and a group of options for each thing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from models.costs import COSTS
from models.options.channels import Http, LongPoll, Mqtt, SocketIo, WebSocket
from models.options.connections import BackoffOptions, Client, Connection, HeartbeatOptions, Tcp
from models.options.group import Group
from models.options.servers import Backplane, Recovery, Rooms, Store
from models.protocols.backoff import BACKOFFS
from models.protocols.heartbeat import BY_FRAMES, HEARTBEATS
from models.protocols.http.http2_presets import HTTP2_CLIENTS, HTTP2_SERVERS
from models.protocols.http.pools import POOLS
from models.protocols.message_limit import MESSAGE_LIMITS
from models.protocols.mqtt import MQTT_BROKERS, MQTT_CLIENTS
from models.protocols.redis import REDIS_CLIENTS
from models.protocols.send_buffer import SEND_BUFFERS
from models.protocols.software import CLIENTS
from models.protocols.tcp_keepalive import TCP_KEEPALIVES
from models.protocols.window import KEYS, WINDOWS


@dataclass(frozen=True, slots=True)
class Routes:
    """The name of the channel that carries each action."""

    list: str
    send: str
    receive: str
    typing: str
    seen: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """All groups. `more`: those that its channels bring along. `on_disk`: see `Design.on_disk`."""

    heartbeat: HeartbeatOptions = field(default_factory=HeartbeatOptions)
    backoff: BackoffOptions = field(default_factory=BackoffOptions)
    client: Client = field(default_factory=Client)
    connection: Connection = field(default_factory=Connection)
    tcp: Tcp = field(default_factory=Tcp)
    http: Http = field(default_factory=Http)
    websocket: WebSocket = field(default_factory=WebSocket)
    long_poll: LongPoll = field(default_factory=LongPoll)
    mqtt: Mqtt = field(default_factory=Mqtt)
    socketio: SocketIo = field(default_factory=SocketIo)
    store: Store = field(default_factory=Store)
    recovery: Recovery = field(default_factory=Recovery)
    rooms: Rooms = field(default_factory=Rooms)
    backplane: Backplane = field(default_factory=Backplane)
    more: Mapping[str, Group] = field(default_factory=dict)
    on_disk: bool = False


GROUPS: Final[Mapping[str, type[Group]]] = {
    "heartbeat": HeartbeatOptions,
    "backoff": BackoffOptions,
    "client": Client,
    "connection": Connection,
    "tcp": Tcp,
    "http": Http,
    "websocket": WebSocket,
    "long_poll": LongPoll,
    "mqtt": Mqtt,
    "socketio": SocketIo,
    "store": Store,
    "recovery": Recovery,
    "rooms": Rooms,
    "backplane": Backplane,
}
"""The groups that every design knows, by name."""

PRESETS: Final = (
    HEARTBEATS, BACKOFFS, CLIENTS, POOLS, HTTP2_CLIENTS, HTTP2_SERVERS, MQTT_CLIENTS, MQTT_BROKERS,
    COSTS, REDIS_CLIENTS, SEND_BUFFERS, MESSAGE_LIMITS, WINDOWS, KEYS,
    TCP_KEEPALIVES,
)  # fmt: skip
"""Names of wholes, by what they stand for."""

ON_A_PAGE: Final = {name: name not in BY_FRAMES for name in HEARTBEATS}
"""Heartbeats by name: whether a page in a browser can play the client's side."""
