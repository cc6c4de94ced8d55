"""POST up, a held GET with a cursor down."""

from typing import TYPE_CHECKING, Final

from simpy import Event

from sim.bench.idiomatic.chat import TLS, Chat
from sim.bench.idiomatic.parts import Node, Steps
from sim.bench.idiomatic.requests import ACCEPT_S, ANSWER_BYTES, ASK_BYTES, REQUEST_S, Posts
from sim.bench.idiomatic.wire import ENVELOPE_BYTES, TOKEN_S

if TYPE_CHECKING:
    from sim.world import World

HOLD_S: Final = 25.0  # npm engine.io 6.6.12: a poll is held at most so long


class LongPoll(Chat):
    """The design `long-poll`."""

    def __init__(self, world: "World") -> None:
        super().__init__(world)
        self.posts = Posts(self, self.stored)
        self.logs: list[list[int]] = [[] for _ in range(self.people)]
        self.holding: dict[int, tuple[Node, Event]] = {}  # who waits where, for what

    def send(self, message: int) -> Steps:
        """By request to the API."""
        yield from self.posts.send(message)

    def stored(self, message: int) -> None:
        """The readers' logs have it from now on."""
        for person in self.members[self.room[message]]:
            if person != self.actor[message]:
                self.logs[person].append(message)

    def home(self, person: int) -> Node | None:
        """Where a question is held."""
        return self.holding[person][0] if person in self.holding else None

    def push(self, person: int, message: int) -> None:
        """Whoever holds the question looks into the log."""
        if person in self.holding:
            self.holding.pop(person)[1].succeed()

    def join(self, person: int) -> Steps:
        """Ask, wait, be answered, and ask again."""
        env, link, log = self.env, self.links[person], self.logs[person]
        node, cursor = next(self.next_gateway), 0
        yield from self.dial(person, node, ACCEPT_S, (TLS,))
        while True:
            yield from link.up.carry(ASK_BYTES)
            yield from node.work(REQUEST_S - self.costs.message_out_s + TOKEN_S)
            if cursor == len(log):
                news = env.event()
                self.holding[person] = (node, news)
                yield news | env.timeout(HOLD_S)
                self.holding.pop(person, None)
            fresh, cursor = log[cursor:], len(log)
            texts_bytes = sum(self.size_bytes[message] + ENVELOPE_BYTES for message in fresh)
            yield from link.down.carry(ANSWER_BYTES + texts_bytes)
            for message in fresh:
                self.delivered(person, message)
