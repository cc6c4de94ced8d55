"""QoS 1 flows go into rows when calm, and come back with all that is in flight."""

import pytest
import stage as stages
from stage import EVERYONE, ONE_WAY_S, Stage

from models import DESIGNS
from models.calm import delivery
from models.calm.acking.acks import FLIGHTS_MAX, IN_ROWS, LIVE
from models.channels.mqtt.in_rows import BROKERS, CLIENTS

QOS1 = DESIGNS["mqtt-qos1"]
SERIAL = QOS1.variant(
    "serial", {"mqtt": {"qos": 1, "clean_session": False, "client": "mqtt.js", "broker": "emqx"}}
)
RETRYING = QOS1.variant(
    "retrying",
    {"mqtt": {"qos": 1, "clean_session": False, "client": "paho", "broker": "vernemq"}},
)


@pytest.fixture(autouse=True)
def _by_rows(monkeypatch):
    """Rows are used, small as these worlds are."""
    build = stages.build_world

    def built(*given):
        world = build(*given)
        world.small = False
        return world

    monkeypatch.setattr(stages, "build_world", built)


def rows_of(stage, at, column=IN_ROWS):
    return stage.system.service.calm.acking.views.row[at + column]


def written_in_rows(design=QOS1):
    """A world whose one message person 1 writes at 5 s, by rows."""
    stage = Stage(design, [(60.0, 1)]).run(5.0)
    stage.system.service.calm.in_rows(delivery.act, 0)
    return stage


@pytest.mark.parametrize("design", [QOS1, SERIAL])
def test_both_halves_are_carried_once_the_session_is_agreed(design):
    stage = Stage(design, [(60.0, 1)]).run(4.0)
    assert [rows_of(stage, begin(person)) for person in range(3) for begin in (CLIENTS, BROKERS)] \
        == [1] * 6  # fmt: skip


def test_a_broker_that_sends_again_by_time_keeps_its_half():
    stage = Stage(RETRYING, [(60.0, 1)]).run(4.0)
    assert (rows_of(stage, CLIENTS(0)), rows_of(stage, BROKERS(0))) == (1, 0)


def test_what_is_in_flight_is_held():
    stage = written_in_rows()
    by_hops = {0.5: {EVERYONE}, 1.5: {EVERYONE, 0, 2}, 2.5: {0, 2}}
    for hops, holders in by_hops.items():
        stage.run(5.0 + hops * ONE_WAY_S)
        assert sorted(stage.system.pending()) == [(0, holder) for holder in sorted(holders)]
    stage.run(5.0 + 3.5 * ONE_WAY_S)
    assert stage.held() == set()
    assert stage.told_s(0) == pytest.approx(5.0 + 2 * ONE_WAY_S, abs=2e-3)


@pytest.mark.parametrize("after", [0.5, 1.5, 2.5, 3.5], ids=str)
@pytest.mark.parametrize("begin", [CLIENTS, BROKERS])
def test_times_are_the_same_wherever_a_flow_was_when_it_came_back(begin, after):
    """Times in one-way delays behind the first write."""
    calm, stage = written_in_rows().run(20.0), written_in_rows()
    channel, at = stage.channel("mqtt"), [begin(person) for person in range(3)]
    for one in at:
        sender = channel.acks.sender(one)
        stage.at(5.0 + after * ONE_WAY_S, channel.acks.back, one, sender)
    stage.run(20.0)
    for person in range(3):
        assert stage.arrivals(person) == calm.arrivals(person)
    assert stage.told_s(0) == calm.told_s(0)
    assert stage.held() == set()
    for one in at:
        assert channel.acks.sender(one).in_flight == 0


def test_more_in_flight_than_rows_have_room_for_is_the_objects_until_all_is_quiet():
    count = FLIGHTS_MAX + 4
    stage = Stage(QOS1, [(5.0, 1)] * count).run(5.0 + 2.5 * ONE_WAY_S)
    assert rows_of(stage, BROKERS(0)) == 0
    assert stage.channel("mqtt").accounts[0].session.sender.in_flight == count
    stage.run(20.0)
    assert stage.shown(0) == list(range(count))
    assert (rows_of(stage, BROKERS(0)), rows_of(stage, BROKERS(0), LIVE)) == (1, 0)


def test_what_was_in_flight_when_a_connection_ends_is_sent_again():
    stage, moved_s = written_in_rows(), 5.0 + 1.5 * ONE_WAY_S
    stage.at(moved_s, stage.system.move, 0)
    stage.run(moved_s)
    assert stage.held() == {(0, EVERYONE), (0, 0), (0, 2)}
    stage.run(30.0)
    [(message, at_s)] = stage.arrivals(0)
    assert (message, at_s > moved_s + ONE_WAY_S) == (0, True)
    assert stage.held() == set()
    assert rows_of(stage, BROKERS(0)) == 1
