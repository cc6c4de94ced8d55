"""Outbox and CursorReceiver over a connection that may break at any step."""

import math
from collections import deque

from hypothesis import given, settings
from hypothesis import strategies as st

from models.protocols.machine import TIMEOUT
from models.protocols.resume import (
    Acked,
    Apply,
    CaughtUp,
    CursorReceiver,
    CursorState,
    Duplicate,
    Failed,
    Item,
    LinkState,
    Lost,
    Opened,
    Outbox,
    OutboxOptions,
    Resume,
    Skipped,
    Submit,
    Told,
    Transmit,
    Truncated,
)

QUICK = settings(max_examples=200, derandomize=True, deadline=None)
LONG = 10_000  # steps: more than any script needs to come to rest


class Upstream:
    """An Outbox, a wire in each direction, and a server that acknowledges and deduplicates."""

    def __init__(self, options: OutboxOptions) -> None:
        self.outbox = Outbox(options)
        self.up: deque = deque()
        self.down: deque = deque()
        self.now_s = 0.0
        self.submitted: list[int] = []
        self.arrivals: list[int] = []
        self.visible: list[int] = []
        self.told: list[int] = []
        self.failed: list[int] = []

    def feed(self, event) -> None:
        for action in self.outbox.handle(event, self.now_s):
            if isinstance(action, Transmit):
                self.up.append(action.message)
            else:
                outcome = self.told if isinstance(action, Told) else self.failed
                outcome.append(action.message)
                assert isinstance(action, Told | Failed)
        assert len(self.outbox._sent) <= self.outbox.options.window

    def do(self, step: str) -> None:
        online = self.outbox.state is LinkState.ONLINE
        self.now_s += 1.0
        if step == "submit":
            self.submitted.append(len(self.submitted))
            self.feed(Submit(self.submitted[-1]))
        elif step == "arrive" and self.up:
            message = self.up.popleft()
            self.arrivals.append(message)
            if message not in self.visible:
                self.visible.append(message)
            self.down.append(message)
        elif step == "answer" and self.down:
            self.feed(Acked(self.down.popleft()))
        elif step == "lose":
            self.up.clear()
            self.down.clear()
        elif step == "wait" and self.outbox.deadline_s <= self.now_s:
            self.feed(TIMEOUT)
        elif step == "break":
            self.up.clear()
            self.down.clear()
            self.feed(Lost())
        elif step == "connect" and not online:
            self.feed(Opened())

    def settle(self) -> None:
        self.do("connect")
        for _ in range(LONG):
            if not (self.up or self.down or self.awaits()):
                return
            for step in ("arrive", "answer", "wait"):
                self.do(step)
        raise AssertionError("never comes to rest")

    def awaits(self) -> bool:
        """Whether something will be sent again in time."""
        return bool(self.outbox.kept()) and self.outbox.options.ack_timeout_s < math.inf


UP_STEPS = ["submit", "submit", "arrive", "arrive", "answer", "answer", "wait", "break", "connect"]


@QUICK
@given(
    script=st.lists(st.sampled_from(UP_STEPS), min_size=30, max_size=60),
    window=st.sampled_from([1, 2, float("inf")]),
    ack_timeout_s=st.sampled_from([3.0, float("inf")]),
)
def test_an_outbox_and_a_server_that_knows_ids_show_everything_once(
    script, window, ack_timeout_s
) -> None:
    wire = Upstream(OutboxOptions(window=window, ack_timeout_s=ack_timeout_s))
    for step in script:
        wire.do(step)
        assert set(wire.told) <= set(wire.visible)
    wire.settle()
    assert len(wire.visible) == len(set(wire.visible))
    assert sorted(wire.visible) == wire.submitted
    assert sorted(wire.told) == wire.submitted
    assert wire.outbox.kept() == []
    assert wire.visible == sorted(wire.visible)


@QUICK
@given(script=st.lists(st.sampled_from([*UP_STEPS, "lose"]), min_size=30, max_size=60))
def test_a_time_limit_finds_what_a_live_connection_loses(script) -> None:
    wire = Upstream(OutboxOptions(ack_timeout_s=5.0))
    for step in script:
        wire.do(step)
    wire.settle()
    assert sorted(wire.visible) == wire.submitted
    assert sorted(wire.told) == wire.submitted


@QUICK
@given(
    script=st.lists(st.sampled_from(UP_STEPS), min_size=30, max_size=60), tries=st.integers(1, 3)
)
def test_a_message_is_tried_as_often_as_allowed_and_its_fate_is_known(script, tries) -> None:
    wire = Upstream(OutboxOptions(tries_max=tries, keeps_offline=False))
    for step in script:
        wire.do(step)
    wire.settle()
    assert sorted(wire.told + wire.failed) == wire.submitted
    assert all(wire.arrivals.count(message) <= tries for message in wire.submitted)


class Downstream:
    """A server with a bounded log that pushes live items, and a CursorReceiver."""

    def __init__(self, log_size: int, gap_wait_s: float) -> None:
        self.receiver = CursorReceiver(gap_wait_s=gap_wait_s)
        self.log_size = log_size
        self.head = 0
        self.wire: deque = deque()
        self.asked: deque[int] = deque()
        self.now_s = 0.0
        self.shown: list[int] = []
        self.skipped: set[int] = set()
        self.duplicates = 0

    def feed(self, event) -> None:
        for action in self.receiver.handle(event, self.now_s):
            if isinstance(action, Resume):
                self.asked.append(action.cursor)
            elif isinstance(action, Apply):
                assert action.message == f"m{action.number}"
                self.shown.append(action.number)
            elif isinstance(action, Skipped):
                self.skipped.update(range(action.first, action.last + 1))
            else:
                assert isinstance(action, Duplicate)
                self.duplicates += 1

    def reply(self, cursor: int) -> None:
        first = max(1, self.head - self.log_size + 1)
        if cursor + 1 < first:
            self.wire.append(Truncated(first))
        for number in range(max(first, cursor + 1), self.head + 1):
            self.wire.append(Item(number, f"m{number}"))
        self.wire.append(CaughtUp())

    def do(self, step: str) -> None:
        online = self.receiver.state is not CursorState.OFFLINE
        self.now_s += 1.0
        if step in ("push", "push lost"):
            self.head += 1
            if online and step == "push":
                self.wire.append(Item(self.head, f"m{self.head}"))
        elif step == "serve" and self.asked:
            self.reply(self.asked.popleft())
        elif step == "arrive" and self.wire:
            self.feed(self.wire.popleft())
        elif step == "wait" and self.receiver.deadline_s <= self.now_s:
            self.feed(TIMEOUT)
        elif step == "break":
            self.wire.clear()
            self.asked.clear()
            self.feed(Lost())
        elif step == "connect" and not online:
            self.feed(Opened())

    def settle(self) -> None:
        self.do("break")
        self.do("connect")
        for _ in range(LONG):
            if not (self.asked or self.wire):
                return
            self.do("serve")
            self.do("arrive")
        raise AssertionError("never comes to rest")


DOWN_STEPS = ["push"] * 3 + ["push lost", "serve", "serve", "wait", "break", "connect"]
DOWN_STEPS += ["arrive"] * 4


@QUICK
@given(
    script=st.lists(st.sampled_from(DOWN_STEPS), min_size=30, max_size=80),
    log_size=st.sampled_from([2, 1000]),
    gap_wait_s=st.sampled_from([0.0, 2.5]),
)
def test_a_cursor_shows_everything_once_and_in_order(script, log_size, gap_wait_s) -> None:
    stream = Downstream(log_size, gap_wait_s)
    for step in script:
        stream.do(step)
    stream.settle()
    assert stream.shown == sorted(set(stream.shown))
    assert set(stream.shown) | stream.skipped == set(range(1, stream.head + 1))
    assert not set(stream.shown) & stream.skipped
    assert log_size < 1000 or not stream.skipped
    assert stream.receiver.cursor == stream.head
