"""The service behind every design: accept, store, tell, fan out; and what it does not do twice."""

from math import isnan

import pytest
from stage import EVERYONE, ONE_WAY_S, Stage

from models.servers.service import PAGE
from sim.history import LIST, NOTHING, SEEN, SEND, TYPING

CPU_S = 2e-3  # room for the work of both nodes


def test_members_are_told_and_the_sender_is_not():
    stage = Stage("full-websocket", [(2.0, 0)]).run(5.0)
    assert stage.arrivals(0) == []
    for person in (1, 2):
        [(message, at_s)] = stage.arrivals(person)
        assert message == 0
        assert at_s == pytest.approx(2.0 + 2 * ONE_WAY_S, abs=CPU_S)


def test_members_on_another_node_are_a_backplane_away():
    stage = Stage("full-websocket", [(2.0, 0)], backplane={"delay_s": 0.3}).run(5.0)
    [(_, here_s)], [(_, there_s)] = stage.arrivals(2), stage.arrivals(1)
    assert there_s - here_s == pytest.approx(0.3, abs=CPU_S)


def test_what_is_durable_is_written_before_anybody_is_told():
    stage = Stage("full-websocket-acked", [(2.0, 0)], store={"write_s": 0.4}).run(2.3)
    assert stage.held() == {(0, EVERYONE)}
    assert isnan(stage.accepted_s(0))
    assert isnan(stage.run(2.48).told_s(0))
    assert stage.accepted_s(0) == pytest.approx(2.0 + ONE_WAY_S + 0.4, abs=CPU_S)
    stage.run(5.0)
    assert stage.told_s(0) == pytest.approx(stage.accepted_s(0) + ONE_WAY_S)
    assert stage.held() == set()


def test_typing_is_not_written():
    stage = Stage("hybrid", [(2.0, 0)], kinds=[TYPING], store={"write_s": 5.0}).run(3.0)
    assert stage.shown(1) == stage.shown(2) == [0]
    assert stage.system.service.stored == {}


@pytest.mark.parametrize("design", ["full-websocket", "hybrid", "mqtt-qos1"])
def test_a_list_is_read_from_the_store_and_answered_to_who_asked(design):
    stage = Stage(design, [(2.0, 0)], kinds=[LIST], store={"read_s": 0.3}).run(5.0)
    [(message, at_s)] = stage.arrivals(0)
    assert message == 0
    assert 0.0 <= at_s - (2.0 + 2 * ONE_WAY_S + 0.3) < 0.11  # a POST may have to connect first
    assert stage.arrivals(1) == stage.arrivals(2) == []


@pytest.mark.parametrize("gateways", [1, 2, 5])
def test_a_message_costs_one_copy_for_every_other_gateway(gateways):
    servers = {"gateways": gateways, "api_nodes": 1}
    stage = Stage("full-websocket", [(2.0, 0), (3.0, 1)], servers=servers).run(5.0)
    assert stage.world.backplane_messages == 2 * (gateways - 1)


def test_from_an_api_node_every_gateway_gets_a_copy():
    assert Stage("hybrid", [(2.0, 0)]).run(5.0).world.backplane_messages == 2


def test_what_is_published_while_the_backplane_is_down_is_gone_for_those_elsewhere():
    down = [{"kind": "backplane-outage", "start_s": 1.0, "end_s": 3.0}]
    stage = Stage("full-websocket", [(2.0, 0), (4.0, 0)], faults=down).run(6.0)
    assert stage.shown(2) == [0, 1]
    assert stage.shown(1) == [1]
    assert stage.drops() == [(0, 1, "backplane down")]


def test_a_log_outlives_the_backplane():
    down = [{"kind": "backplane-outage", "start_s": 1.0, "end_s": 3.0}]
    stage = Stage("full-websocket-acked", [(2.0, 0)], faults=down).run(10.0)
    assert stage.shown(1) == []
    assert stage.held() == {(0, 1)}
    assert stage.run(25.0).shown(1) == [0]  # found at the server's next ping, 20 s after opening
    assert stage.drops() == []


@pytest.mark.parametrize(("design", "shown"), [("hybrid-cursor", [0]), ("hybrid", [0, 0])])
def test_a_known_message_is_told_again_and_only_a_key_makes_it_known(design, shown):
    stage = Stage(design, [(2.0, 0)]).run(5.0)
    told = []
    stage.system.service.take(stage.world.apis[0], 0, lambda: told.append("told"))
    stage.run(8.0)
    assert told == ["told"]
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


def test_a_reader_whose_node_dies_before_it_writes_misses_the_message():
    stage = Stage("full-websocket", [(2.0, 0)])
    stage.at(2.0, stage.gateways[1].busy, 1.0)
    stage.at(2.5, stage.gateways[1].crash)
    assert stage.run(3.2).shown(2) == [0]
    assert stage.drops() == [(0, 1, "node died")]


@pytest.mark.parametrize(("kind", "rows"), [(SEND, 1), (SEEN, 1), (TYPING, 0), (LIST, 0)])
def test_only_losses_that_matter_are_written_down(kind, rows):
    stage = Stage("full-websocket", [(2.0, 0)], kinds=[kind])
    stage.system.service.drop(0, 1, "gave up")
    assert stage.drops() == [(0, 1, "gave up")] * rows


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


def test_the_answer_to_a_list_says_which_own_messages_it_held():
    sends = [(2.0, 0), (3.0, 1), (4.0, 0), (5.0, 0)]
    stage = Stage("hybrid", sends, kinds=[SEND, SEND, SEND, LIST]).run(8.0)
    assert stage.world.recorder.listed == [3, 0, 3, 2]


def test_a_page_reaches_back_to_its_oldest_message():
    sends = [(2.0 + 0.1 * place, place % 2) for place in range(PAGE + 1)]
    kinds = [*[SEND] * len(sends), LIST, LIST]
    stage = Stage("hybrid", [*sends, (20.0, 2), (21.0, 1)], kinds=kinds).run(25.0)
    listed = stage.world.recorder.listed
    assert listed[:2] == [PAGE + 1, 1]
    assert listed[2::2] == [PAGE + 2] * (PAGE // 2)
    assert listed[3::2] == list(range(1, PAGE + 1, 2))


def test_an_empty_page_holds_nothing_and_without_a_store_nothing_is_known():
    for design, listed in (("hybrid", [0, NOTHING]), ("mqtt-qos1", [])):
        stage = Stage(design, [(2.0, 0)], kinds=[LIST]).run(5.0)
        assert stage.world.recorder.listed == listed
