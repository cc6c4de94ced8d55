"""Timers of a hidden tab and of a sleeping device: predicted in closed form, to the millisecond."""

import math

import pytest
from stage import ONE_WAY_S, Stage

from models import DESIGNS
from models.connections.device import Device, device_of
from models.protocols.software import CLIENTS

BACK_S = 2 * ONE_WAY_S  # a ping and its pong
FROM_S, UNTIL_S = 100.0, 299.0
HIDDEN = {"kind": "tab-hidden", "person": 0, "start_s": FROM_S, "end_s": UNTIL_S}


def hidden(heartbeat, base="full-websocket", *faults, client="chromium", acts=(), **changes):
    """A person whose tab is hidden from 100 s on, and the person's device."""
    options = {"client": client, "heartbeat": heartbeat, **changes}
    one = Stage(DESIGNS[base].variant("page", options), acts, faults=[HIDDEN, *faults])
    device = device_of(one.world, CLIENTS["chromium"], 0)
    assert device is not None
    return one, device


def minute_s(device, time_s):
    """The next whole minute of that device's clock."""
    return math.ceil((time_s + device.phase_s) / 60.0 - 1e-9) * 60.0 - device.phase_s


def late_s(device, due_s):
    """When a timer runs: on time, on whole seconds, and from a minute of hiding on, on minutes."""
    if FROM_S <= due_s < FROM_S + 60.0:
        return math.ceil(due_s + device.phase_s - 1e-9) - device.phase_s
    if FROM_S + 60.0 <= due_s < UNTIL_S:
        return min(minute_s(device, due_s), UNTIL_S)
    return due_s


def last_ping_s(device, first_s, interval_s, limit_s):
    """The first ping after which the next, so long after its pong, is later than `limit_s`."""
    ping_s = first_s
    while (next_s := late_s(device, ping_s + BACK_S + interval_s)) - ping_s <= limit_s:
        ping_s = next_s
    return ping_s


def test_timers_run_at_once_unless_the_tab_is_hidden_or_the_device_sleeps():
    one = Stage("full-websocket", faults=[HIDDEN, {**HIDDEN, "kind": "device-asleep", "person": 1}])
    assert device_of(one.world, CLIENTS["chromium"], 2) is None
    asleep = Device(one.world, CLIENTS["python"], 1)
    assert [asleep.runs_s(at_s) for at_s in (99.9, 100.0, 298.9, 299.0)] == [
        99.9, 299.0, 299.0, 299.0,
    ]  # fmt: skip
    tab = Device(one.world, CLIENTS["chromium"], 0)
    assert tab.runs_s(99.9) == 99.9
    assert 0.0 <= tab.runs_s(110.3) - 110.3 < 1.0
    assert tab.runs_s(200.0) == min(minute_s(tab, 200.0), UNTIL_S)
    assert tab.runs_s(298.99) <= UNTIL_S  # what is due is done when the tab is shown again
    assert 0.0 <= tab.phase_s < 60.0
    assert Device(one.world, CLIENTS["python"], 0).runs_s(200.0) == 200.0


def test_a_device_that_wakes_behind_another_tab_has_late_timers():
    both = [HIDDEN, {**HIDDEN, "kind": "device-asleep", "end_s": 200.0}]
    one = Stage("full-websocket", faults=both)
    tab = Device(one.world, CLIENTS["chromium"], 0)
    assert tab.runs_s(150.0) == min(minute_s(tab, 200.0), UNTIL_S)


def test_a_client_that_pings_once_a_minute_is_cut_by_a_server_that_waits_30_s():
    """As SignalR's: pings every 15 s, limit 30 s (SignalR/SignalR#4536)."""
    beat = {"preset": "phoenix", "interval_s": 15.0, "server": {"watch": {"limit_s": 30.0}}}
    one, device = hidden(beat, backoff="fixed-1s")
    one.run(UNTIL_S - 1.0)
    last_s = last_ping_s(device, 2 * BACK_S + 15.0, 15.0, 30.0)  # open after TCP and the upgrade
    gap = next(gap for gap in one.gaps() if gap["person"] == 0)
    assert gap["reason"] == "server close"
    assert gap["noticed_s"] == pytest.approx(last_s + ONE_WAY_S + 30.0 + ONE_WAY_S, abs=1e-6)
    # the wait before the next dial ends on a whole minute, too: one cut in each of them
    tries = [at_s for at_s, *_ in one.attempts(0) if at_s > FROM_S]
    expected = [minute_s(device, gap["noticed_s"] + 1.0)]
    while expected[-1] + 60.0 < UNTIL_S - 1.0:
        expected.append(expected[-1] + 60.0)
    assert tries == pytest.approx(expected, abs=1e-6)


def test_the_same_client_in_firefox_is_not_cut():
    beat = {"preset": "phoenix", "interval_s": 15.0, "server": {"watch": {"limit_s": 30.0}}}
    one, _ = hidden(beat, client="firefox")
    assert one.run(UNTIL_S).gaps() == []


def test_pings_from_the_server_are_answered_in_a_hidden_tab():
    """Engine.IO 4 turned the direction round for this; messages wake a tab at once."""
    one, _ = hidden("engine.io", "socketio")
    assert one.run(290.0).gaps() == []


def test_a_hidden_tab_notices_a_dead_server_on_the_next_whole_minute():
    lost = {"kind": "link-outage", "person": 0, "start_s": 180.0, "end_s": 290.0}
    one, device = hidden(
        "engine.io", "socketio", lost, client={"preset": "chromium", "listens": "no"}
    )
    gap = next(gap for gap in one.run(UNTIL_S).gaps() if gap["person"] == 0)
    shown = Stage("socketio", faults=[lost]).run(UNTIL_S)
    on_time_s = next(gap for gap in shown.gaps() if gap["person"] == 0)["noticed_s"]
    assert gap["noticed_s"] == pytest.approx(minute_s(device, on_time_s), abs=1e-6)


def test_a_keep_alive_of_a_minute_after_the_last_packet_becomes_two():
    """MQTT.js with timers of the page; its own are a worker's. The broker waits 90 s."""
    beat = {"preset": "mqtt.js", "server": {"watch": {"limit_s": 90.0, "tick_s": 0.0}}}
    one, device = hidden(beat, "mqtt-qos0")
    one.run(UNTIL_S)
    last_s = last_ping_s(device, 4 * BACK_S + 60.0, 60.0, 90.0)  # after CONNACK and SUBACK
    gap = next(gap for gap in one.gaps() if gap["person"] == 0)
    assert gap["reason"] == "server close"
    assert gap["noticed_s"] == pytest.approx(last_s + ONE_WAY_S + 90.0 + ONE_WAY_S, abs=1e-6)
    worker = {"preset": "chromium", "hidden_tick_s": 0.0, "sparse_tick_s": 0.0}
    assert hidden(beat, "mqtt-qos0", client=worker)[0].run(UNTIL_S).gaps() == []


def test_the_time_out_of_a_post_and_the_wait_after_it_end_on_whole_seconds():
    lost = {"kind": "link-outage", "person": 0, "start_s": 98.0, "end_s": 120.0}
    one, device = hidden("uvicorn", "hybrid", lost, client={"preset": "chromium", "listens": "no"},
                         acts=[(99.0, 0)])  # fmt: skip
    again_s = late_s(device, late_s(device, 99.0 + 10.0) + 1.0)
    tries = [
        one.run(at_s).channel("http")._clients[0].unfinished[0].machine.attempt
        for at_s in (again_s - 1e-6, again_s + 1e-6)
    ]
    assert tries == [1, 2]
    assert one.run(140.0).told_s(0) > 120.0
