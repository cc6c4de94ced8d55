"""MQTT clients (PyPI paho-mqtt); the transport's name says quality of service and session.

`mqttQ[-clean|-persist][-nd]`, as in the measured tables: clean unless it says "persist"; "nd" sets
TCP_NODELAY. Readers subscribe whenever they connect.
"""

from __future__ import annotations

import asyncio
import socket
from typing import Any, Final

from paho.mqtt.client import MQTT_ERR_SUCCESS
from paho.mqtt.client import Client as Paho
from paho.mqtt.enums import CallbackAPIVersion

from testbed.clients import Log, Order, payload

KEEPALIVE_S: Final = 60


class MqttClient:
    """One client; paho runs it in a thread of its own."""

    def __init__(self, order: Order, log: Log, room: int) -> None:
        self._order = order
        self._log = log
        self._room = room
        self._qos = int(order.transport[4])
        self._topic = f"room/{room:04d}"
        self._first = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        clean = "persist" not in order.transport
        name = f"{order.side}-{room}"
        self._client = Paho(CallbackAPIVersion.VERSION2, name, clean_session=clean)
        self._client.on_connect = self._connected
        self._client.on_message = lambda client, data, message: log.got(bytes(message.payload))
        self._client.on_disconnect = lambda *_: log.note("down", room)
        self._client.on_subscribe = lambda *_: self._ready()
        if order.transport.endswith("-nd"):
            self._client.on_socket_open = _without_delay

    async def connect(self) -> None:
        """Connect; a reader waits for its subscription."""
        self._client.connect_async(self._order.host, self._order.port, KEEPALIVE_S)
        self._client.loop_start()
        await self._first.wait()

    def _connected(self, *_: Any) -> None:
        if self._order.side == "rx":
            self._client.subscribe(self._topic, self._qos)
        else:
            self._ready()

    def _ready(self) -> None:
        self._loop.call_soon_threadsafe(self._first.set)

    async def send(self, number: int) -> None:
        """Publish; without a connection paho keeps what has a quality of service."""
        self._log.note("sent", self._room, number)
        text = payload(self._room, number)
        if self._client.publish(self._topic, text, self._qos).rc != MQTT_ERR_SUCCESS:
            self._log.note("refused", self._room, number)


def _without_delay(client: Paho, data: Any, opened: Any) -> None:
    opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
