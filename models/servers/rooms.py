"""Who hears what is said in a conversation: what the store says, and what servers make of it.

A change of membership is in the store at once. What servers hand out goes by what they were told,
and that follows later: a command to the node that holds the person's connection, or the client's
own SUBSCRIBE (`tell` is then the channel's, and `subscribed` true). Until then it is pending. A
command is sent once and lost with the backplane (Socket.IO's `socketsJoin` and `socketsLeave`: fire
and forget); a new connection begins with what the store says. A look at the store for each reader
of each message leaves no removal pending, and costs as much as it does.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Final, Protocol

from models.servers.backplane.in_memory import InMemory

if TYPE_CHECKING:
    from models.options import Rooms as Options
    from models.servers.messages import Messages
    from sim.node import Node
    from sim.world import World

NOT_SUBSCRIBED: Final = "not subscribed"
_Pair = tuple[int, int]


class FanOut(Protocol):
    """What commands need of it: where people are, and what is between the nodes."""

    receiver: Any
    backplane: Any


class Rooms:
    """Rights and grants of one system. `changes` by number, as `Workload.changes` has them."""

    __slots__ = (
        "_gone_s", "_joined_s", "_messages", "_pending", "_world", "changes", "check_s", "fan_out",
        "options", "subscribed", "tell",
    )  # fmt: skip

    def __init__(self, world: World, messages: Messages, options: Options) -> None:
        self._world = world
        self._messages = messages
        self.options = options
        self.changes = world.workload.changes
        self.check_s = options.check_s if options.checks == "message" else 0.0
        self.fan_out: FanOut
        self.tell: Callable[[int], None] = self._command
        self.subscribed = False  # clients manage what they hear
        self._pending: dict[_Pair, int] = {}
        self._joined_s: dict[_Pair, float] = {}
        self._gone_s: dict[_Pair, float] = {}
        for one in self.changes:
            times_s = self._joined_s if one.joins else self._gone_s
            times_s[one.room, one.person] = one.time_s

    def play(self) -> None:
        """Book every change."""
        for number, one in enumerate(self.changes):
            self._world.engine.at(one.time_s, self._changed, number)

    # Who hears.

    def is_member(self, room: int, person: int) -> bool:
        """What the store says now."""
        pair, now_s = (room, person), self._world.engine.now_s
        return self._joined_s.get(pair, -math.inf) <= now_s < self._gone_s.get(pair, math.inf)

    def hears(self, room: int, person: int) -> bool:
        """Whether what is said in the room is handed out to this person."""
        if not self.changes:
            return True
        member = self.is_member(room, person)
        granted = member is not ((room, person) in self._pending)
        return granted and (member or self.options.checks != "message")

    def readers(self, message: int) -> list[int]:
        """To whom a message is handed out."""
        room, sender = self._messages.conversation[message], self._messages.actor[message]
        members = self._messages.members[room]
        return [one for one in members if one != sender and self.hears(room, one)]

    def entitled(self, message: int) -> list[int]:
        """Who has a right to it, heard or not."""
        room, sender = self._messages.conversation[message], self._messages.actor[message]
        members = self._messages.members[room]
        if not self.changes:
            return [one for one in members if one != sender]
        return [one for one in members if one != sender and self.is_member(room, one)]

    def deaf(self, message: int) -> list[int]:
        """Who has a right to it and does not hear it yet."""
        if not self._pending:
            return []
        room = self._messages.conversation[message]
        return [one for one in self.entitled(message) if not self.hears(room, one)]

    # What is not done yet.

    def _changed(self, number: int) -> None:
        one = self.changes[number]
        pair = (one.room, one.person)
        if pair in self._pending:  # what was never granted need not be taken back
            self.apply(self._pending[pair])
            self._world.ledger.applied(number)
            return
        self._pending[pair] = number
        if self.options.checks == "message" and not one.joins:
            self._world.ledger.applied(number)
        self.tell(number)

    def pending(self, person: int) -> Iterator[int]:
        """Changes of this person that whoever hands out does not go by yet."""
        return (number for (_, whose), number in [*self._pending.items()] if whose == person)

    def is_pending(self, number: int) -> bool:
        """Whether whoever hands out does not go by this change yet."""
        one = self.changes[number]
        return self._pending.get((one.room, one.person)) == number

    def apply(self, number: int) -> None:
        """Whoever hands out goes by this change from now on."""
        if self.is_pending(number):
            one = self.changes[number]
            del self._pending[one.room, one.person]
            self._world.ledger.applied(number)

    def connected(self, person: int) -> None:
        """A new connection of this person begins with what the store says."""
        if self._pending and not self.subscribed:
            for number in self.pending(person):
                self.apply(number)

    def _command(self, number: int) -> None:
        """Tell the node that holds the person's connection, by way of the backplane if need be."""
        one, world = self.changes[number], self._world
        home: Node | None = self.fan_out.receiver.home(one.person)
        running = [node for node in world.gateways if node.running]
        if home is None:
            self.apply(number)
        elif running and running[one.room % len(running)] is home:
            self._obey(home, number)
        elif running:
            self._send(running[one.room % len(running)], home, number)

    def _send(self, node: Node, home: Node, number: int) -> None:
        world, backplane = self._world, self.fan_out.backplane
        arrive_s = world.engine.now_s + world.scenario.backplane.delay_s
        node.busy(backplane.cost_s)
        up = all(world.backplane_down.is_up(time_s) for time_s in (world.engine.now_s, arrive_s))
        if up and not world.backplane.hindered and not isinstance(backplane, InMemory):
            world.backplane_messages += 1
            world.engine.at(arrive_s, self._obey, home, number)

    def _obey(self, node: Node, number: int) -> None:
        """The node takes the person's connection into the room, or out of it."""
        cost_s: float = self.fan_out.backplane.cost_s
        node.soon(cost_s, self.apply, number, turn=self.changes[number].person)
