"""A server without a cluster has one node, and a scenario with more of them is refused."""

import pytest
from stage import FREE, Stage

from models import DESIGNS
from models.servers.backplane.one_node import BACKPLANE, OneNode
from sim.errors import InputError
from sim.scenario.load import Change, check, open_scenario

MOSQUITTO = DESIGNS["mqtt-qos1"].variant("mine", {"broker": "mosquitto"})


def checked(*changes):
    made = [Change(at, value, "--set") for at, value in [(("designs",), ["mine"]), *changes]]
    return check(open_scenario("commuter-day"), {**DESIGNS, "mine": MOSQUITTO}, made)


def test_everybody_is_at_the_one_node():
    stage = Stage(MOSQUITTO, [(2.0, 0)], servers={"gateways": 1, "api_nodes": 1, **FREE}).run(5.0)
    assert type(stage.system.service.fan_out.backplane) is OneNode is BACKPLANE
    assert stage.shown(1) == stage.shown(2) == [0]


@pytest.mark.parametrize(
    "changes",
    [
        [(("servers", "gateways"), 4)],
        [
            (("servers", "gateways"), 1),
            (("faults",), [{"kind": "add-nodes", "at_s": 60.0, "count": 3}]),
        ],
    ],
    ids=["at once", "joining"],
)
def test_four_gateways_are_refused_in_one_line(changes):
    with pytest.raises(InputError) as told:
        checked(*changes)
    [line] = str(told.value).splitlines()
    assert "servers.gateways" in line
    assert "4; allowed: 1, or without 'mine', whose servers do not cluster" in line


def test_one_is_not():
    assert checked((("servers", "gateways"), 1)).servers.gateways == 1
