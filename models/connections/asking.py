"""What asking over HTTP needs whatever its version: which requests are open, which go out again.

A request may go out a second time by itself when its connection breaks: one that only reads, or one
that was written to a connection that had brought something before, as the pool's `resends` says.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

if TYPE_CHECKING:
    from models.connections.endpoint import Endpoint
    from sim.transport.stream import Cut


class Ask(NamedTuple):
    """A request on the wire: what it is called, what it says, and whether it only reads."""

    request: Hashable
    body: Any
    reads: bool = False

    @property
    def message(self) -> Any:
        """The number that it is called by on the wire (`sim.transport.names`)."""
        return _number(self.request)


class Reply(NamedTuple):
    """The response to a request."""

    request: Hashable
    body: Any

    @property
    def message(self) -> Any:
        """The number of the request."""
        return _number(self.request)


def _number(request: Any) -> Any:
    """The message of a request (message, attempt), or the request, where it is a number itself."""
    return request[0] if type(request) is tuple else request


class Asker(Protocol):
    """Who uses the connections."""

    def answered(self, request: Hashable, body: Any) -> None:
        """The response has arrived."""

    def broken(self, request: Hashable) -> None:
        """The connection died, or could not be opened, without a response."""


class Asking:
    """One asker's open requests; a version of HTTP says how one goes out (`_go`)."""

    __slots__ = ("_again", "_asker", "_asks", "_endpoint", "_options", "cut", "person")

    def __init__(self, endpoint: Endpoint, person: int, asker: Asker) -> None:
        self._endpoint = endpoint
        self._asker = asker
        self._options = endpoint.options.http.pool
        self._asks: dict[Hashable, tuple[int, Ask]] = {}
        self._again: dict[Hashable, None] = {}  # requests that may be sent a second time
        self.person = person
        self.cut: Cut | None = None  # by something on the way, since the last request

    def _go(self, request: Hashable) -> None:
        raise TypeError("a version of HTTP says how a request goes out")

    def _open(self, size_bytes: int, ask: Ask) -> None:
        """A request goes out, once the client has worked on it."""
        request = ask.request
        self._asks[request] = (size_bytes, ask)
        if ask.reads and self._options.resends == "reads":
            self._again[request] = None
        if self._options.send_cost_s:
            engine = self._endpoint.engine
            engine.at(engine.now_s + self._options.send_cost_s, self._made, request)
        else:
            self._made(request)

    def _made(self, request: Hashable) -> None:
        if request in self._asks:
            self._go(request)

    def _forget(self, request: Hashable) -> None:
        self._asks.pop(request, None)
        self._again.pop(request, None)

    def _writes(self, request: Hashable, proven: bool) -> tuple[int, Ask]:
        """It is written, to a connection that has brought something before if `proven`."""
        self.cut = None
        if self._options.resends == "reused":
            self._again.pop(request, None)
            if proven:
                self._again[request] = None
        return self._asks[request]

    def _heard(self, request: Hashable, body: Any) -> None:
        """The answer is here: the asker has it once the client has worked on it."""
        if self._options.hear_cost_s:
            due_s = self._endpoint.engine.now_s + self._options.hear_cost_s
            self._endpoint.engine.at(due_s, self._asker.answered, request, body)
        else:
            self._asker.answered(request, body)

    def resends(self, request: Hashable) -> bool:
        """Whether the request goes out again by itself if its connection breaks now."""
        return request in self._again

    def _orphaned(self, request: Hashable) -> None:
        """Its connection is gone, or was never opened."""
        if request in self._again:
            del self._again[request]
            self._go(request)
        else:
            self._forget(request)
            self._asker.broken(request)
