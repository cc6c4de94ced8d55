"""Topics that clients subscribe to: lags of a round trip, sessions that outlive a right."""

import pytest
from stage import ONE_WAY_S, Stage

from models import DESIGNS
from models.design import DesignError

QOS0, QOS1 = DESIGNS["mqtt-qos0"], DESIGNS["mqtt-qos1"]
CPU_S = 5e-3
BOTH = pytest.mark.parametrize("design", [QOS0, QOS1], ids=["QoS 0", "QoS 1"])


def played(design, change, *sends):
    script = {
        "rooms": [[0, 1, 2]],
        "sends": [{"at_s": at_s, "sender": 0, "room": 0} for at_s in sends],
        "changes": [{"room": 0, "person": 1, "at_s": 10.0, **change}],
    }
    stage = Stage(design, [(at_s, 0) for at_s in sends], script=script)
    stage.system.service.rooms.play()
    return stage


def away(stage, from_s=5.0, until_s=30.0):
    stage.at(from_s, stage.system.leave, 1)
    stage.at(until_s, stage.system.join, 1)
    return stage


def applied_s(stage):
    return stage.world.ledger._applied_s[0]


@BOTH
@pytest.mark.parametrize(("what", "hops"), [("joins", 2), ("is removed", 2), ("leaves", 1)])
def test_a_client_that_is_there_is_told_and_asks(design, what, hops):
    """The notice goes down, SUBSCRIBE or UNSUBSCRIBE comes up; who leaves knows already."""
    stage = played(design, {"what": what}).run(20.0)
    assert applied_s(stage) == pytest.approx(10.0 + hops * ONE_WAY_S, abs=CPU_S)


@BOTH
def test_what_is_said_meanwhile_is_missed_or_leaks(design):
    said = (9.0, 10.01, 11.0)  # the second is at the broker while the client is being told
    assert played(design, {"what": "joins"}, *said).run(20.0).shown(1) == [2]
    assert played(design, {}, *said).run(20.0).shown(1) == [0, 1]


@BOTH
def test_a_client_that_does_not_let_go_goes_on_hearing(design):
    stage = played(design, {"defiant": True}, 11.0, 200.0).run(250.0)
    assert stage.shown(1) == [0, 1]
    assert stage.system.service.rooms.is_pending(0)


@BOTH
def test_a_look_at_each_message_ends_defiance(design):
    checked = design.variant("checked", {"rooms": {"checks": "message"}})
    assert played(checked, {"defiant": True}, 9.0, 11.0).run(20.0).shown(1) == [0]


@BOTH
def test_a_broker_that_is_told_by_the_servers_needs_no_client(design):
    told = design.variant("told", {"rooms": {"managed": "server"}})
    stage = played(told, {"defiant": True}, 9.0, 10.01).run(20.0)
    assert stage.shown(1) == [0]
    assert applied_s(stage) == pytest.approx(10.0, abs=CPU_S)


def test_a_session_that_lasts_keeps_what_a_removed_member_subscribed_to():
    """What waited in it comes before the client can ask which conversations it is in."""
    stage = away(played(QOS1, {}, 20.0, 40.0)).run(60.0)
    assert stage.shown(1) == [0]
    assert applied_s(stage) == pytest.approx(30.0 + 9 * ONE_WAY_S, abs=0.02)  # and asks, and acts
    defiant = away(played(QOS1, {"defiant": True}, 20.0, 40.0)).run(60.0)
    assert defiant.shown(1) == [0, 1]  # an access list is asked when one subscribes anew


def test_without_a_session_nothing_is_left_to_take_back():
    stage = away(played(QOS0, {"defiant": True}, 20.0, 40.0)).run(60.0)
    assert stage.shown(1) == []
    assert applied_s(stage) == 10.0


@pytest.mark.parametrize(("checks", "shown"), [("join", []), ("none", [0])])
def test_who_was_removed_may_not_subscribe_anew_where_there_is_an_access_list(checks, shown):
    """The connection is lost and back while the notice is not heeded."""
    design = QOS0.variant("mine", {"rooms": {"checks": checks}})
    stage = played(design, {"defiant": True}, 40.0)
    stage.at(20.0, stage.system.leave, 1)
    stage.at(30.0, stage.system.join, 1)
    assert stage.run(60.0).shown(1) == shown


@BOTH
def test_who_joins_while_away_learns_of_it_from_the_application(design):
    """CONNACK, a question and its answer, SUBSCRIBE: what is said until then is missed."""
    stage = away(played(design, {"what": "joins"}, 29.0, 30.38, 40.0)).run(60.0)
    assert stage.shown(1) == [2]
    assert applied_s(stage) == pytest.approx(30.0 + 9 * ONE_WAY_S, abs=0.02)


def test_only_a_broker_can_do_without_rights():
    with pytest.raises(DesignError, match="join, message: servers that put people into rooms"):
        DESIGNS["socketio"].variant("mine", {"rooms": {"checks": "none"}})
    with pytest.raises(DesignError, match="since only MQTT reads it"):
        DESIGNS["socketio"].variant("mine", {"rooms": {"managed": "client"}})
