"""Plays MQTT situations with a real client (paho-mqtt or MQTT.js) and a real mosquitto."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any, Protocol

from sequences.programs import Mosquitto, Node
from sequences.tap import Seen, Tap
from sequences.wire_mqtt import MqttWire


class Client(Protocol):
    """One MQTT client with the name "c"; it subscribes to "down" and publishes to "up"."""

    def connect(self, port: int) -> None: ...
    def publish(self, message: str, qos: int) -> None: ...
    def stay_away(self) -> None: ...
    def leave(self) -> None: ...
    def close(self) -> None: ...


class Paho:
    """PyPI paho-mqtt."""

    def __init__(self, clean: bool, keepalive_s: int) -> None:
        from paho.mqtt.client import Client as PahoClient
        from paho.mqtt.enums import CallbackAPIVersion

        self._keepalive_s = keepalive_s
        self._client = PahoClient(CallbackAPIVersion.VERSION2, "c", clean_session=clean)
        self._client.on_connect = lambda client, *_: client.subscribe("down", 2)
        self._client.on_message = lambda *_: None

    def connect(self, port: int) -> None:
        self._client.connect_async("127.0.0.1", port, self._keepalive_s)
        self._client.loop_start()

    def publish(self, message: str, qos: int) -> None:
        self._client.publish("up", message, qos)

    def stay_away(self) -> None:
        # What its constructor's reconnect_on_failure=False would have set.
        self._client._reconnect_on_failure = False

    def leave(self) -> None:
        self._client.disconnect()

    def close(self) -> None:
        self._client.loop_stop()


class MqttJs:
    """npm mqtt."""

    def __init__(self, clean: bool, keepalive_s: int, modules: Path) -> None:
        self._options = {"clean": clean, "keepalive_s": keepalive_s}
        self._node = Node("mqtt_client.js", modules)
        self._node.line()

    def connect(self, port: int) -> None:
        self._node.order("connect", port=port, **self._options)

    def publish(self, message: str, qos: int) -> None:
        self._node.order("publish", message=message, qos=qos)

    def stay_away(self) -> None:
        self._node.order("stay_away")

    def leave(self) -> None:
        self._node.order("leave")

    def close(self) -> None:
        self._node.close()


class RealMqtt:
    """One situation: broker, tap, client, and somebody else who publishes."""

    def __init__(self, software: str, options: dict[str, Any], folder: Path) -> None:
        self._make = (software, options.get("clean", True), options.get("keepalive_s", 60), folder)
        self._broker = Mosquitto(folder)
        self.tap = Tap(self._broker.port, _wires)
        self._clients = [_client(*self._make)]
        self._messages = 0

    @property
    def seen(self) -> list[Seen]:
        """What has passed so far."""
        return self.tap.seen

    def close(self) -> None:
        """End everything."""
        self.tap.close()
        for client in self._clients:
            client.close()
        self._broker.close()

    def play(self, word: str, *arguments: Any) -> None:
        """Do one step and let its consequences pass."""
        getattr(self, f"_{word.replace(' ', '_')}")(*arguments)
        self.tap.settle()

    def _connect(self) -> None:
        self._clients[-1].connect(self.tap.port)
        self.tap.wait("server", "SUBACK", 1)

    def _message(self) -> str:
        self._messages += 1
        return f"m{self._messages}"

    def _publish(self, qos: int) -> None:
        self._clients[-1].publish(self._message(), qos)

    def _feed(self, qos: int) -> None:
        from paho.mqtt.publish import single

        single("down", self._message(), qos, hostname="127.0.0.1", port=self._broker.port)

    def _lose(self, end: str, packet: str) -> None:
        self.tap.lose(end, packet)

    def _shut(self) -> None:
        self.tap.shut()

    def _open(self) -> None:
        before = self.tap.connections
        self.tap.open()
        self.tap.until(lambda: self.tap.connections > before, "new connection")

    def _mute(self) -> None:
        self.tap.mute()

    def _wait(self, end: str, packet: str, count: int) -> None:
        self.tap.wait(end, packet, count)

    def _take_over(self) -> None:
        self._clients[-1].stay_away()
        self._clients.append(_client(*self._make))
        self._connect_again()

    def _connect_again(self) -> None:
        self._clients[-1].connect(self.tap.port)
        self.tap.wait("server", "SUBACK", 2)

    def _leave(self) -> None:
        self._clients[-1].leave()
        with contextlib.suppress(TimeoutError):
            self.tap.wait("client", "END", 1, patience_s=3.0)


def _wires(number: int) -> dict[str, MqttWire]:
    return {end: MqttWire(f"tcp {number}") for end in ("client", "server")}


def _client(software: str, clean: bool, keepalive_s: int, folder: Path) -> Client:
    if software == "paho":
        return Paho(clean, keepalive_s)
    return MqttJs(clean, keepalive_s, folder)
