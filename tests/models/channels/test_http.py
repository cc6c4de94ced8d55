"""The HTTP channel: a request that is tried again may be done twice, unless it has a key."""

from math import isnan

import pytest
from stage import EVERYONE, ONE_WAY_S, Stage

from models import DESIGNS
from sim.history import LIST, SEEN, TYPING

HYBRID, KEYED = DESIGNS["hybrid"], DESIGNS["hybrid-cursor"]
ONCE = HYBRID.variant("once", {"retry": False})


def down(start_s, end_s, **more):
    outage = {"kind": "link-outage", "person": 0, "start_s": start_s, "end_s": end_s}
    return {"faults": [outage | more]}


def test_a_post_is_told_one_round_trip_later_once_connected():
    stage = Stage(HYBRID, [(2.0, 0), (5.0, 0)]).run(8.0)
    cold_s, warm_s = (stage.told_s(message) - (2.0, 5.0)[message] for message in (0, 1))
    assert cold_s - warm_s == pytest.approx(2 * ONE_WAY_S, abs=2e-3)
    assert warm_s == pytest.approx(2 * ONE_WAY_S, abs=8e-3)
    assert stage.shown(1) == stage.shown(2) == [0, 1]


def test_posts_do_not_wait_for_each_other():
    stage = Stage(HYBRID, [(2.0, 0), (2.0, 0)]).run(8.0)
    assert abs(stage.told_s(0) - stage.told_s(1)) < 5e-3
    assert len([at for at in stage.attempts(0) if at[1] == 2]) == 2


@pytest.mark.parametrize(("design", "shown"), [(HYBRID, [0, 1, 1]), (KEYED, [0, 1])])
def test_a_post_given_up_in_a_dead_link_is_done_when_it_comes_back_and_so_is_its_repeat(
    design, shown
):
    stage = Stage(design, [(2.0, 0), (10.0, 0)], **down(9.0, 22.0)).run(60.0)
    assert stage.shown(1) == stage.shown(2) == shown
    assert stage.told_s(1) > 22.0
    assert stage.held() == set()


@pytest.mark.parametrize(("design", "shown"), [(HYBRID, [0, 1, 1]), (KEYED, [0, 1])])
def test_a_lost_answer_makes_a_copy_unless_there_is_a_key(design, shown):
    stage = Stage(design, [(2.0, 0), (10.0, 0)], **down(10.06, 12.0, changes_address=True))
    stage.run(40.0)
    assert stage.accepted_s(1) < 10.1
    assert stage.told_s(1) > 13.0
    assert stage.shown(1) == shown


def test_a_try_lasts_ten_seconds_and_the_next_comes_a_second_later():
    stage = Stage(HYBRID, [(2.0, 0), (10.0, 0)], **down(9.0, 200.0)).run(100.0)
    assert stage.held() == {(1, EVERYONE)}
    dials = [at_s for at_s, node, *_ in stage.attempts(0) if node == 2]
    assert dials == [2.0]  # those that were cancelled are not written down


def test_without_retries_a_time_out_is_the_end_of_it():
    stage = Stage(ONCE, [(2.0, 0), (10.0, 0)], **down(9.0, 100.0)).run(19.9)
    assert stage.held() == {(1, EVERYONE)}
    stage.run(90.0)
    assert stage.drops() == [(1, EVERYONE, "gave up")]
    assert stage.world.ledger.life_s("failed_s", 1) == 20.0
    assert isnan(stage.told_s(1))


def test_without_retries_a_crash_is_the_end_of_it():
    crash = {"faults": [{"kind": "node-crash", "node": 2, "at_s": 2.2, "restart_s": 1.0}]}
    stage = Stage(ONCE, [(2.0, 0)], **crash)
    stage.at(2.12, stage.world.apis[0].busy, 1.0)
    stage.run(10.0)
    assert {cause for _, _, cause in stage.drops()} == {"node died", "gave up"}
    assert stage.shown(1) == []


def test_a_refused_post_is_tried_until_the_node_is_back():
    crash = {"faults": [{"kind": "node-crash", "node": 2, "at_s": 1.0, "restart_s": 5.0}]}
    stage = Stage(HYBRID, [(2.0, 0)], **crash).run(10.0)
    outcomes = [outcome for _, node, outcome, _ in stage.attempts(0) if node == 2]
    assert outcomes == ["refused"] * 4 + ["opened"]
    assert stage.shown(1) == [0]


def test_typing_is_tried_once_and_seen_until_it_is_done():
    stage = Stage(HYBRID, [(2.0, 0), (10.0, 0), (10.0, 0)], kinds=[1, TYPING, SEEN], **down(9, 32))
    stage.run(31.0)
    assert stage.held() == {(1, EVERYONE), (2, EVERYONE)}  # of typing only what is on the wire
    stage.run(80.0)
    assert stage.held() == set()
    assert stage.world.ledger.life_s("failed_s", 1) == 20.0
    assert not isnan(stage.told_s(2))
    assert stage.drops() == []


def test_a_list_is_a_request_with_a_long_answer():
    stage = Stage(HYBRID, [(2.0, 0)], kinds=[LIST])
    stage.channel("http").size_bytes[0] = 40_000
    stage.run(5.0)
    [(message, at_s)] = stage.arrivals(0)
    assert message == 0
    assert at_s > 2.0 + 6 * ONE_WAY_S  # connect, ask, and two rounds of slow start
    assert stage.told_s(0) == at_s


def test_requests_under_way_are_finished_after_the_app_was_closed():
    stage = Stage(HYBRID, [(2.0, 0)])
    stage.at(2.01, stage.system.leave, 0)
    stage.run(5.0)
    assert stage.shown(1) == [0]
    assert not isnan(stage.told_s(0))


def test_opening_the_app_opens_no_connection():
    assert [node for _, node, *_ in Stage(HYBRID).run(5.0).attempts(0)] == [0]


@pytest.mark.parametrize(("pool", "told_s"), [("aiohttp", 6.3), ("browser", 5.3)])
def test_a_reset_makes_a_request_be_sent_again(pool, told_s):
    """By the design after a wait; a browser does so by itself, at once, on a reused connection."""
    design = KEYED.variant("mine", {"pool": pool})
    reset = {"faults": [{"kind": "reset", "person": 0, "at_s": 5.04}]}
    stage = Stage(design, [(2.0, 0), (5.0, 0)], **reset).run(20.0)
    assert stage.shown(1) == [0, 1]
    assert stage.told_s(1) == pytest.approx(told_s, abs=0.02)


def test_without_api_nodes_gateways_answer():
    stage = Stage(HYBRID, [(2.0, 0)])
    stage.world.apis.clear()
    system = HYBRID.build(stage.world)
    assert system.channels["http"].endpoint.balancer.pick(0) in stage.gateways
