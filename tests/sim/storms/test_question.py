"""What can be asked, and what is said of the rest."""

import pytest

from sim.errors import InputError
from sim.storms.question import CRASHES, RETURNS, Failure, Fault, Storm, lost_nodes

ONE = (Fault(1.0, CRASHES, 0),)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"clients": 0}, "clients = 0; allowed: 1 to 20,000,000"),
        ({"nodes": 0}, "nodes = 0; allowed: 1 to 1,000"),
        ({"horizon_s": 0}, "horizon_s = 0"),
        ({"spread": "anycast"}, "spread = 'anycast'; allowed: round-robin"),
        ({"faults": ()}, "faults: none"),
        ({"faults": (Fault(1.0, CRASHES, 7),)}, "node = 7; allowed: 0 to 1"),
        ({"faults": (Fault(700.0, CRASHES, 0),)}, "at_s = 700, when a node crashes; allowed: 0 to"),
    ],
)
def test_what_cannot_be_is_said_in_one_line(wrong, said):
    with pytest.raises(InputError) as told:
        Storm(**{"clients": 10, "nodes": 2, "faults": ONE, **wrong})
    assert any(line.startswith(said) for line in told.value.messages)


def test_stages_are_equal_parts_apart():
    found = Failure(at_s=1.0, for_s=5.0, stages=2, stage_s=10.0).of((0, 1, 2, 3))
    down = [(one.at_s, one.node) for one in found if one.what == CRASHES]
    up = [(one.at_s, one.node) for one in found if one.what == RETURNS]
    assert down == [(1.0, 0), (1.0, 1), (11.0, 2), (11.0, 3)]
    assert up == [(6.0, 0), (6.0, 1), (16.0, 2), (16.0, 3)]


def test_many_faults_at_a_moment_that_cannot_be_are_one_line():
    faults = tuple(Fault(700.0 + node, CRASHES, node) for node in range(50))
    with pytest.raises(InputError) as told:
        Storm(50, 50, faults)
    assert len(told.value.messages) == 1


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({"how": "burns"}, "how"),
        ({"stages": 3}, "stages"),
        ({"for_s": 0.0}, "back_after_s"),
        ({"for_s": -4.0}, "back_after_s"),
        ({"stage_s": -1.0}, "stage_s"),
    ],
)
def test_a_failure_that_cannot_be(how, said):
    with pytest.raises(InputError, match=f"{said} = "):
        Failure(**how).of((0, 1))


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ((4, 5, 1, None), "lose = 5"),
        ((4, 1, 9, 0), "zones = 9"),
        ((4, 1, 2, 2), "zone = 2"),
        ((0, 1, 1, None), "nodes = 0"),
        ((10**12, 10**12, 1, None), "nodes = 1,000,000,000,000"),
    ],
)
def test_nodes_that_cannot_be_lost(asked, said):
    with pytest.raises(InputError, match=f"{said}; allowed"):
        lost_nodes(*asked)


def test_a_zone_is_every_so_many_nodes():
    assert lost_nodes(7, 1, 3, 2) == (2, 5)
