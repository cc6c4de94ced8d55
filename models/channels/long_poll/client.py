"""A person's poller: one question open at a time, asked on a pool of HTTP connections."""

from __future__ import annotations

from typing import Any

from models.calm.polling import polls
from models.channels.long_poll.mailbox import Mailbox
from models.channels.long_poll.shared import Batch, LongPolls
from models.connections.asking import Ask
from models.connections.http2.end import StreamEnd
from models.connections.http2.requests import requests_to
from models.connections.http_pool import POST_HEADER_BYTES, HttpConnections, WebEnd, WebServer
from models.connections.proxied import Unserved, Upstream, fronted
from models.protocols.http.long_poll import (
    Abandon,
    Answered,
    Apply,
    Broken,
    Duplicate,
    Online,
    Poller,
    PollerOptions,
    PollState,
    Start,
    Stop,
)
from models.protocols.http.long_poll import Ask as Poll
from models.protocols.machine import TIMEOUT
from sim.driver import Driver


class PollClient:
    """One person's poller."""

    __slots__ = (
        "_asked", "_behind", "_driver", "_mailbox", "_poller", "_polls", "connections", "person",
        "well_s",
    )  # fmt: skip

    def __init__(self, polls_of_all: LongPolls, mailbox: Mailbox) -> None:
        endpoint, person = polls_of_all.endpoint, mailbox.person
        options = PollerOptions(
            polls_of_all.options.hold_s + polls_of_all.options.patience_s,
            endpoint.options.backoff.policy,
            pause_s=polls_of_all.options.pause_s,
            tick_s=endpoint.options.http.pool.timeout_tick_s,
            phase_s=endpoint.world.clock_phase_s[person],
        )
        luck = endpoint.world.streams.draws("backoff", person).uniform
        self._polls, self._mailbox = polls_of_all, mailbox
        self.person = person
        web = WebServer(self._serve, endpoint.world.http_keep_alive_s, lost=polls_of_all.lost)
        self.connections = requests_to(endpoint, person, self, fronted(endpoint, web))
        self._poller = Poller(options, luck)
        self._driver = Driver(endpoint.engine, self._poller, self._act, TIMEOUT, self._in_rows)
        self._driver.process = endpoint.device(person)
        self._asked = 0
        self._behind = False  # nothing was answered since polling stopped working
        self.well_s = 0.0  # when it last had an answer, or began to ask

    @property
    def pooled(self) -> HttpConnections:
        """Its connections, of which rows carry those of a pool alone."""
        assert isinstance(self.connections, HttpConnections)
        return self.connections

    @property
    def cursor(self) -> int:
        """How far this person has read."""
        return self._poller.cursor

    @property
    def asked(self) -> int:
        """How many questions it has sent."""
        return self._polls.rows.number(self.person, polls.REQUEST, self._asked)

    @property
    def waits_until_s(self) -> float:
        """Its patience with the open question."""
        return self._poller.deadline_s

    def _in_rows(self, armed_s: float) -> bool:
        return self._polls.rows.waits(self.person, armed_s)

    def waits_until(self, time_s: float) -> None:
        """The question that is open in rows is younger than that of the machine."""
        self._poller.deadline_s = time_s

    def is_calm(self, ask: Ask) -> bool:
        """Whether that question is open, and all before it were answered."""
        poller = self._poller
        is_open = poller.state is PollState.POLLING and self._asked == ask.request
        return is_open and poller.is_well and poller.cursor == ask.body and not self._behind

    def restore(self, ask: Ask, waits_until_s: float, well_s: float) -> None:
        """Rows have brought it to this question."""
        if ask.request != self._asked:
            self.pooled.carried(POST_HEADER_BYTES, ask)
        self._asked, self.well_s = ask.message, well_s
        self._poller.cursor, self._poller.deadline_s = ask.body, waits_until_s

    def start(self) -> None:
        """Begin polling."""
        self.well_s = self._polls.endpoint.engine.now_s
        self._driver.feed(Start())

    def stop(self) -> None:
        """Stop polling."""
        self._polls.rows.back(self.person)
        self._polls.endpoint.ledger.closed(self.person, self._polls.endpoint.channel)
        self._behind = False
        self._driver.feed(Stop())

    def link_lost(self) -> None:
        """The client is told that there is no link: it gives the open question up."""
        self._polls.rows.back(self.person)
        if self._poller.state is PollState.POLLING:
            self.connections.cancel(self._asked)
            self._broke("link")
            self._driver.feed(Broken())

    def link_back(self) -> None:
        """The client is told that there is a link again: it asks now, if it is behind."""
        if self._behind and self._poller.state is not PollState.IDLE:
            self._driver.feed(Online())

    def _serve(self, end: WebEnd | StreamEnd | Upstream, ask: Ask) -> None:
        endpoint = self._polls.endpoint
        end.node.work(endpoint.request_s, self._mailbox.asked, end, ask)

    def _act(self, action: Any) -> None:
        kind = type(action)
        if kind is Poll:
            self._asked += 1
            self.connections.ask(self._asked, POST_HEADER_BYTES, action.cursor, reads=True)
        elif kind is Apply:
            self._show(action.message, True)
        elif kind is Duplicate:
            self._show(action.message, False)
        elif kind is Abandon:
            self.connections.cancel(self._asked)
            if self._poller.state is PollState.WAITING:
                self._broke("heartbeat")

    def _show(self, message: Any, visible: bool) -> None:
        self._polls.endpoint.ledger.shown(message, self.person, self._behind, visible)

    def answered(self, request: Any, body: Batch | Unserved) -> None:
        """An answer, empty or not; a proxy's own is a failure."""
        if type(body) is Unserved:
            self.broken(request, "refused")
        elif (
            type(body) is Batch
            and request == self._asked
            and self._poller.state is PollState.POLLING
        ):
            self.well_s = self._polls.endpoint.engine.now_s
            self._driver.feed(Answered(body.numbered, body.last))
            self._answers_again()

    def broken(self, request: Any, reason: str = "reset") -> None:
        """The connection died under the question."""
        if request == self._asked and self._poller.state is PollState.POLLING:
            self._broke(reason)
            self._driver.feed(Broken())

    def _broke(self, reason: str) -> None:
        """Polling stopped working; later failures belong to the same gap."""
        if not self._behind:
            endpoint = self._polls.endpoint
            cut = self.connections.cut
            endpoint.ledger.noticed(self.person, endpoint.channel, reason, self.well_s, cut)
            self._behind = True

    def _answers_again(self) -> None:
        """An answer after a failure: back and caught up at once."""
        if self._behind:
            endpoint = self._polls.endpoint
            endpoint.ledger.open(self.person, endpoint.channel)
            endpoint.ledger.synced(self.person, endpoint.channel)
            self._behind = False
