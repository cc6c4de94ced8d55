"""The pictures of a sweep: curves with bands, or figures over spread points, or what moves them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from sim.experiment.sweep.answer import crossing_words, scale_of
from sim.experiment.sweep.tables import title
from sim.report import canvas, palette, panels, wording
from sim.report.canvas import Picture, Size
from sim.report.panels import Dot, Panel

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Summary = Mapping[str, Any]
MOST_CURVES: Final = 6  # of a metric; more are in the table
LEFT_PX, GAP_PX, PLOT_PX, HEAD_PX, FOOT_PX = 58.0, 60.0, 250.0, 34.0, 52.0
BAND: Final = 0.16
HEADROOM: Final = 1.05


def pictures(summary: Summary) -> list[Picture]:
    """One for each metric that has something to draw."""
    if summary["sensitivity"]:
        return [one for metric in summary["metrics"] for one in _moving(summary, metric)]
    if not summary["curves"]:
        return [one for metric in summary["metrics"] for one in _spread(summary, metric)]
    return [one for metric in summary["metrics"] for one in _curves(summary, metric)]


def _curves(summary: Summary, metric: str) -> Iterator[Picture]:
    every = [one for one in summary["curves"] if one["metric"] == metric]
    shown = [every[at] for at in _evenly(len(every))]
    if not any(_line(summary, curve, name) for curve in shown for name in summary["designs"]):
        return
    left_out = f" {len(shown)} of {len(every)} curves are drawn." if len(shown) < len(every) else ""
    told = [crossing_words(cross) for curve in shown for cross in curve["crossings"]]
    crossed = f" Crossings: {'; '.join(told[:3])}." if told else ""
    caption = (
        "Bands are 95 % intervals; designs meet the same luck, so they may differ where bands "
        f"overlap. A grey stripe is the interval in which two change places.{crossed}{left_out}"
    )

    def paint(size: Size) -> Figure:
        return _curves_figure(summary, shown, size)

    yield canvas.picture(f"curves-{metric}", title(summary, metric), caption, paint)


def _evenly(count: int) -> list[int]:
    if count <= MOST_CURVES:
        return [*range(count)]
    return [round(place * (count - 1) / (MOST_CURVES - 1)) for place in range(MOST_CURVES)]


def _curves_figure(summary: Summary, shown: Sequence[Summary], size: Size) -> Figure:
    names = summary["designs"]
    legend_px = canvas.legend_px(names, size)
    across = 1 if size.narrow or len(shown) == 1 else 2
    panel_px = HEAD_PX + PLOT_PX + FOOT_PX
    made = canvas.figure(size, legend_px + panel_px * -(-len(shown) // across))
    canvas.legend(made, names, size)
    width_px = (size.width_px - (LEFT_PX + GAP_PX / 3) * across) / across
    scale = scale_of(summary, shown[0]["metric"])
    every = [_line(summary, curve, name) for curve in shown for name in names]
    top = max(high for line in every for *_, high in line) * scale.factor
    for place, curve in enumerate(shown):
        row, column = divmod(place, across)
        left_px = LEFT_PX + column * (width_px + LEFT_PX + GAP_PX / 3)
        top_px = legend_px + row * panel_px + HEAD_PX
        axes = canvas.place(made, left_px, top_px, width_px, PLOT_PX)
        for index, name in enumerate(names):
            _paint_line(axes, index, _line(summary, curve, name), scale.factor)
        for cross in curve["crossings"]:
            axes.axvspan(cross["low"], cross["high"], color=palette.SOFT, alpha=BAND, linewidth=0)
        _swept_axis(axes, summary["axes"][0], int(width_px))
        axes.set_ylim(0.0, HEADROOM * top or 1.0)  # the same for all, to be compared
        canvas.linear_axis(axes, "y", lambda value: f"{wording.tick(value)}{scale.inline}")
        fixed = ", ".join(f"{key} = {wording.tick(v)}" for key, v in curve["fixed"].items())
        axes.set_title(canvas.fitted(fixed, width_px), color=palette.SOFT, pad=8)
    return made


Line = list[tuple[float, float, float, float]]


def _line(summary: Summary, curve: Summary, design: str) -> Line:
    """(swept value, figure, its lower and its upper end) where there is a figure."""
    found: Line = []
    for place in curve["points"]:
        point = summary["points"][place]
        entry = point["figures"][design].get(curve["metric"])
        if entry is not None and entry["value"] is not None:
            low, high = (entry["value"] if entry[end] is None else entry[end]
                         for end in ("low", "high"))  # fmt: skip
            found.append((point["values"][0], entry["value"], low, high))
    return found


def _paint_line(axes: Axes, index: int, line: Line, factor: float) -> None:
    if not line:
        return
    look = palette.look(index)
    x, value, low, high = ([of[part] for of in line] for part in range(4))
    ends = [[one * factor for one in of] for of in (low, high)]
    axes.fill_between(x, ends[0], ends[1], color=look.colour, alpha=BAND, linewidth=0)
    axes.plot(
        x, [one * factor for one in value], color=look.colour, linestyle=look.dash,
        marker=look.marker, markersize=5,
    )  # fmt: skip


def _swept_axis(axes: Axes, axis: Summary, width_px: int) -> None:
    ticks = max(2, width_px // panels.TICK_PX)
    if axis["log"]:
        canvas.log_axis(axes, "x", wording.tick, ticks)
    else:
        canvas.linear_axis(axes, "x", wording.tick, ticks)
    axes.set_xlabel(axis["key"])


def _spread(summary: Summary, metric: str) -> Iterator[Picture]:
    """Every point against each key in turn."""
    if not any(_cloud(summary, metric, 0, name) for name in summary["designs"]):
        return

    def paint(size: Size) -> Figure:
        return _spread_figure(summary, metric, size)

    caption = "Each mark is one design at one point; the other keys vary with it."
    yield canvas.picture(f"points-{metric}", title(summary, metric), caption, paint)


def _cloud(summary: Summary, metric: str, key: int, design: str) -> list[tuple[float, float]]:
    return [
        (point["values"][key], entry["value"])
        for point in summary["points"]
        if (entry := point["figures"][design].get(metric)) and entry["value"] is not None
    ]


def _spread_figure(summary: Summary, metric: str, size: Size) -> Figure:
    names, keys = summary["designs"], summary["axes"][:MOST_CURVES]
    legend_px = canvas.legend_px(names, size)
    across = 1 if size.narrow or len(keys) == 1 else 2
    panel_px = PLOT_PX + FOOT_PX + 10
    made = canvas.figure(size, legend_px + panel_px * -(-len(keys) // across))
    canvas.legend(made, names, size)
    width_px = (size.width_px - (LEFT_PX + GAP_PX / 3) * across) / across
    scale = scale_of(summary, metric)
    for place, axis in enumerate(keys):
        row, column = divmod(place, across)
        left_px = LEFT_PX + column * (width_px + LEFT_PX + GAP_PX / 3)
        axes = canvas.place(made, left_px, legend_px + row * panel_px + 10, width_px, PLOT_PX)
        for index, name in enumerate(names):
            for x, y in _cloud(summary, metric, place, name):
                panels.mark(axes, (x, y * scale.factor), index, hollow=True)
        _swept_axis(axes, axis, int(width_px))
        canvas.linear_axis(axes, "y", lambda value: f"{wording.tick(value)}{scale.inline}")
    return made


def _moving(summary: Summary, metric: str) -> Iterator[Picture]:
    """What moves a metric: a panel per design, a row per key."""
    is_morris = summary["sample"] == "morris"
    factor = scale_of(summary, metric).factor if is_morris else 100.0
    of = [one for one in summary["sensitivity"] if one["metric"] == metric and one["rows"]]
    if not of:
        return
    keys = [one["key"] for one in summary["axes"]]
    shown = [
        Panel(one["design"], tuple(_dot(keys, row, factor) for row in one["rows"]), wording.tick)
        for one in of
    ]
    what = "Mean size of the change across the whole range of a key (Morris)"
    if not is_morris:
        what = "Share of the variance that a key makes, alone or with others, in % (Sobol, total)"
    caption = f"{what}, with 95 % intervals of the points that were drawn."

    def paint(size: Size) -> Figure:
        return panels.figure(keys, shown, panels.zero_axis, size)

    yield canvas.picture(f"moves-{metric}", f"What moves: {title(summary, metric)}", caption, paint)


def _dot(keys: Sequence[str], row: Summary, factor: float) -> Dot:
    moves, half = row["moves"] * factor, row["half"] * factor
    return Dot(keys.index(row["key"]), moves, moves - half, moves + half,
               is_open=not row["is_clear"])  # fmt: skip
