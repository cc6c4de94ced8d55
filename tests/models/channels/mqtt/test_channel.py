"""The MQTT channel: what each quality of service and kind of session costs, keeps and loses."""

from math import isnan

import pytest
from stage import FREE, ONE_WAY_S, Stage

from models import DESIGNS
from models.design import DesignError
from sim.history import LIST, SEEN, TYPING

QOS0, QOS1, QOS2 = (DESIGNS[f"mqtt-qos{qos}"] for qos in range(3))
CLEAN = DESIGNS["mqtt-qos1-clean"]
CPU_S = 2e-3
SUBSCRIBED_S = 8 * ONE_WAY_S  # TCP, upgrade, CONNECT, SUBSCRIBE


def down(start_s, end_s, person=0, **more):
    outage = {"kind": "link-outage", "person": person, "start_s": start_s, "end_s": end_s}
    return {"faults": [outage | more]}


def moves(person=0):
    return down(10.0, 12.0, person, changes_address=True)


@pytest.mark.parametrize(
    ("design", "told_hops", "read_hops"),
    [(QOS0, None, 2), (QOS1, 2, 2), (QOS2, 4, 4)],
    ids=["QoS 0", "QoS 1", "QoS 2"],
)
def test_flows_take_none_one_and_two_round_trips(design, told_hops, read_hops):
    """QoS 2 is shown on PUBREL at the reader; the broker routes on PUBLISH (EMQX)."""
    stage = Stage(design, [(5.0, 0)]).run(10.0)
    if told_hops is None:
        assert isnan(stage.told_s(0))
    else:
        assert stage.told_s(0) == pytest.approx(5.0 + told_hops * ONE_WAY_S, abs=CPU_S)
    for person in (1, 2):
        [(_, at_s)] = stage.arrivals(person)
        assert at_s == pytest.approx(5.0 + read_hops * ONE_WAY_S, abs=CPU_S)
    assert stage.held() == set()


def test_only_sends_travel_at_the_design_s_quality():
    stage = Stage(QOS2, [(5.0, 0), (6.0, 0), (7.0, 0)], kinds=[TYPING, SEEN, LIST]).run(10.0)
    for message, at_s in stage.arrivals(1):
        assert at_s == pytest.approx((5.0, 6.0)[message] + 2 * ONE_WAY_S, abs=CPU_S)
    [(answer, at_s)] = stage.arrivals(0)
    assert answer == 2
    assert at_s == pytest.approx(7.0 + 2 * ONE_WAY_S, abs=5e-3)
    assert isnan(stage.told_s(1))


@pytest.mark.parametrize(("design", "shown"), [(QOS0, []), (CLEAN, []), (QOS1, [0]), (QOS2, [0])])
def test_what_is_sent_while_a_reader_is_away_waits_in_a_session_that_lasts(design, shown):
    stage = Stage(design, [(10.0, 1)])
    stage.at(5.0, stage.system.leave, 0)
    stage.run(15.0)
    assert stage.held() == {(message, 0) for message in shown}
    stage.at(20.0, stage.system.join, 0)
    stage.run(30.0)
    assert stage.shown(0) == shown
    assert stage.drops() == [] if shown else [(0, 0, "not connected")]


@pytest.mark.parametrize(("at_s", "shown"), [(SUBSCRIBED_S - 0.21, []), (SUBSCRIBED_S, [0])])
@pytest.mark.parametrize("design", [QOS0, CLEAN])
def test_nothing_is_kept_or_sent_before_the_first_subscribe(design, at_s, shown):
    """Connected is not subscribed: CONNACK and SUBSCRIBE take another round trip."""
    join_s = 5.0
    stage = Stage(design, [(join_s + at_s, 1)], joins=False)
    for person, start_s in enumerate((join_s, 0.0, 0.0)):
        stage.at(start_s, stage.system.join, person)
    stage.run(20.0)
    assert stage.shown(0) == shown
    assert stage.shown(2) == [0]
    assert stage.drops() == [] if shown else [(0, 0, "not connected")]


def test_a_persistent_session_is_older_than_the_run():
    """Who uses it has been here before: what comes before the first connection waits."""
    stage = Stage(QOS1, [(5.0, 1)], joins=False)
    for person, start_s in enumerate((10.0, 0.0, 0.0)):
        stage.at(start_s, stage.system.join, person)
    stage.run(20.0)
    assert stage.shown(0) == [0]
    assert stage.drops() == []


@pytest.mark.parametrize(
    ("design", "shown", "drops"),
    [
        (QOS0, [], [(0, 0, "half-open")]),
        (CLEAN, [], [(0, 0, "clean session")]),
        (QOS1, [0], []),
        (QOS2, [0], []),
    ],
)
def test_what_was_on_its_way_when_a_link_died(design, shown, drops):
    stage = Stage(design, [(11.0, 1)], **moves(0)).run(60.0)
    assert stage.shown(0) == shown
    assert stage.drops() == drops
    assert stage.held() == set()


@pytest.mark.parametrize(("design", "shown"), [(QOS1, [0, 0]), (QOS2, [0])])
def test_the_same_holds_on_the_way_to_the_reader(design, shown):
    stage = Stage(design, [(9.88, 1)], **moves(0)).run(60.0)  # the reader's answer is lost
    assert stage.shown(0) == shown
    assert stage.held() == set()


@pytest.mark.parametrize(
    ("broker", "shown", "drops"),
    [("emqx", [], [(0, 0, "store lost")]), ("vernemq", [0], [])],
)
def test_a_session_dies_with_its_node_unless_it_is_on_disk(broker, shown, drops):
    crash = {"faults": [{"kind": "node-crash", "node": 0, "at_s": 12.0, "restart_s": 2.0}]}
    design = QOS1.variant("mine", {"mqtt_broker": broker})
    stage = Stage(design, [(10.0, 1)], **crash)
    stage.at(5.0, stage.system.leave, 0)
    stage.at(20.0, stage.system.join, 0)
    stage.run(40.0)
    assert stage.shown(0) == shown
    assert [row for row in stage.drops() if row[1] == 0] == drops


def test_after_its_node_died_a_session_is_missed_until_the_client_is_back():
    crash = {"faults": [{"kind": "node-crash", "node": 0, "at_s": 10.0, "restart_s": 5.0}]}
    stage = Stage(QOS1, [(10.5, 1), (40.0, 1)], **crash).run(60.0)
    assert (0, 0, "store lost") in stage.drops()
    assert stage.shown(0) == [1]


def test_a_session_on_a_node_that_joined_late_dies_with_that_node_too():
    stage = Stage(QOS1, [(30.0, 1)], joins=False)
    late = stage.world.add_gateway()
    stage.at(0.0, stage.system.join, 1)  # gateway 0
    stage.at(0.1, stage.system.join, 2)  # gateway 1
    stage.at(0.2, stage.system.join, 0)  # the late one
    stage.run(5.0)
    assert stage.channel("mqtt").home(0) is late
    stage.at(10.0, stage.system.leave, 0)
    stage.at(20.0, late.crash)
    stage.run(40.0)
    assert stage.drops() == [(0, 0, "store lost")]


def test_a_session_moves_with_its_client_and_the_older_connection_is_closed():
    stage = Stage(QOS1, [(30.0, 1)], **moves(0)).run(11.0)
    before = stage.channel("mqtt").home(0)
    assert before is stage.gateways[0]
    stage.run(20.0)
    assert stage.channel("mqtt").home(0) is stage.gateways[1]
    assert sum(len(gateway.connections) for gateway in stage.gateways) == 3
    assert stage.run(40.0).shown(0) == [0]


@pytest.mark.parametrize(
    ("broker", "kept"),
    [
        ("mosquitto", range(1000)),
        ("emqx", range(500, 1500)),
        ("vernemq", range(1000)),
        ("rabbitmq", range(1500)),
    ],
)
def test_of_1500_messages_for_one_who_is_away_each_broker_keeps_its_own_thousand(broker, kept):
    """The first at mosquitto and VerneMQ, the last at EMQX; RabbitMQ has no limit of its own."""
    sends = [(10.0 + 0.01 * place, 1) for place in range(1500)]
    servers = {"gateways": 1 if broker == "mosquitto" else 2, "api_nodes": 1, **FREE}
    stage = Stage(QOS1.variant("mine", {"broker": broker}), sends, servers=servers)
    stage.at(5.0, stage.system.leave, 0)
    stage.at(30.0, stage.system.join, 0)
    stage.run(60.0)
    assert stage.shown(0) == list(kept)
    lost = sorted({*range(1500)} - {*kept})
    assert sorted(stage.drops()) == [(message, 0, "queue overflow") for message in lost]


def test_qos_2_is_refused_where_the_broker_has_none():
    for broker in ("mosquitto", "emqx", "vernemq"):
        assert QOS2.variant("mine", {"broker": broker}).options.mqtt.qos == 2
    with pytest.raises(DesignError, match=r"mqtt\.qos = 2; allowed: 0, 1, the qualities"):
        QOS2.variant("mine", {"broker": "rabbitmq"})


def test_many_messages_wait_for_room_in_two_windows():
    sends = [(10.0, person) for person in (1, 2) for _ in range(50)]
    stage = Stage(QOS1, sends).run(10.0 + 2 * ONE_WAY_S + 0.02)
    assert len(stage.shown(1)) == len(stage.shown(2)) == 20  # paho's window of each publisher
    assert len(stage.shown(0)) == 32  # EMQX's window to the subscriber of both
    assert sorted(stage.run(20.0).shown(0)) == list(range(100))


def test_a_client_is_dead_for_the_broker_after_one_and_a_half_keep_alives():
    stage = Stage(QOS0, **down(10.0, 250.0)).run(90.0)
    home = stage.gateways[0]
    assert len(home.connections) == 2
    stage.run(100.0)  # 90 s after CONNECT, looked at every 5 s
    assert len(home.connections) == 1


def test_being_cut_off_by_a_reset_is_not_being_away():
    stage = Stage(QOS1, [(10.0, 1)], faults=[{"kind": "reset", "person": 0, "at_s": 10.01}]).run(30)
    assert stage.shown(0) == [0]


def test_over_plain_tcp_packets_are_smaller_and_there_is_no_upgrade():
    bare = QOS0.variant("bare", {"over_websocket": False})
    channels = [Stage(design, [(2.0, 0)]).channel("mqtt") for design in (bare, QOS0)]
    up = [channel.publish_bytes(0, 0, masked=True) for channel in channels]
    down_ = [channel.publish_bytes(0, 0, masked=False) for channel in channels]
    assert (up[1] - up[0], down_[1] - down_[0]) == (6, 2)
    [(_, _, _, took_s)] = Stage(bare).run(2.0).attempts(0)
    assert took_s == pytest.approx(2 * ONE_WAY_S, abs=1e-3)


def test_a_publish_of_a_hundred_bytes_weighs_what_mqtt_packet_writes():
    channel = Stage(QOS1.variant("bare", {"over_websocket": False}), [(2.0, 0)]).channel("mqtt")
    channel.size_bytes[0] = 100
    assert channel.publish_bytes(0, 1, masked=False) == 126  # npm mqtt-packet 9.0.2, topic of 20
    assert channel.publish_bytes(0, 0, masked=False) == 124
