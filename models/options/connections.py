"""Options of connections: who pings, how one is opened, closed and opened again."""

from __future__ import annotations

import math
from typing import Any

from pydantic import Field

from models.options.group import Group
from models.options.named import Probes, RunsIn, Seconds, Takes, Waits
from models.protocols.backoff import BACKOFFS, Backoff
from models.protocols.heartbeat import HEARTBEATS, Heartbeat
from models.protocols.message_limit import MESSAGE_LIMITS
from models.protocols.send_buffer import SEND_BUFFERS
from models.protocols.software import CLIENTS
from models.protocols.tcp_keepalive import OFF


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

    software: RunsIn = Field(CLIENTS["python"], description="a browser, a runtime or an app")


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
    send_buffer: Waits = Field(
        SEND_BUFFERS["unbounded"],
        description="what may wait for a slow reader, and what then becomes of it",
    )
    message_limit: Takes = Field(
        MESSAGE_LIMITS["none"],
        description="how many messages the server takes by one connection, and what it does about"
        " more",
    )


class Tcp(Group):
    """What each end's program asks of its kernel, on every connection of its channels."""

    client_keepalive: Probes | None = Field(
        None,
        description="when the client's kernel asks in silence whether the server is there; what the"
        " software does that it runs in, unless given",
    )
    server_keepalive: Probes = Field(
        OFF, description="when the server's kernel asks in silence whether the client is there"
    )
