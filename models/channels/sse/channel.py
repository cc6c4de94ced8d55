"""The channel of server-sent events: one GET whose answer never ends, read by an EventSource.

Plain, what happens while nobody listens is gone. With `recovery = "cursor"` sends are numbered in
each reader's log, a returning client says the last number that it has shown, and gets what the
server's window still holds behind it; whatever left the window is lost. Typing and read receipts
have no number and are never replayed.

The client writes nothing after its request, so a link that dies in silence is found by TCP alone:
by the server's, when what it writes is not acknowledged, and by the client's only where its kernel
probes (`models.protocols.sse`). Over HTTP/1.1 the stream is a connection of its own, one of the six
that a browser opens to a host (Chromium, client_socket_pool_manager.cc); the other channels of a
design are hosts of their own here, so their six stay six. A proxy in front of the server answers a
fetch that the server refuses by itself (`fetch`), and most EventSources then do not try again.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from models.calm.mail import sized
from models.channels.kind import Kind
from models.channels.sse import options as own
from models.channels.sse.fetch import dialling, shares
from models.channels.sse.options import SseOptions, described, sse_of, without_window
from models.channels.websocket import body_bytes
from models.connections.clients import Clients
from models.connections.endpoint import Endpoint, Hosting, Slot
from models.connections.http2.requests import READS
from models.connections.reconnecting import ReconnectingClient
from models.connections.server_end import PING_BYTES, ServerEnd
from models.options import HeartbeatOptions
from models.protocols.heartbeat import Heartbeat
from models.protocols.machine import TIMEOUT
from models.protocols.sse.event_source import Answered, Block, EventSource, Field, client_side
from models.protocols.sse.event_stream import (
    Asked,
    Comment,
    End,
    EventStream,
    Gone,
    Greet,
    Logged,
    Skip,
    Write,
    oldest_kept,
)
from models.protocols.sse.wire import (
    comment_bytes,
    event_bytes,
    request_bytes,
    response_bytes,
    retry_bytes,
)
from models.protocols.tcp_keepalive import OFF
from sim.driver import Driver
from sim.history import SEEN, SEND, TYPING
from sim.tape import CONTROL, IDLE, Said
from sim.transport.connection import SERVER, Passive
from sim.transport.handshake import Exchange
from sim.transport.names import PONG

if TYPE_CHECKING:
    from models.channels.kind import About
    from models.options import Options
    from sim.node import Node
    from sim.transport.stream import Stream

_A_NUMBER: Final = 1000  # its digits stand for those of any last id
_CONNECTION: Final = ("client_nodelay", "server_nodelay", "send_buffer")


class Event(NamedTuple):
    """Server to client: an event, its number in the reader's log (None: it has none)."""

    number: int | None
    message: int
    person: int


class Greeting(NamedTuple):
    """Server to client: the replay is complete; how much is gone, and the reconnection time."""

    missing: int
    retry_s: float


class Ping(NamedTuple):
    """Server to client: a comment."""


class SseChannel(Clients["SseClient"]):
    """All EventSources, and the streams that gateways write to them."""

    def __init__(self, slot: Slot) -> None:
        world, options = slot.world, sse_of(slot.options)
        self.options = options
        self.costs = costs = options.costs
        self.numbered = slot.receives and slot.options.recovery.kind == "cursor"
        fetch = request_bytes(_A_NUMBER if self.numbered else None)
        opening = (Exchange(fetch, response_bytes(), costs.open_s),)
        shared = shares(slot.options, world)
        hosting = Hosting(world.gateways, costs, () if shared else opening)
        self.endpoint = Endpoint(replace(slot, options=self._as_a_browser(slot.options)), hosting)
        self.endpoint.settled = self._settled
        self.endpoint.session = dialling(self.endpoint, lambda person: self.client(person).answered)
        self.service = slot.service
        self.action, self.size_bytes = slot.messages.action, slot.messages.size_bytes
        # streams that the servers believe in, newest last; events go to that one
        self.streams: list[list[ServerStream]] = [[] for _ in range(world.workload.people)]
        self._gone = [0] * world.workload.people  # number up to which a reader's loss is known
        super().__init__(lambda person: SseClient(self, person))
        self._mailroom = slot.service.mailroom if slot.receives else None
        if self._mailroom is not None:
            down_bytes = sized(self.size_bytes, lambda size: event_bytes(body_bytes(size), None))
            self._mailroom.delivers(costs.message_out_s, down_bytes, self._looked_at())

    def _looked_at(self) -> Sequence[int]:
        """Actions that a screen shows and nobody keeps or counts."""
        if self.options.watch_s:
            return ()
        return (TYPING, SEEN) if self.numbered else (SEND, TYPING, SEEN)

    def moved(self, person: int) -> None:
        """Events for this person go by another stream, or by none."""
        if self._mailroom is not None and self.streams[person]:
            end = self.streams[person][-1].end
            self._mailroom.at_home(person, end.node, end.number)
        elif self._mailroom is not None:
            self._mailroom.away(person)

    def _as_a_browser(self, options: Options) -> Options:
        """A client that keeps alive in its own way, if at all, and says nothing before it goes."""
        browser = self.options.browser
        side = client_side(browser, self.options.watch_s)
        beats = HeartbeatOptions(ends=Heartbeat(side, None, browser.source))
        connection = options.connection.model_copy(update={"close_timeout_s": 0.0})
        tcp = options.tcp.model_copy(update={"client_keepalive": OFF})  # it has its own
        return replace(options, heartbeat=beats, connection=connection, tcp=tcp)

    def disconnect(self, person: int) -> None:
        """Something in between resets this person's streams at the server."""
        for stream in list(self.streams[person]):
            stream.end.reset()

    def home(self, person: int) -> Node | None:
        """The node that believes to hold this person's stream."""
        streams = self.streams[person]
        return streams[-1].end.node if streams else None

    def logs(self, message: int) -> bool:
        """Whether readers can have this message replayed."""
        return self.numbered and self.action[message] == SEND

    def absent(self, person: int, message: int) -> None:
        """Nobody listens: without a window the message is gone for this person."""
        if not self.logs(message):
            self.service.drop(message, person, "not connected")

    def push(self, node: Node, people: Sequence[int], message: int) -> None:
        """Write an event to people whose stream `node` holds."""
        logged = self.logs(message)
        size_bytes = self.event_bytes(message, None)
        for person in people:
            streams = self.streams[person]
            if not streams or streams[-1].end.node is not node:
                self.absent(person, message)
            elif logged:
                streams[-1].catch_up(paid=1)
            elif self.options.watch_s:  # somebody counts the silence
                streams[-1].end.send(size_bytes, Event(None, message, person))
            else:
                streams[-1].end.post(size_bytes, message, person)

    def event_bytes(self, message: int, number: int | None) -> int:
        """Size of the event that brings `message`."""
        return event_bytes(body_bytes(self.size_bytes[message]), number)

    def oldest(self, person: int) -> int:
        """The number of the oldest event that this person could have replayed now."""
        endpoint, log = self.endpoint, self.service.store.inbox[person]
        before = int(max(len(log) - self.options.server.window_messages, 0))
        times_s = [endpoint.ledger.life_s("accepted_s", message) for message in log[before:]]
        return before + oldest_kept(times_s, endpoint.engine.now_s, self.options.server)

    def skip(self, person: int, first: int, last: int) -> None:
        """This person will never get these numbers: they have left the window."""
        log = self.service.store.inbox[person]
        most = self.options.server.window_messages
        for number in range(max(first, self._gone[person] + 1), last + 1):
            cause = "queue overflow" if number <= len(log) - most else "session expired"
            self.service.drop(log[number - 1], person, cause)
        self._gone[person] = max(self._gone[person], last)

    def lost(self, payload: Any) -> None:
        """An event died with its connection; one with a number may be replayed."""
        if type(payload) is Passive or (type(payload) is Event and payload.number is None):
            self.service.drop(payload.message, payload.person, "half-open")

    def pending(self) -> Iterator[tuple[int, int]]:
        """What is under way, and what the log still has that its reader can get."""
        flying: dict[int, set[int]] = {}
        for payload in self.endpoint.flying():
            if type(payload) is Event and payload.number is not None:
                flying.setdefault(payload.person, set()).add(payload.number)
            elif type(payload) in (Event, Passive):
                yield payload.message, payload.person
        if self.numbered:
            for person, log in enumerate(self.service.store.inbox):
                coming = self._coming(person, flying.get(person, set()))
                yield from ((log[number - 1], person) for number in coming)

    def _coming(self, person: int, flying: set[int]) -> Iterator[int]:
        """Numbers not shown yet that are in the window, on the wire, or next to be written."""
        missing = self._not_shown(person)
        if missing:
            sent = min((stream.sent for stream in self.streams[person][-1:]), default=math.inf)
            first = min(self.oldest(person), sent + 1)
            yield from (number for number in missing if number >= first or number in flying)

    def _not_shown(self, person: int) -> range:
        """Numbers of the log that this person's screen has not shown."""
        have = self.clients[person].source.last_id if person in self.clients else 0
        return range(have + 1, len(self.service.store.inbox[person]) + 1)

    def _settled(self) -> None:
        """The run is over: what nobody can get any more is lost."""
        if self.numbered:
            held = set(self.pending())
            for person, log in enumerate(self.service.store.inbox):
                for number in self._not_shown(person):
                    if (log[number - 1], person) not in held:
                        self.skip(person, number, number)


class SseClient:
    """One person's EventSource."""

    __slots__ = ("_channel", "person", "reconnecting", "source")

    def __init__(self, channel: SseChannel, person: int) -> None:
        self._channel = channel
        self.person = person
        options = channel.options
        self.source = EventSource(options.browser, watched=options.watch_s > 0.0)
        self.reconnecting = ReconnectingClient(
            channel.endpoint, person, self, self._accept, link=self.source
        )

    def _accept(self, node: Node, connection: Stream) -> None:
        """At the server; the client's last id stands still from its request to the answer."""
        last_id = self.source.last_id if self._channel.numbered else None
        ServerStream(self._channel, self.person, node, connection).ask(last_id)

    def answered(self, status: int, content_type: str) -> None:
        """A proxy has answered the fetch that is out in the server's place."""
        self.reconnecting.tell(Answered(status, content_type))

    def submit(self, message: int) -> None:
        """A stream carries nothing up. Raises ValueError."""
        raise ValueError(f"person {self.person}: message {message} cannot be sent on a stream")

    def opened(self, connection: Stream) -> None:
        """The header of the answer is here; the greeting behind it ends the replay."""

    def received(self, payload: Any) -> None:
        """An event, a greeting or a comment."""
        now_s = self._channel.endpoint.engine.now_s
        if type(payload) is Event:
            ledger, replayed = self._channel.endpoint.ledger, not self.reconnecting.caught_up
            for shown in self.source.handle(Block(payload.number, payload.message), now_s):
                message: Any = getattr(shown, "data", None)
                ledger.shown(message, self.person, replayed)
        elif type(payload) is Greeting:
            if payload.retry_s:
                self.source.handle(Field("retry", payload.retry_s * 1000.0), now_s)
            self.reconnecting.synced()

    def lost(self) -> None:
        """The stream is over; the EventSource sees to it."""


class _StreamEnd(ServerEnd):
    """All that its client sends is what TCP asks."""

    __slots__ = ()
    kernel_answers = True


class ServerStream:
    """The server's side of one stream."""

    __slots__ = ("_channel", "_driver", "_paid", "_stream", "end")

    def __init__(self, channel: SseChannel, person: int, node: Node, connection: Stream) -> None:
        self._channel = channel
        self._paid = 0  # for how many of the newest events the process has done the work
        self._stream = EventStream(channel.options.server)
        self._driver = Driver(channel.endpoint.engine, self._stream, self._act, TIMEOUT)
        self._driver.process = node
        self.end = _StreamEnd(channel.endpoint, person, node, connection, self._probed)
        self.end.ended = self._ended
        connection.receive[SERVER] = self._probed
        connection.dropped[SERVER] = channel.lost
        channel.streams[person].append(self)
        channel.moved(person)

    @property
    def sent(self) -> float:
        """Up to which number of the log it has written."""
        return self._stream.sent

    def ask(self, last_id: int | None) -> None:
        """The client is here; the window is read before anything is written."""
        if last_id is None:
            self._driver.feed(Asked(None, 1, 0))
        else:
            self._channel.endpoint.world.read.start(self._replay, last_id)

    def _replay(self, last_id: int) -> None:
        person = self.end.person
        head = len(self._channel.service.store.inbox[person])
        self._driver.feed(Asked(last_id, self._channel.oldest(person), head))

    def catch_up(self, paid: int = 0) -> None:
        """Write what the log holds beyond what was written on this stream, in order.

        `paid`: for how many of the newest ones the process has done the work.
        """
        self._paid = paid
        self._driver.feed(Logged(len(self._channel.service.store.inbox[self.end.person])))
        self._paid = 0

    def _probed(self, _: Any) -> None:
        """The kernel answers, busy as the process may be."""
        self.end.connection.send(SERVER, PING_BYTES, PONG)

    def _act(self, action: Any) -> None:
        kind, server, cost_s = type(action), self._channel.options.server, self._cost_s
        if kind is Write:
            self._write_events(action)
        elif kind is Comment:
            self.end.node.busy(cost_s)
            self.end.send(comment_bytes(), Ping())
            if self._channel.numbered:
                self.catch_up()  # finds what an outage of the backplane kept from us
        elif kind is Greet:
            size_bytes = comment_bytes() + retry_bytes(server.retry_s)
            self.end.send(size_bytes, Greeting(action.missing, server.retry_s), cost_s)
        elif kind is Skip:
            self._channel.skip(self.end.person, action.first, action.last)
        elif kind is End:
            self.end.close()

    @property
    def _cost_s(self) -> float:
        """CPU seconds of one write."""
        return self._channel.costs.message_out_s

    def _write_events(self, written: Write) -> None:
        channel, person = self._channel, self.end.person
        log = channel.service.store.inbox[person]
        for number in range(written.first, written.last + 1):
            message = log[number - 1]
            cost_s = self._cost_s if number <= written.last - self._paid else 0.0
            size_bytes = channel.event_bytes(message, number)
            self.end.send(size_bytes, Event(number, message, person), cost_s)

    def _ended(self) -> None:
        self._channel.streams[self.end.person].remove(self)
        self._channel.moved(self.end.person)
        self._driver.feed(Gone())


def _event_words(event: Event, about: About) -> Said:
    return about(event.message, "event: " if event.number is None else f"event {event.number}: ")


def _greeting_words(greeting: Greeting, _: About) -> Said:
    gap = f", {greeting.missing} events are gone" if greeting.missing else ""
    return Said(f"stream is open{gap}", (), CONTROL)


def _comment(_: Ping, __: About) -> Said:
    return Said("comment", (), IDLE)


KIND: Final = Kind(
    "sse", SseChannel, sends=False, keeps=("none", "cursor"),
    says={Event: _event_words, Greeting: _greeting_words, Ping: _comment},
    title="an event stream",
    reads=("sse", "tcp.server_keepalive", *(f"connection.{key}" for key in _CONNECTION),
           *READS[1:]),
    groups={"sse": SseOptions},
    refuses=without_window,
    describes=described,
    takes=own.taken, lacks=own.lacking, in_rows=True,
)  # fmt: skip
