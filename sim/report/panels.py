"""Panels of dots: one row per design, a value with its interval, several panels side by side.

A share of which no case was seen is a hollow mark with an arrow, where one case would stand. Leaves
out what is shown (`plots`) and how type and axes look (`canvas`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from sim.report import canvas, palette
from sim.report.canvas import Size
from sim.report.stored import Estimate

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

ROW_PX = 24
TICK_PX = 64  # room for one tick label
HEAD_PX, FOOT_PX = 30, 34  # panel title above, tick labels below
GAP_PX, RIGHT_PX = 52.0, 24.0
NAMES_SHARE = 0.5  # of the width at most, for names
ARROW_PX = 22
ARROW_RATIO = 5.0  # of a value to the end of its arrow, about
END_RATIO = 1.1  # a mark at the end of the axis is not cut
NAMES_PX = 200
SHARE_FLOOR = 1e-6  # lower ends of intervals are cut here: a log axis has no zero


@dataclass(frozen=True, slots=True)
class Dot:
    """One row of a dot panel: a value with its interval, already in printed units."""

    index: int
    value: float
    low: float
    high: float
    is_bound: bool = False
    is_open: bool = False


@dataclass(frozen=True, slots=True)
class Panel:
    """One small multiple: what it shows and its rows; designs without a row stay empty.

    `band`: what is too little to care about on either side of no difference, in printed units.
    """

    title: str
    dots: tuple[Dot, ...]
    words: Callable[[float], str]
    band: float = 0.0


PaintAxis: TypeAlias = "Callable[[Axes, Panel, int], None]"


def figure(
    names: Sequence[str], panels: Sequence[Panel], paint_axis: PaintAxis, size: Size
) -> Figure:
    """All panels; `names` of all designs, of which those with a dot get a row."""
    shown = sorted({dot.index for panel in panels for dot in panel.dots})
    shown_names = [names[index] for index in shown]
    left_px = names_px(shown_names, size)
    across = 1 if size.narrow else min(len(panels), 4 if len(panels) <= 4 else 3)
    rows_px = ROW_PX * len(shown)
    panel_px = HEAD_PX + rows_px + FOOT_PX
    made = canvas.figure(size, panel_px * -(-len(panels) // across))
    width_px = (size.width_px - left_px - RIGHT_PX - GAP_PX * (across - 1)) / across
    for place, panel in enumerate(panels):
        row, column = divmod(place, across)
        x_px = left_px + column * (width_px + GAP_PX)
        axes = canvas.place(made, x_px, row * panel_px + HEAD_PX, width_px, rows_px)
        _dots(axes, panel, shown)
        paint_axis(axes, panel, int(width_px))
        names_axis(axes, shown_names if column == 0 else [""] * len(shown), left_px)
        # A narrow panel's title starts above the names, where there is room for it.
        axes.set_title(panel.title, pad=8, x=-left_px / width_px if size.narrow else 0.0)
    return made


def names_px(names: Sequence[str], size: Size) -> float:
    """Room for the names beside the axes."""
    return min(canvas.text_px(names) + 12, NAMES_PX, NAMES_SHARE * size.width_px)


def names_axis(axes: Axes, names: Sequence[str], room_px: float) -> None:
    """One row per name from the top, names at the left, shortened to their room."""
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.set_yticks(range(len(names)), [canvas.fitted(name, room_px - 12) for name in names])
    for text in axes.get_yticklabels():
        text.set_color(palette.INK)
    axes.grid(visible=False, axis="y")
    axes.spines["left"].set_visible(False)


def rate_dot(index: int, estimate: Estimate) -> Dot | None:
    """A rate as a dot; None when a log axis has no place for it.

    Without a hit, where a single one in all trials would have been: its upper bound is one of
    replications, and drawn it would put the safest designs beyond those that lose.
    """
    value, low, high = estimate.value, estimate.low, estimate.high
    if estimate.is_bound and high is not None:
        least = 1.0 / estimate.trials if estimate.trials else high
        return Dot(index, least, least, least, is_bound=True, is_open=True)
    if not value:
        return None
    end = value if low is None else max(low, min(SHARE_FLOOR, value))
    return Dot(index, value, end, value if high is None else high)


def _dots(axes: Axes, panel: Panel, shown: Sequence[int]) -> None:
    for dot in panel.dots:
        row = shown.index(dot.index)
        if dot.is_bound:
            arrow(axes, (dot.value, row), (-ARROW_PX, 0), dot.index)
        else:
            axes.plot([dot.low, dot.high], [row, row], color=palette.look(dot.index).colour)
        mark(axes, (dot.value, row), dot.index, hollow=dot.is_open)


def log_axis(axes: Axes, panel: Panel, width_px: int) -> None:
    """A logarithmic axis of whole decades, with room for arrows at the left."""
    levels = [level for dot in panel.dots for level in (dot.low, dot.value, dot.high) if level > 0]
    low, high = math.log10(min(levels) / ARROW_RATIO), math.log10(max(levels))
    axes.set_xlim(10.0 ** math.floor(low), 10.0 ** math.ceil(high) * END_RATIO)
    canvas.log_axis(axes, "x", panel.words, width_px // TICK_PX)


def zero_axis(axes: Axes, panel: Panel, width_px: int) -> None:
    """A linear axis with a line at no difference."""
    ends = [end for dot in panel.dots for end in (dot.low, dot.high, 0.0)]
    pad = 0.08 * (max(ends) - min(ends) or 1.0)
    axes.set_xlim(min(ends) - pad, max(ends) + pad)
    axes.axvline(0, color=palette.SOFT, linewidth=1.2, zorder=1)
    if panel.band:
        axes.axvspan(-panel.band, panel.band, color=palette.SOFT, alpha=0.13, linewidth=0)
    canvas.linear_axis(axes, "x", panel.words, max(2, width_px // TICK_PX))


def mark(axes: Axes, at: tuple[float, float], index: int, hollow: bool) -> None:
    """The design's marker at a point."""
    style = palette.look(index)
    face = palette.PAPER if hollow else style.colour
    axes.plot(
        [at[0]],
        [at[1]],
        color=style.colour,
        marker=style.marker,
        markerfacecolor=face,
        markeredgewidth=1.6,
        linestyle="none",
        zorder=3,
    )


def arrow(axes: Axes, at: tuple[float, float], by_px: tuple[float, float], index: int) -> None:
    """An arrow from a point towards smaller values, in the design's colour."""
    axes.annotate(
        "",
        xy=at,
        xytext=by_px,
        textcoords="offset points",
        arrowprops={"arrowstyle": "<-", "color": palette.look(index).colour, "shrinkB": 2},
    )
