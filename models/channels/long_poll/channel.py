"""The long-poll channel: a GET that the server holds until there is something to say (RFC 6202).

With a cursor the next request acknowledges the last answer and the log keeps what happens between
requests. Without a buffer the server can only hand over what happens while a request is held.
A poll that is held for no time at all is a short poll: the client asks again after a pause.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from models.calm.mail import sized
from models.calm.polling import polls
from models.channels.kind import About, Kind
from models.channels.long_poll.client import PollClient
from models.channels.long_poll.in_rows import PollsInRows
from models.channels.long_poll.mailbox import Mailbox
from models.channels.long_poll.shared import Batch, LongPolls
from models.channels.replay import coming, lost_in_the_end
from models.channels.websocket import body_bytes
from models.connections.asking import Ask, Reply
from models.connections.endpoint import Slot
from models.connections.http2.requests import READS, described
from models.tables import Mistake
from sim.history import SEEN, SEND, TYPING
from sim.tape import DATA, IDLE, Said

if TYPE_CHECKING:
    from sim.node import Node


class LongPollChannel(LongPolls):
    """All pollers, and the questions that gateways hold."""

    def __init__(self, slot: Slot) -> None:
        super().__init__(slot)
        self._clients: dict[int, PollClient] = {}
        self.mailboxes: list[Mailbox] = []
        store, mailroom = slot.service.store, slot.service.mailroom
        if self.keeps_log:
            store.logged = (SEND, TYPING, SEEN)
            store.logs.reading = self
            self.endpoint.settled = self._settled
        if mailroom is not None:
            down_bytes = sized(self.size_bytes, body_bytes)
            self.rows = PollsInRows(self, mailroom, down_bytes, self.mailboxes, self._clients)
            store.logs.told = self.rows.logged if self.keeps_log else None
        people = range(slot.world.workload.people)
        self.mailboxes.extend(Mailbox(self, person) for person in people)

    def client(self, person: int) -> PollClient:
        """This person's poller, made when first needed."""
        if person not in self._clients:
            self._clients[person] = PollClient(self, self.mailboxes[person])
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
        self.rows.back(person)
        self.client(person).connections.move()

    def link_lost(self, person: int) -> None:
        """The person's client is told that there is no link."""
        if person in self._clients:
            self._clients[person].link_lost()

    def link_back(self, person: int) -> None:
        """The person's client is told that there is a link again."""
        if person in self._clients:
            self._clients[person].link_back()

    def submit(self, person: int, message: int) -> None:
        """A held GET carries nothing up. Raises ValueError."""
        raise ValueError(f"person {person}: message {message} cannot be sent on a long poll")

    def home(self, person: int) -> Node | None:
        """The node that holds this person's question."""
        end = self.mailboxes[person].end
        return self.rows.node(person, None if end is None else end.node)

    def absent(self, person: int, message: int) -> None:
        """No question is held: the log keeps the message, or nobody does."""
        if not self.keeps_log:
            self.service.drop(message, person, "no buffer")

    def push(self, node: Node, people: Sequence[int], message: int) -> None:
        """Something happened for these people, whose question `node` holds."""
        for person in people:
            if self.rows.push(person, message):
                continue
            mailbox = self.mailboxes[person]
            self.rows.back(person)
            if not self.keeps_log:
                mailbox.log.append(message)
            mailbox.catch_up(paid=True)

    def pending(self) -> Iterator[tuple[int, int]]:
        """What the log still has for its readers, or answers on the wire."""
        answers = [one.body for one in self.endpoint.flying() if type(one) is Reply]
        if self.keeps_log:
            sent = {batch.person: batch.last for batch in answers}
            yield from coming(self.service, self.read, lambda person: sent.get(person, -1))
        else:
            for batch in answers:
                yield from ((message, batch.person) for message in batch.messages)

    def _settled(self) -> None:
        """The run is over: what nobody can get any more is lost."""
        if self.service.catching_up.bounded:
            lost_in_the_end(self.service, set(self.pending()), self.read)

    def read(self, person: int) -> int:
        """How far this person has read the log."""
        cursor = self._clients[person].cursor if person in self._clients else 0
        return self.rows.number(person, polls.CURSOR, cursor)

    handed = read  # an answer on the wire is asked for again

    def shortened(self, person: int) -> None:
        """This person's log has lost entries."""
        self.mailboxes[person].shortened()


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


def _kept_by_nobody(groups: Mapping[str, Any]) -> Iterator[Mistake]:
    """What happens between two polls that are not held is there for nobody without a log."""
    if groups["long_poll"].hold_s == 0.0 and groups["recovery"].kind != "cursor":
        said = "cursor, where long_poll.hold_s = 0: a poll that is not held gets what is kept"
        yield ("recovery", "kind"), groups["recovery"].kind, said


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
    reads=("long_poll", "backoff", "client", "tcp", *READS, "recovery.log", "recovery.window"),
    refuses=_kept_by_nobody,
    describes=described,
    lacks=lambda _: _LACKS,
    in_rows=True,
)
