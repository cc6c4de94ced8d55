"""The chat service behind every design: accept, store, tell, fan out.

A node has received an action and paid for it (`take`). What is durable is written to the store,
the sender is told, and the message goes to the conversation's members: those on this node at once,
those on other nodes through an at-most-once backplane. How a node reaches a member, and what
happens to the absent, is the receive channel's business (`Receiver`).
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Final, Protocol

from sim.history import CAUSES, EVERYONE, LIST, NOTHING, SEEN, SEND, TYPING
from sim.tape import ACCEPTED, LOST, PUBLISHED, TAKEN, Mark, node_lane

if TYPE_CHECKING:
    from models.options import Store
    from models.servers.costs import Costs
    from sim.node import Node
    from sim.world import World

PAGE: Final = 50
"""Messages in the answer to a LIST (Discord API v10, GET /channels/{id}/messages: default 50)."""

CAUSE = {name: code for code, name in enumerate(CAUSES)}


class Receiver(Protocol):
    """The server side of the channel on which people receive."""

    costs: Costs

    def home(self, person: int) -> Node | None:
        """The node that believes to hold this person's connection or session."""

    def push(self, node: Node, people: Sequence[int], message: int) -> None:
        """Deliver a message to these people, whose home was `node` when they were looked up."""

    def absent(self, person: int, message: int) -> None:
        """Nobody holds a connection or session of this person."""


class Service:
    """Server-side logic of one system under test."""

    __slots__ = (
        "_action", "_actor", "_conversation", "_engine", "_in_hand", "_members",
        "_options", "_pages", "_world", "inbox", "logged", "receiver", "stored",
    )  # fmt: skip

    def __init__(self, world: World, options: Store) -> None:
        workload = world.workload
        self._world = world
        self._options = options
        self._engine = world.engine
        # plain Python ints: numpy scalars would slow down everything they touch
        self._action: list[int] = workload.action.tolist()
        self._actor: list[int] = workload.actor.tolist()
        self._conversation: list[int] = workload.conversation.tolist()
        self._members = workload.members
        self.receiver: Receiver
        self.logged: tuple[int, ...] = (SEND,)  # what the readers' log holds
        self.stored: dict[int, None] = {}
        self._pages: dict[int, deque[int]] = {}  # conversation -> the newest stored messages
        self._in_hand: dict[int, int] = {}  # message -> pieces of work that still have it
        self.inbox: list[list[int]] = [[] for _ in range(workload.people)]  # the log, by reader

    def receive(
        self, node: Node, cost_s: float, message: int, told: Callable[[], None],
        lost: Callable[[], None],
    ) -> None:  # fmt: skip
        """`message` has arrived at `node`, which needs `cost_s` of CPU before it can take it.

        `told()` runs at the node when the sender may be told; `lost()` when the process dies first.
        """
        self._hold(message)

        def work_lost() -> None:
            self._release(message)
            lost()

        turn = self._actor[message]  # a person's actions are read from one connection, in order
        node.work(cost_s, self._received, node, message, told, lost=work_lost, turn=turn)

    def _received(self, node: Node, message: int, told: Callable[[], None]) -> None:
        self.take(node, message, told)
        self._release(message)

    def _hold(self, message: int) -> None:
        self._in_hand[message] = self._in_hand.get(message, 0) + 1

    def _release(self, message: int) -> None:
        held = self._in_hand.pop(message) - 1
        if held:
            self._in_hand[message] = held

    def pending(self) -> Iterator[tuple[int, int]]:
        """Messages that the servers are working on."""
        return ((message, EVERYONE) for message in self._in_hand)

    def take(self, node: Node, message: int, told: Callable[[], None]) -> None:
        """A node has taken `message`; `told()` runs there when the sender may be told."""
        action = self._action[message]
        store = self._world.scenario.store
        now_s = self._engine.now_s
        self._mark(TAKEN, node, node, message, now_s)
        if action == LIST:
            self._engine.at(now_s + store.read_s, self._answer, node, node.begin(), message, told)
        elif action == TYPING or not self._options.stored:
            self._log(message)
            self._accept(node, message, told)
        else:
            self._hold(message)
            due_s = now_s + store.write_s
            self._engine.at(due_s, self._written, node, node.begin(), message, told)

    def _answer(self, node: Node, epoch: int, request: int, told: Callable[[], None]) -> None:
        if node.epoch == epoch:
            self._note_page(request)
            told()
        node.end(epoch)

    def _note_page(self, request: int) -> None:
        """Of the page that was read: who asks looks for their own, back to the oldest on it."""
        if self._options.stored:
            page = self._pages.get(self._conversation[request]) or (NOTHING,)
            asker = self._actor[request]
            own = [message for message in page if message >= 0 and self._actor[message] == asker]
            for message in dict.fromkeys((page[0], *own)):
                self._world.recorder.listed.extend((request, message))

    def _written(self, node: Node, epoch: int, message: int, told: Callable[[], None]) -> None:
        """The store has committed; the node that asked for it may have died meanwhile."""
        self._release(message)
        self._committed(node, epoch, message, told)
        node.end(epoch)

    def _committed(self, node: Node, epoch: int, message: int, told: Callable[[], None]) -> None:
        known = message in self.stored
        if known and self._options.idempotent:
            if node.epoch == epoch:
                told()
            return
        self.stored[message] = None
        if self._action[message] == SEND:
            room = self._conversation[message]
            self._pages.setdefault(room, deque(maxlen=PAGE)).append(message)
        self._log(message)
        if node.epoch == epoch:
            self._accept(node, message, told)
        else:
            self._note_accepted(message)
            if not self._options.log:
                self.drop(message, EVERYONE, "node died")

    def _log(self, message: int) -> None:
        if self._options.log and self._action[message] in self.logged:
            sender = self._actor[message]
            for person in self._members[self._conversation[message]]:
                if person != sender:
                    self.inbox[person].append(message)

    def _mark(self, kind: str, node: Node, other: Node, message: int, other_s: float) -> None:
        tape = self._world.recorder.tape
        if tape is not None:
            lanes = (node_lane(node.index, node.kind), node_lane(other.index, other.kind))
            tape.append(Mark(self._engine.now_s, kind, *lanes, message, other_s))

    def _note_accepted(self, message: int) -> None:
        recorder = self._world.recorder
        recorder.once(recorder.accepted_s, message, self._engine.now_s)

    def _accept(self, node: Node, message: int, told: Callable[[], None]) -> None:
        self._note_accepted(message)
        self._mark(ACCEPTED, node, node, message, self._engine.now_s)
        told()
        self.fan_out(node, message)

    def fan_out(self, node: Node, message: int) -> None:
        """Deliver to members on this node; publish for those on others."""
        sender = self._actor[message]
        local: list[int] = []
        remote: dict[int, list[int]] = {}
        receiver = self.receiver
        for person in self._members[self._conversation[message]]:
            if person == sender:
                continue
            home = receiver.home(person)
            if home is node:
                local.append(person)
            elif home is None:
                receiver.absent(person, message)
            else:
                remote.setdefault(home.index, []).append(person)
        if local:
            self._deliver(node, local, message)
        self._publish(node, remote, message)

    def _publish(self, node: Node, remote: dict[int, list[int]], message: int) -> None:
        """One copy for every other gateway: subscribers filter after delivery, as with Redis.

        One that is down gets its copy all the same where sessions outlive it: brokers keep what
        they cannot hand to a node of their cluster (VerneMQ: outgoing_clustering_buffer_size).
        """
        world = self._world
        now_s = self._engine.now_s
        others = [
            gateway
            for gateway in world.gateways
            if gateway is not node and (gateway.running or gateway.index in remote)
        ]
        if not others:
            return
        node.busy(self.receiver.costs.backplane_s)
        world.backplane_messages += len(others)
        arrive_s = now_s + world.scenario.backplane.delay_s
        if not (world.backplane_down.is_up(now_s) and world.backplane_down.is_up(arrive_s)):
            for gateway in others:
                self._mark(LOST, node, gateway, message, math.inf)
            for people in remote.values():
                self._miss(people, message, "backplane down")
            return
        for gateway in others:
            reached = remote.get(gateway.index)
            if reached:
                self._mark(PUBLISHED, node, gateway, message, arrive_s)
                self._hold(message)
                self._engine.at(arrive_s, self._arrive, gateway, reached, message)
            elif gateway.running:
                gateway.busy(self.receiver.costs.backplane_s)

    def _arrive(self, gateway: Node, people: list[int], message: int) -> None:
        if gateway.running:
            gateway.busy(self.receiver.costs.backplane_s)
        self._deliver(gateway, people, message)
        self._release(message)

    def _deliver(self, node: Node, people: list[int], message: int) -> None:
        cost_s = self.receiver.costs.message_out_s * len(people)
        self._hold(message)

        def lost() -> None:
            self._release(message)
            if self._options.on_disk:
                self.receiver.push(node, people, message)
            else:
                self._miss(people, message, "node died")

        turn = ~self._conversation[message]  # below every person's number
        node.work(cost_s, self._push, node, people, message, lost=lost, turn=turn)

    def _push(self, node: Node, people: list[int], message: int) -> None:
        self.receiver.push(node, people, message)
        self._release(message)

    def _miss(self, people: Sequence[int], message: int, cause: str) -> None:
        """The log still has it where there is a log; without one it is gone."""
        if not self._options.log or self._action[message] not in self.logged:
            for person in people:
                self.drop(message, person, cause)

    def drop(self, message: int, person: int, cause: str) -> None:
        """Write down that a message died, for one person or for everyone not yet served."""
        if self._action[message] in (SEND, SEEN):
            row = (message, person, self._engine.now_s, CAUSE[cause])
            self._world.recorder.drops.extend(row)
