"""What the servers of one system write down: work in hand, acceptances, losses, marks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from sim.history import EVERYONE, SEEN, SEND, Column
from sim.tape import Mark, node_lane

if TYPE_CHECKING:
    from models.servers.messages import Messages
    from sim.node import Node
    from sim.world import World


class Records:
    """Kept for all servers together; times are the engine's.

    `in_hand`: by message, how many pieces of work have it. An array, so that compiled code can
    count there, too. `whole_pages`: all that is in an answer is written down.
    """

    __slots__ = ("_action", "_engine", "_in_hand", "_ledger", "in_hand", "whole_pages")

    def __init__(self, world: World, messages: Messages) -> None:
        self._engine = world.engine
        self._ledger = world.ledger
        self._action = messages.action
        self.whole_pages = world.scenario.actions.list.taken_down == "page"
        # By message: how many pieces of work still have it.
        self.in_hand: Column = np.zeros(len(messages.action), dtype=np.int64)
        self._in_hand = self.in_hand.data  # for plain Python: an item of an array is slow

    def hold(self, message: int, pieces: int = 1) -> None:
        """So many more pieces of work have the message."""
        self._in_hand[message] += pieces

    def release(self, message: int, pieces: int = 1) -> None:
        """So many pieces of work are done with the message."""
        self._in_hand[message] -= pieces

    def pending(self) -> Iterator[tuple[int, int]]:
        """Messages that the servers are working on."""
        return ((message, EVERYONE) for message in np.flatnonzero(self.in_hand).tolist())

    def mark(self, kind: str, node: Node, other: Node, message: int, other_s: float) -> None:
        """Something for the sequence diagram, where one is drawn."""
        tape = self._ledger.tape
        if tape is not None:
            lanes = (node_lane(node.index, node.kind), node_lane(other.index, other.kind))
            tape.append(Mark(self._engine.now_s, kind, *lanes, message, other_s))

    @property
    def now_s(self) -> float:
        """The engine's time."""
        return self._engine.now_s

    def accepted_s(self, message: int) -> float:
        """When the servers became responsible for it; nan until then."""
        return self._ledger.life_s("accepted_s", message)

    def accepted(self, message: int) -> None:
        """The servers are responsible for the message from now on."""
        self._ledger.accepted(message)

    def listed(self, request: int, message: int) -> None:
        """The answer to `request` held `message`."""
        self._ledger.listed(request, message)

    def drop(self, message: int, person: int, cause: str) -> None:
        """A message died, for one person or for everyone not yet served."""
        if self._action[message] in (SEND, SEEN):
            self._ledger.dropped(message, person, cause)
