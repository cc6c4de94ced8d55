"""Options of servers: what they keep and give back, who may hear what, how nodes hear of it."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from models.options.group import Group
from models.options.named import Knows, RedisLibrary, Resumes, Seconds
from models.protocols.redis import REDIS_CLIENTS
from models.protocols.window import KEYS, WINDOWS


class Store(Group):
    """What servers keep."""

    stored: bool = Field(False, description="a message is in the store before anyone is told")
    idempotent: bool = Field(False, description="a repeat is known by its key")
    keys: Knows = Field(
        KEYS["whole"], description="how many keys are known again, and for how long"
    )
    history: Resumes = Field(
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
    window: Resumes = Field(
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


class Rooms(Group):
    """Who keeps account of which conversations somebody hears, and when rights are looked at."""

    managed: Literal["server", "client"] | None = Field(
        None,
        description="servers put people into rooms and take them out; or each client subscribes to"
        " its topics, and is told when to (without it: the client over MQTT, else the server)",
    )
    checks: Literal["none", "join", "message"] = Field(
        "join",
        description="when somebody's right to hear a conversation is looked at: never, so whoever"
        " asks for a topic gets it (mosquitto and EMQX without an access list); at joining or"
        " subscribing; for each reader of each message (mosquitto with one)",
    )
    check_s: float = Field(
        2e-6,
        ge=0.0,
        le=1.0,
        description="CPU seconds of such a look for one reader of a message (CPython 3.11: one pair"
        " among a million)",
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
