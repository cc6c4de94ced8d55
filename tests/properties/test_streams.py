"""EventSource and the server's stream over connections that die: order, window, nothing twice."""

import math
from dataclasses import replace

from hypothesis import example, given
from hypothesis import strategies as st

from models.protocols.link import Lost, Start
from models.protocols.machine import TIMEOUT
from models.protocols.sse.event_source import (
    BROWSERS,
    Answered,
    Blank,
    Dispatch,
    EventSource,
    Field,
)
from models.protocols.sse.event_stream import (
    SERVERS,
    Asked,
    EventStream,
    Gone,
    Greet,
    Logged,
    Skip,
    Write,
    oldest_kept,
)

STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("log"), st.integers(1, 4)),
        st.tuples(st.just("arrive"), st.integers(1, 9)),  # so many lines reach the client
        st.tuples(st.just("cut"), st.just(0)),
        st.tuples(st.just("return"), st.just(0)),
    ),
    max_size=40,
)


class Chat:
    """A log, a window of it, and one client on one connection after another."""

    def __init__(self, window):
        self.server = replace(SERVERS["nchan"], window_messages=window, window_s=math.inf)
        self.source = EventSource(BROWSERS["chromium"])
        self.stream = None
        self.head, self.now_s = 0, 0.0
        self.wire, self.shown, self.skipped = [], [], []
        self.source.handle(Start(), 0.0)

    def log(self, count):
        self.head += count
        if self.stream is not None:
            self.written(self.stream.handle(Logged(self.head), self.now_s))

    def arrive(self, lines):
        """An event is three lines: its id, its data, and the empty one that dispatches it."""
        for _ in range(min(lines, len(self.wire))):
            for shown in self.source.handle(self.wire.pop(0), self.now_s):
                assert isinstance(shown, Dispatch)
                assert shown.id == shown.data
                self.shown.append(shown.data)

    def cut(self, _=0):
        if self.stream is not None:
            self.stream.handle(Gone(), self.now_s)
            self.stream, self.wire = None, []
            self.source.handle(Lost("reset"), self.now_s)

    def again(self, _=0):
        if self.stream is not None:
            return
        if self.source.deadline_s < math.inf:
            self.now_s = self.source.deadline_s
            self.source.handle(TIMEOUT, self.now_s)
        last_id = self.source.last_id
        self.source.handle(Answered(200), self.now_s)
        self.stream = EventStream(self.server)
        oldest = oldest_kept([0.0] * self.head, 0.0, self.server)
        self.written(self.stream.handle(Asked(last_id, oldest, self.head), self.now_s))

    def written(self, actions):
        for action in actions:
            if isinstance(action, Write):
                for number in range(action.first, action.last + 1):
                    self.wire += [Field("id", number), Field("data", number), Blank()]
            elif isinstance(action, Skip):
                self.skipped += range(action.first, action.last + 1)
            else:
                assert isinstance(action, Greet)


@given(steps=STEPS, window=st.sampled_from([1, 2, 5, math.inf]))
@example(steps=[("log", 1), ("return", 0), ("arrive", 1), ("cut", 0)], window=math.inf)
@example(steps=[("return", 0), ("log", 2), ("arrive", 5), ("cut", 0)], window=math.inf)
def test_what_is_shown_is_in_order_once_and_all_but_what_left_the_window(steps, window):
    chat = Chat(window)
    does = {"log": chat.log, "arrive": chat.arrive, "cut": chat.cut, "return": chat.again}
    for name, count in steps:
        does[name](count)
    chat.again()
    chat.arrive(len(chat.wire))
    assert chat.shown == sorted(set(chat.shown))
    assert sorted({*chat.shown, *chat.skipped}) == list(range(1, chat.head + 1))
    assert not set(chat.shown) & set(chat.skipped)
    if window == math.inf:
        assert chat.skipped == []


@given(steps=STEPS)
def test_as_many_as_the_window_holds_are_never_lost(steps):
    """Whatever was logged since the last event shown fits: then nothing is skipped."""
    chat = Chat(4)
    does = {"log": chat.log, "arrive": chat.arrive, "cut": chat.cut, "return": chat.again}
    for name, count in steps:
        if name == "log" and chat.head + count > chat.source.last_id + 4:
            continue
        does[name](count)
    chat.again()
    assert chat.skipped == []
