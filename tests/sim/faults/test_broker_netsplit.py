"""Gateways parted into two sides."""

from dataclasses import replace

import pytest

from sim.faults.plan import netsplits
from sim.node import Netsplit
from tests.sim.faults.made_faults import AROUND, Stage, fault, faults

SPLIT = {"kind": "broker-netsplit", "start_s": 10.0, "end_s": 20.0}


@pytest.mark.parametrize(("count", "far"), [(1, (2,)), (2, (1, 2))])
def test_the_gateways_counted_last_are_on_the_far_side(count, far):
    assert netsplits(faults(SPLIT | {"nodes": count}), 3) == (Netsplit(10.0, 20.0, far),)


def test_other_faults_part_nobody():
    outage = {"kind": "backplane-outage", "start_s": 1.0, "end_s": 2.0}
    assert netsplits(faults(outage), 3) == ()


@pytest.mark.parametrize(
    ("count", "gateways", "words"),
    [(3, 3, "3 of 3 gateways; allowed: 1 to 2"), (1, 1, "there is one gateway")],
)
def test_each_side_has_a_gateway(count, gateways, words):
    around = replace(AROUND, gateways=gateways)
    [(key, message)] = fault(**SPLIT, nodes=count).problems(around)
    assert (key, words in message) == ("nodes", True)


def test_api_nodes_and_nodes_that_join_are_with_the_first_gateway():
    stage = Stage(SPLIT, servers={"gateways": 2, "api_nodes": 1})
    world = stage.world
    near, far = world.gateways
    late = world.add_gateway()
    world.engine.run(15.0)
    split = world.netsplit(near, far)
    assert split == Netsplit(10.0, 20.0, (1,))
    assert world.netsplit(near, world.apis[0]) is None is world.netsplit(near, late)
    assert world.netsplit(late, far) == world.netsplit(far, world.apis[0]) == split
    world.engine.run(25.0)
    assert world.netsplit(near, far) is None
    assert world.netsplit(near, far, more_s=6.0) == split
