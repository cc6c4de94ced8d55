"""What channels and servers can be told: each reads its own group, none knows the design.

Values are the real software's where a preset stands behind them (`models.protocols`). Times in
seconds.
"""

from __future__ import annotations

from dataclasses import dataclass

from models.protocols.backoff import Backoff
from models.protocols.heartbeat import Heartbeat
from models.protocols.http.pools import PoolOptions
from models.protocols.mqtt import BrokerOptions, ClientOptions


@dataclass(frozen=True, slots=True)
class Routes:
    """The name of the channel that carries each action."""

    list: str
    send: str
    receive: str
    typing: str
    seen: str


@dataclass(frozen=True, slots=True)
class Connection:
    """A connection that stays open: how it is opened, kept alive, given up and opened again.

    close_timeout_s: how long a client whose heartbeat failed waits for an answer to its close
    frame. client_nodelay, server_nodelay: TCP_NODELAY at either end.
    """

    heartbeat: Heartbeat
    backoff: Backoff
    connect_timeout_s: float
    close_timeout_s: float
    client_nodelay: bool
    server_nodelay: bool


@dataclass(frozen=True, slots=True)
class Http:
    """Requests: how clients keep connections, and what they do after a time-out."""

    pool: PoolOptions
    request_timeout_s: float
    retry: bool
    retry_wait_s: float


@dataclass(frozen=True, slots=True)
class WebSocket:
    """acks: sends carry ids, are acknowledged and resent. dedup: "id" or "counter"."""

    acks: bool
    dedup: str


@dataclass(frozen=True, slots=True)
class LongPoll:
    """hold_s: how long a poll is held."""

    hold_s: float


@dataclass(frozen=True, slots=True)
class Mqtt:
    """Quality of service, kind of session, and the software at both ends."""

    qos: int
    clean_session: bool
    client: ClientOptions
    broker: BrokerOptions
    over_websocket: bool


@dataclass(frozen=True, slots=True)
class SocketIo:
    """transport: "polling" and then upgraded, "websocket" at once, or "polling only"."""

    transport: str
    retries: int
    ack_timeout_s: float


@dataclass(frozen=True, slots=True)
class Store:
    """stored: a message is in the store before anyone is told. idempotent: a repeat is known.

    log: readers have a log to catch up from. on_disk: what a node has accepted outlives it.
    """

    stored: bool
    idempotent: bool
    log: bool
    on_disk: bool


@dataclass(frozen=True, slots=True)
class Options:
    """All groups. recovery: what a returning receiver gets: "none", "cursor" or "session".

    backplane: how messages get from node to node (`models.servers.backplane`).
    """

    recovery: str
    backplane: str
    connection: Connection
    http: Http
    websocket: WebSocket
    long_poll: LongPoll
    mqtt: Mqtt
    socketio: SocketIo
    store: Store
