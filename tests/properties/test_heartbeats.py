"""Every shipped heartbeat: silence is noticed in bounded time, whatever was heard before it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.protocols.heartbeat import HEARTBEATS, Act, Beat, Pinger, SideSpec, Watchdog
from models.protocols.machine import NEVER_S, TIMEOUT

QUICK = settings(max_examples=50, derandomize=True, deadline=None)
SIDES = [
    pytest.param(side, id=f"{name}, {end}")
    for name, heartbeat in HEARTBEATS.items()
    for end, side in (("client", heartbeat.client), ("server", heartbeat.server))
    if side is not None
]


class End:
    """One end's machines; pings are answered half a second later, until silence falls."""

    def __init__(self, side: SideSpec) -> None:
        self.machines = []
        if side.ping is not None:
            self.machines.append(Pinger(side.ping, lambda: 0.5))
        if side.watch is not None:
            self.machines.append(Watchdog(side.watch))
        self.answer_s = NEVER_S
        self.answers = True
        self.dead_s = NEVER_S
        self.feed(Beat.OPENED, 0.0)

    def feed(self, beat: Beat, now_s: float) -> None:
        for machine in self.machines:
            self.act(machine.handle(beat, now_s), now_s)

    def act(self, acts, now_s: float) -> None:
        for one in acts:
            if one is Act.DECLARE_DEAD:
                self.dead_s = min(self.dead_s, now_s)
            elif self.answers:
                self.answer_s = now_s + 0.5

    def run(self, until_s: float) -> None:
        """Let time pass: pongs arrive, deadlines are reached."""
        while (now_s := min(self.answer_s, *(one.deadline_s for one in self.machines))) <= until_s:
            if now_s == self.answer_s:
                self.answer_s = NEVER_S
                self.feed(Beat.PONG, now_s)
            for machine in self.machines:
                if machine.deadline_s <= now_s:
                    self.act(machine.handle(TIMEOUT, now_s), now_s)


def longest_s(side: SideSpec) -> float:
    """Interval and wait, each put off to a tick and the wait perhaps twice; or the limit."""
    ping, watch = side.ping, side.watch
    bounds_s = [ping.interval_s + 2 * ping.timeout_s + 2 * ping.tick_s] if ping else []
    bounds_s += [watch.limit_s + watch.tick_s] if watch else []
    return min(bounds_s)


@pytest.mark.parametrize("side", SIDES)
@QUICK
@given(gaps_s=st.lists(st.floats(0.1, 20.0), min_size=1, max_size=12), silent_s=st.floats(0, 99))
def test_silence_is_noticed_and_nothing_else(side: SideSpec, gaps_s, silent_s) -> None:
    end, now_s = End(side), 0.0
    for gap_s in gaps_s:
        end.run(now_s + gap_s)
        now_s += gap_s
        end.feed(Beat.PING, now_s)
    if side.watch is None:  # pings of its own keep it alive as well
        end.run(now_s + silent_s)
        now_s += silent_s
    assert end.dead_s == NEVER_S
    end.answers, end.answer_s = False, NEVER_S
    end.run(now_s + 1000.0)
    assert end.dead_s <= now_s + longest_s(side)
