"""Link, Pool, Exchange, Poller, HeldPoll and heartbeats under any sequence of legal events."""

import math
from collections import deque

from hypothesis import given, settings
from hypothesis import strategies as st

from models.protocols.backoff import BACKOFFS, Fixed
from models.protocols.heartbeat import HEARTBEATS, Act, Beat, Pinger, State, Watchdog
from models.protocols.http.long_poll import (
    Abandon,
    Answer,
    Answered,
    Appended,
    Apply,
    Ask,
    Asked,
    HeldPoll,
    HeldPollOptions,
    Missed,
    Poller,
    PollerOptions,
)
from models.protocols.http.long_poll import Start as PollStart
from models.protocols.http.pools import PoolOptions
from models.protocols.http.requests import (
    Broken,
    Cancel,
    CloseConn,
    ConnClosed,
    ConnOpened,
    DialConn,
    Exchange,
    ExchangeOptions,
    GiveUp,
    Issue,
    Orphaned,
    Phase,
    Pool,
    Request,
    Responded,
    ResponseDone,
    Start,
    Told,
    Write,
)
from models.protocols.link import TRANSITIONS, Dial, GaveUp, HangUp, LinkMachine, LinkOptions
from models.protocols.link import Lost as LinkLost
from models.protocols.link import Opened as LinkOpened
from models.protocols.link import Refused as LinkRefused
from models.protocols.link import Start as LinkStart
from models.protocols.link import State as LinkState
from models.protocols.link import Stop as LinkStop
from models.protocols.machine import TIMEOUT

QUICK = settings(max_examples=200, derandomize=True, deadline=None)

LINK_EVENTS = [
    LinkStart(),
    LinkStop(),
    LinkOpened(),
    LinkRefused("full"),
    LinkLost("link"),
    LinkLost("server close"),
    TIMEOUT,
]


@QUICK
@given(
    script=st.lists(st.sampled_from(LINK_EVENTS), max_size=60),
    backoff=st.sampled_from(sorted(BACKOFFS)),
    luck=st.floats(0.0, 1.0, exclude_max=True),
    first_wait=st.sampled_from(["backoff", "at once"]),
    attempts_max=st.sampled_from([1, 3, math.inf]),
    stable_s=st.sampled_from([0.0, 5.0]),
)
def test_a_link_dials_only_when_it_should(
    script, backoff, luck, first_wait, attempts_max, stable_s
) -> None:
    options = LinkOptions(
        backoff=BACKOFFS[backoff],
        first_wait=first_wait,
        attempts_max=attempts_max,
        stable_s=stable_s,
    )
    link = LinkMachine(options, lambda: luck)
    now_s, connected = 0.0, False
    for event in script:
        if type(event) not in TRANSITIONS[link.state] or (
            event is TIMEOUT and link.deadline_s == math.inf
        ):
            continue
        now_s = max(now_s, link.deadline_s) if event is TIMEOUT else now_s + 0.1
        connected = connected and not isinstance(event, LinkLost | LinkRefused)
        for action in link.handle(event, now_s):
            if isinstance(action, Dial):
                assert not connected
                connected = True
                assert action.attempt <= attempts_max
            elif isinstance(action, HangUp):
                assert connected
                connected = False
            else:
                assert isinstance(action, GaveUp)
        assert connected is (link.state in (LinkState.DIALLING, LinkState.OPEN))
        assert link.deadline_s >= now_s
        waits = link.state in (LinkState.DIALLING, LinkState.WAITING)
        assert waits or link.deadline_s == math.inf or stable_s > 0.0


class Host:
    """A Pool and the connections it has, kept honestly."""

    def __init__(self, options: PoolOptions) -> None:
        self.pool = Pool(options)
        self.dialling: list[int] = []
        self.busy: dict[int, int] = {}
        self.idle: list[int] = []
        self.asked = 0
        self.open_requests: set[int] = set()
        self.now_s = 0.0

    def feed(self, event) -> None:
        for action in self.pool.handle(event, self.now_s):
            self.act(action)
        connections = len(self.dialling) + len(self.busy) + len(self.idle)
        assert connections == self.pool.connections <= self.pool.options.limit

    def act(self, action) -> None:
        if isinstance(action, DialConn):
            self.dialling.append(action.conn)
        elif isinstance(action, Write):
            assert action.conn not in self.busy
            self.idle = [conn for conn in self.idle if conn != action.conn]
            self.busy[action.conn] = action.request
        elif isinstance(action, CloseConn):
            self.forget(action.conn)
        else:
            assert isinstance(action, Orphaned)
            self.open_requests.remove(action.request)

    def forget(self, conn: int) -> None:
        self.busy.pop(conn, None)
        self.dialling = [c for c in self.dialling if c != conn]
        self.idle = [c for c in self.idle if c != conn]

    def do(self, step: str, choice: int) -> None:
        self.now_s += 1.0
        if step == "request":
            self.asked += 1
            self.open_requests.add(self.asked)
            self.feed(Request(self.asked))
        elif step == "open" and self.dialling:
            conn = self.dialling.pop(choice % len(self.dialling))
            self.idle.append(conn)
            self.feed(ConnOpened(conn))
        elif step == "respond" and self.busy:
            conn = list(self.busy)[choice % len(self.busy)]
            self.open_requests.discard(self.busy.pop(conn))
            self.idle.append(conn)
            self.feed(ResponseDone(conn))
        elif step == "close" and (conns := [*self.dialling, *self.busy, *self.idle]):
            conn = conns[choice % len(conns)]
            self.forget(conn)
            self.feed(ConnClosed(conn))
        elif step == "cancel" and self.open_requests:
            request = sorted(self.open_requests)[choice % len(self.open_requests)]
            self.open_requests.remove(request)
            self.feed(Cancel(request))
        elif step == "wait" and self.pool.deadline_s < math.inf:
            self.now_s = max(self.now_s, self.pool.deadline_s)
            self.feed(TIMEOUT)


POOL_STEPS = ["request"] * 3 + ["open", "open", "respond", "respond", "close", "cancel", "wait"]


@QUICK
@given(
    script=st.lists(
        st.tuples(st.sampled_from(POOL_STEPS), st.integers(0, 9)), min_size=30, max_size=80
    ),
    limit=st.integers(1, 3),
    reuse=st.sampled_from(["longest idle", "most recent"]),
    binds=st.sampled_from(["its own", "any"]),
)
def test_a_pool_serves_every_request_once(script, limit, reuse, binds) -> None:
    host = Host(PoolOptions(limit=limit, idle_s=5.0, reuse=reuse, binds=binds))
    for step, choice in script:
        host.do(step, choice)
    for _ in range(2 * host.asked + 2):
        host.do("open", 0)
        host.do("respond", 0)
    assert host.open_requests == set()
    assert host.busy == {}


@QUICK
@given(
    script=st.lists(
        st.sampled_from([Responded(True), Responded(False), Broken(), TIMEOUT]), max_size=20
    ),
    tries_max=st.sampled_from([1, 2, math.inf]),
)
def test_an_exchange_ends_once_and_numbers_its_tries(script, tries_max) -> None:
    exchange = Exchange("key", ExchangeOptions(tries_max=tries_max), lambda: 0.5)
    actions = [*exchange.handle(Start(), 0.0)]
    now_s = 0.0
    for event in script:
        if exchange.state is Phase.AWAITING or (
            exchange.state is Phase.WAITING and event is TIMEOUT
        ):
            now_s = max(now_s, exchange.deadline_s) if event is TIMEOUT else now_s + 0.1
            actions += exchange.handle(event, now_s)
    tries = [action.attempt for action in actions if isinstance(action, Issue)]
    assert tries == list(range(1, len(tries) + 1))
    assert len(tries) <= tries_max
    ends = [action for action in actions if isinstance(action, Told | GiveUp)]
    assert len(ends) == (exchange.state is Phase.DONE)
    assert actions[-1:] == ends or not ends


@QUICK
@given(fates=st.lists(st.sampled_from([TIMEOUT, Broken(), Responded(False)]), max_size=12))
def test_an_exchange_outlasts_whatever_befalls_its_tries(fates) -> None:
    exchange = Exchange("key", ExchangeOptions(10.0, Fixed(1.0)), lambda: 0.5)
    now_s, actions = 0.0, [*exchange.handle(Start(), 0.0)]
    for fate in fates:
        assert exchange.deadline_s == now_s + 10.0
        now_s = exchange.deadline_s if fate is TIMEOUT else now_s + 0.5
        actions += exchange.handle(fate, now_s)
        assert exchange.deadline_s == now_s + 1.0
        now_s = exchange.deadline_s
        actions += exchange.handle(TIMEOUT, now_s)
    assert exchange.handle(Responded(True), now_s + 0.5) == (Told("key"),)
    tries = [action for action in actions if isinstance(action, Issue)]
    assert tries == [Issue("key", place + 1) for place in range(len(fates) + 1)]


class Polling:
    """A Poller and a HeldPoll with a wire between them that may lose what is on it."""

    def __init__(self, keeps_log: bool) -> None:
        self.poller = Poller(PollerOptions(timeout_s=35.0, backoff=Fixed(1.0)), lambda: 0.5)
        self.held = HeldPoll(HeldPollOptions(hold_s=25.0, keeps_log=keeps_log, batch_max=3))
        self.questions: deque = deque()
        self.answers: deque = deque()
        self.poll = 0
        self.head = 0
        self.now_s = 0.0
        self.shown: list[int] = []
        self.missed: list[int] = []
        self.ask(PollStart())

    def ask(self, event) -> None:
        for action in self.poller.handle(event, self.now_s):
            if isinstance(action, Ask):
                self.poll += 1
                self.questions.append(Asked(self.poll, action.cursor))
            elif isinstance(action, Apply):
                self.shown.append(action.number)
            elif isinstance(action, Abandon):
                self.questions.clear()
                self.answers.clear()

    def hold(self, event) -> None:
        for action in self.held.handle(event, self.now_s):
            if isinstance(action, Missed):
                self.missed.append(action.number)
            else:
                assert isinstance(action, Answer)
                self.answers.append(action)

    def do(self, step: str) -> None:
        self.now_s += 0.1
        if step == "append":
            self.head += 1
            self.hold(Appended(self.head))
        elif step == "question" and self.questions:
            self.hold(self.questions.popleft())
        elif step == "answer" and self.answers:
            answer = self.answers.popleft()
            items = tuple((n, f"m{n}") for n in range(answer.first, answer.last + 1))
            if answer.poll == self.poll:
                self.ask(Answered(items, max(answer.last, answer.first - 1)))
        elif step == "lose answer" and self.answers:
            self.answers.popleft()
        elif step == "wait":
            self.now_s = min(self.poller.deadline_s, self.held.deadline_s)
            if self.held.deadline_s <= self.now_s:
                self.hold(TIMEOUT)
            if self.poller.deadline_s <= self.now_s:
                self.ask(TIMEOUT)


POLL_STEPS = ["append", "append", "question", "question", "answer", "answer", "lose answer", "wait"]


@QUICK
@given(
    script=st.lists(st.sampled_from(POLL_STEPS), min_size=30, max_size=80), keeps_log=st.booleans()
)
def test_polling_with_a_log_shows_everything_once(script, keeps_log) -> None:
    polling = Polling(keeps_log)
    for step in script:
        polling.do(step)
    for _ in range(polling.head + 5):
        for step in ("wait", "question", "answer"):
            polling.do(step)
    assert polling.shown == sorted(set(polling.shown))
    assert not set(polling.shown) & set(polling.missed)
    if keeps_log:
        assert polling.shown == list(range(1, polling.head + 1))
        assert polling.missed == []


SIDES = [
    (name, side)
    for name, beat in sorted(HEARTBEATS.items())
    for side in (beat.client, beat.server)
    if side is not None
]


@QUICK
@given(
    named=st.sampled_from(SIDES),
    beats=st.lists(
        st.tuples(
            st.floats(0.0, 40.0),
            st.sampled_from([Beat.PING, Beat.PONG, Beat.DATA, Beat.REPLY, Beat.CLOSED]),
        ),
        max_size=40,
    ),
    luck=st.floats(0.0, 1.0, exclude_max=True),
)
def test_heartbeats_ping_before_they_declare_and_declare_once(named, beats, luck) -> None:
    _, side = named
    machine = Pinger(side.ping, lambda: luck) if side.ping else Watchdog(side.watch)
    machine.handle(Beat.OPENED, 0.0)
    now_s, acts = 0.0, []
    for pause_s, beat in [*beats, (1000.0, Beat.DATA)]:
        until_s = now_s + pause_s
        while machine.deadline_s <= until_s:
            now_s = max(now_s, machine.deadline_s)
            acts += machine.handle(TIMEOUT, now_s)
            assert machine.deadline_s > now_s
        now_s = until_s
        assert machine.handle(beat, now_s) == ()
        if beat is Beat.CLOSED:
            acts.clear()
            machine.handle(Beat.OPENED, now_s)
        assert acts.count(Act.DECLARE_DEAD) == (machine.state is State.DEAD)
    assert machine.state is State.DEAD
    assert acts[-1] is Act.DECLARE_DEAD
    assert side.ping is None or acts[-2] is Act.SEND_PING
