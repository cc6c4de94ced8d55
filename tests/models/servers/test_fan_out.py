"""Members hear of a message, in order; what becomes of it where they are not."""

import numpy as np
import pytest
from small import scenario
from stage import FREE, LINK, ONE_WAY_S, Stage

from models import DESIGNS
from models.costs import AIOHTTP
from sim.core.compiled import can_compile
from sim.experiment.run import run_replication

CPU_S = 2e-3  # room for the work of both nodes
SENT_S = 15.0  # between pings
WRITE_S = 0.01
WAYS = {
    "objects": {"passive": False},
    "plain": {"plain": True},
    **({"compiled": {"plain": False}} if can_compile() else {}),
}


def test_members_are_told_and_the_sender_is_not():
    stage = Stage("full-websocket", [(2.0, 0)]).run(5.0)
    assert stage.arrivals(0) == []
    for person in (1, 2):
        [(message, at_s)] = stage.arrivals(person)
        assert message == 0
        assert at_s == pytest.approx(2.0 + 2 * ONE_WAY_S, abs=CPU_S)


def test_a_reader_whose_node_dies_before_it_writes_misses_the_message():
    stage = Stage("full-websocket", [(2.0, 0)])
    stage.at(2.0, stage.gateways[1].busy, 1.0)
    stage.at(2.5, stage.gateways[1].crash)
    assert stage.run(3.2).shown(2) == [0]
    assert stage.drops() == [(0, 1, "node died")]


def test_nobody_there_is_a_loss_for_each():
    stage = Stage("full-websocket", [(2.0, 0)], joins=False)
    stage.at(0.0, stage.system.join, 0)
    assert stage.run(5.0).drops() == [(0, 1, "not connected"), (0, 2, "not connected")]


def test_messages_of_one_room_leave_a_node_of_many_cores_in_order():
    """The first goes to more people and takes longer; the second does not overtake it."""
    servers = {"gateways": 1, "api_nodes": 1, "cores": 8}
    sends = [(2.0 + 1e-6 * place, 0) for place in range(20)]
    stage = Stage("full-websocket", sends, people=30, servers=servers).run(5.0)
    assert all(stage.shown(person) == list(range(20)) for person in range(1, 30))


def told(way, people, write_s, faults=(), slowness=1.0, design="full-websocket"):
    """When each of the others in a room at one node hears of a message, in order."""
    given = scenario(
        people={"count": people, "owed": "members"},
        script={
            "rooms": [list(range(people))],
            "sends": [{"at_s": SENT_S, "sender": 0, "room": 0}],
        },
        servers={"gateways": 1, "api_nodes": 1, "cores": 1, "slowness": slowness, **FREE},
        networks=[LINK],
        tls={"version": "none"},
        time={"warmup_s": 0.0, "measure_s": 60.0, "drain_s": 0.0},
        faults=list(faults),
    )
    costs = {"preset": "aiohttp", "message_out_s": write_s}
    channel = DESIGNS[design].receive.replace("-", "_")
    slow = DESIGNS[design].variant("slow", {channel: {"costs": costs}})
    history = run_replication(given, slow, 0, **WAYS[way])
    assert len(history.tables["messages"]["time_s"]) == 1
    return np.sort(history.tables["deliveries"]["time_s"]), history


FIRST_S = SENT_S + 2 * ONE_WAY_S + AIOHTTP.message_in_s + AIOHTTP.wake_max_s
"""When the first of them would, if writing took no time."""
AMID_S = SENT_S + ONE_WAY_S + 5.5 * WRITE_S  # the process writes to the sixth


@pytest.mark.parametrize("way", WAYS)
def test_sockets_are_written_to_one_after_the_other(way):
    """Of 999 the median hears of it after half of the work: the times are an arithmetic series."""
    write_s = AIOHTTP.message_out_s
    times_s, _ = told(way, 1000, write_s)
    assert times_s == pytest.approx(FIRST_S + write_s * np.arange(1, 1000), abs=1e-9)
    assert np.median(times_s) - FIRST_S == pytest.approx(write_s * 1000 / 2, abs=1e-9)


@pytest.mark.parametrize("way", WAYS)
def test_slow_nodes_write_as_much_slower(way):
    times_s, _ = told(way, 101, WRITE_S, slowness=4.0)
    assert np.diff(times_s) == pytest.approx(4.0 * WRITE_S, abs=1e-9)


@pytest.mark.parametrize("way", WAYS)
def test_a_pause_amid_a_list_delays_those_that_are_left(way):
    pause = {"kind": "node-pause", "node": 0, "at_s": AMID_S, "for_s": 3.0}
    times_s, _ = told(way, 21, WRITE_S, faults=[pause])
    expected_s = FIRST_S + WRITE_S * np.arange(1, 21)
    expected_s[5:] += 3.0
    assert times_s == pytest.approx(expected_s, abs=1e-9)


@pytest.mark.parametrize("way", WAYS)
def test_a_crash_amid_a_list_loses_those_that_are_left(way):
    crash = {"kind": "node-crash", "node": 0, "at_s": AMID_S, "restart_s": 1.0}
    times_s, history = told(way, 21, WRITE_S, faults=[crash])
    assert times_s == pytest.approx(FIRST_S + WRITE_S * np.arange(1, 6), abs=1e-9)
    assert len(history.tables["drops"]["message"]) == 15


TROUBLE = {
    "none": [],
    "pause": [{"kind": "node-pause", "node": 0, "at_s": AMID_S, "for_s": 3.0}],
    "crash": [{"kind": "node-crash", "node": 0, "at_s": AMID_S, "restart_s": 1.0}],
    "outage": [{"kind": "shared-outage", "share": 0.5, "start_s": AMID_S, "end_s": AMID_S + 4.0}],
}


@pytest.mark.parametrize("design", ["hybrid-cursor", "long-poll", "mqtt-qos1", "socketio", "sse"])
@pytest.mark.parametrize("trouble", TROUBLE)
def test_amid_a_list_the_ways_through_a_run_are_one(trouble, design):
    runs = [told(way, 21, WRITE_S, TROUBLE[trouble], design=design)[1] for way in WAYS]
    assert len({history.digest() for history in runs}) == 1
    times_s = np.sort(runs[0].tables["deliveries"]["time_s"])
    assert (len(times_s) == 20) == (trouble != "crash" or design in ("hybrid-cursor", "long-poll"))
    if trouble == "none":
        assert times_s[-1] - times_s[0] == pytest.approx(19 * WRITE_S)


def test_readers_are_looked_up_where_they_are_now():
    stage = Stage("full-websocket", [(200.0, 0)], people=4).run(1.0)
    fan_out = stage.system.service.fan_out
    assert fan_out.homes(0) == {0: [2], 1: [1, 3]}
    assert fan_out.home(0) is stage.gateways[0]
    stage.system.leave(3)
    stage.run(2.0)
    assert fan_out.homes(0) == {0: [2], 1: [1]}
    assert fan_out.home(3) is None
