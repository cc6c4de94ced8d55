"""HTTP requests to stateless nodes, over kept-alive connections."""

from collections.abc import Callable, Iterator
from itertools import cycle
from typing import Final

from simpy import Store

from sim.bench.idiomatic.chat import TLS, Chat
from sim.bench.idiomatic.parts import Node, Steps
from sim.bench.idiomatic.wire import ENVELOPE_BYTES, TOKEN_S

ASK_BYTES: Final = 1050  # headers of Chrome 139 with a token and a cookie
ANSWER_BYTES: Final = 330  # headers of nginx
DONE_BYTES: Final = 60  # {"ok":true,"id":...}
ACCEPT_S: Final = 203e-6  # aiohttp 3.14.5: a POST on a new connection, less one on a kept one
REQUEST_S: Final = 43e-6  # on a kept one
PATIENCE_S: Final = 10.0  # for an answer, then it is tried again


class Posts:
    """Everybody's POSTs.

    A request takes the first of its person's connections that is free; where none is, another one
    is opened to the next node, as browsers do.
    """

    def __init__(self, chat: Chat, stored: Callable[[int], None] | None = None) -> None:
        """`stored(message)` runs when the store has it."""
        self._chat = chat
        self._stored = stored
        self._free: dict[int, Store] = {}  # by person: connections, as the nodes at their ends
        self._next: Iterator[Node] = cycle(chat.apis)

    def send(self, message: int) -> Steps:
        """Post until there is an answer in time."""
        env = self._chat.env
        while True:
            answer = env.process(self.post(message))
            yield answer | env.timeout(PATIENCE_S)
            if answer.triggered:
                return

    def post(self, message: int) -> Steps:
        """One request: written to the store, answered, and fanned out."""
        chat, person = self._chat, self._chat.actor[message]
        link, free = chat.links[person], self._free.setdefault(person, Store(chat.env))
        if not free.items:
            chat.env.process(self.open(person, free))
        node = yield free.get()
        yield from link.up.carry(ASK_BYTES + ENVELOPE_BYTES + chat.size_bytes[message])
        yield from node.work(REQUEST_S + TOKEN_S)
        yield chat.env.timeout(chat.write_s)
        if self._stored is not None:
            self._stored(message)
        chat.fan_out(node, message)
        yield from link.down.carry(ANSWER_BYTES + DONE_BYTES)
        free.put(node)

    def open(self, person: int, free: Store) -> Steps:
        """One more connection."""
        node = next(self._next)
        yield from self._chat.dial(person, node, ACCEPT_S, (TLS,))
        free.put(node)
