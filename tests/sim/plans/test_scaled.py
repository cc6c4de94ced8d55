"""A smaller world loads its nodes as the whole does; fewer people alone would not."""

from dataclasses import replace

import numpy as np
import pytest

import sim
from sim import history as record
from sim.errors import InputError
from sim.experiment.run import run_replication
from sim.plans.bounds import Needs
from sim.plans.exactly import measured, took_s
from sim.plans.question import Limits, Question, Way
from sim.plans.scaled import scale, twin, window_s, world

WAY = Way("shipped", 60.0)
SMALL = {
    "servers.cores": 1,
    "servers.slowness": 40,
    "time.drain_s": 20,
    "conversations.sizes": {"kind": "fixed", "size": 10},
    "actions.send.per_person_per_minute": 2,
}
DESIGN = sim.designs()["full-websocket-acked"]


def asked(people):
    return Question(clients=720, people=people, limits=Limits(recovery=30.0), ways=(WAY,))


def needs(scenario):
    return Needs(7_000, 0.0, 1, 1000.0 / scenario.servers.slowness, 50_000)


def small(people, **changes):
    scenario = sim.load_scenario("node-loss-storm", {**SMALL, **changes})
    scenario = scenario.model_copy(
        update={"servers": scenario.servers.model_copy(update={"admissions_per_s": 60.0})}
    )
    return world(asked(people), scenario, needs(scenario), WAY, 3), scenario


def test_a_quarter_of_the_people_have_nodes_a_quarter_as_fast():
    made, scenario = small(180)
    size = scale(asked(180), 3)
    assert (size.people, size.times, made.people.count) == (60, 4.0, 180)
    servers = made.servers
    assert servers.gateways == 3
    assert servers.slowness == 4 * scenario.servers.slowness
    assert servers.admissions_per_s == 15.0
    assert (servers.accept_backlog, servers.connections_limit) == (128, 12_500)
    assert made.authenticator.check_s == 4 * scenario.authenticator.check_s
    assert made.backplane.publish_s == pytest.approx(4 * scenario.backplane.publish_s)
    (fault,) = made.faults
    assert (fault.at_s, fault.restart_s) == (made.time.warmup_s, window_s(asked(180)))


def test_no_more_people_than_there_are():
    assert scale(replace(asked(60), people=9_000), 30).times == 1.0


def figures(people, slowed=True):
    """CPU, the delivery at the 99th percentile and when 99 % are back, of one run each."""
    found = []
    for number in range(2):
        made, scenario = small(people)
        if not slowed:
            servers = made.servers.model_copy(update={"slowness": scenario.servers.slowness})
            made = made.model_copy(update={"servers": servers})
        history = run_replication(made, DESIGN, number)
        calm = took_s(run_replication(twin(made, scenario), DESIGN, number))
        told = measured(history, calm, scale(asked(people), 3).times)
        values, counts = told["delivery"]["values_s"], told["delivery"]["counts"]
        p99_s = np.quantile(np.repeat(values, counts), 0.99)
        found.append((told["cpu"], p99_s, back_s(history)))
    return np.mean(found, axis=0)


def back_s(history):
    cuts = history.tables["episodes"]
    hit = record.in_window(history, cuts["cut_s"])
    return np.quantile(cuts["open_s"][hit] - history.meta["warmup_s"], 0.99)


def test_nodes_are_as_loaded_as_with_all_people():
    whole, part, naive = figures(720), figures(180), figures(180, slowed=False)
    assert part[0] == pytest.approx(whole[0], rel=0.1)  # CPU
    assert part[1] == pytest.approx(whole[1], rel=0.25)  # delivery
    assert part[2] == pytest.approx(whole[2], rel=0.15)  # recovery
    assert naive[0] < 0.5 * whole[0]


def test_groups_of_more_people_than_there_are_are_refused():
    sizes = {"conversations.sizes": {"kind": "fixed", "size": 100}}
    with pytest.raises(InputError, match="people = 60; allowed: at least the largest group, 100"):
        small(60, **sizes)
