"""A round: lines that grow fault by fault, no schedule twice, the same for the same luck."""

from collections import Counter

from played import target

from sim.hunt.rounds import Known, number_of, search, smaller
from sim.hunt.schedule import read

SOUND = target("full-websocket-acked", "exactly-once", "reset,link,crash")


def test_every_depth_is_tried_as_often_and_nothing_twice() -> None:
    tried = search(SOUND, 0, 90).tried
    assert len({one.number for one in tried}) == len(tried) == 90
    depths = Counter(len(one.schedule.faults) for one in tried)
    assert set(depths) == {1, 2, 3}
    assert max(depths.values()) - min(depths.values()) <= 12


def test_a_round_tries_nothing_that_it_is_told_of() -> None:
    first = search(SOUND, 0, 30)
    numbers = frozenset(one.number for one in first.tried)
    second = search(SOUND, 0, 30, Known(numbers))
    assert not numbers & {one.number for one in second.tried}
    assert all(one.number == number_of(one.schedule) for one in second.tried)


def test_equal_luck_is_an_equal_round() -> None:
    assert search(SOUND, 3, 20) == search(SOUND, 3, 20)
    assert search(SOUND, 3, 20) != search(SOUND, 4, 20)


def test_what_reaches_something_new_is_kept_once() -> None:
    first = search(SOUND, 0, 60)
    assert first.kept
    reached = [one for _, new in first.kept for one in new]
    assert len(set(reached)) == len(reached)
    known = Known().after(first)
    assert known.reached == set(reached)
    assert known.kept == tuple(schedule for schedule, _ in first.kept)
    second = search(SOUND, 1, 60, known)
    assert not known.reached & {one for _, new in second.kept for one in new}
    assert len(second.kept) < len(first.kept)
    assert known.after(first).kept == known.kept  # what a round beside it reached is no news


def test_some_lines_begin_with_a_variation_of_what_was_kept() -> None:
    kept = read("people=2 send=5:0 send=77.7:1 reset=0@5.012345 reset=0@6 luck=9")
    one = search(SOUND, 0, 60, Known(kept=(kept,)))
    varied = [tried for tried in one.tried if any(s.at_s == 77.7 for s in tried.schedule.sends)]
    assert varied
    assert kept not in [tried.schedule for tried in varied]


def test_a_violation_ends_the_round_and_is_made_smaller() -> None:
    one = search(target("full-websocket", "at-least-once", "link"), 0, 200)
    assert one.found is not None
    assert one.tried[-1].schedule == one.found.first
    assert one.tried[-1].verdict.state == "violated"
    assert one.found.schedule.size <= one.found.first.size


def test_what_is_needed_is_not_taken_away() -> None:
    wanted = target("full-websocket", "at-least-once", "link")
    large = read("people=3 send=5:0 send=9:1 link=0@5+50 link=1@70+1 luck=3")
    found = smaller(wanted, large, search(wanted, 0, 1).tried[0].verdict)
    assert str(found.schedule) == "people=2 send=5:0 link=0@5+50"
    assert found.shrinking > 0
