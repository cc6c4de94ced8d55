"""The door of the servers: every channel brings its messages here, and hears here what came of it.

A message that arrives at a node may be refused (an admission limit) when the node gets to it, which
costs next to nothing; else the node spends CPU time on reading it. Then a protocol machine may
stand between (`Arrival.read`), which takes the message when its protocol says so; without one it is
taken at once. What is durable is written to the store, the sender is answered, and the message goes
to the conversation's members (`fan_out`).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple

from sim.history import EVERYONE, LIST, TYPING
from sim.tape import ACCEPTED as MARK_ACCEPTED
from sim.tape import TAKEN

if TYPE_CHECKING:
    from models.servers.fan_out import FanOut
    from models.servers.records import Records
    from models.servers.store import Store
    from sim.node import Node
    from sim.world import World


class Accepted(NamedTuple):
    """The sender may be told that it is done."""


class Refused(NamedTuple):
    """The servers do not want it now; the sender may try again after `retry_after_s`.

    `cause`: what it died of when the sender does not.
    """

    retry_after_s: float
    cause: str = "refused"


class Lost(NamedTuple):
    """The process died with it in hand: nobody tells the sender."""


Result = Accepted | Refused | Lost
Replied = Callable[[Result], None]
"""How a channel hears what came of a message: at the node, so only it may still reach the sender.
"""

_ACCEPTED: Final = Accepted()
_LOST: Final = Lost()


class Arrival(NamedTuple):
    """A message at a node: what reading it costs in CPU seconds, and whose connection it came by.

    `read` runs instead of taking the message, which is then up to it (`Intake.take`).
    """

    node: Node
    person: int
    message: int
    cost_s: float
    replied: Replied
    read: Callable[[], None] | None = None


Admission = Callable[[Arrival], float | None]
"""None to let a message in, or after how many seconds it may come again."""


def by_queue(arrival: Arrival) -> float | None:
    """Let in what waits no longer than the node allows (`servers.queue_limit_s`).

    As toobusy-js does it for Node.js: a process that is behind answers 503 instead of working.
    """
    return arrival.node.retry_after_s() or None


REFUSAL_S: Final = 13e-6
"""CPU seconds of a refusal: a frame is written (aiohttp 3.14.5), nothing else is done."""


class Intake:
    """Takes messages in for all nodes of one system."""

    __slots__ = ("_action", "_engine", "_fan_out", "_records", "_store", "_world", "admission")

    def __init__(self, world: World, records: Records, store: Store, fan_out: FanOut) -> None:
        self._engine = world.engine
        self._world = world
        self._action = fan_out.messages.action
        self._records = records
        self._store = store
        self._fan_out = fan_out
        self.admission: Admission = by_queue

    def enter(self, arrival: Arrival) -> None:
        """A message has arrived at a node, which may refuse it, lose it, or read it."""
        retry_after_s = self.admission(arrival)
        self._records.hold(arrival.message)
        lost, turn = partial(self.lose, arrival), arrival.person  # read in order, from one thread
        if retry_after_s is not None:
            refused = Refused(retry_after_s)
            arrival.node.soon(REFUSAL_S, self._refuse, arrival, refused, lost=lost, turn=turn)
            return
        arrival.node.work(arrival.cost_s, self._read, arrival, lost=lost, turn=turn)

    def lose(self, arrival: Arrival) -> None:
        """The process died before it read the message."""
        self._records.release(arrival.message)
        self._reply(arrival.replied, _LOST)

    def _refuse(self, arrival: Arrival, refused: Refused) -> None:
        self._records.release(arrival.message)
        self._reply(arrival.replied, refused)

    def _read(self, arrival: Arrival) -> None:
        if arrival.read is None:
            self.take(arrival.node, arrival.message, arrival.replied)
        else:
            arrival.read()
        self._records.release(arrival.message)

    def take(self, node: Node, message: int, replied: Replied) -> None:
        """A node has read `message` and takes it."""
        now_s = self._engine.now_s
        self._records.mark(TAKEN, node, node, message, now_s)
        if self._action[message] == LIST:
            self._world.read.start(self._answer, node, node.begin(), message, replied)
        elif self._action[message] == TYPING or not self._store.options.stored:
            self._store.log(node, message)
            self._accept(node, message, replied)
        else:
            self._records.hold(message)
            self._world.write.start(self.written, node, node.begin(), message, replied)

    def _answer(self, node: Node, epoch: int, request: int, replied: Replied) -> None:
        if node.epoch == epoch:
            self._store.note_page(request)
            self._reply(replied, _ACCEPTED)
        node.end(epoch)

    def written(self, node: Node, epoch: int, message: int, replied: Replied) -> None:
        """The store has committed; the node that asked for it may have died meanwhile."""
        self._records.release(message)
        self._committed(node, message, replied, alive=node.epoch == epoch)
        node.end(epoch)

    def _committed(self, node: Node, message: int, replied: Replied, *, alive: bool) -> None:
        if not self._store.commit(message):
            if alive:
                self._reply(replied, _ACCEPTED)
        elif alive:
            self._store.log(node, message)
            self._accept(node, message, replied)
        else:
            self._records.accepted(message)
            if self._store.recovers and not self._store.logs.in_memory:
                self._store.log(node, message)
            else:
                self._records.drop(message, EVERYONE, "node died")

    def _accept(self, node: Node, message: int, replied: Replied) -> None:
        self._records.accepted(message)
        self._records.mark(MARK_ACCEPTED, node, node, message, self._engine.now_s)
        self._reply(replied, _ACCEPTED)
        self._fan_out.start(node, message)

    def _reply(self, replied: Replied, result: Result) -> None:
        """The one way out for answers to senders."""
        replied(result)
