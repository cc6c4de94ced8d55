"""One end's heartbeat in rows: it beats while its connection is open."""

import math
from types import SimpleNamespace

from models.calm import beats
from models.calm.keepalive import RowKeepAlive
from models.protocols.heartbeat import Beat, PingSpec, SideSpec, WatchdogSpec

SIDE = SideSpec(PingSpec(10.0, 5.0, first_by_luck=True), WatchdogSpec(30.0))


class Machines(SimpleNamespace):
    """Rows in a list; `armed` are those whose deadline may have moved."""

    def add_machine(self, keepalive, spec):
        at = len(self.machines)
        self.machines += [0.0] * beats.WIDTH
        beats.write(self.machines, at, spec)
        return at

    def arm(self, machine):
        self.armed.append(machine)


def made():
    calm = Machines(machines=[], now_s=100.0, armed=[])
    return calm, RowKeepAlive(calm, SIDE, lambda: 0.5, lambda: None, lambda: None)


def test_opening_arms_both_machines_the_pinger_by_luck():
    calm, keepalive = made()
    keepalive.feed(Beat.OPENED)
    assert calm.armed == [keepalive.pings, keepalive.watches]
    assert calm.machines[keepalive.pings + beats.DEADLINE_S] == 105.0
    assert calm.machines[keepalive.watches + beats.DEADLINE_S] == 130.0


def test_nothing_is_heard_before_it_opens_and_after_it_closes():
    calm, keepalive = made()
    keepalive.hear(Beat.DATA)
    keepalive.feed(Beat.OPENED)
    calm.now_s = 110.0
    keepalive.hear(Beat.DATA)
    assert calm.machines[keepalive.watches + beats.HEARD_S] == 110.0
    keepalive.feed(Beat.CLOSED)
    calm.now_s = 120.0
    keepalive.feed(Beat.PONG)
    assert calm.machines[keepalive.watches + beats.HEARD_S] == 110.0
    assert calm.machines[keepalive.pings + beats.DEADLINE_S] == math.inf


def test_an_end_that_does_nothing_has_no_machines():
    calm = Machines(machines=[], now_s=0.0, armed=[])
    keepalive = RowKeepAlive(calm, None, lambda: 0.5, lambda: None, lambda: None)
    keepalive.feed(Beat.OPENED)
    assert (keepalive.pings, keepalive.watches, calm.armed) == (-1, -1, [])
