"""Hops are matched up from marks: what arrives, what is lost, what TCP sends again."""

import math

from sim.sequence.hops import BACKPLANE, hops
from sim.tape import ACK, ARRIVED, CONTROL, DATA, HELD, LOST, PUBLISHED, RESET, SENT, Mark, Said

MESSAGE = Said("message 0", (0,), DATA)
A, B = "person 0", "gateway 0"


def test_what_arrives_is_matched_with_its_write() -> None:
    tape = [Mark(1.0, SENT, A, B, MESSAGE, 1.5), Mark(1.5, ARRIVED, A, B, MESSAGE, 1.0)]
    (hop,) = hops(tape)
    assert (hop.source, hop.target, hop.said) == (A, B, MESSAGE)
    assert (hop.fate, hop.left_s, hop.again_s, hop.over_s) == ("arrived", 1.0, 1.0, 1.5)
    assert not hop.resent


def test_a_copy_that_left_later_was_resent_unless_tcp_held_it_back() -> None:
    arrived = Mark(3.5, ARRIVED, A, B, MESSAGE, 3.0)
    (resent,) = hops([Mark(1.0, SENT, A, B, MESSAGE, math.inf), arrived])
    (held,) = hops([Mark(1.0, HELD, A, B, MESSAGE, 3.5), arrived])
    assert resent.resent
    assert resent.again_s == 3.0
    assert held.held
    assert not held.resent


def test_of_two_equal_writes_the_planned_arrival_tells_which_one_came() -> None:
    tape = [
        Mark(1.0, SENT, A, B, MESSAGE, math.inf),
        Mark(2.0, SENT, A, B, MESSAGE, 2.5),
        Mark(2.5, ARRIVED, A, B, MESSAGE, 2.0),
        Mark(9.0, LOST, A, B, MESSAGE, 9.0),
    ]
    assert [(hop.left_s, hop.fate, hop.over_s) for hop in hops(tape)] == [
        (1.0, "lost", 9.0),
        (2.0, "arrived", 2.5),
    ]


def test_the_backplane_is_a_lane_of_its_own() -> None:
    into, out = hops([Mark(1.0, PUBLISHED, "api 2", B, MESSAGE, 1.2)])
    assert (into.source, into.target, into.over_s) == ("api 2", BACKPLANE, 1.0)
    assert (out.source, out.target, out.over_s) == (BACKPLANE, B, 1.2)
    (gone,) = hops([Mark(1.0, LOST, "api 2", B, MESSAGE, 1.0)])
    assert (gone.target, gone.fate) == (BACKPLANE, "lost")


def test_a_reset_is_a_hop_and_what_has_not_ended_is_under_way() -> None:
    tape = [
        Mark(1.0, SENT, A, B, Said("OK", (0,), ACK), 4.0),
        Mark(2.0, RESET, B, A, None, math.inf),
        Mark(3.0, RESET, B, A, None, 3.1),
    ]
    waiting, lost, reset = hops(tape)
    assert waiting.fate == "under way"
    assert math.isnan(waiting.over_s)
    assert (lost.said, lost.fate) == (Said("RST", (), CONTROL), "lost")
    assert (reset.fate, reset.over_s) == ("arrived", 3.1)
