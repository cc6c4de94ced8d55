"""People who hold a WebSocket to a gateway: how it opens, beats, and brings messages."""

from typing import TYPE_CHECKING, Final

from sim.bench.idiomatic.chat import TLS, Chat, upgrade
from sim.bench.idiomatic.parts import Node, Steps
from sim.bench.idiomatic.wire import PING_BYTES, text_bytes

if TYPE_CHECKING:
    from sim.world import World

OPEN_S: Final = 261e-6  # aiohttp 3.14.5: accept and upgrade
INTERVAL_S: Final = 20.0  # PyPI websockets 17.4: both ends ping, and wait as long for the pong


class Sockets(Chat):
    """One WebSocket a person, on which messages come down."""

    def __init__(self, world: "World") -> None:
        super().__init__(world)
        self.held: dict[int, Node] = {}  # by the server
        self.connected: set[int] = set()  # as the client knows

    def join(self, person: int) -> Steps:
        """Open the socket, then let both ends beat."""
        node = next(self.next_gateway)
        last = upgrade(OPEN_S, self.session_read_s)
        yield from self.reach(person, node, 0.0, (TLS, last))
        self.held[person] = node
        self.env.process(self.server_beats(person, node))
        yield from self.links[person].down.carry(last.down_bytes)
        self.connected.add(person)
        self.env.process(self.client_beats(person, node))

    def client_beats(self, person: int, node: Node) -> Steps:
        """A ping every 20 s; one that is not answered within 20 s ends the connection."""
        yield self.env.timeout(INTERVAL_S)
        while person in self.connected:
            pong, patience = self.env.process(self.ask(person, node)), self.env.timeout(INTERVAL_S)
            yield pong | patience
            if not pong.triggered:
                self.connected.discard(person)
                return
            yield patience

    def server_beats(self, person: int, node: Node) -> Steps:
        """The same from the other end."""
        yield self.env.timeout(INTERVAL_S)
        while person in self.held:
            pong, patience = self.env.process(self.call(person, node)), self.env.timeout(INTERVAL_S)
            yield pong | patience
            if not pong.triggered:
                del self.held[person]
                return
            yield patience

    def ask(self, person: int, node: Node) -> Steps:
        """A client's ping and its pong."""
        yield from self.links[person].up.carry(PING_BYTES)
        yield from node.work(2.0 * self.costs.message_out_s)
        yield from self.links[person].down.carry(PING_BYTES)

    def call(self, person: int, node: Node) -> Steps:
        """A server's ping and its pong."""
        yield from node.work(self.costs.message_out_s)
        yield from self.links[person].down.carry(PING_BYTES)
        yield from self.links[person].up.carry(PING_BYTES)
        yield from node.work(self.costs.message_out_s)

    def home(self, person: int) -> Node | None:
        """The gateway with the socket."""
        return self.held.get(person)

    def push(self, person: int, message: int) -> None:
        """A process per message and receiver."""
        self.env.process(self.deliver(person, message))

    def deliver(self, person: int, message: int) -> Steps:
        """Down the link, onto the screen."""
        size_bytes = text_bytes(self.size_bytes[message], masked=False)
        yield from self.links[person].down.carry(size_bytes)
        self.delivered(person, message)
