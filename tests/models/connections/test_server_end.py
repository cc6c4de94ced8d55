"""The server's end: what a node does to it, and that all its work waits in the process's queue."""

from functools import partial

import pytest
from stage import FREE, LINK, Stage

from models import DESIGNS
from models.connections.http_pool import WebEnd
from models.connections.server_end import Attachment, ServerEnd

PEOPLE = 20
NEAR = LINK | {"delay": {"kind": "constant", "delay_s": 0.001}}
ONE = {"gateways": 1, "api_nodes": 0, "cores": 1, **FREE}
AT_S = 200.0
PLAIN = DESIGNS["full-websocket"]


def beating(heartbeat, base=PLAIN):
    return base.variant("beating", {"heartbeat": heartbeat})


def slow(base, **costs_s):
    return base.variant("slow", {"websocket": {"costs": {**costs_s, "wake_share": 0.0}}})


def stage(design, spread_s=25.0, sends=(), people=PEOPLE, **changes):
    """Everybody is near the only node and connects within `spread_s`, evenly."""
    time = {"warmup_s": 0.0, "measure_s": 700.0, "drain_s": 0.0}
    setting = {"time": time, "servers": ONE, "networks": [NEAR]}
    one = Stage(design, sends, people, joins=False, **(setting | changes))
    for person in range(people):
        one.at(spread_s * person / people, one.system.join, person)
    return one


def cut(one, until_s=500.0):
    """How many lost their connection, and what they said it was."""
    one.run(until_s).world.ledger.over()
    gaps = one.gaps()
    return len({gap["person"] for gap in gaps}), {gap["reason"] for gap in gaps}


def paused(design, for_s, spread_s):
    pause = {"kind": "node-pause", "node": 0, "at_s": AT_S, "for_s": for_s}
    return cut(stage(design, spread_s, faults=[pause]))


@pytest.mark.parametrize(
    ("heartbeat", "interval_s", "timeout_s"),
    [("engine.io", 25.0, 20.0), ("websockets", 20.0, 20.0), ("phoenix", 30.0, 30.0)],
)
@pytest.mark.parametrize("share", [-0.5, 0.25, 0.5, 1.2])
def test_a_pause_cuts_the_share_whose_ping_falls_due_too_early_in_it(
    heartbeat, interval_s, timeout_s, share
):
    """Nobody below the time-out, everybody above interval and time-out.

    Measured with socket.io 4.8.4 (20 clients, interval 25 s, time-out 20 s): a busy loop of 30 s
    made 8 clients leave, one of 10 s none, one of 50 s all.
    """
    hit, reasons = paused(beating(heartbeat), timeout_s + share * interval_s, interval_s)
    assert hit == pytest.approx(PEOPLE * min(max(share, 0.0), 1.0), abs=1)
    assert reasons <= {"heartbeat"}


def test_where_only_the_server_pings_a_frozen_server_cuts_nobody():
    """Its own timers stand still, too: aiohttp 3.14.5, heartbeat 20 s, stopped 30 s: 0 of 10."""
    for heartbeat in ("aiohttp", "uvicorn"):
        for for_s in (30.0, 300.0):
            assert paused(beating(heartbeat), for_s, 20.0) == (0, set())


def test_discords_gateway_is_left_after_an_interval_and_what_is_left_of_another():
    """45 s to answer, and the first ping at a random time: measured from where the last one was."""
    assert paused(beating("discord"), 44.0, 45.0) == (0, set())
    assert paused(beating("discord"), 91.0, 45.0) == (PEOPLE, {"heartbeat"})


def pause_soon(one):
    """The ping that has just left is not answered yet."""
    one.at(one.world.engine.now_s + 0.05, one.gateways[0].pause, 85.0)


@pytest.mark.parametrize(("for_s", "least", "most"), [(55, 0, 0), (90, 7, 13), (125, 20, 20)])
def test_mqtt_clients_leave_a_paused_broker_and_it_does_not_cut_those_whose_pings_it_has(
    for_s, least, most
):
    """paho: keep-alive 60 s, 60 s for the answer; the broker reads before it checks 1.5 x 60 s."""
    hit, reasons = paused(DESIGNS["mqtt-qos1"], for_s, 60.0)
    assert least <= hit <= most
    assert reasons <= {"heartbeat"}


def test_a_ping_in_flight_when_libuv_stalls_is_not_seen_to_be_answered():
    """Timers before the poll: the pong lies in the kernel while the time-out is found to be over.

    asyncio polls first.
    """
    for base, is_cut in ((DESIGNS["socketio"], True), (PLAIN, False)):
        design = beating("none+engine.io", base)
        one = stage(design, 0.001, people=2, networks=[LINK])
        (end, _) = one.run(10.0).gateways[0].connections
        end.beat = partial(pause_soon, one)
        assert cut(one, 300.0) == ((2, {"server close"}) if is_cut else (0, set()))


def test_an_overloaded_gateway_loses_its_clients():
    """Twice as much as it can do: pings are answered later and later, and then too late."""
    design = slow(PLAIN, message_in_s=0.02)
    sends = [(50.0 + 0.01 * number, number % PEOPLE) for number in range(8000)]
    assert cut(stage(design, 20.0, sends), 69.0) == (0, set())
    hit, reasons = cut(stage(design, 20.0, sends), 150.0)
    assert hit == PEOPLE
    assert "heartbeat" in reasons


def test_a_gateway_with_room_loses_nobody():
    design = slow(PLAIN, message_in_s=0.005)
    sends = [(50.0 + 0.01 * number, number % PEOPLE) for number in range(8000)]
    assert cut(stage(design, 20.0, sends), 150.0) == (0, set())


def test_a_log_is_replayed_one_write_after_the_other():
    """51 messages of 5.2 ms each arrive over 265 ms."""
    design = slow(DESIGNS["full-websocket-acked"], message_out_s=0.0052)
    sends = [(20.0 + 0.5 * number, 1) for number in range(51)]
    one = stage(design, 1.0, sends, people=2)
    one.at(10.0, one.system.leave, 0)
    one.at(60.0, one.system.join, 0)
    one.run(70.0)
    times_s = [at_s for _, at_s in one.arrivals(0)]
    assert len(one.replayed(0)) == len(times_s) == 51
    assert times_s[-1] - times_s[0] == pytest.approx(50 * 0.0052, abs=1e-3)


def test_what_is_new_comes_behind_what_is_replayed():
    design = slow(DESIGNS["full-websocket-acked"], message_out_s=0.05)
    sends = [*((20.0 + 0.5 * number, 1) for number in range(20)), (60.2, 1), (60.3, 1)]
    one = stage(design, 1.0, sends, people=2, servers=ONE | {"cores": 4})
    one.at(10.0, one.system.leave, 0)
    one.at(60.0, one.system.join, 0)
    one.run(70.0)
    assert [message for message, _ in one.arrivals(0)] == list(range(22))


def test_a_crash_in_the_middle_of_a_replay_loses_what_was_not_written_and_nothing_of_the_log():
    sends = [(20.0 + 0.5 * number, 1) for number in range(20)]
    crash = {"kind": "node-crash", "node": 0, "at_s": 60.004, "restart_s": 1.0}
    one = stage(DESIGNS["full-websocket-acked"], 1.0, sends, people=2, faults=[crash])
    one.at(10.0, one.system.leave, 0)
    one.at(60.0, one.system.join, 0)
    one.run(90.0)
    assert one.shown(0) == list(range(20))
    assert one.held() == set()


def test_a_paused_process_does_not_notice_that_a_peer_has_closed():
    pause = {"kind": "node-pause", "node": 0, "at_s": 10.0, "for_s": 8.0}
    one = stage(PLAIN, 1.0, people=2, faults=[pause])
    one.at(12.0, one.system.leave, 0)
    one.run(17.0)
    assert len(one.gateways[0].connections) == 2
    one.run(19.0)
    assert len(one.gateways[0].connections) == 1


def attached(design, kind):
    stage = Stage(design, [(1.0, 0)]).run(3.0)
    ends = [end for node in stage.world.nodes for end in node.connections if type(end) is kind]
    return stage, ends[0]


@pytest.mark.parametrize(("design", "kind"), [("hybrid", WebEnd), ("hybrid", ServerEnd)])
@pytest.mark.parametrize("what", ["close", "reset", "node_crashed", "node_lost", "node_drains"])
def test_it_leaves_its_node_whatever_ends_it(design, kind, what):
    _, end = attached(design, kind)
    assert isinstance(end, Attachment)
    assert end in end.node.connections
    getattr(end, what)()
    assert end not in end.node.connections
    end.leave()  # again: nothing


def test_the_owner_hears_of_the_end_once_and_why():
    stage, end = attached("full-websocket", ServerEnd)
    heard = []
    end.ended = lambda: heard.append(end.why)
    end.node_drains()
    stage.run(10.0)
    assert heard == ["server shutting down"]


SLOW = NEAR | {"rate": {"kind": "constant", "up_bps": 100e6, "down_bps": 80e3}}  # 10 kB a second


def flooded(design, lane="fast", **servers):
    """Five messages of 20 kB within a second, to a reader that takes 10 s for them."""
    sends = [(10.0 + 0.2 * number, 1) for number in range(5)]
    one = stage(
        design, 1.0, sends, 2, networks=[SLOW], servers=ONE | servers, size_bytes=20_000,
        transport={"lane": lane},
    )  # fmt: skip
    return one.run(11.5)


@pytest.mark.parametrize("lane", ["fast", "exact"])
@pytest.mark.parametrize(
    "design", ["full-websocket", "full-websocket-acked", "socketio", "mqtt-qos1"]
)
def test_what_a_slow_reader_has_not_read_takes_memory(design, lane):
    one = flooded(DESIGNS[design], lane)
    (node,) = one.gateways
    waiting = node.memory_bytes() - len(node.connections) * node.connection_bytes
    assert 80_000 <= waiting <= 110_000
    one.run(30.0)
    assert node.memory_bytes() == len(node.connections) * node.connection_bytes
    assert one.shown(0) == list(range(5))


def test_a_reader_with_too_much_waiting_is_cut():
    one = flooded(DESIGNS["full-websocket-acked"], buffer_limit_bytes=50_000)
    one.run(60.0)
    assert {gap["reason"] for gap in one.gaps()} == {"slow reader"}
    assert one.shown(0) == list(range(5))  # the log has them


def test_or_what_is_too_much_is_dropped():
    one = flooded(PLAIN, buffer_limit_bytes=50_000, buffer_full="drop").run(60.0)
    assert one.gaps() == []
    assert one.shown(0) == [0, 1]
    assert one.drops() == [(message, 0, "queue overflow") for message in (2, 3, 4)]


def test_a_message_larger_than_the_limit_goes_to_a_reader_that_is_not_behind():
    one = flooded(PLAIN, buffer_limit_bytes=10_000, buffer_full="drop").run(60.0)
    assert one.shown(0) == [0]


def test_an_overloaded_gateway_that_refuses_in_time_keeps_its_clients():
    design = slow(PLAIN, message_in_s=0.02)
    sends = [(50.0 + 0.01 * number, number % PEOPLE) for number in range(8000)]
    one = stage(design, 20.0, sends, servers=ONE | {"queue_limit_s": 1.0})
    assert cut(one, 150.0) == (0, set())
    refused = [cause for _, _, cause in one.drops()]
    assert len(refused) == pytest.approx(4000, rel=0.1)
    assert set(refused) == {"refused"}
