"""Where everything of a sequence diagram goes: lanes side by side, time running down.

Within a moment, distance down the page is time; a longer pause becomes a break of fixed height.
Whatever has words moves down as far as it takes to stay clear of the words above. Units are pixels.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias, TypeGuard

from sim.sequence.hops import BACKPLANE, Hop
from sim.sequence.notes import BREAKS, Bar, Note
from sim.sequence.story import Story, when_s
from sim.tape import Said

LANE_PX: Final = 204
BACKPLANE_PX: Final = 116  # beside the backplane words are short
CLOCK_PX: Final = 78
SIDE_PX: Final = 120  # at least, outside of the outer lanes: what people do and see
ROW_PX: Final = 20
LETTER_PX: Final = 6.3
LABEL_PX: Final = 12  # from where an arrow begins to its words
_BOLD_PX: Final = 8.0
HEAD_PX: Final = 42  # from the names of the lanes to the first row
BREAK_S: Final = 0.25
BREAK_PX: Final = 50.0
_PX_PER_S: Final = 640.0  # for the first instants of a pause, and then
_SLOWER_S: Final = 0.025
_SLOWER_PX_PER_S: Final = 160.0
_LEAST_PX: Final = 5.0
_ARRIVAL_PX: Final = 17.0  # between two arrivals at one lane
_ABOVE_PX: Final = 8.0  # words stand so far above their arrow
_FOOT_PX: Final = 30
_SIDE_MARGIN_PX: Final = 16
_LOST_SHARE: Final = 0.86  # how far a lost packet is drawn to get
_LOST_PX: Final = 16.0

AGAIN: Final = "↻"
"""Before the words of what TCP sends again."""
Side = Literal["left", "right"]


@dataclass(frozen=True, slots=True)
class Arrow:
    """A hop on the page; `cross` where it was lost, `again` for the copy that TCP sent anew."""

    hop: Hop
    start: tuple[float, float]
    end: tuple[float, float]
    text: str
    cross: bool


@dataclass(frozen=True, slots=True)
class Words:
    """What stands beside a lane: a note, or the beginning or end of a fault."""

    x: float
    y: float
    side: Side
    text: str
    note: Note | None


@dataclass(frozen=True, slots=True)
class Shade:
    """A fault on a lane."""

    bar: Bar
    x: float
    top: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Page:
    """Everything in its place. `gaps` are (y, seconds left out), `clock` is (y, seconds)."""

    width: float
    height: float
    lanes: dict[str, float]
    arrows: list[Arrow]
    words: list[Words]
    shades: list[Shade]
    gaps: list[tuple[float, float]]
    clock: list[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class _Copy:
    """One copy of a hop: the first, or the one that TCP sent again."""

    hop: Hop
    again: bool

    @property
    def lost(self) -> bool:
        return self.hop.fate != "arrived" or (self.hop.resent and not self.again)

    @property
    def text(self) -> str:
        return f"{AGAIN} {self.hop.said.text}" if self.again else self.hop.said.text


@dataclass(frozen=True, slots=True)
class _Edge:
    """The beginning or the end of a fault."""

    bar: Bar
    state: str
    time_s: float

    @property
    def text(self) -> str:
        return f"{self.state} at {self.time_s:g} s"


_What: TypeAlias = _Copy | Note | _Edge
_Item: TypeAlias = tuple[float, _What]


def lay_out(story: Story) -> Page:
    """Place a story on a page."""
    grid = _Grid(story)
    grid.fill()
    words = [grid.words(index) for index in range(len(grid.items))]
    arrows = [grid.arrow(index) for index in range(len(grid.items))]
    shades = [grid.shade(bar) for bar in story.bars]
    return Page(
        grid.right + _SIDE_MARGIN_PX,
        grid.low + _FOOT_PX,
        grid.lanes,
        [arrow for arrow in arrows if arrow is not None],
        [one for one in words if one is not None],
        shades,
        grid.gaps,
        grid.clock,
    )


class _Grid:
    """Rows for everything with words, from top to bottom."""

    def __init__(self, story: Story) -> None:
        self.items = sorted(_items(story), key=_order)
        self.lanes = _lanes(story.lanes, self._longest(story.lanes[0]))
        self.low = 0.0
        self.gaps: list[tuple[float, float]] = []
        self.clock: list[tuple[float, float]] = []
        self._first = story.lanes[0]
        self._y: dict[int, float] = {}  # by place in items
        self._arrival_y: dict[int, float] = {}
        self._into: dict[Said, float] = {}  # where it last went into the backplane
        self._taken: list[tuple[float, float, float]] = []  # words from x to x, around y

    def _longest(self, lane: str) -> float:
        """Room that the words beside the outermost lane on the left take."""
        found = [_word_px(what) for _, what in self.items if _lane(what) == lane]
        return max([SIDE_PX, *found])

    @property
    def right(self) -> float:
        """Where the last words on the right end."""
        ends = [self._reach(what)[1] for _, what in self.items]
        return max([*ends, max(self.lanes.values()) + SIDE_PX])

    def fill(self) -> None:
        """Give every item its row, and every arrow its arrival."""
        begins: dict[float, list[int]] = {}
        arrives: dict[float, list[int]] = {}
        for index, (time_s, what) in enumerate(self.items):
            begins.setdefault(round(time_s, 6), []).append(index)
            if isinstance(what, _Copy) and not what.lost and what.hop.over_s > time_s:
                arrives.setdefault(round(what.hop.over_s, 6), []).append(index)
        before_s = min(begins)
        for time_s in sorted({*begins, *arrives}):
            self._pause(time_s - before_s)
            self._arrivals(arrives.get(time_s, []))
            self._moment(time_s, begins.get(time_s, []))
            before_s = time_s

    def _pause(self, pause_s: float) -> None:
        if pause_s > BREAK_S:
            self.gaps.append((self.low + BREAK_PX / 2 + 4, pause_s))
            self.low += BREAK_PX + 8
        elif pause_s > 0.0:
            slow_s = max(pause_s - _SLOWER_S, 0.0)
            down_px = (pause_s - slow_s) * _PX_PER_S + slow_s * _SLOWER_PX_PER_S
            self.low += max(down_px, _LEAST_PX)

    def _arrivals(self, indices: Sequence[int]) -> None:
        """Arrows that end at one lane at one moment end one below the other."""
        rows: dict[str, float] = {}
        for index in indices:
            what = self.items[index][1]
            assert isinstance(what, _Copy)
            lane = what.hop.target
            y = rows[lane] + _ARRIVAL_PX if lane in rows else self.low
            rows[lane] = self._arrival_y[index] = max(y, self._y[index])
        self.low = max([self.low, *rows.values()])

    def _moment(self, time_s: float, indices: Sequence[int]) -> None:
        rows = []
        said: dict[str, float] = {}  # by lane, its latest words: what they cause leaves below
        for index in indices:
            what = self.items[index][1]
            x1, x2 = self._reach(what)
            above = _ABOVE_PX if isinstance(what, _Copy) else 0.0
            after = self._into.get(what.hop.said, 0.0) if _leaves_backplane(what) else 0.0
            if isinstance(what, _Copy):
                after = max(after, said.get(what.hop.source, 0.0))
            y = max([self.low, after, *(clear + above for clear in self._clear_of(x1, x2))])
            if isinstance(what, _Copy) and what.hop.target == BACKPLANE:
                self._into[what.hop.said] = y
            if not isinstance(what, _Copy):
                said[_lane(what)] = y
            self._taken.append((x1, x2, y - above))
            if isinstance(what, _Copy) and what.lost:
                self._taken.append((x1, x2, y + _LOST_PX - _ABOVE_PX))
            self._y[index] = self._arrival_y[index] = y  # until it arrives
            rows.append(y)
        self.low = max([self.low, *rows])
        if rows and (not self.clock or rows[0] - self.clock[-1][0] > ROW_PX - 6):
            self.clock.append((min(rows), time_s))

    def _clear_of(self, x1: float, x2: float) -> Iterator[float]:
        return (y + ROW_PX for left, right, y in self._taken if left < x2 and x1 < right)

    def _reach(self, what: _What) -> tuple[float, float]:
        """From where to where the words of an item stand."""
        if isinstance(what, _Copy):
            start, end = self.lanes[what.hop.source], self.lanes[what.hop.target]
            span_px = abs(end - start)
            label_px = LETTER_PX * len(what.text) + 2 * LABEL_PX if span_px > LANE_PX else span_px
            return (start + 2, start + label_px) if end > start else (start - label_px, start - 2)
        x, reach = self.lanes[_lane(what)], _word_px(what)
        return (x - reach, x - 2) if self._side(x) == "left" else (x + 2, x + reach)

    def _side(self, x: float) -> Side:
        return "left" if x == self.lanes[self._first] else "right"

    def words(self, index: int) -> Words | None:
        """The item at this place as words beside a lane, if that is what it is."""
        what = self.items[index][1]
        if isinstance(what, _Copy):
            return None
        x = self.lanes[_lane(what)]
        note = what if isinstance(what, Note) else None
        return Words(x, self._y[index], self._side(x), what.text, note)

    def arrow(self, index: int) -> Arrow | None:
        """The item at this place as an arrow, if that is what it is."""
        what = self.items[index][1]
        if not isinstance(what, _Copy):
            return None
        hop = what.hop
        x1, x2, y1 = self.lanes[hop.source], self.lanes[hop.target], self._y[index]
        if what.lost:
            end = (x1 + (x2 - x1) * _LOST_SHARE, y1 + _LOST_PX)
            return Arrow(hop, (x1, y1), end, what.text, cross=True)
        return Arrow(hop, (x1, y1), (x2, self._arrival_y[index]), what.text, cross=False)

    def shade(self, bar: Bar) -> Shade:
        """A fault from its first word to its last, or to the end of the page."""
        rows = {
            what.time_s: self._y[index]
            for index, (_, what) in enumerate(self.items)
            if isinstance(what, _Edge) and what.bar == bar
        }
        top = rows[bar.start_s]
        instant = bar.end_s <= bar.start_s
        bottom = top if instant else rows.get(bar.end_s, self.low + _FOOT_PX)
        return Shade(bar, self.lanes[bar.lane], top, bottom)


def _order(item: _Item) -> tuple[float, bool]:
    """By time; of what happens at one moment, what breaks the guarantee comes last."""
    time_s, what = item
    return round(time_s, 6), isinstance(what, Note) and what.kind == BREAKS


def _items(story: Story) -> Iterator[_Item]:
    """Everything with words, with its time."""
    last_s = max(when_s(step) for step in story.steps)
    for bar in story.bars:
        yield bar.start_s, _Edge(bar, bar.begins.label, bar.start_s)
    for step in story.steps:
        if isinstance(step, Note):
            yield step.time_s, step
            continue
        yield step.left_s, _Copy(step, again=False)
        if step.resent and step.again_s <= last_s:
            yield step.again_s, _Copy(step, again=True)
    for bar in story.bars:
        if bar.ends and bar.end_s <= last_s:
            yield bar.end_s, _Edge(bar, bar.ends.label, bar.end_s)


def _leaves_backplane(what: _What) -> TypeGuard[_Copy]:
    return isinstance(what, _Copy) and what.hop.source == BACKPLANE


def _lane(what: _What) -> str:
    """The lane beside which an item's words stand, empty for arrows."""
    if isinstance(what, _Copy):
        return ""
    return what.lane if isinstance(what, Note) else what.bar.lane


def _word_px(what: _What) -> float:
    """How wide an item's words are, with what is around them."""
    bold = isinstance(what, Note) and what.kind == BREAKS
    return (_BOLD_PX if bold else LETTER_PX) * len(what.text) + (34 if bold else 18)


def _lanes(names: Sequence[str], left_px: float) -> dict[str, float]:
    found: dict[str, float] = {}
    x, before = CLOCK_PX + left_px, ""
    for name in names:
        if before:
            x += BACKPLANE_PX if BACKPLANE in (before, name) else LANE_PX
        found[name] = x
        before = name
    return found
