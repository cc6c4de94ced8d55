"""A reader's log over a connection that stays open: the server's side and the client's.

The client says up to which number it has read. The server replays what its window holds behind
that and goes on with what is new, in order. A client that is too late for the window is told the
first number that is left (`Truncated`), or that it has to fetch (`Behind`): it then asks for one
page after the other, and what is new meanwhile waits at the client until it has the last one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol

from models.protocols.resume import (
    Apply,
    CaughtUp,
    CursorReceiver,
    CursorState,
    Duplicate,
    Item,
    Resume,
    Skipped,
    Truncated,
)
from models.protocols.websocket import frame_bytes

if TYPE_CHECKING:
    from models.connections.endpoint import Endpoint
    from models.connections.server_end import ServerEnd
    from models.costs import Costs
    from models.servers.catching_up import Page
    from models.servers.service import Service
    from sim.remote import RemoteCall

ENVELOPE_BYTES: Final = 20
"""JSON around a text: `["msg",{"text":...}]`, socket.io-parser 4.2 and the like."""
ACK_BYTES: Final = 12  # {"ack":12345}
REQUEST_BYTES: Final = 60  # {"id":17,"get":"threads","limit":50} with a little around it


def body_bytes(size_bytes: int) -> int:
    """Payload of a text of `size_bytes` as JSON."""
    return size_bytes + ENVELOPE_BYTES


class Behind(NamedTuple):
    """Server to client: the window does not hold all that is missing; fetch it."""


class Fetch(NamedTuple):
    """Client to server: the next page."""


class Fetched(NamedTuple):
    """Server to client: a page; `upto` with the last one: the number up to which pages go."""

    items: tuple[Item, ...]
    upto: int | None


class CatchUp(NamedTuple):
    """What a client asks for as soon as it is connected again.

    asked_s: CPU seconds of its node for the question. read: what its node reads for it, if
    anything. told_s: CPU seconds of its node for the answer when there was nothing to catch up.
    """

    asked_s: float
    read: RemoteCall | None = None
    told_s: float = 0.0


class Logs(Protocol):
    """What either side needs of the channel that it belongs to."""

    endpoint: Endpoint
    costs: Costs
    service: Service
    size_bytes: list[int]

    @property
    def catch_up(self) -> CatchUp: ...


class LogWriter:
    """The server's side on one connection; `sent` is -1 until the client says where it stands."""

    __slots__ = ("_channel", "_end", "_pages", "sent")

    def __init__(self, channel: Logs, end: ServerEnd) -> None:
        self._channel = channel
        self._end = end
        self._pages: Sequence[Page] = ()  # that are still to be asked for
        self.sent = -1

    def asked(self, payload: Resume | Fetch) -> None:
        """The client says where it stands, or asks for a page: the store is read either way."""
        call, args = (
            (self._replay, (payload.cursor,)) if type(payload) is Resume else (self._turn, ())
        )
        asked_s, read, _ = self._channel.catch_up
        assert read is not None  # who has a log has it in the store
        self._end.node.work(asked_s, read.start, call, *args)

    def _replay(self, cursor: int) -> None:
        """Send what the log holds, then say that this was all; or have the client fetch it."""
        catching_up, person = self._channel.service.catching_up, self._end.person
        first = catching_up.first(person)
        if cursor + 1 < first and not catching_up.replays:
            self.sent = len(self._log)
            self._pages = list(catching_up.pages(person, cursor, self.sent))
            self._send(ACK_BYTES, Behind())
            return
        if cursor + 1 < first:
            self._send(ACK_BYTES, Truncated(first))
        self.sent = max(cursor, first - 1)
        self.flush()
        self._send(ACK_BYTES, CaughtUp())

    def _turn(self) -> None:
        """Send the next page."""
        (page, *self._pages), log = self._pages, self._log
        items = tuple(Item(number, log[number - 1]) for number in page.numbers)
        sizes = (body_bytes(self._channel.size_bytes[message]) for message in page.messages)
        upto = None if self._pages else self.sent
        self._send(sum(sizes) + ACK_BYTES, Fetched(items, upto))

    def _send(self, content_bytes: int, payload: Any) -> None:
        size_bytes = frame_bytes(content_bytes, masked=False)
        self._end.send(size_bytes, payload, self._channel.catch_up.told_s)

    @property
    def _log(self) -> list[int]:
        return self._channel.service.store.inbox[self._end.person]

    def flush(self, paid: int = 0) -> None:
        """Send what the log holds beyond what was sent on this connection, in order.

        `paid`: for how many of the newest ones the process has done the work.
        """
        if self.sent < 0:
            return
        channel, log = self._channel, self._log
        for place in range(self.sent, len(log)):
            message = log[place]
            size_bytes = frame_bytes(body_bytes(channel.size_bytes[message]), masked=False)
            cost_s = channel.costs.message_out_s if place < len(log) - paid else 0.0
            self._end.send(size_bytes, Item(place + 1, message), cost_s)
        self.sent = max(self.sent, len(log))  # a log in memory may have become shorter


class LogReader:
    """The client's side, over all its connections. `ask(payload)` writes a request."""

    __slots__ = ("_ask", "_channel", "_cursor", "_person")

    def __init__(self, channel: Logs, person: int, ask: Callable[[Any], None]) -> None:
        self._channel = channel
        self._person = person
        self._ask = ask
        self._cursor = CursorReceiver()

    @property
    def cursor(self) -> int:
        """How far this person has read the log."""
        return self._cursor.cursor

    def read(self, payload: Any) -> bool:
        """A frame from the server; whether this was the last of what was missed."""
        if type(payload) is Behind:
            self._ask(Fetch())
            return False
        if type(payload) is not Fetched:
            self.tell(payload)
            return type(payload) is CaughtUp
        for item in payload.items:
            self.tell(item)
        if payload.upto is None:
            self._ask(Fetch())
            return False
        for event in (Truncated(payload.upto + 1), CaughtUp()):
            self.tell(event)
        return True

    def tell(self, event: Any) -> None:
        """Let the cursor see what happened; show what it says is next."""
        replayed = self._cursor.state is not CursorState.LIVE
        ledger = self._channel.endpoint.ledger
        actions: Sequence[Any] = self._cursor.handle(event, self._channel.endpoint.engine.now_s)
        for action in actions:
            kind = type(action)
            if kind is Apply or kind is Duplicate:
                ledger.shown(action.message, self._person, replayed, kind is Apply)
            elif kind is Resume:
                self._ask(action)
            elif kind is Skipped:
                numbers = range(action.first, action.last + 1)
                self._channel.service.catching_up.lose(self._person, numbers)


def coming(
    service: Service, read: Callable[[int], int], sent: Callable[[int], int]
) -> Iterator[tuple[int, int]]:
    """Messages and readers who have not read them, and still get them from the log.

    `read`, `sent`: by person, up to which number they have shown it, and it is on the wire.
    """
    for person, log in enumerate(service.store.inbox):
        numbers = service.catching_up.coming(person, read(person), sent(person))
        yield from ((log[number - 1], person) for number in numbers)


def lost_in_the_end(
    service: Service, held: set[tuple[int, int]], read: Callable[[int], int]
) -> None:
    """The run is over: what of a log is held nowhere for its reader can never be had."""
    for person, log in enumerate(service.store.inbox):
        numbers = range(read(person) + 1, len(log) + 1)
        gone = (number for number in numbers if (log[number - 1], person) not in held)
        service.catching_up.lose(person, gone)
