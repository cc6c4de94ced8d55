"""Conducts measurements: one cell after the other, each with fresh servers and clients.

A cell is what `rtcsim validate` calls so: a transport, and a packet loss or a series of faults. Its
length is bounded, and so is the number of its clients.
"""

from __future__ import annotations

import os
import random
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path as File
from typing import Final

from testbed import path as paths
from testbed.clients import Order

TRANSPORTS: Final = (
    "ws", "wsresync", "hybrid", "longpoll", "mqtt0", "mqtt1", "mqtt2", "mqtt1-clean",
    "mqtt1-persist", "mqtt2-clean", "mqtt2-persist", "mqtt1-nd", "sio-ws", "sio-poll", "sio",
    "sio-retries",
)  # fmt: skip
FIRST_FAULT_S: Final = 15.0
_HERE: Final = File(__file__).parent
_BEFORE_S: Final = 2.0  # from "ready" to the first message
_LOSS_BEFORE_S: Final = 1.0
_PATIENCE_S: Final = 30.0


@dataclass(frozen=True, slots=True)
class Cell:
    """What is measured; without `fault` ("link", "kill") it is latency under `loss_ratio`."""

    transport: str
    rooms: int
    seconds: float
    loss_ratio: float = 0.0
    fault: str = ""
    down_s: float = 0.0
    up_s: float = 0.0
    faults: int = 0
    period_s: float = 1.0
    seed: int = 1
    patience_s: float = 0.0  # 0: as long as was recorded with

    @property
    def messages(self) -> int:
        """How many each sender sends."""
        return round(self.length_s / self.period_s)

    @property
    def length_s(self) -> float:
        """From the first message to the last."""
        if self.fault:
            return FIRST_FAULT_S + self.faults * (self.down_s + self.up_s)
        return self.seconds

    @property
    def drain_s(self) -> float:
        """How long late messages are waited for."""
        return self.patience_s or (60.0 if self.fault else 25.0)

    def starts_s(self) -> Iterator[tuple[str, float]]:
        """(place, time) of each fault, from the first message; links: even ones cut rx."""
        for number in range(self.faults):
            side = "sv" if self.fault == "kill" else ("rx", "tx")[number % 2]
            yield side, FIRST_FAULT_S + number * (self.down_s + self.up_s)


@dataclass(frozen=True, slots=True)
class Run:
    """A measured cell: its logs, when it began, what the kernel counted meanwhile."""

    cell: Cell
    sent: File
    received: File
    begin_s: float
    counters: dict[str, int]


class Missing(Exception):
    """Software that a transport needs is not here."""


def missing(transport: str, npm: File | None) -> str:
    """Why a transport cannot be measured here; "" when it can."""
    if transport.startswith("mqtt") and not _program("mosquitto"):
        return "mosquitto is not installed"
    if transport.startswith("sio"):
        if not _program("node"):
            return "node is not installed"
        if npm is None or not (npm / "node_modules" / "socket.io-client").is_dir():
            return "no --npm folder with socket.io and socket.io-client"
    return ""


def _program(name: str) -> str | None:
    return shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin")


class Software:
    """How the programs of a transport are started on a path."""

    def __init__(self, path: paths.Path, transport: str, folder: File, npm: File | None) -> None:
        self._path = path
        self._transport = transport
        self._folder = folder
        searched = "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"
        self._environment = {"PATH": searched, "PYTHONUNBUFFERED": "1"}
        if npm is not None:
            self._environment["NODE_PATH"] = str(npm.absolute() / "node_modules")

    def server(self) -> subprocess.Popen[str]:
        """Start the server, which then listens."""
        host, port = self._path.server_at("sv")
        if self._transport.startswith("mqtt"):
            return self._mosquitto(host, port)
        if self._transport.startswith("sio"):
            command = [_program("node") or "node", str(_HERE / "node/socketio.js"), "server"]
        else:
            command = [sys.executable, "-m", "testbed.web_server"]
        server = self._start("sv", [*command, host, str(port)])
        await_line(server, "ready" if self._transport.startswith("sio") else "Running on")
        return server

    def _mosquitto(self, host: str, port: int) -> subprocess.Popen[str]:
        config = self._folder / "mosquitto.conf"
        nodelay = "set_tcp_nodelay true\n" if self._transport.endswith("-nd") else ""
        config.write_text(f"listener {port} {host}\nallow_anonymous true\n{nodelay}")
        command = [_program("mosquitto") or "mosquitto", "-c", str(config)]
        server = self._start("sv", command, stderr=subprocess.STDOUT)
        await_line(server, "running")
        return server

    def clients(self, order: Order) -> subprocess.Popen[str]:
        """Start all clients of one side; they print "ready" when connected."""
        command = [sys.executable, "-m", "testbed.clients"]
        if self._transport.startswith("sio"):
            command = [_program("node") or "node", str(_HERE / "node/socketio.js")]
        return self._start(order.side, [*command, order.text()], stdin=subprocess.PIPE)

    def _start(self, place: str, command: list[str], **options: int) -> subprocess.Popen[str]:
        return self._path.start(
            place,
            command,
            stdout=subprocess.PIPE,
            env=self._environment,
            cwd=_HERE.parent,
            **options,
        )


def measure(path: paths.Path, cell: Cell, folder: File, npm: File | None) -> Run:
    """Measure one cell; the logs go to `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    software = Software(path, cell.transport, folder, npm)
    with ExitStack() as stack:
        servers = [stack.enter_context(_ended(software.server()))]
        orders = [_order(path, cell, side, folder) for side in ("rx", "tx")]
        clients = [stack.enter_context(_ended(software.clients(order))) for order in orders]
        for process in clients:
            await_line(process, "ready")
        before = path.counters()
        begin_s = time.monotonic() + _BEFORE_S
        for process in clients:
            assert process.stdin is not None
            print(begin_s, file=process.stdin, flush=True)
        _conduct(path, cell, begin_s, _Server(software, servers, stack))
        for process in clients:
            process.wait(_PATIENCE_S + cell.drain_s)
        after = path.counters()
    counters = {name: count - before.get(name, 0) for name, count in after.items()}
    return Run(cell, File(orders[1].log), File(orders[0].log), begin_s, counters)


def _order(path: paths.Path, cell: Cell, side: str, folder: File) -> Order:
    luck = random.Random(cell.seed)
    phases_s = tuple(luck.uniform(0.0, cell.period_s) for _ in range(cell.rooms))
    host, port = path.server_at(side)
    log = str(folder.absolute() / f"{side}.jsonl")
    timing = (phases_s, cell.period_s, cell.messages, cell.drain_s)
    return Order(cell.transport, side, host, port, *timing, log)


class _Server:
    """The server of a run, which can be killed and started anew."""

    def __init__(
        self, software: Software, servers: list[subprocess.Popen[str]], stack: ExitStack
    ) -> None:
        self._software = software
        self._servers = servers
        self._stack = stack

    def kill(self) -> None:
        self._servers[-1].kill()
        self._servers[-1].wait()

    def restart(self) -> None:
        self._servers.append(self._stack.enter_context(_ended(self._software.server())))


def _conduct(path: paths.Path, cell: Cell, begin_s: float, server: _Server) -> None:
    """Do to the path and the server what the cell says, when it says so."""
    agenda: list[tuple[float, Callable[[], None]]] = []
    if cell.loss_ratio:
        agenda.append((-_LOSS_BEFORE_S, lambda: path.lose(cell.loss_ratio)))
    for side, start_s in cell.starts_s():
        down = server.kill if side == "sv" else _bound(path.cut, side)
        up = server.restart if side == "sv" else _bound(path.mend, side)
        agenda += [(start_s, down), (start_s + cell.down_s, up)]
    agenda.append((cell.length_s + cell.drain_s - 1.0, lambda: path.lose(0.0)))
    for due_s, call in agenda:
        time.sleep(max(0.0, begin_s + due_s - time.monotonic()))
        call()


def _bound(call: Callable[[str], None], side: str) -> Callable[[], None]:
    return lambda: call(side)


class _ended:  # noqa: N801 - used as a function
    """A process that is killed at the end of a block."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def __enter__(self) -> subprocess.Popen[str]:
        return self._process

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()


def await_line(process: subprocess.Popen[str], word: str, patience_s: float = _PATIENCE_S) -> None:
    """Return when the process has printed `word`; raises TimeoutError or RuntimeError.

    What it printed so far is gone then. Reads the descriptor, past the buffers of the pipe.
    """
    limit_s = time.monotonic() + patience_s
    assert process.stdout is not None
    said = b""
    while word.encode() not in said:
        rest_s = max(0.0, limit_s - time.monotonic())
        if not select.select([process.stdout], [], [], rest_s)[0]:
            raise TimeoutError(f"{process.args!r} did not say {word!r} within {patience_s} s")
        piece = os.read(process.stdout.fileno(), 65_536)
        if not piece:
            raise RuntimeError(f"{process.args!r} ended before it said {word!r}")
        said += piece
