"""The chat server of the web transports: `python -m testbed.web_server HOST PORT` (PyPI aiohttp).

A room is a list of texts in memory. Texts come by WebSocket or POST; readers get them by WebSocket,
from their cursor on if they name one, or by a GET that is held until there is one.
"""

from __future__ import annotations

import asyncio
import sys
from collections import defaultdict
from typing import Final

from aiohttp import WSMsgType, web

HEARTBEAT_S: Final = 20.0
HOLD_S: Final = 25.0


class Rooms:
    """All rooms: what was said, who listens."""

    def __init__(self) -> None:
        self._texts: defaultdict[str, list[str]] = defaultdict(list)
        self._sockets: defaultdict[str, list[web.WebSocketResponse]] = defaultdict(list)
        self._news: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)

    async def _say(self, room: str, text: str) -> None:
        self._texts[room].append(text)
        self._news.pop(room, asyncio.Event()).set()
        for socket in list(self._sockets[room]):
            if not socket.closed:
                await socket.send_str(text)

    async def socket(self, request: web.Request) -> web.WebSocketResponse:
        """GET /ws/ROOM, ?cursor=N to be given everything after the first N, ?writes to listen to
        nothing."""
        room, cursor = request.match_info["room"], request.query.get("cursor")
        socket = web.WebSocketResponse(heartbeat=HEARTBEAT_S)
        await socket.prepare(request)
        for text in self._texts[room][int(cursor) :] if cursor is not None else ():
            await socket.send_str(text)
        if "writes" not in request.query:
            self._sockets[room].append(socket)
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    await self._say(room, message.data)
        finally:
            if socket in self._sockets[room]:
                self._sockets[room].remove(socket)
        return socket

    async def send(self, request: web.Request) -> web.Response:
        """POST /send/ROOM."""
        await self._say(request.match_info["room"], await request.text())
        return web.Response()

    async def poll(self, request: web.Request) -> web.Response:
        """GET /poll/ROOM?cursor=N: an array of what came after the first N, empty after HOLD_S."""
        room = request.match_info["room"]
        cursor = min(int(request.query["cursor"]), len(self._texts[room]))
        if len(self._texts[room]) == cursor:
            try:
                await asyncio.wait_for(self._news[room].wait(), HOLD_S)
            except TimeoutError:
                return web.json_response([])
        return web.json_response(self._texts[room][cursor:])


def main() -> None:
    """Serve until ended."""
    rooms, app = Rooms(), web.Application()
    app.add_routes(
        [
            web.get("/ws/{room}", rooms.socket),
            web.post("/send/{room}", rooms.send),
            web.get("/poll/{room}", rooms.poll),
        ]
    )
    host, port = sys.argv[1], int(sys.argv[2])
    # A hard end is what is measured: no waiting for open connections.
    web.run_app(app, host=host, port=port, print=print, shutdown_timeout=0.1)


if __name__ == "__main__":
    main()
