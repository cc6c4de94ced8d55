"""The long-poll channel: a held question, a log or none behind it, and the gap between answers."""

import pytest
from stage import ONE_WAY_S, Stage

from models import DESIGNS
from sim.history import SEEN, TYPING

POLL, BARE = DESIGNS["long-poll"], DESIGNS["long-poll-unbuffered"]
SOON_S = 5e-3


def down(start_s, end_s, person=0, **more):
    outage = {"kind": "link-outage", "person": person, "start_s": start_s, "end_s": end_s}
    return {"faults": [outage | more]}


def asked(stage, person=0):
    """How many questions this person has sent."""
    return stage.channel("long-poll").client(person).asked


@pytest.mark.parametrize("design", [POLL, BARE])
def test_a_message_to_a_held_question_is_one_transit_away(design):
    stage = Stage(design, [(5.0, 1)]).run(10.0)
    for person in (0, 2):
        [(_, at_s)] = stage.arrivals(person)
        assert at_s == pytest.approx(stage.accepted_s(0) + ONE_WAY_S, abs=SOON_S)
    assert stage.arrivals(1) == []


def test_a_message_just_after_an_answer_takes_three_transits_with_a_log():
    """RFC 6202 section 2.2: response, next request, response."""
    stage = Stage(POLL, [(5.0, 1), (7.995, 2), (8.0, 1)]).run(10.0)  # 2 has to connect first
    second_s = stage.accepted_s(2)
    third_s = stage.accepted_s(1)
    assert third_s > second_s  # behind the answer that the second caused
    [_, (_, first_s), (_, last_s)] = stage.arrivals(0)
    assert first_s == pytest.approx(second_s + ONE_WAY_S, abs=SOON_S)
    assert last_s == pytest.approx(second_s + 3 * ONE_WAY_S, abs=SOON_S)


def test_the_same_message_is_lost_without_a_buffer():
    stage = Stage(BARE, [(5.0, 1), (7.995, 2), (8.0, 1)]).run(10.0)
    assert stage.shown(0) == [0, 2]
    assert stage.drops() == [(1, 0, "no buffer")]
    assert stage.held() == set()


@pytest.mark.parametrize(("design", "shown"), [(POLL, [0, 1]), (BARE, [])])
def test_what_happens_while_nobody_polls(design, shown):
    stage = Stage(design, [(10.0, 1), (11.0, 2)])
    stage.at(5.0, stage.system.leave, 0)
    stage.run(12.0)
    assert {(message, 0) for message in shown} == stage.held()
    stage.at(20.0, stage.system.join, 0)
    assert stage.run(25.0).shown(0) == shown
    assert [row for row in stage.drops() if row[1] == 0] == [
        (message, 0, "no buffer") for message in (0, 1) if not shown
    ]


def test_the_log_holds_everything_that_readers_are_told():
    stage = Stage(POLL, [(10.0, 1), (10.1, 1), (10.2, 1)], kinds=[TYPING, SEEN, 1])
    stage.at(5.0, stage.system.leave, 0)
    stage.at(15.0, stage.system.join, 0)
    assert stage.run(25.0).shown(0) == [0, 1, 2]


def test_an_answer_into_a_dead_link_is_asked_for_again():
    """The first copy was never read: the cursor still says so."""
    stage = Stage(POLL, [(12.0, 1)], **down(10.0, 20.0)).run(60.0)
    assert stage.shown(0) == [0]
    assert stage.held() == set()


def test_a_crash_breaks_the_question_which_is_asked_again_elsewhere():
    crash = {"faults": [{"kind": "node-crash", "node": 0, "at_s": 10.0, "restart_s": 30.0}]}
    stage = Stage(POLL, [(12.0, 1)], **crash).run(40.0)
    gaps = {gap["person"]: gap for gap in stage.gaps()}
    assert set(gaps) == {0, 2}
    for gap in gaps.values():
        assert gap["reason"] == "reset"
        assert gap["noticed_s"] == pytest.approx(10.0 + ONE_WAY_S)
        assert gap["open_s"] < 15.0
    assert stage.shown(0) == stage.shown(2) == [0]


def test_the_backplane_matters_only_for_speed_where_there_is_a_log():
    outage = {"faults": [{"kind": "backplane-outage", "start_s": 5.0, "end_s": 9.0}]}
    stage = Stage(POLL, [(6.0, 1)], **outage).run(20.0)
    assert stage.shown(0) == []
    assert stage.held() == {(0, 0), (0, 2)}
    stage.run(30.0)  # the held questions end, the next ones find the log ahead
    assert stage.shown(0) == stage.shown(2) == [0]
    assert stage.drops() == []


def test_a_held_question_carries_nothing_up():
    with pytest.raises(ValueError, match="person 1: message 4 cannot be sent on a long poll"):
        Stage(POLL).channel("long-poll").submit(1, 4)


def test_closing_the_app_takes_the_question_back():
    stage = Stage(POLL)
    stage.at(5.0, stage.system.leave, 0)
    stage.run(10.0)
    assert stage.channel("long-poll").home(0) is None
    assert stage.channel("long-poll").home(1) is stage.gateways[1]
    assert len(stage.gateways[0].connections) == 1
    assert asked(stage) == 1


def test_a_node_that_drains_answers_the_questions_it_holds_and_they_are_asked_elsewhere():
    stage = Stage("long-poll", [(20.0, 1)], people=2)
    stage.at(10.0, stage.gateways[0].drain, 5.0)
    stage.run(30.0)
    assert not stage.gateways[0].connections
    assert stage.shown(0) == [0]
    assert stage.gaps() == []


@pytest.mark.parametrize("api_nodes", [0, 1, 2])
@pytest.mark.parametrize("design", ["hybrid", "long-poll"])
def test_a_graceful_deploy_of_everything_makes_no_copies_and_breaks_no_request(design, api_nodes):
    """Writes take long, there is no key, and every node is restarted twice."""
    sends = [(0.5 + 0.21 * number, number % 4) for number in range(600)]
    deploys = [
        {"kind": "rolling-deploy", "at_s": at_s, "drain_s": 6.0, "restart_s": 2.0}
        for at_s in (20.0, 80.0)
    ]
    setting = {"gateways": 2, "api_nodes": api_nodes, "cores": 1}
    stage = Stage(design, sends, people=4, faults=deploys, servers=setting, store={"write_s": 0.5})
    stage.run(200.0)
    for person in range(4):
        shown = stage.shown(person)
        assert len(shown) == len(set(shown))
    if design == "long-poll":
        assert all(len(stage.shown(person)) == 450 for person in range(4))
    told = [stage.told_s(message) - at_s for message, (at_s, _) in enumerate(sends)]
    assert (max(told) < 2.0) == (api_nodes != 1)  # while the only one restarts, posts are refused


def test_a_short_poll_is_answered_at_once_and_asked_again_after_a_pause():
    stage = Stage("short-poll", [(7.0, 1)]).run(30.0)
    cycle_s = 5.0 + 2 * ONE_WAY_S
    assert asked(stage) == 1 + int((30.0 - 2 * ONE_WAY_S) / cycle_s)
    [(_, at_s)] = stage.arrivals(0)
    next_s = 2 * ONE_WAY_S + 2 * cycle_s  # the third question leaves at that time
    assert at_s == pytest.approx(next_s + 2 * ONE_WAY_S, abs=2e-2)
    assert stage.held() == set()


def test_between_short_polls_nobody_is_at_home():
    stage = Stage("short-poll", [(7.0, 1)]).run(8.0)
    assert stage.channel("long-poll").home(0) is None
    assert stage.held() == {(0, 0), (0, 2)}


def test_a_poll_that_is_held_may_be_followed_by_a_pause():
    design = DESIGNS["long-poll"].variant("mine", {"long_poll": {"hold_s": 5.0, "pause_s": 5.0}})
    stage = Stage(design, [(2.0, 1), (3.0, 1), (12.5, 1)]).run(30.0)
    times_s = [at_s for _, at_s in stage.arrivals(0)]
    assert times_s[0] == pytest.approx(stage.accepted_s(0) + ONE_WAY_S, abs=SOON_S)
    assert times_s[1] == pytest.approx(times_s[0] + 5.0 + 2 * ONE_WAY_S, abs=SOON_S)
