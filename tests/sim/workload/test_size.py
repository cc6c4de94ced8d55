"""What is expected is what is drawn, within the luck of a Poisson process."""

from math import sqrt

import pytest

from sim.streams import Streams
from sim.workload.build import build
from sim.workload.people import OnOffSpec, PeopleSpec
from sim.workload.size import expected_actions
from sim.workload.spec import WorkloadSpec

FOR_S = 20_000.0


@pytest.mark.parametrize(
    "people",
    [PeopleSpec(count=60), PeopleSpec(count=200, sessions=OnOffSpec(on_mean_s=60, off_mean_s=240))],
)
def test_as_many_as_are_drawn(people):
    spec = WorkloadSpec(people=people)
    drawn = len(build(spec, Streams(1, 0), FOR_S).time_s)
    expected = expected_actions(spec, FOR_S)
    # Four actions come together, and those of one session, too; notices before a session are cut.
    assert abs(drawn - expected) < 5 * sqrt(8 * expected) + 0.06 * expected
