"""Everything has its place: later is lower, words do not cover words, pauses are cut short."""

import itertools

import pytest
from played import played

from sim.sequence.layout import BREAK_PX, LANE_PX, Page, lay_out
from sim.sequence.notes import BREAKS

FAULTS = "reset=1@5.05 crash=1@5.12+1 backplane=5.1+1"
PAGES = [
    ("hybrid", "at-most-once", "people=2 send=5:0 link=0@5.1+10"),
    ("mqtt-qos1", "at-most-once", "people=2 send=5:0 reset=1@5.05"),
    ("mqtt-qos1-clean", "at-least-once", "people=2 send=5:0 link=1@5+100"),
    ("socketio-retries", "at-most-once", "people=2 send=5:0 link=0@5+5"),
    ("full-websocket", "at-least-once", "people=2 send=5:0 backplane=4+2"),
    (
        "mqtt-qos1",
        "exactly-once",
        f"people=4 room=0-1-2-3 room=0-1-2 send=5:0/1 send=5.1:3 send=5.15:1 {FAULTS}",
    ),
]
EACH = pytest.mark.parametrize(("design", "guarantee", "schedule"), PAGES)


def laid(design: str, guarantee: str, schedule: str) -> Page:
    return lay_out(played(design, schedule).story(guarantee))


@EACH
def test_lanes_stand_side_by_side(design: str, guarantee: str, schedule: str) -> None:
    xs = list(laid(design, guarantee, schedule).lanes.values())
    assert xs == sorted(xs)
    assert all(0 < right - left < LANE_PX + 0.01 for left, right in itertools.pairwise(xs))


@EACH
def test_everything_is_on_the_page(design: str, guarantee: str, schedule: str) -> None:
    page = laid(design, guarantee, schedule)
    points = [point for arrow in page.arrows for point in (arrow.start, arrow.end)]
    points += [(one.x, one.y) for one in page.words]
    points += [(shade.x, y) for shade in page.shades for y in (shade.top, shade.bottom)]
    assert all(0 <= x <= page.width and 0 <= y <= page.height for x, y in points)


@EACH
def test_arrows_never_point_up(design: str, guarantee: str, schedule: str) -> None:
    for arrow in laid(design, guarantee, schedule).arrows:
        assert arrow.end[1] >= arrow.start[1]


@EACH
def test_later_is_lower(design: str, guarantee: str, schedule: str) -> None:
    page = laid(design, guarantee, schedule)
    rows = sorted((one.note.time_s, one.y) for one in page.words if one.note is not None)
    for (before_s, above), (after_s, below) in itertools.pairwise(rows):
        assert after_s - before_s < 1e-5 or below >= above
    assert [y for y, _ in page.clock] == sorted(y for y, _ in page.clock)


@EACH
def test_words_beside_one_lane_do_not_touch(design: str, guarantee: str, schedule: str) -> None:
    words = laid(design, guarantee, schedule).words
    for one, other in itertools.combinations(words, 2):
        if (one.x, one.side) == (other.x, other.side):
            assert abs(one.y - other.y) >= 12, (one.text, other.text)


@EACH
def test_the_last_word_is_what_breaks_the_guarantee(
    design: str, guarantee: str, schedule: str
) -> None:
    words = laid(design, guarantee, schedule).words
    kinds = {one.y: one.note.kind for one in words if one.note is not None}
    assert kinds[max(one.y for one in words)] == BREAKS


def test_pauses_are_cut_short() -> None:
    page = laid(*PAGES[2])
    assert [round(pause_s, 1) for _, pause_s in page.gaps] == [89.6, 10.3]
    assert page.height < 100 * BREAK_PX


def test_a_lost_arrow_ends_on_its_way() -> None:
    page = laid(*PAGES[0])
    lost = [arrow for arrow in page.arrows if arrow.cross]
    assert lost
    for arrow in lost:
        start, end = page.lanes[arrow.hop.source], page.lanes[arrow.hop.target]
        assert abs(arrow.end[0] - start) < abs(end - start)


def test_what_tcp_sends_again_has_an_arrow_of_its_own() -> None:
    page = laid(*PAGES[0])
    twice = [arrow for arrow in page.arrows if arrow.hop.said.text == "close (FIN)"]
    assert [(arrow.cross, arrow.text) for arrow in twice] == [
        (True, "close (FIN)"),
        (False, "↻ close (FIN)"),
    ]


def test_what_comes_out_of_the_backplane_went_into_it_before() -> None:
    page = laid(*PAGES[5])
    into = {arrow.text: arrow.end[1] for arrow in page.arrows if arrow.hop.target == "backplane"}
    for arrow in page.arrows:
        if arrow.hop.source == "backplane":
            assert arrow.start[1] >= into[arrow.text]


def test_words_of_the_leftmost_lane_stand_on_its_left() -> None:
    page = laid(*PAGES[0])
    first = min(page.lanes.values())
    assert {one.side for one in page.words if one.x == first} == {"left"}
    assert {one.side for one in page.words if one.x > first} == {"right"}


def test_what_is_sent_leaves_below_the_words_that_say_so() -> None:
    page = laid("full-websocket", "at-least-once", "people=2 send=5:0 link=0@5+50")
    (sends,) = [one for one in page.words if one.text == "sends message 0"]
    assert page.arrows[0].text == "message 0"
    assert page.arrows[0].start[1] == sends.y
