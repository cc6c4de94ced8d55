"""Wholes that have a name: a preset, numbers of one's own, or one with some of the others.

What is written is a name (`"paho"`), a table of numbers, or both (`{ preset = "paho", interval_s =
15 }`); a group of options gets all the numbers that this stands for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Annotated, Any, Final

from pydantic import BeforeValidator, Field

from models.costs import BROKER_COSTS, COSTS, BrokerCosts, Costs
from models.protocols.http.http2_presets import (
    HTTP2_CLIENTS,
    HTTP2_SERVERS,
    Http2ClientOptions,
    Http2ServerOptions,
)
from models.protocols.http.pools import POOLS, PoolOptions
from models.protocols.message_limit import MESSAGE_LIMITS, MessageLimit
from models.protocols.mqtt import MQTT_BROKERS, MQTT_CLIENTS, BrokerOptions, ClientOptions
from models.protocols.redis import REDIS_CLIENTS, RedisClient
from models.protocols.send_buffer import SEND_BUFFERS, SendBuffer
from models.protocols.software import CLIENTS, Software
from models.protocols.tcp_keepalive import TCP_KEEPALIVES, TcpKeepAlive
from models.protocols.window import KEYS, WINDOWS, Window
from models.tables import made, overlaid


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


def no_switch(value: object) -> object:
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
RunsIn = Annotated[Software, BeforeValidator(preset(CLIENTS, "python"))]
Probes = Annotated[TcpKeepAlive, BeforeValidator(preset(TCP_KEEPALIVES, "linux"))]
Waits = Annotated[SendBuffer, BeforeValidator(preset(SEND_BUFFERS, "unbounded"))]
Takes = Annotated[MessageLimit, BeforeValidator(preset(MESSAGE_LIMITS, "none"))]
Resumes = Annotated[Window, BeforeValidator(preset(WINDOWS, "whole"))]
Knows = Annotated[Window, BeforeValidator(preset(KEYS, "whole"))]
AtAiohttp = Annotated[Costs, BeforeValidator(preset(COSTS, "aiohttp"))]
AtSocketIo = Annotated[Costs, BeforeValidator(preset(COSTS, "socket.io"))]
AtBroker = Annotated[BrokerCosts | Costs, BeforeValidator(_of_broker)]
SPENT: Final = "CPU seconds and bytes that the server spends: a measured program, or numbers"
