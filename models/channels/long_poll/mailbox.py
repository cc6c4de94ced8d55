"""Mailboxes of the long-poll channel: what there is for a person, and the question that is held."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from models.channels.long_poll.shared import Batch
from models.channels.websocket import body_bytes
from models.connections.asking import Ask
from models.connections.http_pool import RESPONSE_HEADER_BYTES, WebEnd
from models.protocols.http.long_poll import (
    Answer,
    Appended,
    Asked,
    Gone,
    HeldPoll,
    HeldPollOptions,
    Missed,
)
from models.protocols.machine import TIMEOUT
from sim.driver import Driver

if TYPE_CHECKING:
    from models.channels.long_poll.shared import LongPolls
    from models.connections.http2.end import StreamEnd
    from models.connections.proxied import Upstream


class Mailbox:
    """The server's side for one person: the log, and the question that is held."""

    __slots__ = ("_driver", "_end", "_gone_to", "_paid", "_polls", "held", "log", "person")

    def __init__(self, polls: LongPolls, person: int) -> None:
        options = HeldPollOptions(polls.options.hold_s, polls.keeps_log, polls.options.batch_max)
        self._polls = polls
        self.person = person
        self._end: WebEnd | StreamEnd | Upstream | None = None
        self.log: list[int] = polls.service.store.inbox[person] if polls.keeps_log else []
        self.held = HeldPoll(options)
        self._gone_to = 0  # number up to which it is known what left the window unread
        self._paid = False  # whoever pushes pays for the answers
        engine = polls.endpoint.engine
        self._driver = Driver(engine, self.held, self._act, TIMEOUT, self._in_rows)

    @property
    def end(self) -> WebEnd | StreamEnd | Upstream | None:
        """Where the question came from that is held, or is taken to be."""
        return self._end

    @end.setter
    def end(self, end: WebEnd | StreamEnd | Upstream | None) -> None:
        self._end = end
        self._polls.rows.home(self.person, None if end is None else end.node)

    def asked(self, end: WebEnd | StreamEnd | Upstream, ask: Ask) -> None:
        """A question arrives at a gateway; what the log has gained is known by then."""
        self._polls.endpoint.attached(self.person)
        self.back()
        self.catch_up()
        self.end = end
        self._driver.process = end.node
        end.gone = lambda: self._gone(end)
        end.let_go = lambda: self._let_go(end)
        self._driver.feed(Asked((end, ask.request), self._in_window(ask.body)))
        self._note()
        if self.held.holding:
            self._polls.rows.take(self.person, end, ask)

    def _in_window(self, cursor: int) -> int:
        """Where an answer begins for one who has read so far: what is too old for it is lost."""
        if not self._polls.keeps_log:
            return cursor
        catching_up = self._polls.service.catching_up
        first = catching_up.first(self.person)
        if cursor + 1 < first:
            catching_up.lose(self.person, range(max(cursor, self._gone_to) + 1, first))
            self._gone_to = first - 1
        return max(cursor, first - 1)

    def back(self) -> None:
        """Whatever is in rows comes back (`models.channels.long_poll.in_rows`)."""
        self._polls.rows.back(self.person)

    def _in_rows(self, armed_s: float) -> bool:
        return self._polls.rows.wakes(self.person, armed_s)

    def is_calm(self, ask: Ask) -> bool:
        """Whether it holds that question, and its client has read all that there is."""
        held = self.held
        if not held.holding or self._driver.waits or held.head != len(self.log):
            return False
        return bool(ask.body == held.head if self._polls.keeps_log else ask.body <= held.head)

    @property
    def armed_s(self) -> float:
        """When it is woken next, as booked."""
        return self._driver.armed_s

    @armed_s.setter
    def armed_s(self, armed_s: float) -> None:
        self._driver.armed_s = armed_s

    def wake(self) -> None:
        """The time that was booked has come."""
        self._driver.wake(self._polls.endpoint.engine.now_s)

    def shortened(self) -> None:
        """The log has lost entries: what is new is counted from what is left."""
        self.back()
        self.held.head = len(self.log)

    def catch_up(self, paid: bool = False) -> None:
        """Tell the held question what the log has gained."""
        self.back()
        self._paid = paid
        while self.held.head < len(self.log):
            self._driver.feed(Appended(self.held.head + 1))
        self._paid = False
        self._note()

    def _note(self) -> None:
        if self._end is not None and not self.held.holding:
            self.end = None

    def _gone(self, end: WebEnd | StreamEnd | Upstream) -> None:
        self.back()
        if self.end is end:
            self._driver.feed(Gone(self.held.poll))
            self._note()

    def _let_go(self, end: WebEnd | StreamEnd | Upstream) -> None:
        """The node drains: whoever waits is answered with nothing, and asks elsewhere."""
        self.back()
        if self.end is end and self.held.holding:
            self._driver.feed(TIMEOUT)
            self._note()

    def _act(self, action: Any) -> None:
        if type(action) is Answer:
            poll: Any = action.poll
            end, request = poll
            if not self._paid:
                end.node.busy(self._polls.costs.message_out_s)
            logged = enumerate(self.log[action.first - 1 : action.last], action.first)
            numbered = tuple(one for one in logged if not self._polls.is_stale(one[1]))
            sizes = (body_bytes(self._polls.size_bytes[message]) for _, message in numbered)
            batch = Batch(self.person, action.last, numbered)
            end.reply(request, RESPONSE_HEADER_BYTES + sum(sizes), batch)
        elif type(action) is Missed:
            message = self.log[action.number - 1]
            self._polls.service.drop(message, self.person, "no buffer")
