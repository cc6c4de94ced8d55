"""Two versions under the same schedules: what one breaks and the other keeps."""

from dataclasses import replace

from played import target

from sim.guarantees import GUARANTEES
from sim.hunt.against import Pair, compare, compare_one
from sim.hunt.judging import judged
from sim.hunt.schedule import read

PLAIN = target("full-websocket", "at-least-once", "reset")
ACKED = target("full-websocket-acked", "at-least-once", "reset")
LOSES = read("people=3 send=5:0 send=30:1 reset=1@5 luck=3")


def test_what_only_one_breaks_is_worse_in_it_and_made_small() -> None:
    compared = compare(Pair(PLAIN, ACKED), ["at-least-once", "fifo"], 100, workers=1)
    assert compared.schedules == 100
    (worse,) = compared.one
    assert worse.guarantee == "at-least-once"
    assert 1 < worse.schedules < 100
    least = worse.smallest
    assert (least.people, len(least.sends), len(least.faults)) == (2, 1, 1)
    assert worse.guarantee in judged(PLAIN, least).broken
    assert worse.guarantee not in judged(ACKED, least).broken
    assert compared.other == ()


def test_the_other_way_round_it_is_worse_in_the_other() -> None:
    one = compare_one(Pair(PLAIN, ACKED), GUARANTEES, LOSES)
    other = compare_one(Pair(ACKED, PLAIN), GUARANTEES, LOSES)
    assert (one.one, one.other) == (other.other, other.one)
    assert [worse.guarantee for worse in one.one] == [
        "at-least-once",
        "exactly-once",
        "bounded-staleness",
    ]
    assert {worse.smallest for worse in one.one} == {LOSES}  # as it was given


def test_a_version_against_itself_is_worse_in_nothing() -> None:
    compared = compare(Pair(PLAIN, PLAIN), GUARANTEES, 60, workers=1)
    assert (compared.one, compared.other) == ((), ())
    assert compared.both["at-least-once"] > 0


def test_the_result_does_not_depend_on_the_workers() -> None:
    other = replace(PLAIN, design=target("socketio", "fifo").design)
    heard: list[int] = []
    alone = compare(Pair(PLAIN, other), ["at-least-once"], 110, 1, heard.append)
    assert alone == compare(Pair(PLAIN, other), ["at-least-once"], 110, 2)
    assert heard == [50, 100, 110]
