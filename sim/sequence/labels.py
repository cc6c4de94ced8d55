"""Where the words of every arrow stand: along it and just above it, clear of other words.

Arrows that carry messages or acknowledge have the first choice: their rows were made for them
(`layout`). Those of connections take what is left, since they may cross others. Units are pixels.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from sim.sequence.layout import LABEL_PX, LANE_PX, LETTER_PX, Arrow
from sim.tape import ACK, CONTROL

Point: TypeAlias = tuple[float, float]
ABOVE_PX: Final = 5.0
_HALF_PX: Final = 5.0  # half the height of a letter
_STEP_PX: Final = 8.0
_WORDS_WEIGH: Final = 4  # words upon words are worse than words upon a line


@dataclass(frozen=True, slots=True)
class Label:
    """Words on the page: where they begin or end, by `anchor`, and how they lean, in degrees."""

    x: float
    y: float
    angle: float
    anchor: Literal["start", "end"]
    text: str
    role: str


def role_of(arrow: Arrow) -> str:
    """What an arrow does, as it is drawn."""
    role = arrow.hop.said.role
    return role if role in (ACK, CONTROL) else "data"


def place(arrows: Sequence[Arrow]) -> list[Label]:
    """The words of these arrows, in their order."""
    first = [arrow for arrow in arrows if role_of(arrow) != CONTROL]
    placed = {id(arrow): _label(arrow, _usual(arrow)) for arrow in first}
    words = [point for label in placed.values() for point in _points(label)]
    for arrow in arrows:
        if role_of(arrow) == CONTROL:
            lines = [point for other in arrows if other is not arrow for point in _line(other)]
            label = _clearest(arrow, words, lines)
            placed[id(arrow)] = label
            words += _points(label)
    return [placed[id(arrow)] for arrow in arrows]


def _clearest(arrow: Arrow, words: Sequence[Point], lines: Sequence[Point]) -> Label:
    """Of the usual place, the beginning and the end, the one that covers least."""
    last = max(_width(arrow) - LETTER_PX * len(_text(arrow)) - 2 * LABEL_PX, LABEL_PX)
    found = [_label(arrow, inset) for inset in (_usual(arrow), last, LABEL_PX)]

    def covers(label: Label) -> int:
        points = _points(label)
        return _WORDS_WEIGH * _touching(points, words) + _touching(points, lines)

    return min(found, key=covers)


def _touching(some: Sequence[Point], others: Sequence[Point]) -> int:
    return sum(
        abs(x1 - x2) < _STEP_PX and abs(y1 - y2) < 2 * _HALF_PX
        for x1, y1 in some
        for x2, y2 in others
    )


def _width(arrow: Arrow) -> float:
    return abs(arrow.end[0] - arrow.start[0])


def _text(arrow: Arrow) -> str:
    """The words, cut where they would not fit."""
    room = int((_width(arrow) - LABEL_PX) / LETTER_PX)
    return arrow.text if len(arrow.text) <= room else f"{arrow.text[: room - 1]}…"


def _usual(arrow: Arrow) -> float:
    """In the middle; of a long arrow, where it begins."""
    spare = _width(arrow) - LETTER_PX * len(_text(arrow))
    return min(spare / 2, LANE_PX / 2 if _width(arrow) <= LANE_PX else LABEL_PX)


def _label(arrow: Arrow, inset: float) -> Label:
    """The words, so far from where the arrow begins."""
    (x1, y1), (x2, y2) = arrow.start, arrow.end
    share = inset / _width(arrow)
    rightward = x2 > x1
    angle = math.degrees(math.atan2(y2 - y1, abs(x2 - x1))) * (1 if rightward else -1)
    x, y = x1 + (x2 - x1) * share, y1 + (y2 - y1) * share
    return Label(x, y, angle, "start" if rightward else "end", _text(arrow), role_of(arrow))


def _points(label: Label) -> list[Point]:
    """Points along the middle of the words."""
    length = LETTER_PX * len(label.text)
    way = math.radians(label.angle) + (0.0 if label.anchor == "start" else math.pi)
    up = ABOVE_PX + _HALF_PX
    return [
        (label.x + math.cos(way) * far, label.y + math.sin(way) * far - up)
        for far in _steps(length)
    ]


def _line(arrow: Arrow) -> list[Point]:
    (x1, y1), (x2, y2) = arrow.start, arrow.end
    length = math.hypot(x2 - x1, y2 - y1) or 1.0
    return [
        (x1 + (x2 - x1) * far / length, y1 + (y2 - y1) * far / length) for far in _steps(length)
    ]


def _steps(length: float) -> Iterator[float]:
    return (step * _STEP_PX for step in range(int(length / _STEP_PX) + 1))
