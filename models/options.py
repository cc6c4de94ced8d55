"""What channels and servers can be told: each reads its own group, none knows the design.

Every default is the real software's, and where software comes as a whole a preset stands behind the
numbers: a group or a value of it may be written as the preset's name, as numbers, or as both
(`{ preset = "paho", interval_s = 15 }`). Times in seconds. What fits together says `models.fit`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Annotated, Any, Final, Literal

from pydantic import BeforeValidator, Field

from models.costs import AIOHTTP, BROKER_COSTS, COSTS, MOSQUITTO, SOCKETIO, BrokerCosts, Costs
from models.group import Group
from models.protocols.backoff import BACKOFFS, Backoff
from models.protocols.heartbeat import BY_FRAMES, HEARTBEATS, Heartbeat
from models.protocols.http.http2_presets import (
    HTTP2_CLIENTS,
    HTTP2_SERVERS,
    Http2ClientOptions,
    Http2ServerOptions,
)
from models.protocols.http.pools import POOLS, PoolOptions
from models.protocols.mqtt import MQTT_BROKERS, MQTT_CLIENTS, BrokerOptions, ClientOptions
from models.protocols.redis import REDIS_CLIENTS, RedisClient
from models.protocols.send_buffer import SEND_BUFFERS, SendBuffer
from models.protocols.software import CLIENTS, Software
from models.protocols.tcp_keepalive import OFF, TCP_KEEPALIVES, TcpKeepAlive
from models.protocols.window import KEYS, WINDOWS, Window
from models.rooms import Rooms
from models.tables import made, overlaid

__all__ = ["GROUPS", "ON_A_PAGE", "PRESETS", "Group", "Options", "Routes", "listed", "preset"]


@dataclass(frozen=True, slots=True)
class Routes:
    """The name of the channel that carries each action."""

    list: str
    send: str
    receive: str
    typing: str
    seen: str


def listed(names: Mapping[str, object]) -> str:
    """The names as an error says them."""
    return ", ".join(names)


def preset(presets: Mapping[str, Any], usual: str) -> Callable[[object], object]:
    """Makes of a name, or of a table with or without one, all the numbers it stands for."""

    def expanded(value: object) -> object:
        table = {"preset": value} if isinstance(value, str) else value
        if not isinstance(table, Mapping):
            if type(value) in {type(one) for one in presets.values()}:
                return value
            raise ValueError(listed(presets))
        name = table.get("preset", usual)
        if name not in presets:
            raise ValueError(listed(presets))
        own = {key: one for key, one in table.items() if key != "preset"}
        return (
            made(type(presets[name]), overlaid(asdict(presets[name]), own))
            if own
            else presets[name]
        )

    return expanded


def _no_switch(value: object) -> object:
    """A switch is no number, and 1.0 no choice among whole ones."""
    if type(value) is not int:
        raise ValueError("0, 1, 2")
    return value


def _of_broker(value: object) -> object:
    """A broker's costs at whatever quality of service, else those of a program."""
    table = {"preset": value} if isinstance(value, str) else value
    if isinstance(value, BrokerCosts) or not isinstance(table, Mapping):
        return value if isinstance(value, BrokerCosts) else preset(COSTS, "")(value)
    name = table.get("preset", "mosquitto-qos1")
    if name not in (*COSTS, *BROKER_COSTS):
        raise ValueError(listed({**COSTS, **BROKER_COSTS}))
    own = {key: one for key, one in table.items() if key != "preset"}
    if name in COSTS:
        return preset(COSTS, "mosquitto-qos1")(table)
    made(Costs, overlaid(asdict(BROKER_COSTS[name].at(0)), own))
    return BROKER_COSTS[name].changed(own)


Seconds = Annotated[float, Field(gt=0.0, le=3600.0)]
Pool = Annotated[PoolOptions, BeforeValidator(preset(POOLS, "browser"))]
Http2Client = Annotated[Http2ClientOptions, BeforeValidator(preset(HTTP2_CLIENTS, "chromium"))]
Http2Server = Annotated[Http2ServerOptions, BeforeValidator(preset(HTTP2_SERVERS, "nginx"))]
RedisLibrary = Annotated[RedisClient, BeforeValidator(preset(REDIS_CLIENTS, "ioredis"))]
MqttClient = Annotated[ClientOptions, BeforeValidator(preset(MQTT_CLIENTS, "mqtt.js"))]
MqttBroker = Annotated[BrokerOptions, BeforeValidator(preset(MQTT_BROKERS, "mosquitto"))]
_RunsIn = Annotated[Software, BeforeValidator(preset(CLIENTS, "python"))]
_Probes = Annotated[TcpKeepAlive, BeforeValidator(preset(TCP_KEEPALIVES, "linux"))]
_Waits = Annotated[SendBuffer, BeforeValidator(preset(SEND_BUFFERS, "unbounded"))]
_Resumes = Annotated[Window, BeforeValidator(preset(WINDOWS, "whole"))]
_Knows = Annotated[Window, BeforeValidator(preset(KEYS, "whole"))]
_AtAiohttp = Annotated[Costs, BeforeValidator(preset(COSTS, "aiohttp"))]
_AtSocketIo = Annotated[Costs, BeforeValidator(preset(COSTS, "socket.io"))]
_AtBroker = Annotated[BrokerCosts | Costs, BeforeValidator(_of_broker)]
_COSTS: Final = "CPU seconds and bytes that the server spends: a measured program, or numbers"


class HeartbeatOptions(Group):
    """Who pings, when, and when an end gives the other one up."""

    ends: Heartbeat = Field(HEARTBEATS["websockets"], description="both ends' pings and watches")


class BackoffOptions(Group):
    """How long a client waits before it dials again, and how often it tries."""

    rule: Any = Field(BACKOFFS["websockets"], description="the wait before each try")
    tries: float = Field(math.inf, ge=1.0, description="tries in a row before it gives up for good")
    stable_s: float = Field(
        0.0,
        ge=0.0,
        le=3600.0,
        description="how long a connection has to stand before earlier failures are forgotten; 0:"
        " as soon as it is open",
    )

    @property
    def policy(self) -> Backoff:
        """The wait before each try."""
        rule: Backoff = self.rule
        return rule


class Client(Group):
    """What clients run in: when they are told of their link, and how late their timers are."""

    software: _RunsIn = Field(CLIENTS["python"], description="a browser, a runtime or an app")


class Connection(Group):
    """A connection that stays open: how it is opened and closed."""

    connect_timeout_s: Seconds = Field(10.0, description="how long a dial may take")
    close_timeout_s: float = Field(
        0.0,
        ge=0.0,
        le=3600.0,
        description="how long a client whose heartbeat failed waits for an answer to its close"
        " frame, neither sending nor reading, before it gives the connection up",
    )
    client_nodelay: bool = Field(True, description="TCP_NODELAY at the client")
    server_nodelay: bool = Field(True, description="TCP_NODELAY at the server")
    send_buffer: _Waits = Field(
        SEND_BUFFERS["unbounded"],
        description="what may wait for a slow reader, and what then becomes of it",
    )


class Tcp(Group):
    """What each end's program asks of its kernel, on every connection of its channels."""

    client_keepalive: _Probes | None = Field(
        None,
        description="when the client's kernel asks in silence whether the server is there; what the"
        " software does that it runs in, unless given",
    )
    server_keepalive: _Probes = Field(
        OFF, description="when the server's kernel asks in silence whether the client is there"
    )


class Http(Group):
    """Requests: how clients keep connections, and what they do after a time-out."""

    version: Literal["1.1", "2"] = Field(
        "1.1",
        description="a pool of connections, one request at a time on each; or one connection for"
        " all requests, polls and streams to an origin",
    )
    pool: Pool = Field(POOLS["browser"], description="how a client keeps connections to one host")
    http2_client: Http2Client = Field(
        HTTP2_CLIENTS["chromium"], description="streams, pings and patience of a client's HTTP/2"
    )
    http2_server: Http2Server = Field(
        HTTP2_SERVERS["nginx"], description="how many streams a server takes at a time"
    )
    request_timeout_s: Seconds = Field(10.0, description="how long a request may take")
    retry: bool = Field(True, description="whether a request that failed is tried again")
    retry_wait_s: Seconds = Field(1.0, description="the wait before that")
    retry_after: bool = Field(
        False,  # XMLHttpRequest and fetch leave it to the application
        description="whether a client that is refused waits as long as the answer says"
        " (Retry-After, whole seconds)",
    )
    costs: _AtAiohttp = Field(AIOHTTP, description=_COSTS)


class WebSocket(Group):
    """Frames both ways: what a sender knows of what it sent."""

    acks: bool = Field(False, description="sends carry ids, are acknowledged and resent")
    dedup: Literal["id", "counter"] = Field(
        "id",
        description="how servers know a resent one: by its id, or (a mistake) by a counter of the"
        " sender's that begins anew on every connection",
    )
    costs: _AtAiohttp = Field(AIOHTTP, description=_COSTS)


class LongPoll(Group):
    """A request that is held until there is something to say, or one again and again."""

    hold_s: float = Field(
        25.0, ge=0.0, le=3600.0, description="how long a poll is held; 0: short polling"
    )
    pause_s: float = Field(
        0.0,
        ge=0.0,
        le=3600.0,
        description="how long a client waits after an answer before it asks again",
    )
    patience_s: Seconds = Field(
        10.0,  # Phoenix 1.8.16 waits 20 s on a window of 10 s
        description="how much longer than that a client waits for the answer",
    )
    batch_max: int = Field(100, ge=1, description="messages in one answer")  # Telegram getUpdates
    costs: _AtAiohttp = Field(AIOHTTP, description=_COSTS)


class Mqtt(Group):
    """Quality of service, kind of session, and the software at both ends."""

    qos: Annotated[Literal[0, 1, 2], BeforeValidator(_no_switch)] = Field(
        0, description="quality of service of messages"
    )
    clean_session: bool = Field(True, description="the broker forgets who is not connected")
    client: MqttClient = Field(MQTT_CLIENTS["mqtt.js"], description="windows of a client library")
    broker: MqttBroker = Field(MQTT_BROKERS["mosquitto"], description="windows, queues, expiry")
    over_websocket: bool = Field(True, description="inside WebSocket frames, else on bare TCP")
    client_id: Literal["user", "tab"] | None = Field(
        None,
        description="whose each id is; without it the user's where there is a session to keep, else"
        " the library's own (mqtt.js 5.16: random, paho 2.2: the broker makes one), so the tab's",
    )
    duplicate_id: Literal["newest", "first"] = Field(
        "newest",  # [MQTT-3.1.4-2]
        description="which of two connections with one id the broker keeps",
    )
    costs: _AtBroker | None = Field(
        None, description=f"{_COSTS}, or a broker at that qos; mosquitto's"
    )

    @property
    def server_costs(self) -> Costs:
        """What the broker spends."""
        if isinstance(self.costs, BrokerCosts):
            return self.costs.at(self.qos)
        return self.costs or MOSQUITTO[self.qos]


class SocketIo(Group):
    """Engine.IO's transport, and acknowledgements on top of it."""

    transport: Literal["polling", "websocket", "polling only"] = Field(
        "polling", description="by polling and then upgraded, by WebSocket at once, or never that"
    )
    retries: int = Field(0, ge=0, le=1000, description="how often an unacknowledged one is resent")
    ack_timeout_s: Seconds = Field(5.0, description="how long each waits for its acknowledgement")
    keep_alive_s: Seconds = Field(
        6.0,  # Node 20.20: keepAliveTimeout 5 s and a second (20 connections: 6.000 to 6.004 s)
        description="how long the server keeps an idle connection of a polling session",
    )
    costs: _AtSocketIo = Field(SOCKETIO, description=_COSTS)


class Store(Group):
    """What servers keep."""

    stored: bool = Field(False, description="a message is in the store before anyone is told")
    idempotent: bool = Field(False, description="a repeat is known by its key")
    keys: _Knows = Field(
        KEYS["whole"], description="how many keys are known again, and for how long"
    )
    history: _Resumes = Field(
        WINDOWS["whole"], description="what is kept of each conversation, for those who fetch it"
    )


class Recovery(Group):
    """What a returning receiver gets."""

    kind: Literal["none", "cursor", "session"] = Field(
        "none", description="nothing; the log after its cursor; what its session kept"
    )
    log: Literal["store", "memory"] = Field(
        "store",
        description="where that log is: in the store, or in the memory of the process that took the"
        " message, with which it dies; then a reader whose cursor is ahead of what is left gets"
        " nothing until the log has grown past it",
    )
    window: _Resumes = Field(
        WINDOWS["whole"], description="what of each reader's log is replayed to one who returns"
    )
    behind: Literal["nothing", "delta", "snapshot", "refetch"] = Field(
        "nothing",
        description="what one who returns too late for that is given: no more than is left of it,"
        " or from the store what is missing, the newest page of each conversation, or all of them",
    )
    page: int = Field(
        50,  # Discord API v10, GET /channels/{id}/messages
        ge=1,
        le=10_000,
        description="messages in one answer of those",
    )
    delta_max: float = Field(
        300.0,  # Centrifugo: at most 300 in a recovery
        ge=1.0,
        description="missing messages beyond which a delta is a snapshot instead",
    )
    keep_s: Seconds = Field(
        120.0,  # npm socket.io 4.8.4, connectionStateRecovery.maxDisconnectionDuration
        description="how long Socket.IO keeps the state of a connection that ended",
    )


class Backplane(Group):
    """How messages get from node to node."""

    kind: str | None = Field(None, description="a file of `models/servers/backplane`")
    cost_s: float | None = Field(
        None, ge=0.0, le=1.0, description="CPU seconds of one copy at a node; the kind's own"
    )
    client: RedisLibrary = Field(
        REDIS_CLIENTS["ioredis"], description="how nodes come back to Redis: a library, or numbers"
    )
    prefix: str = Field(  # npm @socket.io/redis-adapter 8.3.0, option `key`
        "socket.io", min_length=1, description="what the names of its channels begin with"
    )
    database: int = Field(
        0, ge=0, le=15, description="the database that nodes select; channels have none"
    )
    request_every_s: Seconds | None = Field(
        None,
        description="one gateway after the other asks all the others for their sockets so often"
        " (`fetchSockets`); without it nobody asks",
    )
    request_timeout_s: Seconds = Field(
        5.0,  # npm @socket.io/redis-adapter 8.3.0, requestsTimeout
        description="how long such a request waits for as many answers as there are subscribers",
    )
    shards: int = Field(
        3, ge=1, le=128, description="masters that rooms are spread over (Redis Cluster: 3 or more)"
    )
    stream_length: int = Field(
        10_000,  # npm @socket.io/redis-streams-adapter 0.3.1, maxLen
        ge=1,
        le=10_000_000,
        description="messages of the whole cluster that a stream holds",
    )


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
    COSTS, REDIS_CLIENTS, SEND_BUFFERS, WINDOWS, KEYS, TCP_KEEPALIVES,
)  # fmt: skip
"""Names of wholes, by what they stand for."""

ON_A_PAGE: Final = {name: name not in BY_FRAMES for name in HEARTBEATS}
"""Heartbeats by name: whether a page in a browser can play the client's side."""
