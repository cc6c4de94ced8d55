"""Plays WebSocket situations with the client and server of PyPI websockets (asyncio)."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

from sequences.tap import Seen, Tap
from sequences.wire_web import WebConnection, WebWire


class RealWebsocket:
    """One situation: server, tap, client; both ends live in a thread of their own."""

    def __init__(self, options: dict[str, Any]) -> None:
        self._options = {end: _settings(end, options) for end in ("client", "server")}
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._messages = 0
        self._server_end: Any = None
        self._server = self._ask(self._listen())
        self.tap = Tap(next(iter(self._server.sockets)).getsockname()[1], _wires)
        self._client: Any = None

    @property
    def seen(self) -> list[Seen]:
        """What has passed so far."""
        return self.tap.seen

    def _ask(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(15)

    async def _listen(self) -> Any:
        from websockets.asyncio.server import serve

        return await serve(self._serve, "127.0.0.1", 0, **self._options["server"])

    async def _dial(self) -> Any:
        from websockets.asyncio.client import connect

        url = f"ws://127.0.0.1:{self.tap.port}"
        return await connect(url, proxy=None, **self._options["client"])

    async def _serve(self, end: Any) -> None:
        self._server_end = end
        await end.wait_closed()

    def close(self) -> None:
        """End everything."""
        self.tap.close()
        self._ask(self._stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)

    async def _stop(self) -> None:
        self._server.close()
        rest = asyncio.all_tasks() - {asyncio.current_task()}
        for task in rest:
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)

    def play(self, word: str, *arguments: Any) -> None:
        """Do one step and let its consequences pass."""
        getattr(self, f"_{word}")(*arguments)
        self.tap.settle()

    def _connect(self) -> None:
        self._client = self._ask(self._dial())

    def _message(self) -> str:
        self._messages += 1
        return f"m{self._messages}"

    def _say(self) -> None:
        self._ask(self._client.send(self._message()))

    def _answer(self) -> None:
        self._ask(self._server_end.send(self._message()))

    def _shut(self) -> None:
        self.tap.shut()

    def _mute(self) -> None:
        self.tap.mute()

    def _wait(self, end: str, packet: str, count: int) -> None:
        self.tap.wait(end, packet, count)

    def _leave(self) -> None:
        self._ask(self._client.close())

    def _dismiss(self) -> None:
        self._ask(self._server_end.close())


def _settings(end: str, options: dict[str, Any]) -> dict[str, Any]:
    pings = options.get("pings", end) == end
    return {
        "ping_interval": options.get("ping_interval_s", 20.0) if pings else None,
        "ping_timeout": options.get("ping_timeout_s", 20.0),
        "compression": None,
    }


def _wires(number: int) -> dict[str, WebWire]:
    connection = WebConnection(number, None)
    return {end: WebWire(connection, end) for end in ("client", "server")}
