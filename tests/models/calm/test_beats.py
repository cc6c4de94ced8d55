"""Heartbeat machines on rows against those of `models.protocols.heartbeat`, event by event."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.calm import beats
from models.protocols.heartbeat import (
    HEARTBEATS,
    Act,
    Beat,
    Pinger,
    PingSpec,
    SideSpec,
    Watchdog,
    WatchdogSpec,
)
from models.protocols.machine import TIMEOUT

CODES = {
    Beat.PING: beats.PING,
    Beat.PONG: beats.PONG,
    Beat.DATA: beats.DATA,
    Beat.REPLY: beats.REPLY,
}
ACTIONS = {
    (): beats.NOTHING,
    (Act.SEND_PING,): beats.SEND_PING,
    (Act.DECLARE_DEAD,): beats.DECLARE_DEAD,
}
STEPS = st.lists(st.tuples(st.sampled_from([*CODES, TIMEOUT]), st.floats(0.0, 1.2)), max_size=40)


def specs():
    for name, heartbeat in HEARTBEATS.items():
        for side in (heartbeat.client, heartbeat.server):
            for spec in (side or SideSpec()).ping, (side or SideSpec()).watch:
                if spec is not None:
                    yield pytest.param(spec, id=f"{name}-{type(spec).__name__}")


@pytest.mark.parametrize("spec", specs())
@given(steps=STEPS)
def test_rows_do_what_machines_do(spec: PingSpec | WatchdogSpec, steps):
    """Time goes on by shares of what is left to the deadline, and now and then beyond it."""
    machine = Pinger(spec, lambda: 0.3) if isinstance(spec, PingSpec) else Watchdog(spec)
    row = [0.0] * beats.WIDTH
    beats.write(row, 0, spec)
    now_s = 3.0
    machine.handle(Beat.OPENED, now_s)
    share = 0.3 if row[beats.BY_LUCK] else 1.0
    beats.open_(row, 0, now_s, share)
    for event, gone in steps:
        if row[beats.STATE] == beats.DEAD:
            break
        now_s += gone * max(machine.deadline_s - now_s, 0.01)
        if event is TIMEOUT:
            now_s = max(now_s, machine.deadline_s)
            acted = tuple(machine.handle(TIMEOUT, now_s))
            assert beats.time_out(row, 0, now_s) == ACTIONS[acted]
        else:
            machine.handle(event, now_s)
            beats.hear(row, 0, now_s, CODES[event])
        assert row[beats.DEADLINE_S] == machine.deadline_s
    machine.handle(Beat.CLOSED, now_s)
    beats.close(row, 0)
    assert row[beats.DEADLINE_S] == machine.deadline_s
