"""A message on its way to the members of its conversation: those here at once, others by backplane.

How a node reaches a member, and what happens to the absent, is the business of the channel on which
people receive (`Receiver`).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Protocol

from models.servers.rooms import NOT_SUBSCRIBED

if TYPE_CHECKING:
    from models.costs import Costs
    from models.servers.backplane.crossing import Backplane
    from models.servers.messages import Messages
    from models.servers.records import Records
    from models.servers.rooms import Rooms
    from models.servers.store import Store
    from sim.node import Node


class Receiver(Protocol):
    """The server side of the channel on which people receive."""

    costs: Costs

    def home(self, person: int) -> Node | None:
        """The node that believes to hold this person's connection or session."""

    def push(self, node: Node, people: Sequence[int], message: int) -> None:
        """Deliver a message to these people, whose home was `node` when they were looked up."""

    def absent(self, person: int, message: int) -> None:
        """Nobody holds a connection or session of this person."""


class Mailroom(Protocol):
    """Where messages are delivered without objects (`models.servers.mailroom`)."""

    def start(self, node: Node, message: int) -> bool:
        """Deliver a message that `node` has accepted; False where objects have to."""


class FanOut:
    """Delivers; `receiver` and `backplane` are set when the system has them."""

    __slots__ = (
        "_on_disk", "_records", "_store", "backplane", "mailroom", "messages", "receiver", "rooms",
    )  # fmt: skip

    def __init__(
        self, rooms: Rooms, messages: Messages, records: Records, store: Store, on_disk: bool
    ) -> None:
        self.rooms = rooms
        rooms.fan_out = self
        self.messages = messages
        self._records = records
        self._store = store
        self._on_disk = on_disk  # what a node has accepted outlives its process
        self.receiver: Receiver
        self.backplane: Backplane
        self.mailroom: Mailroom | None = None  # where messages are delivered in rows, if they are

    def start(self, node: Node, message: int) -> None:
        """Deliver to members on this node; publish for those on others."""
        if self.mailroom is None or not self.mailroom.start(node, message):
            self.by_objects(node, message)

    def by_objects(self, node: Node, message: int) -> None:
        """The same, without rows."""
        local: list[int] = []
        remote: dict[int, list[int]] = {}
        receiver = self.receiver
        if deaf := self.rooms.deaf(message):
            self.miss(deaf, message, NOT_SUBSCRIBED)
        for person in self.rooms.readers(message):
            home = receiver.home(person)
            if home is node:
                local.append(person)
            elif home is None:
                receiver.absent(person, message)
            else:
                remote.setdefault(home.index, []).append(person)
        if local and self.backplane.LOCAL_FIRST:
            self.deliver(node, local, message)
        elif local:
            remote[node.index] = local
        self.backplane.publish(node, remote, message)

    def home(self, person: int) -> Node | None:
        """The node that believes to hold this person's connection or session."""
        return self.receiver.home(person)

    def homes(self, message: int) -> dict[int, list[int]]:
        """Where its readers are now, by the index of the node."""
        found = dict[int, list[int]]()
        for person in self.rooms.readers(message):
            home = self.receiver.home(person)
            if home is not None:
                found.setdefault(home.index, []).append(person)
        return found

    def deliver(self, node: Node, people: list[int], message: int) -> None:
        """A node writes a message to people that it holds, one after the other."""
        self._records.hold(message, len(people))
        turn = ~self.messages.conversation[message]  # below every person's number
        write, lost = partial(self._write, node, message), partial(self._lost, node, message)
        each_s = self.receiver.costs.message_out_s + self.rooms.check_s
        node.work_off(each_s, people, write, lost, turn)

    def _lost(self, node: Node, message: int, people: Sequence[int]) -> None:
        self._records.release(message, len(people))
        self.lost(node, people, message)

    def lost(self, node: Node, people: Sequence[int], message: int) -> None:
        """A node died before it wrote to these people."""
        if self._on_disk:
            self.receiver.push(node, people, message)
        else:
            self.miss(people, message, "node died")

    def _write(self, node: Node, message: int, person: int) -> None:
        self.receiver.push(node, (person,), message)
        self._records.release(message)

    def miss(self, people: Sequence[int], message: int, cause: str) -> None:
        """The log still has it where there is a log; without one it is gone."""
        if not self._store.keeps(message):
            for person in people:
                self._records.drop(message, person, cause)
