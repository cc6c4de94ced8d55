"""The long-poll channel: a GET that the server holds until there is something to say (RFC 6202).

With a cursor the next request acknowledges the last answer and the log keeps what happens between
requests. Without a buffer the server can only hand over what happens while a request is held.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from models.channels.kind import About, Kind
from models.channels.websocket import body_bytes
from models.connections.endpoint import Endpoint, Hosting, Slot
from models.connections.http_pool import (
    POST_HEADER_BYTES,
    RESPONSE_HEADER_BYTES,
    Ask,
    HttpConnections,
    Reply,
    WebEnd,
    WebServer,
)
from models.connections.proxied import Unserved, Upstream, fronted
from models.protocols.http.long_poll import (
    Abandon,
    Answer,
    Answered,
    Appended,
    Apply,
    Asked,
    Broken,
    Duplicate,
    Gone,
    HeldPoll,
    HeldPollOptions,
    Missed,
    Poller,
    PollerOptions,
    PollState,
    Start,
    Stop,
)
from models.protocols.http.long_poll import Ask as Poll
from models.protocols.machine import TIMEOUT
from sim.driver import Driver
from sim.history import SEEN, SEND, TYPING
from sim.tape import DATA, IDLE, Said

if TYPE_CHECKING:
    from sim.node import Node

TYPING_S: Final = 10.0
"""How long a typing event is worth telling (Discord API, Trigger Typing Indicator: 10 s)."""


class LongPollChannel:
    """All pollers, and the questions that gateways hold."""

    def __init__(self, slot: Slot) -> None:
        world = slot.world
        costs = slot.options.long_poll.costs
        # One request is paid once: most of it when it arrives, a write when it is answered.
        request_s = max(0.0, costs.request_s - costs.message_out_s)
        self.costs = replace(costs, request_s=request_s)
        self.endpoint = Endpoint(slot, Hosting(world.gateways, self.costs))
        self.options = slot.options.long_poll
        self.service = slot.service
        self.keeps_log = slot.options.recovery.kind == "cursor"
        self.action, self.size_bytes = slot.messages.action, slot.messages.size_bytes
        if self.keeps_log:
            slot.service.store.logged = (SEND, TYPING, SEEN)
            slot.service.store.logs.reading = self
        people = range(world.workload.people)
        self.mailboxes = [Mailbox(self, person) for person in people]
        self._clients: dict[int, PollClient] = {}

    def client(self, person: int) -> PollClient:
        """This person's poller, made when first needed."""
        if person not in self._clients:
            self._clients[person] = PollClient(self, person)
        return self._clients[person]

    def join(self, person: int) -> None:
        """The person opens the app."""
        self.client(person).start()

    def leave(self, person: int) -> None:
        """The person closes the app."""
        self.client(person).stop()

    def disconnect(self, person: int) -> None:
        """Something in between resets this person's connections."""
        self.client(person).connections.reset()

    def move(self, person: int) -> None:
        """The person has a new address."""
        self.client(person).connections.move()

    def submit(self, person: int, message: int) -> None:
        """A held GET carries nothing up. Raises ValueError."""
        raise ValueError(f"person {person}: message {message} cannot be sent on a long poll")

    def home(self, person: int) -> Node | None:
        """The node that holds this person's question."""
        end = self.mailboxes[person].end
        return None if end is None else end.node

    def absent(self, person: int, message: int) -> None:
        """No question is held: the log keeps the message, or nobody does."""
        if not self.keeps_log:
            self.service.drop(message, person, "no buffer")

    def push(self, node: Node, people: Sequence[int], message: int) -> None:
        """Something happened for these people, whose question `node` holds."""
        for person in people:
            mailbox = self.mailboxes[person]
            if not self.keeps_log:
                mailbox.log.append(message)
            mailbox.catch_up(paid=True)

    def is_stale(self, message: int) -> bool:
        """Nobody wants to hear any more that somebody was typing."""
        endpoint = self.endpoint
        since_s = endpoint.engine.now_s - endpoint.world.workload.time_s[message]
        return self.action[message] == TYPING and bool(since_s > TYPING_S)

    def pending(self) -> Iterator[tuple[int, int]]:
        """What the log still has for its readers, or answers on the wire."""
        for person, mailbox in enumerate(self.mailboxes):
            if self.keeps_log:
                yield from ((message, person) for message in mailbox.log[self.read(person) :])
        if not self.keeps_log:
            for payload in self.endpoint.flying():
                if type(payload) is Reply:
                    yield from ((message, payload.body.person) for message in payload.body.messages)

    def read(self, person: int) -> int:
        """How far this person has read the log."""
        return self._clients[person].cursor if person in self._clients else 0

    handed = read  # an answer on the wire is asked for again

    def shortened(self, person: int) -> None:
        """This person's log has lost entries."""
        self.mailboxes[person].shortened()

    def lost(self, payload: Any) -> None:
        """An answer died with its connection: with a log it is asked for again."""
        if type(payload) is Reply and type(payload.body) is Batch and not self.keeps_log:
            for message in payload.body.messages:
                self.service.drop(message, payload.body.person, "half-open")


class Batch:
    """The body of an answer: messages with their numbers, and the number up to which it goes."""

    __slots__ = ("last", "numbered", "person")

    def __init__(self, person: int, last: int, numbered: tuple[tuple[int, int], ...]) -> None:
        self.person = person
        self.last = last
        self.numbered = numbered

    @property
    def messages(self) -> list[int]:
        """What it brings, without numbers."""
        return [message for _, message in self.numbered]


class Mailbox:
    """The server's side for one person: the log, and the question that is held."""

    __slots__ = ("_channel", "_driver", "_held", "_paid", "end", "log", "person")

    def __init__(self, channel: LongPollChannel, person: int) -> None:
        options = HeldPollOptions(
            channel.options.hold_s, channel.keeps_log, channel.options.batch_max
        )
        self._channel = channel
        self.person = person
        self.end: WebEnd | Upstream | None = None
        self.log: list[int] = channel.service.store.inbox[person] if channel.keeps_log else []
        self._held = HeldPoll(options)
        self._paid = False  # whoever pushes pays for the answers
        self._driver = Driver(channel.endpoint.engine, self._held, self._act, TIMEOUT)

    def asked(self, end: WebEnd | Upstream, ask: Ask) -> None:
        """A question arrives at a gateway; what the log has gained is known by then."""
        self.catch_up()
        self.end = end
        self._driver.process = end.node
        end.gone = lambda: self._gone(end)
        end.let_go = lambda: self._let_go(end)
        self._driver.feed(Asked((end, ask.request), ask.body))
        self._note()

    def shortened(self) -> None:
        """The log has lost entries: what is new is counted from what is left."""
        self._held.head = len(self.log)

    def catch_up(self, paid: bool = False) -> None:
        """Tell the held question what the log has gained."""
        self._paid = paid
        while self._held.head < len(self.log):
            self._driver.feed(Appended(self._held.head + 1))
        self._paid = False
        self._note()

    def _note(self) -> None:
        if not self._held.holding:
            self.end = None

    def _gone(self, end: WebEnd | Upstream) -> None:
        if self.end is end:
            self._driver.feed(Gone(self._held.poll))
            self._note()

    def _let_go(self, end: WebEnd | Upstream) -> None:
        """The node drains: whoever waits is answered with nothing, and asks elsewhere."""
        if self.end is end:
            self._driver.feed(TIMEOUT)
            self._note()

    def _act(self, action: Any) -> None:
        if type(action) is Answer:
            poll: Any = action.poll
            end, request = poll
            if not self._paid:
                end.node.busy(self._channel.costs.message_out_s)
            logged = enumerate(self.log[action.first - 1 : action.last], action.first)
            numbered = tuple(one for one in logged if not self._channel.is_stale(one[1]))
            sizes = (body_bytes(self._channel.size_bytes[message]) for _, message in numbered)
            batch = Batch(self.person, action.last, numbered)
            end.reply(request, RESPONSE_HEADER_BYTES + sum(sizes), batch)
        elif type(action) is Missed:
            message = self.log[action.number - 1]
            self._channel.service.drop(message, self.person, "no buffer")


class PollClient:
    """One person's poller."""

    __slots__ = (
        "_asked", "_behind", "_channel", "_driver", "_poller", "_well_s", "connections", "person",
    )  # fmt: skip

    def __init__(self, channel: LongPollChannel, person: int) -> None:
        endpoint = channel.endpoint
        options = PollerOptions(
            channel.options.hold_s + channel.options.patience_s,
            endpoint.options.backoff.policy,
            tick_s=endpoint.options.http.pool.timeout_tick_s,
            phase_s=endpoint.world.clock_phase_s[person],
        )
        luck = endpoint.world.streams.draws("backoff", person).uniform
        self._channel = channel
        self.person = person
        web = WebServer(self._serve, endpoint.world.http_keep_alive_s, lost=channel.lost)
        self.connections = HttpConnections(endpoint, person, self, fronted(endpoint, web))
        self._poller = Poller(options, luck)
        self._driver = Driver(endpoint.engine, self._poller, self._act, TIMEOUT)
        self._asked = 0
        self._behind = False  # nothing was answered since polling stopped working
        self._well_s = 0.0  # when it last had an answer, or began to ask

    @property
    def cursor(self) -> int:
        """How far this person has read."""
        return self._poller.cursor

    def start(self) -> None:
        """Begin polling."""
        self._well_s = self._channel.endpoint.engine.now_s
        self._driver.feed(Start())

    def stop(self) -> None:
        """Stop polling."""
        self._channel.endpoint.ledger.closed(self.person, self._channel.endpoint.channel)
        self._behind = False
        self._driver.feed(Stop())

    def _serve(self, end: WebEnd | Upstream, ask: Ask) -> None:
        endpoint = self._channel.endpoint
        end.node.work(endpoint.request_s, self._channel.mailboxes[self.person].asked, end, ask)

    def _act(self, action: Any) -> None:
        kind = type(action)
        if kind is Poll:
            self._asked += 1
            self.connections.ask(self._asked, POST_HEADER_BYTES, action.cursor, reads=True)
        elif kind is Apply:
            self._show(action.message, True)
        elif kind is Duplicate:
            self._show(action.message, False)
        elif kind is Abandon:
            self.connections.cancel(self._asked)
            if self._poller.state is PollState.WAITING:
                self._broke("heartbeat")

    def _show(self, message: Any, visible: bool) -> None:
        self._channel.endpoint.ledger.shown(message, self.person, self._behind, visible)

    def answered(self, request: Any, body: Batch | Unserved) -> None:
        """An answer, empty or not; a proxy's own is a failure."""
        if type(body) is Unserved:
            self.broken(request, "refused")
        elif (
            type(body) is Batch
            and request == self._asked
            and self._poller.state is PollState.POLLING
        ):
            self._well_s = self._channel.endpoint.engine.now_s
            self._driver.feed(Answered(body.numbered, body.last))
            self._answers_again()

    def broken(self, request: Any, reason: str = "reset") -> None:
        """The connection died under the question."""
        if request == self._asked and self._poller.state is PollState.POLLING:
            self._broke(reason)
            self._driver.feed(Broken())

    def _broke(self, reason: str) -> None:
        """Polling stopped working; later failures belong to the same gap."""
        if not self._behind:
            endpoint = self._channel.endpoint
            cut = self.connections.cut
            endpoint.ledger.noticed(self.person, endpoint.channel, reason, self._well_s, cut)
            self._behind = True

    def _answers_again(self) -> None:
        """An answer after a failure: back and caught up at once."""
        if self._behind:
            endpoint = self._channel.endpoint
            endpoint.ledger.open(self.person, endpoint.channel)
            endpoint.ledger.synced(self.person, endpoint.channel)
            self._behind = False


def _poll_words(ask: Ask, _: About) -> Said | None:
    if isinstance(ask.request, tuple):
        return None
    return Said(f"poll from item {ask.body + 1} on", (), IDLE)


def _answer_words(reply: Reply, about: About) -> Said | None:
    if not isinstance(reply.body, Batch):
        return None
    messages = reply.body.messages
    if not messages:
        return Said("empty answer to the poll", (), IDLE)
    names = ", ".join(about(message).text for message in messages)
    return Said(f"answer to the poll: {names}", tuple(messages), DATA)


_LACKS: Final = {
    "heartbeat": "no heartbeat: a poll without an answer is noticed after the same time",
    "dial": "no dial of its own: the time-out of the poll ends it",
}


KIND: Final = Kind(
    "long-poll",
    LongPollChannel,
    sends=False,
    keeps=("none", "cursor"),
    says={Ask: _poll_words, Reply: _answer_words},
    title="a long poll",
    reads=("long_poll", "backoff", "http.pool", "recovery.log"),
    lacks=lambda _: _LACKS,
    in_rows=True,
)
