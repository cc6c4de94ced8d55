"""POST up, WebSocket down."""

from typing import TYPE_CHECKING

from sim.bench.idiomatic.parts import Steps
from sim.bench.idiomatic.requests import Posts
from sim.bench.idiomatic.sockets import Sockets

if TYPE_CHECKING:
    from sim.world import World


class Hybrid(Sockets):
    """The design `hybrid`."""

    def __init__(self, world: "World") -> None:
        super().__init__(world)
        self.posts = Posts(self)

    def send(self, message: int) -> Steps:
        """By request to the API."""
        yield from self.posts.send(message)
