"""The channel: rtcsim's WebSocket, but the server leaves out every n-th delivery to each person.

Servers do it to readers that they take for slow; here it is a plain count, so that it can be told
beforehand what is lost. What is shed has a cause in the history, or the books would not add up.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from pydantic import Field

from models.channels.kind import Kind
from models.channels.websocket import WebSocketChannel
from models.options import Group

if TYPE_CHECKING:
    from models.connections.endpoint import Slot
    from sim.node import Node


class Shedding(Group):
    """An option group of its own: `shedding = { every = 20 }` in a design or a scenario."""

    every: int = Field(10, ge=2, description="one delivery of so many to a person is shed")


class SheddingChannel(WebSocketChannel):
    """What is built in each run. `slot` has the world, the options and the servers."""

    def __init__(self, slot: Slot) -> None:
        super().__init__(slot)
        options = slot.options.more["shedding"]
        assert isinstance(options, Shedding)
        self.every = options.every
        self._pushed = [0] * slot.world.workload.people  # to each person so far

    def push(self, node: Node, people: Sequence[int], message: int) -> None:
        """The servers deliver a message to people on `node`: all but those whose turn it is."""
        kept = []
        for person in people:
            self._pushed[person] += 1
            if self._pushed[person] % self.every:
                kept.append(person)
            else:
                self.service.drop(message, person, "queue overflow")
        super().push(node, kept, message)


KIND: Final = Kind(
    "shedding",
    SheddingChannel,
    title="a WebSocket that sheds",  # what sentences call it
    keeps=("none",),  # no log: what is shed is gone
    reads=("shedding", "websocket.costs", "heartbeat", "backoff", "connection"),
    groups={"shedding": Shedding},
)
