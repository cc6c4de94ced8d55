"""A trial is over when it is decided, and whoever waits hears how far a search is."""

import math

import pytest
from stormy import crash, world

import sim
from sim.registry import play_storm
from sim.storms.question import Storm
from sim.storms.trials import Hearing, Trials


def unseen(done, total):
    """Nobody looks."""


def trials(clients=2_000, took_s=0.0, **changes):
    """Of a storm at two nodes that are back after three seconds; and its scenario."""
    scenario, heard = world(servers__cores=1, **changes), []
    storm = Storm(clients, 2, crash(2, 3.0), horizon_s=60)
    outcome = play_storm(storm, sim.designs()["full-websocket"], scenario, unseen)
    hearing = Hearing(heard.append, lambda *done: heard.append(done), took_s)
    return Trials(outcome, play_storm, hearing, 10), scenario, heard


def test_a_trial_says_what_the_whole_storm_says_and_counts():
    tried, scenario, heard = trials()
    whole_s = tried.outcome.back_after_s(0.99)
    assert math.isfinite(whole_s)
    assert tried.took_s(sim.designs()["full-websocket"], scenario) == whole_s
    assert heard == [(1, 10)]


@pytest.mark.parametrize(
    "changes", [{"servers__connections_limit": 900}, {"authenticator__check_s": 0.03}]
)
def test_what_can_never_be_is_not_played(changes):
    tried, _, _ = trials()
    tried.play = None
    scenario = world(servers__cores=1, **changes)
    assert tried.took_s(sim.designs()["full-websocket"], scenario) == math.inf


def test_an_estimate_is_of_trials_and_of_the_storm_that_was_played():
    tried, scenario, _ = trials(took_s=30.0)
    assert tried.estimate(scenario, 6) == "at most 10 trials of 2,000 clients, about 480 s"
    tried, scenario, _ = trials()
    assert tried.estimate(scenario, 6) == "at most 10 trials of 2,000 clients"
