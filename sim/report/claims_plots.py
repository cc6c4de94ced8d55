"""The plots that decide a claim, from what is stored: its inequalities, its search, its ladder.

Blue is the figure of which something is claimed, grey what it is held against, factor and
difference worked in, each with its interval. What decides is the paired difference, drawn in black:
it is surer than the two intervals look. In a search a hollow dot is where it fails or is open.
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from sim.report import canvas, palette, wording
from sim.report.stored import estimate_of
from sim.report.wording import Scale, label, scale_for

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Part = Mapping[str, Any]
SIZE: Final = canvas.Size(760, narrow=False)
WIDE: Final = canvas.Size(canvas.WIDE_PX, narrow=False)
OURS: Final = palette.look(0).colour
THEIRS: Final = palette.SOFT
_LABEL_PX, _RIGHT_PX = 230, 40
_RUNG_PX: Final = 290
_ROW_PX, _AROUND_PX = 24, 62  # a line of a plot; its title and ticks
_SEARCH_PX: Final = 190
_LOG_FROM: Final = 20.0  # ends of a search that are so many times apart


class Span(NamedTuple):
    """A figure and its interval, as drawn; none of them is infinite."""

    value: float
    low: float
    high: float


def plots(found: Part) -> list[str]:
    """The pictures of one claim as SVG; none where nothing was run."""
    name = f"claim-{found['id']}"
    drawn = []
    if "points" in found:
        drawn.append(canvas.draw(name, SIZE, lambda size: _search(found, size)))
    elif "decisions" in found:
        drawn.append(canvas.draw(name, SIZE, lambda size: _decisions(found["decisions"], size)))
    if "ladder" in found:
        drawn.append(
            canvas.draw(f"{name}-ladder", WIDE, lambda size: _ladder(found["ladder"], size))
        )
    return drawn


def span(entry: Part | None) -> Span | None:
    """A stored figure as drawn; None where it has no finite value."""
    one = estimate_of(entry)
    if one.value is None or not math.isfinite(one.value):
        return None
    ends = [
        one.value if end is None or not math.isfinite(end) else end for end in (one.low, one.high)
    ]
    return Span(one.value, *ends)


def asked(one: Part) -> Span | None:
    """What the figure of an inequality is held against, factor and difference worked in."""
    if one["other"] is None:
        return Span(*[one["limit"]] * 3)
    other = span(one["other"]["entry"])
    if other is None:
        return None
    if one["relation"] == "within":
        return Span(other.value, other.value - one["by"], other.value + one["by"])
    return Span(*(end * one["times"] + one["by"] for end in other))


def _decisions(decisions: Sequence[Part], size: canvas.Size) -> Figure:
    """Of each inequality the figure, what it is held against, and the difference that decides."""
    each_px = 3 * _ROW_PX + _AROUND_PX
    room_px = size.width_px - _LABEL_PX - _RIGHT_PX
    made = canvas.figure(size, each_px * len(decisions))
    for place, one in enumerate(decisions):
        axes = canvas.place(made, _LABEL_PX, place * each_px + 24, room_px, 3 * _ROW_PX)
        mine, other, less = span(one["figure"]["entry"]), asked(one), _less(one)
        _across(axes, mine, 2, OURS)
        _across(axes, other, 1, THEIRS)
        if less is not None:
            axes.plot(less, [0, 0], color=palette.INK, linewidth=3, marker="|", mew=3)
        for end in (-one["by"], one["by"]) if one["relation"] == "within" else (0.0,):
            axes.axvline(end, color=palette.INK, linewidth=1, linestyle=":")
        names = [_side(one["figure"]), _held_against(one), "first less second"]
        axes.set_yticks([2, 1, 0], [canvas.fitted(name, _LABEL_PX - 10) for name in names])
        axes.set_ylim(-0.6, 2.6)
        title = f"{one['says']}: {label(one['metric']).short} ({one['state']})"
        axes.set_title(canvas.fitted(title, size.width_px), x=-_LABEL_PX / room_px)
        ends = [end for each in (mine, other, less) if each is not None for end in each]
        _values(axes, "x", one["figure"]["entry"], ends)
    return made


def _less(one: Part) -> list[float] | None:
    """The interval that decides: how far the figure is above what it is held against."""
    ends = one["above"]
    return None if ends is None or None in ends else [float(end) for end in ends]


def _search(found: Part, size: canvas.Size) -> Figure:
    """Over the number, or the choice, that is changed: every inequality at every value."""
    told = found.get("boundary") or found["choices"]
    points = found["points"]
    count = len(points[0]["decisions"])
    made = canvas.figure(size, _SEARCH_PX * count + 20)
    for place in range(count):
        axes = canvas.place(
            made, 90, place * _SEARCH_PX + 26, size.width_px - 90 - _RIGHT_PX, _SEARCH_PX - 64
        )
        every = [point["decisions"][place] for point in points]
        where = _places(axes, points, told)
        spans = [(span(one["figure"]["entry"]), asked(one)) for one in every]
        _behind(axes, where, [bound for _, bound in spans])
        for at, one, (mine, _) in zip(where, every, spans, strict=True):
            _upright(axes, mine, at, filled=one["state"] == "holds")
        if found["verdict"] == "conditional" and "boundary" in found:
            axes.axvspan(told["low"], told["high"], color=palette.RULE, zorder=0)
        axes.set_title(f"{every[0]['says']}: {label(every[0]['metric']).short}")
        ends = [end for pair in spans for one in pair if one is not None for end in one]
        _values(axes, "y", every[0]["figure"]["entry"], ends)
    axes.set_xlabel(told["says"])
    return made


def _ladder(rungs: Sequence[Part], size: canvas.Size) -> Figure:
    """A row for each rung, a column for each figure; a step told from none has a full dot."""
    names = list(rungs[0]["figures"])
    height_px = _ROW_PX * len(rungs)
    made = canvas.figure(size, height_px + 2 * _AROUND_PX)
    room_px = (size.width_px - _RUNG_PX) / len(names)
    letters = int((room_px - 26) / canvas.LETTER_PX)
    for place, name in enumerate(names):
        axes = canvas.place(made, _RUNG_PX + place * room_px, _AROUND_PX, room_px - 26, height_px)
        spans = [span(rung["figures"].get(name)) for rung in rungs]
        for row, (rung, one) in enumerate(zip(rungs, spans, strict=True)):
            step = rung["steps"].get(name)
            told = step is not None and step["verdict"] in ("better", "worse")
            _across(axes, one, len(rungs) - 1 - row, OURS, told)
        words = [canvas.fitted(rung["adds"], _RUNG_PX - 10) for rung in rungs]
        axes.set_yticks(range(len(rungs)), words[::-1] if place == 0 else [""] * len(rungs))
        axes.set_ylim(-0.6, len(rungs) - 0.4)
        axes.set_title(textwrap.fill(label(name).short, letters))
        entry = next((rung["figures"][name] for rung in rungs if name in rung["figures"]), None)
        ends = [end for one in spans if one is not None for end in one]
        _values(axes, "x", entry, ends, ticks=2)
    return made


def _across(axes: Axes, one: Span | None, height: int, colour: str, filled: bool = True) -> None:
    if one is not None:
        axes.plot([one.low, one.high], [height] * 2, color=colour)
        face = colour if filled else palette.PAPER
        axes.plot([one.value], [height], marker="o", color=colour, markerfacecolor=face)


def _upright(axes: Axes, one: Span | None, at: float, filled: bool) -> None:
    if one is not None:
        axes.plot([at] * 2, [one.low, one.high], color=OURS)
        face = OURS if filled else palette.PAPER
        axes.plot([at], [one.value], marker="o", color=OURS, markerfacecolor=face)


def _behind(axes: Axes, where: Sequence[float], bounds: Sequence[Span | None]) -> None:
    """What the figures are held against, as a line with its interval around it."""
    known = [(at, one) for at, one in zip(where, bounds, strict=True) if one is not None]
    places, spans = [at for at, _ in known], [one for _, one in known]
    axes.plot(places, [one.value for one in spans], color=THEIRS, marker="_")
    low, high = [one.low for one in spans], [one.high for one in spans]
    axes.fill_between(places, low, high, color=THEIRS, alpha=0.25, linewidth=0)


def _places(axes: Axes, points: Sequence[Part], told: Part) -> list[float]:
    """Where the values stand along the axis, which is made for them."""
    values = [point["value"] for point in points]
    if "low" not in told:
        axes.set_xticks(range(len(values)), [str(value) for value in values])
        axes.set_xlim(-0.6, len(values) - 0.4)
        return [float(place) for place in range(len(values))]
    if min(values) > 0 and max(values) >= _LOG_FROM * min(values):
        axes.set_xscale("log")
        axes.set_xlim(min(values) / 1.2, max(values) * 1.2)
        canvas.log_axis(axes, "x", wording.tick)
        axes.set_xticks(_apart([min(values), told["low"], told["high"], max(values)]))
    else:
        canvas.linear_axis(axes, "x", wording.tick, ticks=8)
    return [float(value) for value in values]


def _apart(values: Sequence[float]) -> list[float]:
    """Those that stand apart by a third at least, from the first on."""
    kept = [values[0]]
    for value in values[1:]:
        if value > 1.35 * kept[-1]:
            kept.append(value)
    return kept


def _values(
    axes: Axes, which: str, entry: Part | None, ends: Sequence[float], ticks: int = 5
) -> None:
    """The axis of figures: with 0 on it, in the metric's unit."""
    scale = scale_for(entry["unit"] if entry else "", ends)
    low, high = min([0.0, *ends]), max([0.0, *ends]) or 1.0
    room = 0.04 * (high - low)
    (axes.set_xlim if which == "x" else axes.set_ylim)(low - room, high + room)
    canvas.linear_axis(axes, which, lambda value: _in_unit(value, scale), ticks)


def _in_unit(value: float, scale: Scale) -> str:
    after = scale.inline or (f" {scale.unit}" if scale.unit else "")
    return f"{wording.tick(value * scale.factor)}{after}"


def _side(side: Part) -> str:
    return f"{side['design']} in {side['world']}" if side["world"] else str(side["design"])


def _held_against(one: Part) -> str:
    """Its name: the limit, or the other with its factor; differences are worked in."""
    if one["other"] is None:
        return "limit"
    name = _side(one["other"])
    if one["relation"] == "within":
        return f"around {name}"
    times = f"{one['times']:g} times " if one["times"] != 1.0 else ""
    more = " and more" if one["by"] > 0 else " and less" if one["by"] < 0 else ""
    return f"{times}{name}{more}"
