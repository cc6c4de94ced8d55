"""The WebSocket channel: plain it promises nothing, with ids and a cursor it catches up."""

from math import isnan

import pytest
from stage import EVERYONE, ONE_WAY_S, Stage

from models import DESIGNS
from models.channels.websocket import ENVELOPE_BYTES, body_bytes
from sim.history import LIST, SEEN, TYPING

ACKED = DESIGNS["full-websocket-acked"].variant("acked", {"backoff": "fixed-1s"})
PLAIN = DESIGNS["full-websocket"].variant("plain", {"backoff": "fixed-1s"})


def moves(person, start_s=10.0, end_s=12.0):
    """The person's device is off the air and comes back with a new address."""
    outage = {"kind": "link-outage", "person": person, "changes_address": True}
    return {"faults": [outage | {"start_s": start_s, "end_s": end_s}]}


def test_a_send_is_told_only_where_there_are_acks():
    for design, told in ((PLAIN, False), (ACKED, True)):
        stage = Stage(design, [(2.0, 0)]).run(5.0)
        assert stage.shown(1) == stage.shown(2) == [0]
        assert isnan(stage.told_s(0)) is not told


@pytest.mark.parametrize(("design", "cause"), [(PLAIN, "not connected"), (ACKED, None)])
def test_what_is_said_while_the_client_knows_it_is_offline(design, cause):
    stage = Stage(design, [(0.1, 0)]).run(0.15)
    if cause:
        assert stage.drops() == [(0, EVERYONE, cause)]
        assert stage.held() == set()
    else:
        assert stage.held() == {(0, EVERYONE)}
        assert stage.run(5.0).shown(1) == [0]
        assert stage.sent_s(0) == pytest.approx(4 * ONE_WAY_S, abs=2e-3)


@pytest.mark.parametrize(("design", "shown"), [(PLAIN, []), (ACKED, [0])])
def test_what_is_written_into_a_dead_uplink(design, shown):
    stage = Stage(design, [(11.0, 0)], **moves(0)).run(40.0)
    assert stage.sent_s(0) == 11.0
    assert stage.shown(1) == shown
    assert stage.drops() == ([] if shown else [(0, EVERYONE, "uplink died")])
    assert stage.held() == set()


@pytest.mark.parametrize(("design", "replayed"), [(PLAIN, []), (ACKED, [0, 1])])
def test_what_is_written_to_a_half_open_reader(design, replayed):
    stage = Stage(design, [(10.5, 1), (11.0, 1)], **moves(0)).run(40.0)
    assert stage.shown(0) == stage.replayed(0) == replayed
    assert stage.shown(2) == [0, 1]
    lost = [] if replayed else [(0, 0, "half-open"), (1, 0, "half-open")]
    assert stage.drops() == lost
    assert stage.held() == set()


@pytest.mark.parametrize(("design", "replayed"), [(PLAIN, []), (ACKED, [0])])
def test_what_happens_while_nobody_is_there(design, replayed):
    stage = Stage(design, [(10.0, 1)])
    stage.at(5.0, stage.system.leave, 0)
    stage.run(11.0)
    assert (0, 0, "not connected") in stage.drops() or replayed
    stage.at(20.0, stage.system.join, 0)
    assert stage.run(30.0).replayed(0) == replayed


def test_a_log_keeps_sends_and_nothing_fleeting():
    sends = [(10.0, 1), (10.1, 1), (10.2, 1)]
    stage = Stage(ACKED, sends, kinds=[TYPING, SEEN, 1])
    stage.at(5.0, stage.system.leave, 0)
    stage.at(20.0, stage.system.join, 0)
    assert stage.run(30.0).shown(0) == [2]


def test_a_resent_message_is_told_and_not_shown_again():
    """The server has it, but its answer dies with the connection."""
    stage = Stage(ACKED, [(9.94, 0)], **moves(0)).run(10.5)
    assert stage.shown(1) == [0]
    assert isnan(stage.told_s(0))
    stage.run(40.0)
    assert stage.told_s(0) > 13.0
    assert stage.shown(1) == stage.shown(2) == [0]


def test_catching_up_is_in_order_and_goes_on_live():
    sends = [(10.5 + 0.1 * place, 1) for place in range(30)]
    stage = Stage(ACKED, sends, **moves(0)).run(60.0)
    assert stage.shown(0) == list(range(30))
    assert stage.replayed(0)[0] == 0
    assert set(stage.shown(0)) - set(stage.replayed(0))
    assert len(stage.arrivals(0)) == 30


def test_the_newer_connection_of_a_person_counts():
    stage = Stage(PLAIN, [(14.0, 1)], **moves(0)).run(13.5)
    assert sum(len(gateway.connections) for gateway in stage.gateways) == 3  # the old one is closed
    assert stage.run(20.0).shown(0) == [0]


def test_a_list_is_answered_at_once_with_its_size():
    stage = Stage(PLAIN, [(2.0, 0)], kinds=[LIST])
    stage.channel("websocket").size_bytes[0] = 30_000
    stage.run(5.0)
    [(_, at_s)] = stage.arrivals(0)
    assert 2.0 + 2 * ONE_WAY_S < at_s < 2.0 + 6 * ONE_WAY_S
    assert stage.channel("websocket").endpoint.traffic()[1][3] > 30_000


def test_a_list_that_cannot_be_asked_for_is_no_loss():
    stage = Stage(PLAIN, [(0.1, 0)], kinds=[LIST]).run(5.0)
    assert stage.arrivals(0) == stage.drops() == []


def test_with_acks_only_sends_are_kept():
    stage = Stage(ACKED, [(0.1, 0), (0.1, 0)], kinds=[SEEN, TYPING]).run(5.0)
    assert stage.drops() == [(0, EVERYONE, "not connected")]
    assert stage.shown(1) == []


def test_a_message_weighs_its_text_and_its_envelope():
    assert body_bytes(100) == 100 + ENVELOPE_BYTES


def test_a_reader_is_somewhere_as_long_as_the_server_believes_it():
    stage = Stage(PLAIN, **moves(0)).run(11.0)
    channel = stage.channel("websocket")
    assert channel.home(0) is stage.gateways[0]
    channel.disconnect(0)
    assert channel.home(0) is None
    channel.disconnect(0)  # nobody is there to be cut off
