"""Random small worlds: objects alone, the loop as it stands and compiled have one digest.

`python -m tests.properties.three_ways --cases 200` plays 200 of each design.
"""

import pytest

from models import DESIGNS
from tests.properties.small_worlds import small_world
from tests.properties.three_ways import differs

CASES = 4


@pytest.mark.parametrize("design", DESIGNS)
def test_three_ways_are_one(design):
    assert [found for number in range(CASES) if (found := differs(design, number))] == []


def test_a_world_depends_on_its_name_alone():
    (one, _), (again, _) = small_world("hybrid", 5), small_world("hybrid", 5)
    assert one == again
    assert one != small_world("hybrid", 6)[0]
