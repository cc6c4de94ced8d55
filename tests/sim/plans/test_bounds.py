"""What is certain is arithmetic, falls with more nodes, and no storm is quicker."""

import math

import pytest
from known_plan import BYTES, CAPACITY_PER_S, IDLE_S

import sim
from sim.plans.bounds import Needs, certainly, fewest, held, soonest_s
from sim.plans.question import Limits, Question, Way
from sim.plans.runs import Runs
from sim.plans.storming import Stage, stormed
from sim.registry import play_storm

NEEDS = Needs(BYTES, IDLE_S, 1, CAPACITY_PER_S, 10**6)
ANY = Way()


def asked(**limits):
    return Question(clients=90_000, limits=Limits(**limits))


def test_a_crowd_takes_at_least_its_handshakes_over_what_the_nodes_left_can_do():
    assert soonest_s(asked(), NEEDS, ANY, 30) == pytest.approx(0.99 * 30_000 / (20 * 100))
    assert soonest_s(asked(), NEEDS, Way("shipped", 10.0), 30) == pytest.approx(
        (0.99 * 30_000 / 20 - 5) / 10
    )


@pytest.mark.parametrize(
    ("limits", "name"), [({"recovery": 10.0}, "recovery"), ({"cpu": 0.06}, "cpu"),
                         ({"memory": 6e6}, "memory")],
)  # fmt: skip
def test_one_zone_of_nodes_fewer_breaks_what_it_names(limits, name):
    question = asked(**{"recovery": 3600.0, "cpu": 1.0, "memory": 1e12, **limits})
    nodes = fewest(question, NEEDS, ANY)
    assert list(certainly(question, NEEDS, ANY, nodes)) == []
    assert [one.name for one in certainly(question, NEEDS, ANY, nodes - 3)] == [name]


def test_more_nodes_are_never_worse():
    question = asked()
    by_nodes = [
        (soonest_s(question, NEEDS, ANY, nodes), held(question, nodes))
        for nodes in range(3, 300, 3)
    ]
    assert by_nodes == sorted(by_nodes, reverse=True)


def test_whom_no_node_has_room_for_never_comes_back():
    tight = Needs(BYTES, IDLE_S, 1, CAPACITY_PER_S, 1_000)
    (found,) = certainly(asked(), tight, ANY, 120)
    assert (found.name, found.value) == ("recovery", math.inf)
    assert fewest(asked(), tight, ANY) == 135


def test_where_even_the_most_are_too_few_there_is_none():
    assert fewest(asked(recovery=0.01), NEEDS, ANY) is None


@pytest.mark.parametrize("way", [Way("none"), Way("full-jitter", 60.0)])
def test_no_storm_is_quicker_than_arithmetic(way):
    question = Question(clients=6_000, ways=(way,), people=60)
    world = sim.load_scenario("node-loss-storm", {"servers.slowness": 4})
    stage = Stage(question, sim.designs()["full-websocket"], world, play_storm)
    recovery, *_ = stormed(stage, way, 3, Runs(), whole=True)
    assert recovery.low > soonest_s(question, stage.needs(), way, 3) > 1.0
