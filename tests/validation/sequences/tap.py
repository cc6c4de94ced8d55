"""A TCP proxy on loopback that decodes what passes, writes it down, and can lose a chosen packet.

Runs in a thread of its own, so that blocking clients can be driven beside it. A lost packet takes
its connection with it, as an outage would: both ends see it close, and nothing connects until the
tap is opened again.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any, Final, Protocol

Seen = dict[str, Any]
QUIET_S: Final = 0.3


class Wire(Protocol):
    """Decodes one direction of a connection; `lane` says which, "" when its end means nothing."""

    @property
    def lane(self) -> str:
        """Name of the connection."""

    def feed(self, data: bytes) -> list[tuple[bytes, Seen]]:
        """The packets that `data` completes, each with its bytes."""


Wires = Callable[[int], Mapping[str, Wire]]
"""Number of a connection -> decoders of what "client" and "server" write on it."""


class Tap:
    """Stands between clients and the server that listens on `server_port`."""

    def __init__(self, server_port: int, wires: Wires, refused: str = "") -> None:
        """`refused`: a packet of clients that costs its own connection, each time."""
        self._server_port = server_port
        self._wires = wires
        self._refused = refused
        self.seen: list[Seen] = []
        self.connections = 0
        self._open = True
        self._muted = False
        self._losing: tuple[str, str] | None = None
        self._writers: list[asyncio.StreamWriter] = []
        self._touched_s = time.monotonic()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._server = self._ask(asyncio.start_server(self._accept, "127.0.0.1", 0))
        self.port: int = self._server.sockets[0].getsockname()[1]

    def _ask(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    def close(self) -> None:
        """Cut everything and stop."""
        self.shut()
        self._ask(self._stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)

    def lose(self, end: str, packet: str) -> None:
        """The next `packet` that `end` writes dies with its connection."""
        self._losing = (end, packet)

    def shut(self) -> None:
        """Cut all connections and let none in."""
        self._open = False
        self._ask(self._cut())

    def mute(self) -> None:
        """Swallow everything from now on; connections stay until an end gives up."""
        self._muted = True

    def open(self) -> None:
        """Let connections in again; what is left of muted ones goes."""
        if self._muted:
            self.shut()
        self._open, self._muted = True, False

    def settle(self, quiet_s: float = QUIET_S) -> None:
        """Return when nothing has passed for `quiet_s`."""
        self._touched_s = max(self._touched_s, time.monotonic() - quiet_s / 2)
        while (rest_s := self._touched_s + quiet_s - time.monotonic()) > 0:
            time.sleep(rest_s)

    def wait(self, end: str, packet: str, count: int, patience_s: float = 30.0) -> None:
        """Return when `end` has written `packet` `count` times in all."""
        self.until(lambda: self._count(end, packet) >= count, f"{packet} of {end}", patience_s)

    def until(self, reached: Callable[[], bool], what: str, patience_s: float = 30.0) -> None:
        """Return when `reached()`; raises TimeoutError after `patience_s`."""
        limit_s = time.monotonic() + patience_s
        while not reached():
            if time.monotonic() > limit_s:
                raise TimeoutError(f"no {what} within {patience_s} s; seen: {self.seen}")
            time.sleep(0.01)

    def _count(self, end: str, packet: str) -> int:
        return sum(
            packet in (one["packet"], *(held["packet"] for held in one.get("holds", ())))
            for one in self.seen
            if one["from"] == end
        )

    async def _stop(self) -> None:
        self._server.close()
        rest = asyncio.all_tasks() - {asyncio.current_task()}
        for task in rest:
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not self._open or self._muted:
            writer.transport.abort()
            return
        up_reader, up_writer = await asyncio.open_connection("127.0.0.1", self._server_port)
        self.connections += 1
        wires = self._wires(self.connections)
        self._writers += [writer, up_writer]
        ended: list[str] = []
        await asyncio.gather(
            self._carry("client", reader, up_writer, wires["client"], ended),
            self._carry("server", up_reader, writer, wires["server"], ended),
        )

    async def _carry(
        self,
        end: str,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        wire: Wire,
        ended: list[str],
    ) -> None:
        with contextlib.suppress(ConnectionError):
            while data := await reader.read(65536):
                for raw, seen in wire.feed(data):
                    if not await self._pass(end, raw, seen, writer):
                        return
        if (self._muted or not ended) and not writer.transport.is_closing():
            ended.append(end)
            self._note({"from": end, "on": wire.lane, "packet": "END"})
        if not self._muted:
            writer.close()

    async def _pass(self, end: str, raw: bytes, seen: Seen, writer: asyncio.StreamWriter) -> bool:
        seen = {"from": end, **seen}
        if self._losing == (end, seen["packet"]):
            self._losing, self._open = None, False
            self._note({**seen, "lost": True})
            await self._cut()
            return False
        if seen["packet"] == self._refused:
            self._note({**seen, "lost": True})
            writer.transport.abort()
            return False
        self._note({**seen, "lost": True} if self._muted else seen)
        if not self._muted:
            writer.write(raw)
        return True

    async def _cut(self) -> None:
        for writer in self._writers:
            writer.transport.abort()
        self._writers.clear()

    def _note(self, seen: Seen) -> None:
        self._touched_s = time.monotonic()
        self.seen.append(seen)
