"""A WebSocket client's sends with ids: kept until acknowledged, sent again after a reconnect."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from models.protocols.machine import TIMEOUT
from models.protocols.resume import (
    Acked,
    LinkState,
    Lost,
    Opened,
    Outbox,
    OutboxOptions,
    Submit,
    Transmit,
)
from sim.driver import Driver

if TYPE_CHECKING:
    from models.connections.endpoint import Endpoint


class ClientOutbox:
    """Runs one client's outbox; `send(message)` writes to the present connection."""

    __slots__ = ("_driver", "_outbox", "_send")

    def __init__(self, endpoint: Endpoint, person: int, send: Callable[[int], None]) -> None:
        self._send = send
        self._outbox = Outbox(OutboxOptions())
        self._driver = Driver(endpoint.engine, self._outbox, self._act, TIMEOUT)
        self._driver.process = endpoint.device(person)

    def _act(self, action: Any) -> None:
        if type(action) is Transmit:
            message: Any = action.message
            self._send(message)

    def offer(self, message: int) -> None:
        """Take responsibility for a message."""
        self._driver.feed(Submit(message))

    def connected(self) -> None:
        """There is a connection: what is unacknowledged goes out again."""
        self._driver.feed(Opened())

    def disconnected(self) -> None:
        """The connection is over."""
        self._driver.feed(Lost())

    def acknowledged(self, message: int) -> None:
        """The server has it; an answer after the connection was given up says nothing new."""
        if self._outbox.state is LinkState.ONLINE:
            self._driver.feed(Acked(message))

    def unacknowledged(self) -> Sequence[Any]:
        """Messages it is still responsible for."""
        return self._outbox.kept()
