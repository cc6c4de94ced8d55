"""Socket.IO on polling alone: GETs held, POSTs one at a time, and what ends a session."""

import pytest
from stage import ONE_WAY_S, Stage

from models import DESIGNS

POLLING = DESIGNS["socketio-polling"]
NODE = POLLING.variant("node", {"pool": "node"})  # sends nothing again by itself
ONE = {"servers": {"gateways": 1, "api_nodes": 1, "cores": 1}}


def down(start_s, end_s, person=0, **more):
    outage = {"kind": "link-outage", "person": person, "start_s": start_s, "end_s": end_s}
    return {"faults": [outage | more]}


def test_an_event_takes_one_way_up_and_one_down_on_warm_connections():
    stage = Stage(POLLING, [(5.0, 0), (7.0, 0)]).run(10.0)
    for person in (1, 2):
        arrived_s = dict(stage.arrivals(person))
        assert arrived_s[1] == pytest.approx(7.0 + 2 * ONE_WAY_S, abs=4e-3)


def test_what_is_written_while_a_post_is_under_way_goes_with_the_next_one():
    """Two wait a round trip for the first POST's answer; the held GET's answer takes one."""
    stage = Stage(POLLING, [(5.0, 0), (6.0, 0), (6.01, 0), (6.02, 0)]).run(10.0)
    arrived_s = dict(stage.arrivals(1))
    assert stage.shown(1) == [0, 1, 2, 3]
    assert arrived_s[1] == pytest.approx(6.0 + 2 * ONE_WAY_S, abs=4e-3)
    assert arrived_s[2] == pytest.approx(6.0 + 4 * ONE_WAY_S, abs=6e-3)
    assert arrived_s[3] == pytest.approx(6.0 + 6 * ONE_WAY_S, abs=8e-3)


def test_what_comes_between_two_gets_waits_for_the_next_one():
    stage = Stage(POLLING, [(5.0, 0), (8.0, 0), (8.02, 2)]).run(10.0)
    arrived_s = dict(stage.arrivals(1))
    assert arrived_s[1] == pytest.approx(8.0 + 2 * ONE_WAY_S, abs=4e-3)
    assert arrived_s[2] == pytest.approx(8.0 + 4 * ONE_WAY_S, abs=8e-3)


def test_an_idle_session_lives_on_its_pings():
    stage = Stage(POLLING, [(200.0, 0)]).run(210.0)
    assert stage.shown(1) == [0]
    assert stage.gaps() == []


def test_a_broken_request_ends_the_session_and_a_new_one_begins():
    reset = {"faults": [{"kind": "reset", "person": 0, "at_s": 50.0}]}
    stage = Stage(NODE, [(40.0, 1), (60.0, 1)], **ONE, **reset).run(80.0)
    assert stage.shown(0) == [0, 1]
    [gap] = stage.gaps()
    assert gap["noticed_s"] == pytest.approx(50.0, abs=0.1)
    assert 51.0 < gap["open_s"] < 57.0


def test_what_was_in_a_post_on_a_dead_link_is_gone_with_the_session():
    stage = Stage(POLLING, [(41.0, 0)], **ONE, **down(40.0, 60.0, changes_address=True)).run(120.0)
    assert stage.shown(1) == []
    assert stage.drops() == [(0, -1, "uplink died")]
    assert stage.held() == set()


def test_what_the_server_holds_for_a_dead_session_is_gone():
    stage = Stage(POLLING, [(41.0, 1)], **ONE, **down(40.0, 60.0, changes_address=True)).run(150.0)
    assert stage.shown(0) == []
    assert [(message, person) for message, person, _ in stage.drops()] == [(0, 0)]
    assert stage.held() == set()


def test_a_short_outage_only_delays():
    stage = Stage(POLLING, [(41.0, 0), (41.0, 1)], **ONE, **down(40.0, 43.0)).run(80.0)
    assert set(stage.shown(0)) == {1}
    assert set(stage.shown(1)) == {0}
    assert stage.gaps() == []


def test_after_an_outage_the_next_request_meets_a_connection_that_the_server_has_closed():
    """The answer left at 41.1 s, and nobody asked again within 5 s: FIN, and then a reset."""
    stage = Stage(NODE, [(41.0, 1), (42.0, 1)], **ONE, **down(40.0, 50.0)).run(80.0)
    [gap] = stage.gaps()
    assert gap["reason"] in {"reset", "server close"}
    assert 50.0 < gap["noticed_s"] < 58.0
    assert stage.shown(0) == [0]  # the second waited at the server, and died with the session
    assert [(message, person) for message, person, _ in stage.drops()] == [(1, 0)]


def test_a_browser_asks_again_and_keeps_its_session():
    stage = Stage(POLLING, [(41.0, 1), (42.0, 1)], **ONE, **down(40.0, 50.0)).run(80.0)
    assert stage.gaps() == []
    assert stage.shown(0) == [0, 1]


def test_the_server_dies_and_comes_back():
    crash = {"faults": [{"kind": "node-crash", "node": 0, "at_s": 50.0, "restart_s": 3.0}]}
    stage = Stage(POLLING, [(45.0, 1), (70.0, 1)], **ONE, **crash).run(90.0)
    assert stage.shown(0) == [0, 1]
    assert stage.held() == set()
