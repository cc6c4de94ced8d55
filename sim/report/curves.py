"""The latency picture: how late messages are, and how many never come, on one axis of shares.

The curve counts every reception that was owed, lost ones too, so it turns flat at the loss that
the panel beside it shows with its interval. Leaves out type and axes (`canvas`).
"""

from collections.abc import Mapping
from typing import TypeAlias

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.report import canvas, palette, panels, wording
from sim.report.canvas import Picture, Size
from sim.report.stored import Results

Curves: TypeAlias = Mapping[str, tuple[list[float], list[float]]]

LEFT_PX, GAP_PX, RIGHT_PX = 62.0, 18.0, 4.0
LOSS_PX, NARROW_LOSS_PX = 150, 70
PLOT_PX, NARROW_PLOT_PX = 340, 300
LEVELS = ((0.5, "median"), (0.01, "p99"))


def latency(results: Results) -> Picture | None:
    """Share of owed receptions later than a time, log-log, with loss on the same axis."""
    curves = {
        design: (curve["latency_s"], curve["share"])
        for design, curve in results.part("ccdf").items()
        if design in results.designs and curve.get("latency_s")
    }
    if not curves:
        return None
    caption = (
        "Read across: the share of messages that were not yet on the recipient’s screen after "
        "this time. Lower and further left is better. A curve that turns flat has nothing more "
        "to deliver: what is left is lost, marked with its interval on the right (an arrow down: "
        "no loss seen, at most this share). " + wording.extremes(results, "latency_p99")
    )

    def paint(size: Size) -> Figure:
        return _latency_figure(results, curves, size)

    return canvas.picture("latency", "How late, and how many never", caption, paint)


def _latency_figure(results: Results, curves: Curves, size: Size) -> Figure:
    names = list(results.designs)
    top_px = canvas.legend_px(names, size) + 24
    side_px = NARROW_LOSS_PX if size.narrow else LOSS_PX
    plot_px = NARROW_PLOT_PX if size.narrow else PLOT_PX
    made = canvas.figure(size, top_px + plot_px + 46)
    canvas.legend(made, names, size)
    width_px = size.width_px - LEFT_PX - side_px - GAP_PX - RIGHT_PX
    curve_axes = canvas.place(made, LEFT_PX, top_px, width_px, plot_px)
    loss_axes = canvas.place(made, LEFT_PX + width_px + GAP_PX, top_px, side_px, plot_px)
    floor = _share_floor(results, curves)
    for design, (latency_s, share) in curves.items():
        _curve(curve_axes, names.index(design), latency_s, share)
    _share_axis(curve_axes, floor)
    _share_axis(loss_axes, floor)
    curve_axes.set_xlim(*_latency_span(curves))
    canvas.log_axis(curve_axes, "x", canvas.time_words, int(width_px) // panels.TICK_PX)
    curve_axes.set_xlabel("time since the sender pressed send")
    curve_axes.set_title("not there yet", color=palette.SOFT, pad=8)
    _level_lines(curve_axes)
    _loss_marks(loss_axes, results)
    return made


def _level_lines(axes: Axes) -> None:
    """Where a curve crosses these lines is its median and its 99th percentile."""
    for share, words in LEVELS:
        axes.axhline(share, color=palette.SOFT, linewidth=1, linestyle=(0, (1, 3)))
        across = axes.get_yaxis_transform()
        axes.text(0.01, share / 1.1, words, transform=across, color=palette.SOFT, va="top")


def _curve(axes: Axes, index: int, latency_s: list[float], share: list[float]) -> None:
    style = palette.look(index)
    known = [(x, y) for x, y in zip(latency_s, share, strict=True) if y > 0]
    if known:
        x, y = zip(*known, strict=True)
        marks = (3 + 2 * index % 9, 9)
        axes.plot(
            x, y, color=style.colour, linestyle=style.dash, marker=style.marker, markevery=marks
        )


def _share_floor(results: Results, curves: Curves) -> float:
    """A decade's start below everything drawn."""
    shares = [y for _, share in curves.values() for y in share if y > 0]
    made = (
        panels.rate_dot(index, results.estimate(design, "loss_pressed"))
        for index, design in enumerate(results.designs)
    )
    ends = [dot.low for dot in made if dot is not None]
    return max(panels.SHARE_FLOOR, 0.5 * min([*shares, *ends], default=1e-3))


def _latency_span(curves: Curves) -> tuple[float, float]:
    """From the last time at which all is late to the first after which nothing changes."""
    first_s, last_s = [], []
    for latency_s, share in curves.values():
        late = [x for x, y in zip(latency_s, share, strict=True) if y > 0.995]
        level = [x for x, y in zip(latency_s, share, strict=True) if y <= share[-1]]
        first_s.append(max(late, default=latency_s[0]))
        last_s.append(min(level, default=latency_s[-1]))
    return min(first_s) * 0.8, max(last_s) * 1.6


def _share_axis(axes: Axes, floor: float) -> None:
    axes.set_ylim(floor, 1.15)
    canvas.log_axis(axes, "y", canvas.share_words)


def _loss_marks(axes: Axes, results: Results) -> None:
    """Loss of each design on the share axis, side by side."""
    axes.set_title("never", color=palette.SOFT, pad=8)
    axes.tick_params(labelleft=False, labelbottom=False)
    canvas.only_grid(axes, "y")
    axes.set_xlim(-0.7, len(results.designs) - 0.3)
    for index, design in enumerate(results.designs):
        dot = panels.rate_dot(index, results.estimate(design, "loss_pressed"))
        if dot is None:
            continue
        if dot.is_bound:
            panels.arrow(axes, (index, dot.value), (0, -20), index)
        else:
            colour = palette.look(index).colour
            axes.plot([index, index], [dot.low, dot.high], color=colour)
        panels.mark(axes, (index, dot.value), index, hollow=dot.is_bound)
