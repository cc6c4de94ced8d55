"""A persistent connection's life: open, notice death, come back; and what is written down of it."""

from math import isnan

import pytest
from stage import ONE_WAY_S, Stage

from models import DESIGNS
from models.protocols.sse.event_source import Answered

OPENED, REFUSED, TIMED_OUT = "opened", "refused", "timeout"
SET_UP_S = 4 * ONE_WAY_S  # TCP and upgrade
WAIT_S = 1.0
# The library's pings with a plain wait before dialling again.
PLAIN = DESIGNS["full-websocket"].variant("plain", {"backoff": "fixed-1s"})


def stage(*actions, design=PLAIN, **changes):
    return Stage(design, actions, **changes)


def down(start_s, end_s, person=0, **more):
    outage = {"kind": "link-outage", "person": person, "start_s": start_s, "end_s": end_s}
    return {"faults": [outage | more]}


def reconnecting(stage, person=0):
    return stage.channel("websocket").client(person).reconnecting


def test_opening_the_app_opens_a_connection():
    one = stage().run(3.0)
    assert one.attempts(0) == [(0.0, 0, OPENED, pytest.approx(SET_UP_S, abs=2e-3))]
    assert reconnecting(one).up
    assert reconnecting(one).caught_up
    assert len(one.gateways[0].connections) == 2  # two of three people, in turn
    assert one.gaps() == []


def test_closing_the_app_closes_it_at_both_ends_and_is_no_gap():
    one = stage()
    one.at(3.0, one.system.leave, 0)
    one.run(3.0 + ONE_WAY_S - 1e-6)
    assert not reconnecting(one).up
    assert len(one.gateways[0].connections) == 2
    one.run(10.0)
    assert len(one.gateways[0].connections) == 1
    assert one.gaps() == []
    assert len(one.attempts(0)) == 1


def test_closing_the_app_while_dialling_ends_the_dial():
    one = stage()
    one.at(0.12, one.system.leave, 0)
    one.run(10.0)
    assert not reconnecting(one).up
    assert one.attempts(0) == []
    assert all(len(gateway.connections) == 1 for gateway in one.gateways)


def test_a_crash_is_a_close_that_travels_and_then_a_refusal():
    crash = {"faults": [{"kind": "node-crash", "node": 0, "at_s": 10.0, "restart_s": 3.0}]}
    one = stage(servers={"gateways": 1, "api_nodes": 1}, **crash).run(30.0)
    gap = next(gap for gap in one.gaps() if gap["person"] == 0)
    assert gap["reason"] == "server close"
    assert gap["cut_s"] == 10.0
    assert gap["noticed_s"] == pytest.approx(10.0 + ONE_WAY_S)
    tries = one.attempts(0)[1:]
    assert [outcome for _, _, outcome, _ in tries] == [REFUSED, REFUSED, OPENED]
    assert tries[0][0] == pytest.approx(gap["noticed_s"] + WAIT_S)
    assert tries[0][3] == pytest.approx(2 * ONE_WAY_S)  # the host answers with a reset
    assert gap["open_s"] == gap["synced_s"] == pytest.approx(tries[2][0] + tries[2][3])


def test_a_lost_host_is_noticed_by_the_heartbeat():
    lost = {"faults": [{"kind": "host-loss", "node": 0, "at_s": 30.0, "back_s": 60.0}]}
    one = stage(**lost).run(80.0)
    gap = next(gap for gap in one.gaps() if gap["person"] == 0)
    assert gap["reason"] == "heartbeat"
    assert gap["cut_s"] == 30.0
    assert gap["noticed_s"] == pytest.approx(SET_UP_S + 40.0 + 20.0, abs=5e-3)  # second ping
    assert gap["open_s"] > gap["noticed_s"] + WAIT_S


def test_a_host_that_is_back_before_the_heartbeat_notices_answers_with_a_reset():
    """The ping of 40 s, which found nobody, is sent again; 15 s after the loss the host is back."""
    lost = {"faults": [{"kind": "host-loss", "node": 0, "at_s": 30.0, "back_s": 15.0}]}
    one = stage(**lost).run(80.0)
    gap = next(gap for gap in one.gaps() if gap["person"] == 0)
    assert gap["reason"] == "reset"
    assert 45.0 < gap["noticed_s"] < 60.0


def test_a_dead_link_is_noticed_by_both_ends_by_their_own_pings():
    one = stage(**down(30.0, 100.0)).run(59.0)
    assert reconnecting(one).up
    assert len(one.gateways[0].connections) == 2
    one.run(61.0)
    assert not reconnecting(one).up
    assert len(one.gateways[0].connections) == 1
    [gap] = one.run(120.0).gaps()
    assert (gap["cut_s"], gap["reason"]) == (30.0, "heartbeat")


def test_a_dial_that_takes_too_long_is_given_up():
    one = stage(**down(30.0, 100.0)).run(130.0)
    tries = one.attempts(0)[1:]
    assert [took_s for _, _, outcome, took_s in tries if outcome == TIMED_OUT] == [10.0] * 3
    assert tries[-1][2] == OPENED
    assert reconnecting(one).up


def test_a_short_outage_is_none_of_the_connections_business():
    one = stage(**down(30.0, 33.0)).run(60.0)
    assert reconnecting(one).up
    assert one.gaps() == []
    assert len(one.attempts(0)) == 1


def test_a_new_address_ends_the_connection_here_but_not_there():
    one = stage(**down(10.0, 12.0, changes_address=True)).run(12.5)
    assert not reconnecting(one).up
    assert len(one.gateways[0].connections) == 2  # the server believes in it
    one.run(20.0)
    [gap] = one.gaps()
    assert (gap["cut_s"], gap["noticed_s"], gap["reason"]) == (10.0, 12.0, "link")
    assert gap["open_s"] == pytest.approx(12.0 + WAIT_S + SET_UP_S, abs=5e-3)


def test_a_reset_is_noticed_when_it_arrives():
    one = stage(faults=[{"kind": "reset", "person": 0, "at_s": 10.0}]).run(20.0)
    [gap] = one.gaps()
    assert gap["reason"] == "reset"
    assert gap["noticed_s"] == pytest.approx(10.0 + ONE_WAY_S)


def test_a_reset_into_a_dead_link_is_never_heard():
    reset = {"kind": "reset", "person": 0, "at_s": 10.0}
    one = stage(faults=[*down(9.0, 11.0)["faults"], reset]).run(20.0)
    assert reconnecting(one).up
    assert len(one.gateways[0].connections) == 1


def test_a_draining_node_sends_its_clients_elsewhere():
    drain = {"faults": [{"kind": "remove-nodes", "at_s": 10.0, "count": 1, "drain_s": 2.0}]}
    one = stage(**drain).run(20.0)
    assert [gap["reason"] for gap in one.gaps()] == ["server close"]
    assert [len(gateway.connections) for gateway in one.gateways] == [3, 0]
    assert one.attempts(1)[-1][1:3] == (0, OPENED)


def test_a_gap_that_is_not_over_is_written_down_as_it_stands():
    one = stage(**down(30.0, 290.0)).run(100.0)
    assert one.gaps() == []
    one.world.ledger.over()
    [gap] = one.gaps()
    assert gap["cut_s"] == 30.0
    assert isnan(gap["open_s"])
    assert isnan(gap["synced_s"])


def test_closing_the_app_in_a_gap_ends_the_gap():
    one = stage(**down(30.0, 100.0))
    one.at(80.0, one.system.leave, 0)
    one.run(200.0)
    [gap] = one.gaps()
    assert isnan(gap["open_s"])
    assert not reconnecting(one).dialling
    assert not reconnecting(one).up


def test_a_gap_ends_when_the_client_has_caught_up_not_when_it_is_connected():
    design = DESIGNS["full-websocket-acked"].variant("acked", {"backoff": "fixed-1s"})
    one = stage((15.0, 1), design=design, **down(10.0, 12.0, changes_address=True))
    one.at(12.5, one.system.leave, 1)  # nothing to do with it
    one.run(30.0)
    gap = next(gap for gap in one.gaps() if gap["person"] == 0)
    assert gap["synced_s"] > gap["open_s"] + 2 * ONE_WAY_S  # a question and its answer


def test_a_client_that_waits_for_an_answer_to_its_close_is_deaf_meanwhile():
    patient = PLAIN.variant("patient", {"close_timeout_s": 5.0})
    one = stage((70.0, 1), design=patient, **down(30.0, 63.0)).run(64.0)
    assert not reconnecting(one).up
    assert one.attempts(0)[1:] == []
    [gap] = one.run(120.0).gaps()
    assert gap["noticed_s"] == pytest.approx(SET_UP_S + 40.0 + 20.0 + 5.0, abs=0.1)
    assert gap["reason"] == "heartbeat"


def test_a_client_that_closes_waits_deaf_and_dumb_before_it_dials_again():
    """websockets: a close frame after the ping time-out, then `close_timeout`."""
    slow = DESIGNS["full-websocket"].variant(
        "slow", {"backoff": "fixed-1s", "close_timeout_s": 3.0}
    )
    dialled = {}
    for design in (PLAIN, slow):
        one = stage(design=design, **down(10.0, 70.0)).run(100.0)
        assert reconnecting(one).up
        dialled[design.name] = one.attempts(0)[1][0]
    assert dialled["slow"] - dialled["plain"] == pytest.approx(3.0)


def test_closing_the_app_while_closing_ends_it():
    slow = DESIGNS["full-websocket"].variant(
        "slow", {"backoff": "fixed-1s", "close_timeout_s": 9.0}
    )
    one = stage(design=slow, **down(10.0, 70.0))
    one.at(45.0, one.system.leave, 0)
    one.run(44.9)
    assert not reconnecting(one).up
    one.run(100.0)
    assert len(one.attempts(0)) == 1


def test_another_machine_may_decide_when_to_dial():
    """An EventSource waits 3 s after each error, whatever the options' back-off says."""
    reset = {"faults": [{"kind": "reset", "person": 0, "at_s": 10.0}]}
    one = Stage("sse-resume", **reset)
    client = one.channel("sse").client(0).reconnecting
    one.run(12.0)
    assert not client.up
    assert client.dialling
    [gap] = one.run(20.0).gaps()
    assert gap["open_s"] - gap["noticed_s"] == pytest.approx(3.0 + SET_UP_S, abs=5e-3)


def test_that_machine_may_be_told_what_no_other_understands():
    one = Stage("sse-resume")
    client = one.channel("sse").client(0).reconnecting
    one.at(0.15, client.tell, Answered(503, "text/html"))
    assert not one.run(20.0).channel("sse").client(0).reconnecting.dialling
    assert not client.up
