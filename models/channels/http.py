"""The HTTP channel: actions as requests to stateless API nodes, over a browser's pool.

A request that times out or loses its connection is tried again after a wait, so it may be done
twice: with an idempotency key the server knows it again, without one it makes a copy.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Final

from models.channels.kind import About, Kind
from models.channels.requests_in_rows import RESPONSE_BODY_BYTES, RequestsInRows
from models.channels.websocket import REQUEST_BYTES, body_bytes
from models.connections.asking import Ask, Reply
from models.connections.endpoint import Endpoint, Hosting, Slot
from models.connections.http2.end import StreamEnd
from models.connections.http2.requests import described, requests_to
from models.connections.http_pool import (
    POST_HEADER_BYTES,
    RESPONSE_HEADER_BYTES,
    Carrier,
    HttpConnections,
    WebEnd,
    WebServer,
)
from models.connections.proxied import Unserved, Upstream, fronted
from models.protocols.backoff import Fixed
from models.protocols.http.requests import (
    Abandon,
    Broken,
    Exchange,
    ExchangeOptions,
    GiveUp,
    Issue,
    Phase,
    Responded,
    Start,
    Told,
)
from models.protocols.machine import TIMEOUT
from models.servers.admission import RATE_LIMITED
from models.servers.intake import Accepted, Arrival, Refused, Result
from sim.driver import Driver
from sim.history import EVERYONE, LIST, SEND, TYPING
from sim.tape import ACK, CONTROL, Said

_GAVE_UP: Final = "gave up"


class HttpChannel:
    """All HTTP clients, and what API nodes do with their requests."""

    def __init__(self, slot: Slot) -> None:
        world, options = slot.world, slot.options.http
        self.endpoint = Endpoint(slot, Hosting(world.apis or world.gateways, options.costs))
        self.options = options
        self.service = slot.service
        self.action, self.size_bytes = slot.messages.action, slot.messages.size_bytes
        tries = math.inf if options.retry else 1.0
        backoff = Fixed(options.retry_wait_s)
        tick_s = options.pool.timeout_tick_s
        self.durable = ExchangeOptions(options.request_timeout_s, backoff, tries, tick_s)
        self.ephemeral = replace(self.durable, tries_max=1.0)
        self._clients: dict[int, HttpClient] = {}
        mailroom = slot.service.mailroom
        self.rows = RequestsInRows(self, mailroom) if mailroom is not None else None
        self.carrier = self.rows or Carrier()

    def sends(self, actions: Sequence[int]) -> None:
        """It carries these actions: in rows, as long as all is calm."""
        if self.rows is not None:
            self.rows.sends(actions)

    def client(self, person: int) -> HttpClient:
        """This person's client, made when first needed."""
        if person not in self._clients:
            self._clients[person] = HttpClient(self, person)
        return self._clients[person]

    def join(self, person: int) -> None:
        """The person opens the app: nothing is opened before the first request."""

    def leave(self, person: int) -> None:
        """The person closes the app; requests under way are finished in the background."""

    def submit(self, person: int, message: int) -> None:
        """The person does something that this channel carries."""
        self.client(person).submit(message)

    def disconnect(self, person: int) -> None:
        """Something in between resets this person's connections."""
        if person in self._clients:
            self.carrier.back(person)
            self._clients[person].connections.reset()

    def move(self, person: int) -> None:
        """The person has a new address."""
        if person in self._clients:
            self.carrier.back(person)
            self._clients[person].connections.move()

    def serve(self, end: WebEnd | StreamEnd | Upstream, ask: Ask) -> None:
        """A request has arrived at an API node."""
        self.service.intake.enter(self.arrived(end, ask))

    def arrived(self, end: WebEnd | StreamEnd | Upstream, ask: Ask) -> Arrival:
        """What a node has to do for it."""
        replied, cost_s = partial(self._replied, end, ask), self.endpoint.request_s
        return Arrival(end.node, end.person, ask.body, cost_s, replied)

    def _replied(self, end: WebEnd | StreamEnd | Upstream, ask: Ask, result: Result) -> None:
        if type(result) is Accepted:
            self._respond(end, ask.request, ask.body)
        elif type(result) is Refused:
            end.reply(ask.request, RESPONSE_HEADER_BYTES, result)
        elif type(end) is not Upstream:  # else the proxy sees to it
            self._died(ask.body)

    def _respond(self, end: WebEnd | StreamEnd | Upstream, request: Hashable, message: int) -> None:
        asked = self.action[message] == LIST
        body = self.size_bytes[message] if asked else RESPONSE_BODY_BYTES
        end.reply(request, RESPONSE_HEADER_BYTES + body, message)

    def _died(self, message: int) -> None:
        """The process died with the request in hand; without a retry that was it."""
        if not self.options.retry:
            self.service.drop(message, EVERYONE, "node died")

    def pending(self) -> Iterator[tuple[int, int]]:
        """Requests not done yet, and copies on the wire."""
        for client in self._clients.values():
            for message in client.unfinished:
                yield message, EVERYONE
        for message in self.rows.unfinished() if self.rows is not None else ():
            yield message, EVERYONE
        for payload in self.endpoint.flying():
            if type(payload) is Ask:
                yield payload.body, EVERYONE


class HttpClient:
    """One person's requests."""

    __slots__ = ("_channel", "_fate", "connections", "person", "unfinished")

    def __init__(self, channel: HttpChannel, person: int) -> None:
        self._channel = channel
        self._fate = _GAVE_UP  # what a message dies of whose last try ends now
        self.person = person
        self.connections = requests_to(
            channel.endpoint,
            person,
            self,
            fronted(
                channel.endpoint,
                WebServer(
                    channel.serve, channel.endpoint.world.http_keep_alive_s, carrier=channel.carrier
                ),
            ),
        )
        self.unfinished: dict[int, Driver] = {}  # message -> its exchange

    def submit(self, message: int) -> None:
        """Start the exchange of one action."""
        self._exchange(message).feed(Start())

    @property
    def pooled(self) -> HttpConnections:
        """Its connections, of which rows carry those of a pool alone."""
        assert isinstance(self.connections, HttpConnections)
        return self.connections

    def asked(self, message: int, patient_until_s: float, place: int) -> None:
        """Rows have asked; the timer of that is at that place among what is booked."""
        driver = self._exchange(message)
        assert isinstance(driver.machine, Exchange)
        driver.machine.tried(patient_until_s)
        if patient_until_s < math.inf:
            driver.armed_s = patient_until_s
            engine = self._channel.endpoint.engine
            engine.again(patient_until_s, place, driver.wake, patient_until_s)

    def _exchange(self, message: int) -> Driver:
        """What sees to it that one action is done."""
        channel = self._channel
        options = channel.ephemeral if channel.action[message] == TYPING else channel.durable
        if options.tick_s:
            phase_s = channel.endpoint.world.clock_phase_s[self.person]
            options = replace(options, phase_s=phase_s)
        exchange = Exchange(message, options, _no_luck)
        driver = Driver(channel.endpoint.engine, exchange, self._act, TIMEOUT)
        driver.process = channel.endpoint.device(self.person)
        self.unfinished[message] = driver
        return driver

    def _act(self, action: Any) -> None:
        kind = type(action)
        if kind is Issue:
            self._issue(action)
        elif kind is Abandon:
            self.connections.cancel((action.key, action.attempt))
        elif kind is Told:
            self._told(action.key)
        elif kind is GiveUp:
            self._gave_up(action.key)

    def _issue(self, issue: Issue) -> None:
        channel = self._channel
        message: Any = issue.key
        channel.endpoint.ledger.sent(message)
        asked = channel.action[message] == LIST
        body = REQUEST_BYTES if asked else body_bytes(channel.size_bytes[message])
        size_bytes = POST_HEADER_BYTES + body
        self.connections.ask((message, issue.attempt), size_bytes, message, reads=asked)

    def _told(self, message: Any) -> None:
        ledger = self._channel.endpoint.ledger
        self.unfinished.pop(message, None)
        ledger.told(message)
        if self._channel.action[message] == LIST:
            ledger.shown(message, self.person)

    def _gave_up(self, message: Any) -> None:
        self.unfinished.pop(message, None)
        self._channel.endpoint.ledger.failed(message)
        if self._channel.action[message] == SEND:
            self._channel.service.drop(message, EVERYONE, self._fate)

    def answered(self, request: Any, body: Any) -> None:
        """A response; one to a try that was given up is ignored, 429 and 50x are tried again."""
        response = Responded(type(body) is not Unserved)
        if type(body) is Refused:
            self._fate = body.cause
            obeys = self._channel.options.retry_after
            response = Responded(False, math.ceil(body.retry_after_s) if obeys else 0.0)
        self._feed(request, response)
        self._fate = _GAVE_UP

    def broken(self, request: Any) -> None:
        """The connection died under a request."""
        self._feed(request, Broken())

    def _feed(self, request: Any, event: object) -> None:
        message, attempt = request
        driver = self.unfinished.get(message)
        if driver is not None and isinstance(driver.machine, Exchange):
            exchange = driver.machine
            if exchange.state is Phase.AWAITING and exchange.attempt == attempt:
                driver.feed(event)


def _no_luck() -> float:
    return 0.5  # a fixed wait between tries needs none


def _is_try(request: Hashable) -> bool:
    """Whether it is a message's number and that of the try."""
    return isinstance(request, tuple) and isinstance(request[0], int)


def _post_words(ask: Ask, about: About) -> Said | None:
    if not _is_try(ask.request):
        return None
    attempt = ask.request[1]  # type: ignore[index]
    return about(ask.body, "POST " if attempt == 1 else f"POST again (try {attempt}): ")


def _response_words(reply: Reply, about: About) -> Said | None:
    if not _is_try(reply.request):
        return None
    if isinstance(reply.body, Refused):
        soon = f" after {reply.body.retry_after_s:g} s" * bool(reply.body.retry_after_s)
        status = 429 if reply.body.cause == RATE_LIMITED else 503
        return Said(f"{status}, try again{soon}", (), CONTROL)
    return about(reply.body, "200 OK for ", ACK)


KIND: Final = Kind(
    "http",
    HttpChannel,
    says={Ask: _post_words, Reply: _response_words},
    title="HTTP",
    reads=("http", "tcp"),
    acknowledges=lambda _: True,  # each request is answered
    describes=described,
    in_rows=True,
)
