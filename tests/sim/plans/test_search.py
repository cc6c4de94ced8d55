"""The fewest nodes are those of arithmetic; an impossible limit is seen to be one."""

import math

import pytest
from known_plan import LATENESS_S, play, search, takes_s

from sim.plans import search as searching
from sim.plans.judged import HOLDS
from sim.plans.question import Way, ways

ZONES = 3


def fewest(recovery_s, rate=math.inf):
    """By hand: a third of 90,000 is cut, two thirds of the nodes are left."""
    nodes = range(3, 301, 3)
    return next(one for one in nodes if takes_s(30_000, one * 2 // 3, rate) <= recovery_s)


@pytest.mark.parametrize("recovery_s", [2.0, 5.7, 20.0, 60.0, 140.0])
def test_the_fewest_nodes_are_those_of_arithmetic(recovery_s):
    (row,) = search(recovery=recovery_s, memory=1e12, cpu=1.0).rows()
    assert row.nodes == fewest(recovery_s)
    assert (row.is_whole, row.best.state, row.not_monotone) == (True, HOLDS, ())
    assert row.tried[row.nodes - ZONES].state != HOLDS
    assert row.binding == "recovery"


def test_a_limit_that_only_an_exact_run_shows_binds_where_it_does():
    (row,) = search(cpu_of_one=33.0, cpu=0.5, recovery=60.0).rows()
    assert (row.nodes, row.binding) == (99, "cpu")


def test_of_two_ways_the_cheaper_is_first_and_the_other_is_a_bound():
    found = search(recovery=20.0, ways=ways(("shipped",), (50.0, None)))
    cheap, dear = found.rows()
    assert (cheap.way, cheap.nodes, cheap.is_whole) == (Way(), fewest(20.0), True)
    assert (dear.nodes, dear.is_whole) == (fewest(20.0, 50.0), False)
    assert {way for way, _ in found.exactly.asked} == {Way()}


def test_no_more_is_played_of_a_way_than_shows_that_it_is_no_better():
    found = search(recovery=20.0, cpu_of_one=33.0, cpu=0.5, ways=ways(("shipped",), (None, 90.0)))
    first, other = found.rows()
    assert (first.nodes, other.nodes, other.is_whole) == (99, 99, False)
    assert [nodes for way, nodes in found.exactly.asked if way == other.way] == [96]


def test_an_impossible_limit_fails_for_every_number_of_nodes():
    (row,) = search(loss=0.02, recovery=20.0).rows()
    assert (row.nodes, row.best, row.binding) == (None, None, "loss")
    assert row.nearest.binding.excess == pytest.approx(4.0)
    assert max(row.tried) == 300


def test_what_arithmetic_rules_out_is_not_played():
    found = search(recovery=0.5)
    (row,) = found.rows()
    assert (row.nodes, row.binding, found.runs.finished) == (None, "recovery", 0)


def test_one_node_a_zone_is_bound_by_nothing():
    (row,) = search(clients=300, recovery=60.0).rows()
    assert (row.nodes, row.binding) == (3, None)


def test_that_more_nodes_are_worse_is_seen(monkeypatch):
    found = search(recovery=20.0)

    def worse(storm, *rest):
        outcome = play(storm, *rest)
        if storm.nodes * 90_000 // storm.clients == fewest(20.0) + 3:
            outcome.back_after_s = lambda share: 99.0
        return outcome

    monkeypatch.setattr(searching, "stormed", _stormed_with(worse, searching.stormed))
    (row,) = found.rows()
    assert row.not_monotone == (fewest(20.0) + 3,)


def _stormed_with(other, real):
    from dataclasses import replace

    return lambda stage, *rest, **how: real(replace(stage, play=other), *rest, **how)


def test_lateness_is_part_of_what_is_known():
    assert takes_s(30_000, 10) == LATENESS_S + 30.0
