"""What becomes of messages and sessions when a broker's nodes are parted, to the message.

Persons 0 and 2 are at gateway 0, persons 1 and 3 at gateway 1, which is cut off from 10 to 40 s.
"""

from math import isnan

import pytest
from small import scenario
from stage import FREE, ONE_WAY_S, Stage

from models import DESIGNS
from sim.experiment.run import run_replication

CPU_S = 3e-3
END_S, HEALS_S, DOWN_S, BACKOFF_S = 40.0, 15.0, 5.0, 1.0
SPLIT = {"kind": "broker-netsplit", "start_s": 10.0, "end_s": END_S}
KEEPING = {"preset": "vernemq", "netsplit": "keep"}
WITHIN, AFTER, LATER = 20.0, 45.0, 100.0


def played(broker, *sends, base="mqtt-qos1", until_s=200.0, away=(), **changes):
    """Who sends when; `away`: (person, from, to) whose app is closed."""
    design = DESIGNS[base].variant("mine", {"broker": broker})
    stage = Stage(design, sends, people=4, **{"faults": [SPLIT], **changes})
    for person, from_s, to_s in away:
        stage.at(from_s, stage.system.leave, person)
        stage.at(to_s, stage.system.join, person)
    return stage.run(until_s)


def shown(stage):
    return [stage.shown(person) for person in range(4)]


def homes(stage):
    return [stage.channel("mqtt").home(person).index for person in range(4)]


def test_emqx_goes_on_on_both_sides_and_loses_what_is_for_the_other():
    """Until it has healed, 15 s after the nodes see each other again."""
    stage = played("emqx", (WITHIN, 0), (WITHIN + 1.0, 1), (AFTER, 0), (LATER, 0))
    assert shown(stage) == [[], [3], [0, 2, 3], [1, 3]]
    assert stage.drops() == [
        (0, 1, "netsplit"), (0, 3, "netsplit"),
        (1, 0, "netsplit"), (1, 2, "netsplit"),
        (2, 1, "netsplit"), (2, 3, "netsplit"),
    ]  # fmt: skip
    assert stage.held() == set()
    for message, (at_s, _) in enumerate([(WITHIN, 0), (WITHIN + 1.0, 1), (AFTER, 0), (LATER, 0)]):
        assert stage.told_s(message) == pytest.approx(at_s + 2 * ONE_WAY_S, abs=CPU_S)


def test_emqx_then_restarts_the_smaller_side_and_cuts_its_clients():
    stage = played("emqx")
    for person in (1, 3):
        _, (again_s, *_), *_ = stage.attempts(person)
        assert again_s == pytest.approx(END_S + HEALS_S + ONE_WAY_S + BACKOFF_S, abs=CPU_S)
    assert [len(stage.attempts(person)) for person in (0, 2)] == [1, 1]
    assert stage.gateways[1].running
    healed_s = END_S + HEALS_S
    assert stage.world.down_since_s == {1: healed_s}


def test_sessions_of_the_restarted_side_are_gone_with_what_they_kept():
    """Person 1 is away: what was said on the same side waits, until the process dies."""
    stage = played("emqx", (WITHIN, 3), away=[(1, 5.0, 80.0)])
    assert (0, 1, "store lost") in stage.drops()
    assert stage.shown(1) == []


def test_a_client_that_crosses_over_has_two_sessions_and_keeps_the_larger_side_s():
    stage = played("emqx", (12.0, 3), (WITHIN, 0), (LATER, 0), away=[(1, 11.0, 15.0)])
    assert homes(stage)[1] == 0
    assert stage.shown(1) == [1, 2]  # 0 waited for it on the side that was restarted
    assert (0, 1, "store lost") in stage.drops()


def test_who_crossed_to_the_smaller_side_finds_the_old_session_again():
    """Of gateways 0, 1 and 2 the last is cut off; person 0 comes back there, by turns."""
    servers = {"gateways": 3, "api_nodes": 1, "cores": 1, **FREE}
    stage = Stage(
        DESIGNS["mqtt-qos1"].variant("mine", {"broker": "emqx"}),
        [(12.0, 1), (WITHIN, 1), (LATER, 1)],
        people=5, faults=[SPLIT], servers=servers,
    )  # fmt: skip
    stage.at(11.0, stage.system.leave, 0)  # the five are at 0, 1, 2, 0, 1: the next is at 2
    stage.at(15.0, stage.system.join, 0)
    stage.run(50.0)
    assert stage.channel("mqtt").home(0) is stage.gateways[2]
    assert stage.shown(0) == []
    stage.run(200.0)
    assert stage.shown(0) == [0, 2]  # what waited at the old one; 1 was lost on the way
    assert [row for row in stage.drops() if row[1] == 0] == [(1, 0, "netsplit")]


def test_vernemq_takes_nothing_on_either_side_and_a_client_keeps_what_nobody_answered():
    stage = played("vernemq", (WITHIN, 0), (WITHIN + 1.0, 1), (AFTER, 0))
    assert shown(stage) == [[], [2], [2], [2]]
    assert stage.drops() == []
    assert stage.held() == {(0, -1), (1, -1)}
    assert isnan(stage.told_s(0))
    assert isnan(stage.told_s(1))


def test_at_qos_0_what_vernemq_does_not_take_is_lost():
    stage = played("vernemq", (WITHIN, 0), (AFTER, 0), base="mqtt-qos0")
    assert shown(stage)[1:] == [[1], [1], [1]]
    assert stage.drops() == [(0, -1, "netsplit")]


def test_vernemq_lets_nobody_in_and_what_a_client_kept_goes_out_when_it_is_back():
    stage = played("vernemq", (WITHIN, 0), away=[(0, 25.0, 26.0)])
    tries = stage.attempts(0)[1:]
    let_in = [at_s for at_s, *_ in tries if at_s >= END_S - 4 * ONE_WAY_S]
    assert len(tries) > 5
    assert len(let_in) == 1
    assert shown(stage)[1:] == [[0], [0], [0]]
    assert stage.told_s(0) > END_S


def test_if_it_is_allowed_vernemq_keeps_what_is_for_the_other_side():
    stage = played(KEEPING, (WITHIN, 0), (AFTER, 0))
    assert shown(stage)[1:] == [[0, 1]] * 3
    [(_, there_s), _], [(_, here_s), _] = stage.arrivals(1), stage.arrivals(2)
    assert here_s == pytest.approx(WITHIN + 2 * ONE_WAY_S, abs=CPU_S)
    assert there_s == pytest.approx(END_S + ONE_WAY_S, abs=CPU_S)
    assert stage.drops() == []


def test_rabbitmq_loses_across_and_restarts_nobody():
    stage = played("rabbitmq", (WITHIN, 0), (AFTER, 0))
    assert shown(stage)[1:] == [[1], [0, 1], [1]]
    assert stage.world.down_since_s == {}


def test_a_queue_of_rabbitmq_s_stays_where_it_is_and_its_client_waits_for_it():
    """Person 1 comes back at gateway 0, which cannot reach its queue, and tries on."""
    stage = played("rabbitmq", (WITHIN, 3), away=[(1, 11.0, 15.0)])
    tries = [(round(at_s, 1), node) for at_s, node, *_ in stage.attempts(1)]
    assert tries == [(0.0, 1), (15.0, 0), (16.3, 1)]  # by turns: the next is the right one
    assert stage.shown(1) == [0]
    crash = [{"kind": "node-crash", "node": 1, "at_s": 12.0, "restart_s": 20.0}]
    stage = played("rabbitmq", (10.5, 0), away=[(1, 10.0, 15.0)], faults=crash)
    assert stage.shown(1) == [0]  # durable: it was on disk
    assert [at_s for at_s, *_ in stage.attempts(1)][-1] > 32.0


@pytest.mark.parametrize("base", ["full-websocket", "hybrid-cursor", "socketio"])
def test_a_backplane_of_websockets_is_parted_too(base):
    """What carries it is on gateway 0's side: the far one reaches nobody, not even itself."""
    stage = Stage(base, [(WITHIN, 0), (AFTER, 0)], people=4, faults=[SPLIT]).run(60.0)
    missed = [] if base == "hybrid-cursor" else [(0, 1, "netsplit"), (0, 3, "netsplit")]
    assert stage.drops() == missed
    assert stage.shown(2) == [0, 1]
    assert 1 in stage.shown(1)


BROKERS = [{"broker": one} for one in ("emqx", "vernemq", KEEPING)]
PLAYED = [("mqtt-qos0", one) for one in BROKERS] + [("full-websocket", {}), ("long-poll", {})]


@pytest.mark.parametrize(("base", "changes"), PLAYED)
def test_a_netsplit_has_one_history_in_rows_and_by_objects(base, changes):
    world = scenario(
        time={"warmup_s": 0.0, "measure_s": 60.0, "drain_s": 60.0},
        servers={"gateways": 3, "api_nodes": 1},
        faults=[SPLIT | {"end_s": 30.0}],
    )
    design = DESIGNS[base].variant("mine", changes)
    ways = [{"passive": False}, {"plain": True}, {"plain": False}]
    assert len({run_replication(world, design, 0, **way).digest() for way in ways}) == 1
