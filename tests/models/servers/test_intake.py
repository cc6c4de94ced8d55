"""The door: read, store, tell; what is not done twice, what is refused, and what is lost."""

from math import isnan

import pytest
from stage import EVERYONE, ONE_WAY_S, Stage

from models import DESIGNS
from models.servers.intake import Accepted, Arrival, Lost, Refused
from sim.history import LIST, TYPING

CPU_S = 2e-3  # room for the work of both nodes


def test_what_is_durable_is_written_before_anybody_is_told():
    stage = Stage("full-websocket-acked", [(2.0, 0)], store={"write_s": 0.4}).run(2.3)
    assert stage.held() == {(0, EVERYONE)}
    assert isnan(stage.accepted_s(0))
    assert isnan(stage.run(2.48).told_s(0))
    assert stage.accepted_s(0) == pytest.approx(2.0 + ONE_WAY_S + 0.4, abs=CPU_S)
    stage.run(5.0)
    assert stage.told_s(0) == pytest.approx(stage.accepted_s(0) + ONE_WAY_S)
    assert stage.held() == set()


@pytest.mark.parametrize("design", ["full-websocket", "hybrid", "mqtt-qos1"])
def test_a_list_is_read_from_the_store_and_answered_to_who_asked(design):
    stage = Stage(design, [(2.0, 0)], kinds=[LIST], store={"read_s": 0.3}).run(5.0)
    [(message, at_s)] = stage.arrivals(0)
    assert message == 0
    assert 0.0 <= at_s - (2.0 + 2 * ONE_WAY_S + 0.3) < 0.11  # a POST may have to connect first
    assert stage.arrivals(1) == stage.arrivals(2) == []


@pytest.mark.parametrize(("design", "shown"), [("hybrid-cursor", [0]), ("hybrid", [0, 0])])
def test_a_known_message_is_told_again_and_only_a_key_makes_it_known(design, shown):
    stage = Stage(design, [(2.0, 0)]).run(5.0)
    told = []
    stage.system.service.intake.take(stage.world.apis[0], 0, told.append)
    stage.run(8.0)
    assert told == [Accepted()]
    assert stage.shown(1) == stage.shown(2) == shown


def test_a_message_stored_by_a_node_that_then_dies_is_in_the_log_but_not_pushed():
    crash = [{"kind": "node-crash", "node": 2, "at_s": 2.3, "restart_s": 1.0}]
    stage = Stage("hybrid-cursor", [(2.0, 0)], faults=crash, store={"write_s": 0.4}).run(5.0)
    assert stage.shown(1) == []
    assert stage.told_s(0) > 3.3  # the client tries again; the key says that it was done
    assert stage.run(25.0).shown(1) == [0]
    assert stage.drops() == []


def test_without_a_log_the_retry_tells_everybody():
    crash = [{"kind": "node-crash", "node": 2, "at_s": 2.3, "restart_s": 1.0}]
    stage = Stage("hybrid", [(2.0, 0)], faults=crash, store={"write_s": 0.4}).run(6.0)
    assert stage.drops() == [(0, EVERYONE, "node died")]
    assert stage.shown(1) == stage.shown(2) == [0]


def test_work_in_hand_dies_with_its_node():
    stage = Stage("full-websocket", [(2.0, 0)])
    stage.at(2.05, stage.gateways[0].busy, 1.0)
    stage.at(2.5, stage.gateways[0].crash)
    assert stage.run(2.4).held() == {(0, EVERYONE)}
    assert stage.run(3.2).drops() == [(0, EVERYONE, "node died")]
    assert stage.held() == set()


@pytest.mark.parametrize(
    ("design", "told"),
    [
        ("full-websocket", False),
        ("full-websocket-acked", True),
        ("hybrid", True),
        ("mqtt-qos0", False),
        ("mqtt-qos1", True),
        ("socketio", False),
        ("socketio-retries", True),
        ("socketio-polling", False),
    ],
)
def test_what_is_refused_comes_again_or_is_lost_on_every_channel(design, told):
    """The door refuses the first arrival of a message, for a second."""
    stage = Stage(design, [(5.0, 0)])
    refused = []

    def once(arrival):
        refused.append(arrival.message)
        return 1.0 if len(refused) == 1 else None

    stage.system.service.intake.admission = once
    stage.run(120.0)
    assert refused[0] == 0
    assert (stage.shown(1) == [0]) is told
    assert (stage.drops() == []) is told
    if not told:
        assert stage.drops() == [(0, EVERYONE, "refused")]


@pytest.mark.parametrize("design", ["full-websocket", "hybrid", "mqtt-qos1", "socketio"])
def test_every_channel_comes_through_the_door(design):
    stage = Stage(design, [(5.0, 0), (6.0, 1)])
    seen = []
    stage.system.service.intake.admission = seen.append
    stage.run(60.0)
    assert [(one.message, one.person) for one in seen] == [(0, 0), (1, 1)]
    assert all(one.cost_s > 0.0 for one in seen)


def test_whoever_does_not_try_again_loses_what_is_refused():
    stage = Stage(DESIGNS["hybrid"].variant("once", {"retry": False}), [(2.0, 0)])
    stage.system.service.intake.admission = lambda arrival: 7.0
    assert stage.run(20.0).drops() == [(0, EVERYONE, "refused")]


def test_a_refusal_says_when_to_come_again():
    heard = []
    stage = Stage("hybrid", [(2.0, 0)])
    intake = stage.system.service.intake
    intake.admission = lambda arrival: 7.0
    intake.enter(Arrival(stage.gateways[0], 0, 0, 1e-3, heard.append))
    assert heard == [Refused(7.0)]


@pytest.mark.parametrize(("limit_s", "let_in"), [(None, 10), (0.55, 6), (0.25, 3)])
def test_who_would_wait_longer_than_the_node_allows_is_refused_when_the_turn_comes(limit_s, let_in):
    """Ten at once, each 0.1 s of work; typing, so that nothing else takes time."""
    limit = {} if limit_s is None else {"queue_limit_s": limit_s}
    sends = [(60.0, person) for person in range(10)]
    servers = {"gateways": 1, "api_nodes": 0, "cores": 1} | limit
    stage = Stage("hybrid", sends, people=10, kinds=[TYPING] * 10, joins=False, servers=servers)
    stage.gateways[0].wake_share = 0.0
    heard = []
    for message in range(10):
        arrival = Arrival(stage.gateways[0], message, message, 0.1, heard.append)
        stage.system.service.intake.enter(arrival)
    stage.run(0.1 * let_in - 0.01)
    assert len(heard) == let_in - 1  # refusals wait their turn
    stage.run(2.0)
    assert [type(one) for one in heard] == [Accepted] * let_in + [Refused] * (10 - let_in)
    assert all(one.retry_after_s > 0.0 for one in heard[let_in:])


STORE = {"kind": "backend-crash", "backend": "store", "at_s": 1.9, "restart_s": 3.0}


@pytest.mark.parametrize("ceiling", [{}, {"writes_per_s": 100, "reads_per_s": 100}])
@pytest.mark.parametrize("design", ["full-websocket-acked", "hybrid"])
def test_with_patience_a_message_waits_until_the_store_is_back(design, ceiling):
    stage = Stage(design, [(2.0, 0)], faults=[STORE], store=ceiling).run(20.0)
    assert 4.9 <= stage.accepted_s(0) < 5.6
    assert stage.shown(1) == [0]
    assert stage.drops() == []


@pytest.mark.parametrize(
    ("design", "told"),
    [("full-websocket-acked", True), ("hybrid", True), ("hybrid-cursor", True)],
)
def test_without_patience_it_is_refused_and_comes_again(design, told):
    stage = Stage(design, [(2.0, 0)], faults=[STORE], store={"timeout_s": 0.2})
    assert stage.run(2.9).held() == {(0, EVERYONE)}  # its sender has it
    stage.run(120.0)
    assert stage.told_s(0) > 4.9
    assert stage.shown(1) == [0]


@pytest.mark.parametrize(
    ("design", "changes"),
    [
        ("hybrid", {"retry": False}),
        ("full-websocket", {"stored": True}),
        ("socketio", {"stored": True}),
        ("mqtt-qos1", {"stored": True}),
    ],
)
def test_whoever_does_not_come_again_loses_it_to_the_store(design, changes):
    """Socket.IO's and MQTT's acknowledgements say that it was read, not that it was stored."""
    mine = DESIGNS[design].variant("mine", changes)
    store = {"timeout_s": 0.2}
    stage = Stage(mine, [(2.0, 0)], faults=[STORE], store=store).run(60.0)
    assert stage.drops() == [(0, EVERYONE, "store unavailable")]
    assert stage.shown(1) == []
    assert stage.held() == set()


@pytest.mark.parametrize(("design", "shown"), [("hybrid", [0]), ("hybrid-cursor", [0])])
def test_a_store_that_stands_still_does_what_the_sender_was_refused(design, shown):
    """It is stored when the store goes on, and nobody passes it on but for the next try.

    With a key that next try finds it done, and its readers have it from the log.
    """
    pause = {"kind": "backend-pause", "backend": "store", "at_s": 1.9, "for_s": 3.0}
    stage = Stage(design, [(2.0, 0)], faults=[pause], store={"timeout_s": 1.0})
    told = []
    take = stage.system.service.intake.take
    stage.at(3.0, take, stage.world.apis[0], 0, told.append)
    assert stage.run(4.5).held() == {(0, EVERYONE)}
    assert told == [Refused(0.0, "store unavailable")]
    stage.run(60.0)
    assert stage.accepted_s(0) == pytest.approx(4.9, abs=0.01)
    assert set(stage.shown(1)) == set(shown)
    assert len(told) == 1


def test_a_list_that_cannot_be_read_is_refused_once():
    pause = {"kind": "backend-pause", "backend": "store", "at_s": 1.9, "for_s": 3.0}
    heard = []
    stage = Stage("hybrid", [(2.0, 0)], kinds=[LIST], faults=[pause], store={"timeout_s": 1.0},
                  joins=False)  # fmt: skip
    take = stage.system.service.intake.take
    stage.at(2.0, take, stage.world.apis[0], 0, heard.append)
    assert stage.run(2.9).world.apis[0].in_hand >= 1
    stage.run(60.0)
    assert heard == [Refused(0.0, "store unavailable")]
    assert stage.world.apis[0].in_hand == 0


def test_a_node_that_dies_waiting_for_the_store_says_nothing():
    crash = {"kind": "node-crash", "node": 2, "at_s": 2.5, "restart_s": 1.0}
    heard = []
    stage = Stage("hybrid", [(2.0, 0)], joins=False, faults=[STORE, crash], store={"timeout_s": 1})
    stage.at(2.0, stage.system.service.intake.take, stage.world.apis[0], 0, heard.append)
    stage.run(60.0)
    assert heard == [Lost()]
    assert stage.world.apis[0].in_hand == 0
