"""What the pollers and mailboxes of one channel share, and what an answer brings."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from models.connections.asking import Ask, Reply
from models.connections.endpoint import Endpoint, Hosting, Slot
from sim.history import TYPING

if TYPE_CHECKING:
    from models.connections.http2.end import StreamEnd
    from models.connections.http_pool import WebEnd
    from models.connections.proxied import Upstream
    from sim.node import Node

TYPING_S: Final = 10.0
"""How long a typing event is worth telling (Discord API, Trigger Typing Indicator: 10 s)."""


class Batch:
    """The body of an answer: messages with their numbers, and the number up to which it goes."""

    __slots__ = ("last", "numbered", "person")

    def __init__(self, person: int, last: int, numbered: tuple[tuple[int, int], ...]) -> None:
        self.person = person
        self.last = last
        self.numbered = numbered

    @property
    def messages(self) -> list[int]:
        """What it brings, without numbers."""
        return [message for _, message in self.numbered]


class ByObjects:
    """Who carries polls: objects alone. `PollsInRows` carries those that are calm."""

    def carries(self, person: int) -> bool:
        """Whether this person's poll is in rows; objects ask there, and leave it alone."""
        return False

    def number(self, person: int, column: int, otherwise: int) -> int:
        """A number of the row of one that is carried."""
        return otherwise

    def node(self, person: int, otherwise: Node | None) -> Node | None:
        """The node that believes to hold the question of one that is carried."""
        return otherwise

    def home(self, person: int, node: Node | None) -> None:
        """A node holds this person's question, or believes to; None: nobody does."""

    def take(self, person: int, end: WebEnd | StreamEnd | Upstream, ask: Ask) -> None:
        """This person's question is held: carry it, if all is calm."""

    def back(self, person: int) -> None:
        """Objects carry this person's poll again, and what is under way of it."""

    def push(self, person: int, message: int) -> bool:
        """Something has happened; False where objects have to tell the person."""
        return False

    def logged(self, message: int, person: int) -> None:
        """A message has been put at the end of the person's log."""

    def wakes(self, person: int, armed_s: float) -> bool:
        """The holder's own timer is due; False where objects have to see to it."""
        return False

    def waits(self, person: int, armed_s: float) -> bool:
        """The client's own timer is due; False, after telling it until when it waits."""
        return False


class LongPolls:
    """All questions of one channel. `rows`: who carries them while all is calm."""

    def __init__(self, slot: Slot) -> None:
        costs = slot.options.long_poll.costs
        # One request is paid once: most of it when it arrives, a write when it is answered.
        request_s = max(0.0, costs.request_s - costs.message_out_s)
        self.costs = replace(costs, request_s=request_s)
        self.endpoint = Endpoint(slot, Hosting(slot.world.gateways, self.costs))
        self.options = slot.options.long_poll
        self.service = slot.service
        self.keeps_log = slot.options.recovery.kind == "cursor"
        self.action, self.size_bytes = slot.messages.action, slot.messages.size_bytes
        self.rows = ByObjects()

    def is_stale(self, message: int) -> bool:
        """Nobody wants to hear any more that somebody was typing."""
        endpoint = self.endpoint
        since_s = endpoint.engine.now_s - endpoint.world.workload.time_s[message]
        return self.action[message] == TYPING and bool(since_s > TYPING_S)

    def lost(self, payload: Any) -> None:
        """An answer died with its connection: with a log it is asked for again."""
        if type(payload) is Reply and type(payload.body) is Batch and not self.keeps_log:
            for message in payload.body.messages:
                self.service.drop(message, payload.body.person, "half-open")
