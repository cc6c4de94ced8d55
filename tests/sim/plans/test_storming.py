"""Storms of a plan: a part of the crowd for the search, all of it for the answer."""

import pytest

import sim
from models.costs import AIOHTTP
from sim.errors import InputError
from sim.plans.question import MEMORY, RECOVERY, Question, Way
from sim.plans.runs import Runs
from sim.plans.storming import Stage, storm_of, stormed
from sim.registry import play_storm

WAY = Way("full-jitter")


def stage(clients=60_000, **changes):
    world = sim.load_scenario("node-loss-storm", changes)
    question = Question(clients=clients, ways=(WAY,))
    return Stage(question, sim.designs()["full-websocket"], world, play_storm)


def test_a_third_is_lost_for_good_and_each_run_has_its_own_luck():
    first, second = (storm_of(Question(), 12, number) for number in (0, 1))
    assert [fault.node for fault in first.faults] == [0, 3, 6, 9]
    assert {fault.what for fault in first.faults} == {"crashes"}
    assert (first.seed, second.seed) == (1, 2)


def test_the_same_seeds_whatever_the_number_of_nodes_and_the_way():
    assert storm_of(Question(), 12, 1).seed == storm_of(Question(ways=(WAY,)), 30, 1).seed


def test_a_part_of_the_crowd_is_back_when_all_of_it_is():
    here, runs = stage(), Runs()
    part, whole = (stormed(here, WAY, 6, runs, whole=one) for one in (False, True))
    assert part[0].name == whole[0].name == RECOVERY
    assert part[0].value == pytest.approx(whole[0].value, rel=0.03)
    assert runs.finished == 6


def test_memory_and_pings_are_of_the_cost_table():
    needs = stage().needs()
    _, memory = stormed(stage(), WAY, 6, Runs(), whole=False)
    assert memory.name == MEMORY
    assert memory.value == pytest.approx(60_000 / 4 * AIOHTTP.connection_bytes, rel=0.02)
    assert needs.idle_s == pytest.approx(2 * AIOHTTP.message_out_s * 2 / 20.0)  # both ends ping


def test_slow_nodes_open_fewer_connections():
    quick, slow = (stage(**{"servers.slowness": one}).needs() for one in (1, 4))
    assert quick.capacity_per_s == pytest.approx(4 * slow.capacity_per_s)
    assert slow.idle_s == pytest.approx(4 * quick.idle_s)


def test_every_way_that_cannot_be_is_told():
    question = Question(ways=(Way("no-such"), Way("nor-this:3"), Way("shipped")))
    here = Stage(question, sim.designs()["full-websocket"], stage().scenario, play_storm)
    with pytest.raises(InputError) as error:
        here.require_ways()
    assert len(error.value.messages) == 2


def test_where_nodes_share_something_all_are_played():
    assert stage().is_apart
    assert not stage(**{"store.reads_per_s": 1000}).is_apart
