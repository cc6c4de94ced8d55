"""A crowd that never comes back does so with the number that is told, and not with much less."""

import math

import pytest
from stormy import crash, world

import sim
from sim.registry import play_storm
from sim.storms import scaled
from sim.storms.question import Storm
from sim.storms.rescue import PRECISION, Knob, knobs, rescues
from sim.storms.trials import Hearing

QUEUE = {"servers__accept_backlog": 65_535, "servers__cores": 1}


def unseen(done, total):
    """Nobody looks."""


def collapse(horizon_s=60):
    """All knock at once at one node whose queue is longer than they are patient."""
    design = sim.designs()["mqtt-qos1"]
    storm = Storm(15_000, 1, crash(1, 3.0), horizon_s=horizon_s)
    return storm, design, world(**QUEUE)


def test_a_collapse_is_seen_as_such_and_what_is_told_brings_it_back():
    storm, design, scenario = collapse()
    outcome = play_storm(storm, design, scenario, unseen)
    assert outcome.back_after_s(0.99) == math.inf
    assert outcome.wasted_s == pytest.approx(outcome.spent_s, rel=0.01)
    heard = []
    found = rescues(outcome, (design, scenario), play_storm, Hearing(heard.append, unseen))
    assert {one.key for one in found} >= {"servers.cores", "servers.accept_backlog"}
    assert len(heard) == 1 + len(list(knobs(scenario, storm, 5.0)))
    (backlog,) = [one for one in found if one.key == "servers.accept_backlog"]
    assert 1 < backlog.needed < 65_535
    for times, is_back in ((1.0, True), (1.2, False)):
        other = world(**{**QUEUE, "servers__accept_backlog": int(times * backlog.needed)})
        took_s = play_storm(storm, design, other, unseen).back_after_s(0.99)
        assert math.isfinite(took_s) == is_back


def lacking():
    """An authenticator whose checks of everybody take longer than anybody waits."""
    storm = Storm(20_000, 4, crash(4, 3.0), horizon_s=60)
    return storm, sim.designs()["mqtt-qos1"], world(authenticator__check_s=0.01)


@pytest.mark.parametrize("stuck", [collapse, lacking])
def test_a_search_of_few_finds_what_a_search_of_all_finds_for_a_tenth_of_the_dials(
    stuck, monkeypatch
):
    storm, design, scenario = stuck()
    outcome = play_storm(storm, design, scenario, unseen)
    found, dials = {}, {}
    for few in (1_500, storm.clients):
        monkeypatch.setattr(scaled, "FEW", few)
        played = []

        def play(storm, *world, played=played):
            played.append(play_storm(storm, *world))
            return played[-1]

        ways = rescues(outcome, (design, scenario), play, Hearing(lambda line: None, unseen))
        found[few] = {one.key: one.needed for one in ways}
        dials[few] = sum(one.attempts for one in played if one.storm.clients < storm.clients)
        dials[few] = dials[few] or sum(one.attempts for one in played)
    few, many = found.values()
    assert many
    assert few == pytest.approx(many, rel=2 * PRECISION)
    assert dials[1_500] < 0.15 * dials[storm.clients]


def test_steps_double_up_to_the_last_value_or_halve_down_to_it():
    up = Knob("cores", 3, 20, lambda *_: _)
    down = Knob("backlog", 9, 1, lambda *_: _)
    assert [value for _, value in up.steps()] == [6, 12, 20]
    assert [value for _, value in down.steps()] == [4, 2, 1]


def test_a_value_near_enough_is_the_answer():
    knob = Knob("wait", 1.0, 100.0, lambda *_: _, whole=False)
    assert knob.between(10.0, 10.4) is None
    assert knob.between(4.0, 16.0) == 8.0
