"""Marks of a tape become hops: what left belongs to what arrived, or to what was lost."""

import math

import pytest
from played import played

from sim.sequence.hops import BACKPLANE, Hop, hops
from sim.tape import (
    ACK,
    ARRIVED,
    CONTROL,
    DATA,
    HELD,
    LOST,
    PUBLISHED,
    RESET,
    SENT,
    Mark,
    Said,
)

HELLO = Said("message 0", (0,), DATA)
NEVER = math.inf


def mark(time_s: float, kind: str, other_s: float = NEVER, said: Said = HELLO) -> Mark:
    return Mark(time_s, kind, "person 0", "gateway 0", said, other_s)


def test_what_was_sent_arrives() -> None:
    (hop,) = hops([mark(5.0, SENT, 5.025), mark(5.025, ARRIVED, 5.0)])
    assert hop == Hop(5.0, "person 0", "gateway 0", HELLO, False, "arrived", 5.0, 5.025)
    assert not hop.resent


def test_a_copy_that_left_later_was_sent_again() -> None:
    (hop,) = hops([mark(5.0, SENT, 7.025), mark(7.025, ARRIVED, 7.0)])
    assert hop.resent
    assert (hop.left_s, hop.again_s, hop.over_s) == (5.0, 7.0, 7.025)


def test_what_was_held_back_was_not_lost_before() -> None:
    (hop,) = hops([mark(5.0, HELD, 7.025), mark(7.025, ARRIVED, 7.0)])
    assert hop.held
    assert not hop.resent


def test_what_is_lost_is_known_to_be_later() -> None:
    (hop,) = hops([mark(5.0, SENT, NEVER), mark(137.0, LOST)])
    assert (hop.fate, hop.over_s) == ("lost", 137.0)


def test_what_neither_arrives_nor_is_lost_is_under_way() -> None:
    (hop,) = hops([mark(5.0, SENT, NEVER)])
    assert hop.fate == "under way"


def test_equal_words_on_two_connections_are_told_apart_by_their_times() -> None:
    dead, alive = hops(
        [
            mark(5.0, SENT, 137.0),  # on a dead connection
            mark(46.0, SENT, 46.025),  # the same words on the next one
            mark(46.025, ARRIVED, 46.0),
            mark(137.0, LOST),
        ]
    )
    assert (dead.left_s, dead.fate) == (5.0, "lost")
    assert (alive.left_s, alive.fate) == (46.0, "arrived")


def test_a_repaired_hole_is_found_by_when_its_copy_left() -> None:
    first, second = hops(
        [mark(5.0, SENT, 9.0), mark(6.0, SENT, 9.0), mark(6.1, ARRIVED, 6.075),
         mark(6.1, ARRIVED, 6.0)]
    )  # fmt: skip
    assert {first.fate, second.fate} == {"arrived"}


def test_the_way_through_the_backplane_is_two_hops() -> None:
    into, out = hops([Mark(5.0, PUBLISHED, "gateway 0", "gateway 1", HELLO, 5.0005)])
    assert (into.source, into.target, into.over_s) == ("gateway 0", BACKPLANE, 5.0)
    assert (out.source, out.target, out.over_s) == (BACKPLANE, "gateway 1", 5.0005)


def test_what_is_published_into_an_outage_ends_there() -> None:
    (hop,) = hops([Mark(5.0, LOST, "gateway 0", "gateway 1", HELLO, NEVER)])
    assert (hop.target, hop.fate) == (BACKPLANE, "lost")


@pytest.mark.parametrize(("other_s", "fate"), [(5.025, "arrived"), (NEVER, "lost")])
def test_a_reset_is_a_hop_of_its_own(other_s: float, fate: str) -> None:
    (hop,) = hops([mark(5.0, RESET, other_s, Said("", (), CONTROL))])
    assert (hop.said.text, hop.fate) == ("RST", fate)


def test_a_run_has_every_hop_of_a_message() -> None:
    run = played("hybrid", "people=2 send=5:0 link=0@5.1+10")
    about = [hop for hop in hops(run.tape) if 0 in hop.said.messages]
    ways = [(hop.source, hop.target, hop.said.role, hop.fate) for hop in about]
    once = [
        ("person 0", "api 2", DATA, "arrived"),
        ("api 2", "person 0", ACK, "lost"),
        ("api 2", BACKPLANE, DATA, "arrived"),
        (BACKPLANE, "gateway 1", DATA, "arrived"),
        ("gateway 1", "person 1", DATA, "arrived"),
    ]
    again = [once[0], ("api 2", "person 0", ACK, "arrived"), *once[2:]]
    assert sorted(ways) == sorted(once + again)


@pytest.mark.parametrize("design", ["full-websocket-acked", "mqtt-qos2", "long-poll", "socketio"])
def test_nothing_arrives_before_it_leaves(design: str) -> None:
    run = played(design, "people=3 send=5:0 send=5.2:1 link=1@4.9+20 reset=0@5.1 crash=0@5.3+1")
    for hop in hops(run.tape):
        if hop.fate == "arrived":
            assert hop.left_s <= hop.again_s <= hop.over_s
