"""Words of arrows: along their arrow, within it, and clear of each other where there is room."""

import itertools
import math

import pytest
from played import played

from sim.sequence.labels import Label, place, role_of
from sim.sequence.layout import LETTER_PX, Arrow, lay_out

STORIES = [
    ("hybrid", "at-most-once", "people=2 send=5:0 pause=2@5+10"),
    ("mqtt-qos1", "at-most-once", "people=2 send=5:0 reset=1@5.05"),
    ("full-websocket", "at-least-once", "people=2 send=5:0 link=0@5+50"),
]
EACH = pytest.mark.parametrize(("design", "guarantee", "schedule"), STORIES)


def labelled(design: str, guarantee: str, schedule: str) -> list[tuple[Arrow, Label]]:
    arrows = lay_out(played(design, schedule).story(guarantee)).arrows
    return list(zip(arrows, place(arrows), strict=True))


def middle(label: Label) -> tuple[float, float]:
    way = math.radians(label.angle) + (0.0 if label.anchor == "start" else math.pi)
    half = LETTER_PX * len(label.text) / 2
    return label.x + math.cos(way) * half, label.y + math.sin(way) * half


@EACH
def test_words_stand_on_their_arrow(design: str, guarantee: str, schedule: str) -> None:
    for arrow, label in labelled(design, guarantee, schedule):
        (x1, y1), (x2, y2) = arrow.start, arrow.end
        x, y = middle(label)
        assert min(x1, x2) <= x <= max(x1, x2)
        assert y == pytest.approx(y1 + (y2 - y1) * (x - x1) / (x2 - x1), abs=0.5)
        assert (label.anchor == "start") == (x2 > x1)
        assert label.role == role_of(arrow)


@EACH
def test_no_words_cover_others(design: str, guarantee: str, schedule: str) -> None:
    labels = [label for _, label in labelled(design, guarantee, schedule)]
    for one, other in itertools.combinations(labels, 2):
        (x1, y1), (x2, y2) = middle(one), middle(other)
        wide = LETTER_PX * (len(one.text) + len(other.text)) / 2
        assert abs(x1 - x2) > 0.7 * wide or abs(y1 - y2) > 7.0, (one.text, other.text)


def test_what_belongs_to_a_connection_gives_way() -> None:
    """A FIN and an answer cross: the answer keeps the middle of its arrow."""
    found = {arrow.text: (arrow, label) for arrow, label in labelled(*STORIES[0])}
    arrow, label = found["close (FIN)"]
    assert abs(middle(label)[0] - (arrow.start[0] + arrow.end[0]) / 2) > 20
    arrow, label = next(pair for text, pair in found.items() if text.startswith("200 OK"))
    assert abs(middle(label)[0] - (arrow.start[0] + arrow.end[0]) / 2) < 20


def test_words_that_do_not_fit_are_cut() -> None:
    arrow = lay_out(played("hybrid", "people=2 send=5:0").story()).arrows[0]
    long = Arrow(arrow.hop, (0.0, 0.0), (60.0, 5.0), "much longer than that", cross=False)
    (label,) = place([long])
    assert label.text.endswith("…")
    assert LETTER_PX * len(label.text) <= 60
