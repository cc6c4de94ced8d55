"""All clients of one side: `python -m testbed.clients ORDER`, ORDER being JSON (see `Order`).

Connects, prints "ready", reads the time to begin from standard input, sends or listens, and writes
a line of JSON for everything that happens: [what, room, number, seconds of the monotonic clock].
`web_clients` and `mqtt_clients` know the transports; `node/socketio.js` is the same for Socket.IO.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final, Protocol

_ENVELOPE: Final = '{{"room":{room:4d},"number":{number:6d},"text":"{text}"}}'
_TEXT: Final = "x" * 148  # a payload of 187 bytes


@dataclass(frozen=True, slots=True)
class Order:
    """What one side is to do; `phases_s`: when in each period each room sends."""

    transport: str
    side: str  # "tx" sends, "rx" listens
    host: str
    port: int
    phases_s: tuple[float, ...]
    period_s: float
    messages: int
    drain_s: float
    log: str

    def text(self) -> str:
        """The order as an argument."""
        return json.dumps(asdict(self))


class Log:
    """What happened, line by line."""

    def __init__(self, path: str) -> None:
        self._file = Path(path).open("w", encoding="utf-8", buffering=1)  # noqa: SIM115

    def note(self, what: str, room: int, number: int = -1) -> None:
        """Write it down with the time."""
        self._file.write(json.dumps([what, room, number, time.monotonic()]) + "\n")

    def got(self, text: str | bytes) -> None:
        """A message has arrived."""
        now_s, message = time.monotonic(), json.loads(text)
        line = ["got", int(message["room"]), int(message["number"]), now_s]
        self._file.write(json.dumps(line) + "\n")


class Client(Protocol):
    """One person's client: listens to its room, or sends to it."""

    async def connect(self) -> None:
        """Return when connected for the first time."""

    async def send(self, number: int) -> None:
        """Send a message, or note that it cannot be."""


def payload(room: int, number: int) -> str:
    """A message of the size that was measured with."""
    return _ENVELOPE.format(room=room, number=number, text=_TEXT)


async def serve(order: Order, clients: list[Client]) -> None:
    """Connect all, wait for the beginning, send what is to be sent, and wait for the end."""
    await asyncio.wait_for(asyncio.gather(*(one.connect() for one in clients)), 20.0)
    print("ready", flush=True)
    begin_s = float(await asyncio.to_thread(sys.stdin.readline))
    if order.side == "tx":
        pairs = zip(clients, order.phases_s, strict=True)
        await asyncio.gather(*(_send_all(one, order, begin_s + phase) for one, phase in pairs))
    end_s = begin_s + order.messages * order.period_s + order.drain_s
    await asyncio.sleep(end_s - time.monotonic())


async def _send_all(client: Client, order: Order, first_s: float) -> None:
    sending = set()
    for number in range(order.messages):
        await asyncio.sleep(first_s + number * order.period_s - time.monotonic())
        task = asyncio.create_task(client.send(number))
        sending.add(task)
        task.add_done_callback(sending.discard)


def make(order: Order, log: Log) -> list[Client]:
    """The clients of one side."""
    rooms = range(len(order.phases_s))
    if order.transport.startswith("mqtt"):
        from testbed.mqtt_clients import MqttClient

        return [MqttClient(order, log, room) for room in rooms]
    from testbed import web_clients

    if order.transport.startswith("ws"):
        return [web_clients.WebsocketClient(order, log, room) for room in rooms]
    if order.side == "tx":
        return [web_clients.Poster(order, log, room) for room in rooms]
    if order.transport == "hybrid":
        return [web_clients.WebsocketClient(order, log, room) for room in rooms]
    return [web_clients.Poller(order, log, room) for room in rooms]


async def _main() -> None:
    order = Order(**json.loads(sys.argv[1]))
    await serve(order, make(order, Log(order.log)))
    os._exit(0)  # connections may be half-open: nobody waits for them to close


if __name__ == "__main__":
    asyncio.run(_main())
