"""The world of a hunt: even links, two gateways, or whatever a scenario has."""

from pathlib import Path

import pytest

from models import DESIGNS
from sim.errors import InputError
from sim.hunt.schedule import read
from sim.hunt.stage import nodes, stage
from sim.scenario.load import change


def test_nothing_but_the_schedule_can_break_anything() -> None:
    world = stage("hybrid", DESIGNS)
    (network,) = world.networks
    assert network.delay is not None
    assert (network.delay.kind, network.delay.delay_s) == ("constant", 0.025)
    assert (world.servers.gateways, world.servers.api_nodes, nodes(world)) == (2, 1, 3)
    assert world.designs == ("hybrid",)


def test_any_key_can_be_changed_and_designs_be_varied() -> None:
    changes = ["servers.gateways=1", "variants.mine.base=long-poll", "variants.mine.hold_s=5.0"]
    world = stage("mine", DESIGNS, None, [change(one) for one in changes])
    assert nodes(world) == 2
    assert world.variants["mine"].changes == {"hold_s": 5.0}


def test_a_scenario_of_ones_own_gives_networks_and_servers(tmp_path: Path) -> None:
    world = stage("hybrid", DESIGNS, "commuter-day")
    played = read("people=2 send=5:0 link=1@5+1").scenario(world)
    assert played.networks == world.networks
    assert played.servers == world.servers
    assert played.people.count == 2
    assert [fault.kind for fault in played.faults] == ["link-outage"]
    assert len(played.script.sends) == 1


def test_an_unknown_design_is_refused() -> None:
    with pytest.raises(InputError, match="unknown design 'hybird'"):
        stage("hybird", DESIGNS)
