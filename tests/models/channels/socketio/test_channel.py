"""The Socket.IO channel: its buffers, what they do not cover, retries, and state recovery."""

from math import isnan

import pytest
from stage import EVERYONE, ONE_WAY_S, Stage

from models import DESIGNS

DEFAULT, RETRIES, RECOVERY = (
    DESIGNS[name] for name in ("socketio", "socketio-retries", "socketio-recovery")
)
# One gateway, so that a client comes back to the process that knows it.
ONE = {"servers": {"gateways": 1, "api_nodes": 1, "cores": 1}}


def down(start_s, end_s, person=0, **more):
    outage = {"kind": "link-outage", "person": person, "start_s": start_s, "end_s": end_s}
    return {"faults": [outage | more]}


def reset(at_s, person=0):
    return {"faults": [{"kind": "reset", "person": person, "at_s": at_s}]}


def test_polling_first_costs_two_more_round_trips_than_websocket_alone():
    direct = DEFAULT.variant("direct", {"socketio_transport": "websocket"})
    took_s = [Stage(design).run(3.0).attempts(0)[0][3] for design in (DEFAULT, direct)]
    assert took_s[0] - took_s[1] == pytest.approx(4 * ONE_WAY_S, abs=5e-3)
    assert took_s[1] == pytest.approx(4 * ONE_WAY_S, abs=5e-3)


def test_an_event_takes_one_way_up_and_one_down_and_nobody_is_told():
    stage = Stage(DEFAULT, [(5.0, 0)]).run(10.0)
    for person in (1, 2):
        [(_, at_s)] = stage.arrivals(person)
        assert at_s == pytest.approx(5.0 + 2 * ONE_WAY_S, abs=3e-3)
    assert isnan(stage.told_s(0))


def test_what_is_emitted_while_offline_waits_in_the_send_buffer():
    stage = Stage(DEFAULT, [(0.1, 0)])
    assert stage.run(0.2).held() == {(0, EVERYONE)}
    assert stage.run(5.0).shown(1) == [0]


def test_what_was_written_into_a_dead_connection_is_gone():
    stage = Stage(DEFAULT, [(11.0, 0)], **down(10.0, 12.0, changes_address=True)).run(40.0)
    assert stage.shown(1) == []
    assert stage.drops() == [(0, EVERYONE, "uplink died")]
    assert stage.held() == set()


def test_what_the_server_sends_into_a_half_open_connection_is_gone():
    stage = Stage(DEFAULT, [(11.0, 1)], **down(10.0, 12.0, changes_address=True)).run(60.0)
    assert stage.shown(0) == []
    assert stage.drops() == [(0, 0, "half-open")]


def test_retries_tell_the_sender_and_bring_a_message_through():
    stage = Stage(RETRIES, [(11.0, 0)], **down(10.0, 12.0, changes_address=True)).run(60.0)
    assert stage.shown(1) == [0]
    assert stage.told_s(0) > 12.0
    assert stage.drops() == []


def test_retries_without_ids_make_copies():
    """The event was taken, its acknowledgement met the dead link."""
    lost_ack = down(9.02 + ONE_WAY_S, 12.0, changes_address=True)
    stage = Stage(RETRIES, [(9.0, 0)], **lost_ack).run(60.0)
    assert stage.shown(1) == stage.shown(2) == [0, 0]


def test_retries_end_and_the_sender_learns_of_it():
    design = RETRIES.variant("mine", {"socketio_ack_timeout_s": 2.0})
    stage = Stage(design, [(20.0, 0)], **down(10.0, 200.0)).run(190.0)
    assert not isnan(stage.world.ledger.life_s("failed_s", 0))
    assert (0, EVERYONE, "gave up") in stage.drops()


def test_recovery_replays_what_was_missed_after_an_end_the_server_noticed():
    stage = Stage(RECOVERY, [(8.0, 1), (10.5, 1)], **ONE, **reset(10.0)).run(30.0)
    assert stage.shown(0) == [0, 1]
    assert stage.replayed(0) == [1]
    assert stage.drops() == [(1, 0, "not connected")]  # and yet it came


def test_without_recovery_the_same_is_lost():
    stage = Stage(DEFAULT, [(8.0, 1), (10.5, 1)], **ONE, **reset(10.0)).run(30.0)
    assert stage.shown(0) == [0]


def test_recovery_knows_nothing_of_a_client_that_is_back_before_it_was_missed():
    """The black hole: the old connection has not ended for the server (socket.io-redis-streams
    -adapter issue 26)."""
    hole = down(10.0, 12.0, changes_address=True)
    stage = Stage(RECOVERY, [(8.0, 1), (11.0, 1)], **ONE, **hole).run(60.0)
    assert stage.shown(0) == [0]
    assert (1, 0, "half-open") in stage.drops()


def test_recovery_needs_an_event_to_start_from():
    stage = Stage(RECOVERY, [(10.5, 1)], **ONE, **reset(10.0)).run(30.0)
    assert stage.shown(0) == []


def test_recovery_dies_with_the_process():
    crash = {"kind": "node-crash", "node": 0, "at_s": 11.0, "restart_s": 0.1}
    faults = {"faults": [*reset(10.0)["faults"], crash]}
    stage = Stage(RECOVERY, [(8.0, 1), (10.5, 1), (30.0, 1)], **ONE, **faults).run(60.0)
    assert stage.shown(0) == [0, 2]


def test_nobody_is_taken_for_somebody_else_after_a_restart():
    """Private ids are random: those that a new process gives never mean an old connection."""
    crash = [
        {"kind": "node-crash", "node": 0, "at_s": at_s, "restart_s": 0.1} for at_s in (10.0, 30.0)
    ]
    sends = [(5.0 + 0.5 * place, place % 6) for place in range(100)]
    stage = Stage(RECOVERY, sends, people=6, **ONE, faults=crash).run(80.0)
    for person in range(6):
        assert person not in {message % 6 for message in stage.shown(person)}
        assert len(stage.shown(person)) == len(set(stage.shown(person)))


def test_a_dead_client_is_noticed_20_to_45_s_after_its_last_pong():
    stage = Stage(DEFAULT, **down(30.0, 200.0)).run(30.0)
    home = stage.channel("socketio").home(0)
    pinged_s = 0.4 + 25.0 + 0.1  # and answered; the next ping goes 25 s later
    stage.run(pinged_s + 25.0 + 20.0 - 0.5)
    assert stage.channel("socketio").home(0) is home
    stage.run(pinged_s + 25.0 + 20.0 + 0.5)
    assert stage.channel("socketio").home(0) is None


def test_state_is_kept_as_long_as_the_design_says():
    short = DESIGNS["socketio-recovery"].variant("short", {"recovery": {"keep_s": 3.0}})
    stage = Stage(short, [(2.0, 0)]).run(3.0)
    log = stage.channel("socketio").log(stage.gateways[0])
    assert log.max_s == 3.0
