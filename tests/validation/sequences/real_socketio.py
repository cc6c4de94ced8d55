"""Plays Socket.IO situations with npm socket.io and socket.io-client."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sequences.programs import Node
from sequences.tap import Seen, Tap
from sequences.wire_web import Sessions, WebConnection, WebWire


class RealSocketio:
    """One situation: a server, a tap, a client."""

    def __init__(self, options: dict[str, Any], modules: Path) -> None:
        self._options = options
        self._server = Node("socketio_server.js", modules, json.dumps(_of_server(options)))
        port = int(self._server.line())
        self._client = Node("socketio_client.js", modules)
        self._sessions = Sessions()
        refused = "UPGRADE REQUEST" if options.get("no_upgrade") else ""
        self.tap = Tap(port, self._wires, refused)
        self._messages = 0

    @property
    def seen(self) -> list[Seen]:
        """What has passed so far; who closes a TCP connection first means nothing here."""
        return [one for one in self.tap.seen if one["packet"] != "END"]

    def _wires(self, number: int) -> dict[str, WebWire]:
        connection = WebConnection(number, self._sessions)
        return {end: WebWire(connection, end) for end in ("client", "server")}

    def close(self) -> None:
        """End everything."""
        self.tap.close()
        self._client.close()
        self._server.close()

    def play(self, word: str, *arguments: Any) -> None:
        """Do one step and let its consequences pass."""
        getattr(self, f"_{word}")(*arguments)
        self.tap.settle()

    def _connect(self) -> None:
        self._client.order("connect", port=self.tap.port, options=_of_client(self._options))
        self._joined(1)

    def _joined(self, times: int) -> None:
        """Wait until the client has joined, and until it has left polling, if it wants to."""
        self.tap.wait("server", "CONNECT", times)
        if self._options["transport"] == "polling" and not self._options.get("no_upgrade"):
            self.tap.wait("client", "UPGRADE", times)

    def _message(self) -> str:
        self._messages += 1
        return f"m{self._messages}"

    def _emit(self, ack: bool) -> None:
        self._client.order("emit", message=self._message(), ack=ack)

    def _push(self, ack: bool) -> None:
        self._server.order("push", message=self._message(), ack=ack)

    def _lose(self, end: str, packet: str) -> None:
        self.tap.lose(end, packet)

    def _shut(self) -> None:
        self.tap.shut()

    def _mute(self) -> None:
        self.tap.mute()

    def _open(self) -> None:
        self.tap.open()
        self._joined(2)

    def _wait(self, end: str, packet: str, count: int) -> None:
        self.tap.wait(end, packet, count)

    def _leave(self) -> None:
        self._client.order("leave")

    def _dismiss(self) -> None:
        self._server.order("dismiss")


def _of_server(options: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if "ping_interval_s" in options:
        found["pingInterval"] = 1000 * options["ping_interval_s"]
        found["pingTimeout"] = 1000 * options["ping_timeout_s"]
    if options.get("recovery"):
        found["connectionStateRecovery"] = {}
    return found


def _of_client(options: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if options["transport"] == "websocket":
        found["transports"] = ["websocket"]
    if "retries" in options:
        found |= {"retries": options["retries"], "ackTimeout": 1000 * options["ack_timeout_s"]}
    return found
