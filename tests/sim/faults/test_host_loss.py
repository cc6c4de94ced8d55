"""A host that is gone, and comes back."""

from sim.node import GONE, UP
from tests.sim.faults.made_faults import Stage


def test_a_lost_host_is_gone_until_it_is_back_api_nodes_too():
    stage = Stage({"kind": "host-loss", "node": 3, "at_s": 10, "back_s": 5})
    assert stage.states(10.1, 15.1) == [[UP, UP, UP, GONE], [UP] * 4]
