"""Laws of loss on rows against the objects of `sim.network.loss`."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.core.links import FREE_S, LAW, OTHER, LinkRows, lost
from sim.network.delay import constant_delay
from sim.network.loss import Bernoulli, GilbertElliott, Loss, LossFrom, NoLoss
from sim.network.path import Way
from sim.streams import Streams

TIMES = st.lists(st.tuples(st.floats(0, 300), st.integers(0, 2**40)), min_size=1, max_size=60)


def laws() -> dict[str, Loss]:
    draws = Streams(5, 1).draws
    return {
        "none": NoLoss(),
        "alike": Bernoulli(0.3, draws("a", 1)),
        "bursts": GilbertElliott(4.0, 2.0, 0.05, 0.7, draws("b", 2)),
        "shared": GilbertElliott(4.0, 2.0, 0.0, 1.0, draws("c", 3), draws("link", 0)),
    }


@pytest.mark.parametrize("name", laws())
@given(asked=TIMES)
def test_a_packet_has_the_same_fate_forward_and_back(name, asked):
    law, links = laws()[name], LinkRows()
    links.add()
    way = Way(constant_delay(0.1), law, None, links)
    for time_s, packet in asked:
        assert lost(links.shared.views, way.row, time_s, packet) == law.lost(time_s, packet)


def test_a_law_that_is_not_known_here_says_so():
    way = Way(constant_delay(0.1), LossFrom(NoLoss(), 3.0))
    assert way.cells[way.row + LAW] == OTHER


def test_ways_do_not_share_a_link():
    links = LinkRows()
    one, other = (Way(constant_delay(0.1), NoLoss(), None, links) for _ in range(2))
    one.free_s = 3.0
    assert (one.free_s, other.free_s, links.shared.views.row[one.row + FREE_S]) == (3.0, 0.0, 3.0)
