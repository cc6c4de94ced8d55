"""Random small worlds: objects alone, the loop as it stands and compiled have one digest.

`python -m tests.properties.three_ways --cases 200` plays 200 of each design.
"""

import pytest

import sim
from models import DESIGNS
from sim.scenario.load import shipped
from tests.properties.small_worlds import small_world
from tests.properties.three_ways import differs, digests

CASES = 8


@pytest.mark.parametrize("design", DESIGNS)
def test_three_ways_are_one(design):
    assert [found for number in range(CASES) if (found := differs(design, number))] == []


@pytest.mark.parametrize("name", sorted(shipped()))
def test_shipped_scenarios_are_one_with_every_design(name):
    """With few people; compiled where numba is, small as they are."""
    scenario = sim.load_scenario(name, {"people.count": 12})
    found = {design: digests(scenario, DESIGNS[design]) for design in DESIGNS}
    assert {design: ways for design, ways in found.items() if len(set(ways.values())) > 1} == {}


def test_a_world_depends_on_its_name_alone():
    (one, _), (again, _) = small_world("hybrid", 5), small_world("hybrid", 5)
    assert one == again
    assert one != small_world("hybrid", 6)[0]
