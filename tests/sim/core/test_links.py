"""Laws of loss on rows against their definitions, worked out plainly."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim import luck
from sim.core.links import FREE_S, LAW, OF_FIRST_STATE, OF_SOJOURN, OTHER, SECOND_BITS, LinkRows
from sim.core.links import lost as lost_in_row
from sim.network.delay import constant_delay
from sim.network.loss import Bernoulli, GilbertElliott, LossFrom, NoLoss
from sim.network.path import Way
from sim.streams import Streams

TIMES = st.lists(st.tuples(st.floats(0, 300), st.integers(0, 2**40)), min_size=1, max_size=60)
DRAWS = Streams(5, 1).draws
OWN, LINK = DRAWS("b", 2), DRAWS("link", 0)
GOOD_S, BAD_S = 4.0, 2.0


def drawn(ratio, time_s, packet):
    """A packet is lost when the number of its name and second is below the ratio."""
    second = int(time_s * 1e9) >> SECOND_BITS
    return luck.bits(OWN.low, OWN.high, packet, second) < luck.threshold(ratio)


def is_bad(time_s, link):
    """Sojourns one after the other from time 0 on; the first may be empty."""
    share_bad = BAD_S / (GOOD_S + BAD_S)
    begins_bad = luck.uniform(link.low, link.high, 0, OF_FIRST_STATE) < share_bad
    end_ns, sojourn = 0, -1
    while end_ns <= int(time_s * 1e9):
        sojourn += 1
        length = luck.exponential(link.low, link.high, sojourn, OF_SOJOURN)
        mean_ns = (BAD_S if sojourn % 2 else GOOD_S) * 1e9
        end_ns += 0 if sojourn == 0 and begins_bad else int(mean_ns * length)
    return sojourn % 2 == 1


LAWS = {
    "none": (NoLoss(), lambda *_: False),
    "alike": (Bernoulli(0.3, OWN), lambda time_s, packet: drawn(0.3, time_s, packet)),
    "bursts": (
        GilbertElliott(GOOD_S, BAD_S, 0.05, 0.7, OWN),
        lambda time_s, packet: drawn(0.7 if is_bad(time_s, OWN) else 0.05, time_s, packet),
    ),
    "shared": (
        GilbertElliott(GOOD_S, BAD_S, 0.0, 1.0, OWN, LINK),
        lambda time_s, packet: drawn(1.0 if is_bad(time_s, LINK) else 0.0, time_s, packet),
    ),
}


@pytest.mark.parametrize("name", LAWS)
@given(asked=TIMES)
def test_a_packet_has_the_fate_of_its_name_forward_and_back(name, asked):
    law, defined = LAWS[name]
    links = LinkRows()
    links.add()
    way = Way(constant_delay(0.1), law, None, links)
    for time_s, packet in asked:
        expected = defined(time_s, packet)
        assert lost_in_row(links.shared.views, way.row, time_s, packet) == expected
        assert way.lost(time_s, packet) == law.lost(time_s, packet) == expected


def test_a_law_that_is_not_known_here_says_so():
    way = Way(constant_delay(0.1), LossFrom(NoLoss(), 3.0))
    assert way.cells[way.row + LAW] == OTHER


def test_ways_do_not_share_a_link():
    links = LinkRows()
    one, other = (Way(constant_delay(0.1), NoLoss(), None, links) for _ in range(2))
    one.free_s = 3.0
    assert (one.free_s, other.free_s, links.shared.views.row[one.row + FREE_S]) == (3.0, 0.0, 3.0)
