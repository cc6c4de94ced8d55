"""The door of the servers: every channel brings its messages here, and hears here what came of it.

A message that arrives at a node may be refused (an admission limit) when the node gets to it, which
costs next to nothing; else the node spends CPU time on reading it. Then a protocol machine may
stand between (`Arrival.read`), which takes the message when its protocol says so; without one it is
taken at once. What is durable is written to the store, the sender is answered, and the message goes
to the conversation's members (`fan_out`).

A store that is down or does not answer in time (`store.timeout_s`) makes the node refuse what it
has read. A write that came too late for that may be done all the same: the message is then stored
and nobody passes it on.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

from sim.history import EVERYONE, LIST, TYPING
from sim.tape import ACCEPTED as MARK_ACCEPTED
from sim.tape import TAKEN

if TYPE_CHECKING:
    from models.protocols.message_limit import Meter
    from models.servers.fan_out import FanOut
    from models.servers.records import Records
    from models.servers.store import Store
    from sim.node import Node
    from sim.world import World


class Accepted(NamedTuple):
    """The sender may be told that it is done."""


class Refused(NamedTuple):
    """The servers do not want it now; the sender may try again after `retry_after_s`.

    `cause`: what it died of when the sender does not. `cuts`: it is the end of its connection.
    """

    retry_after_s: float
    cause: str = "refused"
    cuts: bool = False


class Waits(NamedTuple):
    """For so long nothing more is read of its connection; then it is asked again."""

    wait_s: float


class Lost(NamedTuple):
    """The process died with it in hand: nobody tells the sender."""


Result = Accepted | Refused | Lost
Replied = Callable[[Result], None]
"""How a channel hears what came of a message: at the node, so only it may still reach the sender.
"""

_ACCEPTED: Final = Accepted()
_LOST: Final = Lost()
_UNAVAILABLE: Final = Refused(0.0, "store unavailable")


class _Asked:
    """A call of the store for somebody: by which node, in which of its lives, and who waits."""

    __slots__ = ("epoch", "message", "node", "replied", "waits")

    def __init__(self, node: Node, message: int, replied: Replied, epoch: int = -1) -> None:
        """`epoch`: the life of the node in which it asked, when that is not now."""
        self.node = node
        self.epoch = node.begin() if epoch < 0 else epoch
        self.message = message
        self.replied = replied
        self.waits = True

    @property
    def alive(self) -> bool:
        """Whether the process that asked still runs."""
        return self.node.epoch == self.epoch

    def over(self) -> None:
        """Nobody waits any more."""
        if self.waits:
            self.waits = False
            self.node.end(self.epoch)


class Line(Protocol):
    """The server's end of a connection that messages come by."""

    meter: Meter | None

    def over_limit(self) -> None:
        """More has come than it takes, and that is its end."""

    def pause(self, wait_s: float, again: Callable[[], None]) -> None:
        """Read nothing more for so long; then go on with that."""


class Arrival(NamedTuple):
    """A message at a node: what reading it costs in CPU seconds, and whose connection it came by.

    `read` runs instead of taking the message, which is then up to it (`Intake.take`). `line`: the
    connection that it came by, which stays open; None for a request.
    """

    node: Node
    person: int
    message: int
    cost_s: float
    replied: Replied
    read: Callable[[], None] | None = None
    line: Line | None = None


Admission = Callable[[Arrival], Refused | Waits | float | None]
"""None to let a message in, or a refusal; a number of seconds stands for one that says when it may
come again. What came by a connection may also wait unread. Set before a run.
"""


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
        refused = self.admission(arrival)
        if isinstance(refused, Waits):
            assert arrival.line is not None
            arrival.line.pause(refused.wait_s, partial(self.enter, arrival))
            return
        self._records.hold(arrival.message)
        lost, turn = partial(self.lose, arrival), arrival.person  # read in order, from one thread
        if refused is not None:
            refused = refused if isinstance(refused, Refused) else Refused(refused)
            arrival.node.soon(REFUSAL_S, self._refuse, arrival, refused, lost=lost, turn=turn)
            return
        arrival.node.work(arrival.cost_s, self.read, arrival, lost=lost, turn=turn)

    def lose(self, arrival: Arrival) -> None:
        """The process died before it read the message."""
        self._records.release(arrival.message)
        self._reply(arrival.replied, _LOST)

    def _refuse(self, arrival: Arrival, refused: Refused) -> None:
        self._records.release(arrival.message)
        if refused.cuts and arrival.line is not None:
            arrival.line.over_limit()
        self._reply(arrival.replied, refused)

    def read(self, arrival: Arrival) -> None:
        """The process has read the message."""
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
            asked = _Asked(node, message, replied)
            self._world.read.start(self._answer, asked, lost=self._unread, late=self._late)
        elif self._action[message] == TYPING or not self._store.options.stored:
            self._store.log(node, message)
            self._accept(node, message, replied)
        else:
            self._records.hold(message)
            asked = _Asked(node, message, replied)
            self._world.write.start(self._written, asked, lost=self._unwritten, late=self._late)

    def _answer(self, asked: _Asked) -> None:
        if asked.waits and asked.alive:
            self._store.note_page(asked.message)
            self._reply(asked.replied, _ACCEPTED)
        asked.over()

    def written(self, node: Node, message: int, replied: Replied, epoch: int) -> None:
        """The store has committed what this node asked for in that epoch."""
        self._written(_Asked(node, message, replied, epoch))

    def _written(self, asked: _Asked) -> None:
        """The store has committed; the node that asked may have died, or stopped waiting."""
        self._records.release(asked.message)
        self._committed(asked, heard=asked.waits and asked.alive)
        asked.over()

    def _committed(self, asked: _Asked, *, heard: bool) -> None:
        node, message = asked.node, asked.message
        if not self._store.commit(message):
            if heard:
                self._reply(asked.replied, _ACCEPTED)
        elif heard:
            self._store.log(node, message)
            self._accept(node, message, asked.replied)
        else:
            self._records.accepted(message)
            if self._store.recovers and not self._store.logs.in_memory:
                self._store.log(node, message)
            else:
                cause = "node died" if asked.waits else _UNAVAILABLE.cause
                self._records.drop(message, EVERYONE, cause)

    def _late(self, asked: _Asked) -> None:
        """No answer in time: the sender may come again, though the store may yet do it."""
        if asked.alive:
            self._unread(asked)

    def _unwritten(self, asked: _Asked) -> None:
        """The store has not done it, and will not."""
        self._records.release(asked.message)
        self._unread(asked)

    def _unread(self, asked: _Asked) -> None:
        if asked.waits:
            self._reply(asked.replied, _UNAVAILABLE if asked.alive else _LOST)
            asked.over()

    def accept(self, node: Node, message: int, replied: Replied) -> None:
        """What is stored and logged by now, where that is due, is the servers' from now on."""
        self._accept(node, message, replied)

    def _accept(self, node: Node, message: int, replied: Replied) -> None:
        self._records.accepted(message)
        self._records.mark(MARK_ACCEPTED, node, node, message, self._engine.now_s)
        self._reply(replied, _ACCEPTED)
        self._fan_out.start(node, message)

    def _reply(self, replied: Replied, result: Result) -> None:
        """The one way out for answers to senders."""
        replied(result)
