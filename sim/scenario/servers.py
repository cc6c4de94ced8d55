"""What a scenario says of the servers: nodes, authenticator, backplane and store."""

from typing import Literal

from pydantic import Field

from sim.path.spec import Front
from sim.workload.section import Section


class Servers(Section, Front):
    """The machines. Gateways hold connections; API nodes answer requests and keep nothing."""

    gateways: int = Field(4, ge=1, le=1_000, description="gateway nodes at the start")
    api_nodes: int = Field(
        2, ge=0, le=1_000, description="stateless API nodes; with 0 the gateways answer requests"
    )
    cores: int = Field(2, ge=1, le=256, description="CPU cores of each node")
    slowness: float = Field(
        1.0,
        gt=0,
        le=1e6,
        description="how many times as long as was measured all work of a node takes; below 1 its"
        " cores are faster than those (`models/costs.py`)",
    )
    balancer: Literal["round-robin", "least-connections", "sticky"] = Field(
        "round-robin", description="how a new connection finds its node (nginx: round robin)"
    )
    accept_backlog: int = Field(
        511,
        ge=1,
        le=65_535,
        description="connections waiting to be accepted, per node"
        " (511: nginx on Linux, Node.js and Redis; beyond it the SYN is dropped in silence)",
    )
    connections_limit: int = Field(
        50_000,
        ge=1,
        le=10_000_000,
        description="connections a node holds before it refuses (50,000: lower end of the"
        " 50-100 thousand a node that Centrifugo's blog gives as a rule of thumb)",
    )
    admissions_per_s: float | None = Field(
        None,
        gt=0,
        le=1e6,
        description="new connections a second that each gateway lets in, five at once; it refuses"
        " the others with a reset, which costs it nothing (nft: limit rate over ... reject with tcp"
        " reset, burst 5); without it any number",
    )
    queue_limit_s: float | None = Field(
        None,
        gt=0,
        le=3_600,
        description="seconds that a message may wait for the node's process; one that would wait"
        " longer is refused (HTTP 503) when its turn comes; without it everything is done",
    )
    shed_limit_s: float | None = Field(
        None,
        gt=0,
        le=3_600,
        description="seconds that a typing notice or a read receipt may wait for the node's"
        " process; one that would wait longer is refused, long before anything else is; without it"
        " they are treated like the rest",
    )
    rate_per_s: float | None = Field(
        None,
        gt=0,
        le=1e6,
        description="messages, notices and requests a second that servers take of one person,"
        " by whatever connection; more are refused (HTTP 429); without it any number (Ably: 50 a"
        " connection, AWS IoT Core: 100, Discord's gateway: 120 in 60 s)",
    )
    rate_of: Literal["all", "requests"] = Field(
        "all",
        description="which of them count: all that comes, or requests alone, as where a gateway"
        " before an API counts, which sees no frames (nginx: limit_req)",
    )
    rate_burst: int = Field(
        1, ge=1, le=1_000_000, description="how many of them may come at once (Discord: 120)"
    )
    buffer_limit_bytes: int | None = Field(
        None,
        ge=1,
        le=2**40,
        description="bytes that may wait for a slow reader on one connection; without it what"
        " each design says (`connection.send_buffer`), or any number, as in npm ws, engine.io and"
        " aiohttp (Centrifugo: 1048576)",
    )
    buffer_full: Literal["disconnect", "drop", "drop-oldest"] = Field(
        "disconnect",
        description="what then becomes of the reader: it is cut (Centrifugo, nats-server), or of"
        " what nobody keeps for it the newest (uWebSockets) or the oldest is dropped",
    )
    token_check_s: float = Field(
        44e-6,
        ge=0,
        le=10,
        description="CPU seconds for the token of a request or a new connection (a JWT with RS256:"
        " 44 us, HS256 12 us: jsonwebtoken 9 on Node.js 20.20)",
    )
    session_reads: int = Field(
        1,
        ge=0,
        le=1_000,
        description="reads of the store for a new connection that stays open, one after the other"
        " (who this is and which conversations; assumption)",
    )


class Authenticator(Section):
    """A service that new connections are checked with, beside the token that nodes check."""

    check_s: float = Field(
        0.0,
        ge=0,
        le=60,
        description="CPU seconds of one check; 0: nobody asks (bcrypt of cost 10 takes 0.052, of"
        " cost 12 0.218, PBKDF2 with 600,000 rounds 0.164: Node.js 20.20, OpenSSL 3.0.19)",
    )
    cores: int = Field(1, ge=1, le=4_096, description="CPU cores that check")
    delay_s: float = Field(
        0.0005, ge=0, le=60, description="seconds there and back (inside one zone; assumption)"
    )


class Neighbour(Section):
    """Another environment, with rooms of the same names, on the same Redis."""

    prefix: str = Field(
        "socket.io",
        min_length=1,
        description="what its channels begin with (npm @socket.io/redis-adapter 8.3.0: the default"
        " of everybody)",
    )
    database: int = Field(1, ge=0, le=15, description="the database that its servers select")
    servers: int = Field(1, ge=1, le=1_000, description="how many servers it has")
    messages_per_s: float = Field(
        1.0, gt=0, le=1_000, description="messages that its people send, to one room after another"
    )


class Backplane(Section):
    """How nodes reach each other: publish and subscribe, at most once."""

    neighbour: Neighbour | None = Field(
        None, description="another environment on the same Redis, if there is one"
    )

    delay_s: float = Field(
        0.0005,
        ge=0,
        le=10,
        description="seconds from node to node (two hops of 0.25 ms inside one zone; assumption)",
    )
    publish_s: float = Field(
        6.6e-6,
        ge=0,
        le=10,
        description="CPU seconds of its one process for a message that is published (Redis 7.0.15:"
        " 7 us for 300 bytes with one subscriber; 1.5 us on a faster core, pipelined: the 650,000"
        " a second of Centrifugo's blog, 2026-06-29)",
    )
    receiver_s: float = Field(
        0.4e-6,
        ge=0,
        le=10,
        description="and for each node that it is copied to (Redis: PUBLISH is O(subscribers))",
    )


class Store(Section):
    """The database as a box with a latency."""

    write_s: float = Field(
        0.005, ge=0, le=60, description="seconds of one durable write (assumption: one zone, SSD)"
    )
    read_s: float = Field(
        0.002, ge=0, le=60, description="seconds of one indexed read (assumption: one zone, SSD)"
    )
    writes_per_s: float | None = Field(
        None,
        gt=0,
        le=1e9,
        description="writes a second that it can do when it does nothing else; more than that"
        " queue up; without it any number (DynamoDB: 1,000 a partition, of 1 kB)",
    )
    reads_per_s: float | None = Field(
        None,
        gt=0,
        le=1e9,
        description="reads a second that it can do when it does nothing else; without it"
        " any number (DynamoDB: 3,000 a partition)",
    )
    timeout_s: float = Field(
        30.0,
        gt=0,
        le=86_400,
        description="seconds that a node waits for its answer, or until it is back, before it"
        " refuses the message (HTTP 503; HikariCP: connectionTimeout 30 s; MongoDB's drivers:"
        " serverSelectionTimeoutMS 30 s; node-postgres: no limit). Who comes, or catches up, waits"
        " until it is back",
    )
