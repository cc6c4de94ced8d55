"""Clients of the web server: WebSocket (PyPI websockets), POST and long-poll GET (PyPI aiohttp)."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any, Final

import aiohttp
from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

from testbed.clients import Log, Order, payload

RETRY_S: Final = 1.0
OPEN_TIMEOUT_S: Final = 10.0
CLOSE_TIMEOUT_S: Final = 1.0
POST_TIMEOUT_S: Final = 10.0
POLL_TIMEOUT_S: Final = 35.0
POOL: Final = 6


class WebsocketClient:
    """Holds a WebSocket, opening it again after RETRY_S; drops what it cannot send.

    With the transport "wsresync" it says, when it comes back, how many messages it has.
    """

    def __init__(self, order: Order, log: Log, room: int) -> None:
        self._url = f"ws://{order.host}:{order.port}/ws/{room}"
        self._writes = order.side == "tx"
        self._resumes = order.transport == "wsresync" and not self._writes
        self._log = log
        self._room = room
        self._has = 0
        self._socket: Any = None
        self._first = asyncio.Event()

    async def connect(self) -> None:
        """Begin to hold a connection; return when it is open."""
        self._holding = asyncio.create_task(self._hold())
        await self._first.wait()

    def _address(self) -> str:
        if self._writes:
            return f"{self._url}?writes"
        return f"{self._url}?cursor={self._has}" if self._resumes else self._url

    async def _hold(self) -> None:
        while True:
            with contextlib.suppress(OSError, TimeoutError, WebSocketException):
                await self._session()
            await asyncio.sleep(RETRY_S)

    async def _session(self) -> None:
        opening = connect(
            self._address(),
            open_timeout=OPEN_TIMEOUT_S,
            close_timeout=CLOSE_TIMEOUT_S,
            compression=None,
            proxy=None,
        )
        async with opening as socket:
            self._socket = socket
            self._first.set()
            try:
                async for text in socket:
                    self._has += 1
                    self._log.got(text)
            finally:
                self._socket = None
                self._log.note("down", self._room)

    async def send(self, number: int) -> None:
        """Write the message, unless there is no connection."""
        if self._socket is None:
            self._log.note("refused", self._room, number)
            return
        self._log.note("sent", self._room, number)
        try:
            await self._socket.send(payload(self._room, number))
        except WebSocketException:
            self._log.note("refused", self._room, number)


class _HttpClient:
    def __init__(self, order: Order, log: Log, room: int) -> None:
        self._base = f"http://{order.host}:{order.port}"
        self._log = log
        self._room = room
        self._http: aiohttp.ClientSession | None = None

    def _session(self) -> aiohttp.ClientSession:
        if self._http is None:
            self._http = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=POOL))
        return self._http


class Poster(_HttpClient):
    """POSTs each message until it is accepted, over at most POOL kept-alive connections."""

    async def connect(self) -> None:
        """Connections are opened when needed."""

    async def send(self, number: int) -> None:
        """POST the message, again and again."""
        self._log.note("sent", self._room, number)
        url, text = f"{self._base}/send/{self._room}", payload(self._room, number)
        patience = aiohttp.ClientTimeout(total=POST_TIMEOUT_S)
        while True:
            try:
                async with self._session().post(url, data=text, timeout=patience) as answer:
                    await answer.read()
                    return
            except (aiohttp.ClientError, TimeoutError):
                await asyncio.sleep(RETRY_S)


class Poller(_HttpClient):
    """Holds a GET with a cursor; asks again at once, after RETRY_S when it failed."""

    async def connect(self) -> None:
        """Begin to poll."""
        self._polling = asyncio.create_task(self._poll())

    async def send(self, number: int) -> None:
        """A reader sends nothing."""

    async def _poll(self) -> None:
        cursor = 0
        patience = aiohttp.ClientTimeout(total=POLL_TIMEOUT_S)
        while True:
            url = f"{self._base}/poll/{self._room}?cursor={cursor}"
            try:
                async with self._session().get(url, timeout=patience) as answer:
                    texts = await answer.json()
            except (aiohttp.ClientError, TimeoutError):
                self._log.note("down", self._room)
                await asyncio.sleep(RETRY_S)
                continue
            cursor += len(texts)
            for text in texts:
                self._log.got(text)
