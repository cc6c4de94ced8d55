"""Options of channels, a group for each kind."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from models.costs import AIOHTTP, MOSQUITTO, SOCKETIO, BrokerCosts, Costs
from models.options.group import Group
from models.options.named import (
    SPENT,
    AtAiohttp,
    AtBroker,
    AtSocketIo,
    Http2Client,
    Http2Server,
    MqttBroker,
    MqttClient,
    Pool,
    Seconds,
    no_switch,
)
from models.protocols.http.http2_presets import HTTP2_CLIENTS, HTTP2_SERVERS
from models.protocols.http.pools import POOLS
from models.protocols.mqtt import MQTT_BROKERS, MQTT_CLIENTS


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
    costs: AtAiohttp = Field(AIOHTTP, description=SPENT)


class WebSocket(Group):
    """Frames both ways: what a sender knows of what it sent."""

    acks: bool = Field(False, description="sends carry ids, are acknowledged and resent")
    dedup: Literal["id", "counter"] = Field(
        "id",
        description="how servers know a resent one: by its id, or (a mistake) by a counter of the"
        " sender's that begins anew on every connection",
    )
    costs: AtAiohttp = Field(AIOHTTP, description=SPENT)


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
    costs: AtAiohttp = Field(AIOHTTP, description=SPENT)


class Mqtt(Group):
    """Quality of service, kind of session, and the software at both ends."""

    qos: Annotated[Literal[0, 1, 2], BeforeValidator(no_switch)] = Field(
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
    costs: AtBroker | None = Field(
        None, description=f"{SPENT}, or a broker at that qos; mosquitto's"
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
    costs: AtSocketIo = Field(SOCKETIO, description=SPENT)
