"""Whatever happens to a connection, its books balance, on either lane.

Any schedule of writes, outages, losses and ways to die at either end: every payload is received
once, or reported dropped once, or still flying; each direction keeps its order; and a posted
delivery fares exactly as the same delivery sent.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from wires import ledger, recorded

from sim.engine import Engine
from sim.history import order_on_screen
from sim.ledger import Ledger
from sim.network.delay import Delay, constant_delay, lognormal_delay
from sim.network.loss import Bernoulli, GilbertElliott, Loss, NoLoss
from sim.network.outages import Outages
from sim.network.path import Path, Way
from sim.network.rate import ConstantRate
from sim.streams import Streams
from sim.transport.connection import CLIENT, SERVER, Connection, Passive
from sim.transport.reference import ReferenceConnection
from sim.transport.segment.options import SegmentOptions
from sim.transport.stream import Stream

PING = "ping"  # is nobody's message: it may be answered unseen, and nobody misses it
HORIZON_S = 60.0
FOREVER_S = 5_000.0  # beyond every give-up time
UNTIL_S = st.sampled_from((HORIZON_S, HORIZON_S / 3, FOREVER_S))


@dataclass(frozen=True)
class Act:
    """Something done to the connection: `end` writes, pings, closes, aborts or vanishes."""

    at_s: float
    what: str
    end: int
    size_bytes: int


@dataclass(frozen=True)
class Plan:
    """A path and what happens on it."""

    delay: str
    loss: str
    rate_bps: float | None
    outages: Outages
    acts: tuple[Act, ...]
    seed: int

    def path(self) -> Path:
        streams = Streams(self.seed, 0)
        return Path(self._way(streams, "up"), self._way(streams, "down"), self.outages)

    def _way(self, streams: Streams, side: str) -> Way:
        rate = None if self.rate_bps is None else ConstantRate(self.rate_bps)
        return Way(self._delay(streams, side), self._loss(streams, side), rate)

    def _delay(self, streams: Streams, side: str) -> Delay:
        if self.delay == "constant":
            return constant_delay(0.0371)
        return lognormal_delay(streams.draws(f"delay-{side}"), 0.05, 1.5)

    def _loss(self, streams: Streams, side: str) -> Loss:
        draws = streams.draws(f"loss-{side}")
        match self.loss:
            case "none":
                return NoLoss()
            case "bursts":
                return GilbertElliott(3.0, 1.0, 0.0, 0.9, draws)
            case ratio:
                return Bernoulli(float(ratio), draws)


def fast(engine: Engine, given: Path, taken: Ledger) -> Stream:
    return Connection(engine, given, taken)


def exact(engine: Engine, given: Path, taken: Ledger) -> Stream:
    connection = ReferenceConnection(engine, given, taken, SegmentOptions())
    for socket in connection._sockets:  # as after a handshake, which here could fail
        socket.establish(0.0742, 0)
    return connection


Lane = Callable[[Engine, Path, Ledger], Stream]
LANES = pytest.mark.parametrize("lane", [fast, exact])


@dataclass
class Books:
    """What became of every payload of one run; (time_s, sending end, payload)."""

    received: list[tuple[float, int, Any]] = field(default_factory=list)
    dropped: list[tuple[float, int, Any]] = field(default_factory=list)
    closed: list[tuple[float, int, str]] = field(default_factory=list)
    written: Counter[Any] = field(default_factory=Counter)
    flying: Counter[Any] = field(default_factory=Counter)
    screen: list[int] = field(default_factory=list)  # what the server wrote, as the client saw it

    def listen(self, engine: Engine, connection: Stream, end: int) -> None:
        connection.receive[end] = lambda it: self.received.append((engine.now_s, 1 - end, it))
        connection.dropped[end] = lambda it: self.dropped.append((engine.now_s, end, it))
        connection.closed[end] = lambda why: self.closed.append((engine.now_s, end, why))

    @property
    def fates(self) -> Counter[Any]:
        fates = self.flying + Counter(it for _, _, it in (*self.received, *self.dropped))
        del fates[PING]
        return fates

    def arrivals(self, end: int) -> list[tuple[float, int]]:
        """What `end` sent, as (time_s, number of the act), as it arrived.

        Sorted, for a posted row stands in the record from when it was written.
        """
        return sorted(
            (at_s, number_of(it)) for at_s, who, it in self.received if who == end and it != PING
        )


def play(plan: Plan, until_s: float, lane: Lane, posting: bool = True) -> Books:
    """Run the plan; `posting` False sends what it would post."""
    engine, taken, books = Engine(), ledger(), Books()
    connection = lane(engine, plan.path(), taken)
    for end in (CLIENT, SERVER):
        books.listen(engine, connection, end)

    def shown(payload: Any) -> None:
        books.received.append((engine.now_s, SERVER, payload))
        if payload != PING:
            taken.posted(number_of(payload), 0, engine.now_s)

    connection.receive[CLIENT] = shown

    def act(number: int, step: Act) -> None:
        if step.what in ("close", "abort", "vanish"):
            getattr(connection, step.what)(step.end)
        elif step.what == "ping":
            connection.echo(step.end, 6, PING, lambda: None)
        elif step.what == "post" and posting:
            connection.post(step.size_bytes, number, 0)
        else:
            payload = Passive(number, 0) if step.what == "post" else number
            connection.send(step.end, step.size_bytes, payload)

    for number, step in enumerate(plan.acts):
        engine.at(step.at_s, act, number, step)
        if step.what in ("send", "post") and step.at_s < until_s:
            books.written[Passive(number, 0) if step.what == "post" else number] = 1
    engine.run(until_s)
    books.flying = Counter(connection.flying())
    connection.settle()  # as at the end of a run: what has not arrived is struck off the record
    rows = recorded(taken)
    books.screen = on_screen(rows)
    heard = {number_of(it) for _, who, it in books.received if who == SERVER}
    books.received += [
        (at_s, SERVER, Passive(message, who)) for at_s, message, who in rows if message not in heard
    ]
    return books


def on_screen(rows: list[tuple[float, int, int]]) -> list[int]:
    """The messages in the order in which a person's screen showed them."""
    time_s, message, person = (
        np.array(column) for column in (zip(*rows, strict=True) if rows else [()] * 3)
    )
    order = order_on_screen(person, time_s, np.ones(len(rows), dtype=bool))
    return [int(message[row]) for row in np.argsort(order)]


def number_of(payload: Any) -> int:
    """The act that wrote it."""
    return payload.message if isinstance(payload, Passive) else payload


# Times on grids on which no arrival falls: what happens at a tie is nobody's promise.
TENTHS = st.integers(0, 600).map(lambda step: step / 10.0)
ENDS = st.sampled_from((CLIENT, SERVER))
WHAT = st.sampled_from(("send", "send", "post", "ping"))
WRITES = st.tuples(TENTHS, WHAT, ENDS)
DEATHS = st.tuples(TENTHS, st.sampled_from(("close", "abort", "vanish")), ENDS)
SPANS = st.tuples(st.integers(0, 59), st.sampled_from((0.31, 2.01, 15.01)))


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    steps = draw(st.lists(WRITES, min_size=1, max_size=25)) + draw(st.lists(DEATHS, max_size=2))
    spans = draw(st.lists(SPANS, max_size=3))
    sizes = st.sampled_from((60, 60, 60, 40_000))
    acts = [
        Act(at_s, what, SERVER if what == "post" else end, draw(sizes)) for at_s, what, end in steps
    ]
    return Plan(
        delay=draw(st.sampled_from(("constant", "lognormal"))),
        loss=draw(st.sampled_from(("none", "0.05", "0.4", "0.9", "bursts"))),
        rate_bps=draw(st.sampled_from((None, 1e5, 1e7))),
        outages=Outages([(start + 0.553, start + 0.553 + span_s) for start, span_s in spans]),
        acts=tuple(sorted(acts, key=lambda act: act.at_s)),
        seed=draw(st.integers(0, 2**20)),
    )


@st.composite
def bursts(draw: st.DrawFn) -> Plan:
    """Writes of a few instants on a link without trouble: arrivals share instants too."""
    steps = draw(st.lists(st.tuples(st.sampled_from((1.0, 1.0371, 2.0)), WHAT), min_size=2))
    acts = (Act(at_s, what, SERVER, 60) for at_s, what in sorted(steps, key=lambda step: step[0]))
    return Plan("constant", "none", None, Outages(), tuple(acts), 0)


ANY = settings(max_examples=100, deadline=None, derandomize=True)


@LANES
@ANY
@given(plan=plans(), until_s=UNTIL_S)
def test_every_payload_has_exactly_one_fate(lane, plan, until_s):
    books = play(plan, until_s, lane)
    assert books.fates == books.written


@LANES
@ANY
@given(plan=plans())
def test_each_direction_keeps_its_order(lane, plan):
    books = play(plan, FOREVER_S, lane)
    for end in (CLIENT, SERVER):
        numbers = [number for _, number in books.arrivals(end)]
        assert numbers == sorted(numbers)


@LANES
@ANY
@given(plan=st.one_of(plans(), bursts()))
@pytest.mark.parametrize("posting", [True, False])
def test_the_screen_shows_what_the_server_wrote_in_its_order(lane, posting, plan):
    screen = play(plan, FOREVER_S, lane, posting).screen
    assert screen == sorted(screen)


@LANES
@ANY
@given(plan=plans())
def test_nothing_outruns_the_path_or_arrives_on_a_dead_link(lane, plan):
    books, given_path = play(plan, FOREVER_S, lane), plan.path()
    floors_s = given_path.up.delay.floor_s, given_path.down.delay.floor_s
    for end in (CLIENT, SERVER):
        for at_s, number in books.arrivals(end):
            assert at_s >= plan.acts[number].at_s + floors_s[end]
            assert plan.outages.is_up(at_s)


@LANES
@ANY
@given(plan=plans())
def test_an_end_learns_at_most_once_and_then_hears_nothing(lane, plan):
    books = play(plan, FOREVER_S, lane)
    assert len({end for _, end, _ in books.closed}) == len(books.closed)
    for closed_s, end, reason in books.closed:
        assert reason in ("fin", "reset", "timeout")
        assert all(at_s <= closed_s for at_s, who, _ in books.received if who != end)


@LANES
@ANY
@given(plan=plans(), until_s=UNTIL_S)
def test_posting_is_sending(lane, plan, until_s):
    posted, sent = play(plan, until_s, lane), play(plan, until_s, lane, posting=False)
    assert Counter(posted.received) == Counter(sent.received)
    assert Counter(posted.dropped) == Counter(sent.dropped)
    assert (posted.closed, posted.flying) == (sent.closed, sent.flying)
    assert posted.screen == sent.screen
