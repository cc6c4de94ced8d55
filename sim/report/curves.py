"""The latency picture: how late messages are, and how many never come, on one axis of shares.

The curve counts every reception that was owed, so it turns flat at the share that never came, which
the panel beside it shows with its interval. Leaves out type and axes (`canvas`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeAlias

from sim.report import canvas, palette, panels, wording
from sim.report.canvas import Picture, Size
from sim.report.stored import Estimate, Results

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Curves: TypeAlias = Mapping[str, tuple[list[float], list[float]]]

LEFT_PX, GAP_PX, RIGHT_PX = 62.0, 18.0, 4.0
NEVER_PX, NARROW_NEVER_PX = 120, 70
LABELS_PX = 170  # at most, for the names at the ends of the lines
PLOT_PX, NARROW_PLOT_PX = 340, 300
LEVELS = ((0.5, "median"), (0.01, "p99"))
NEVER = (0, (1, 2))  # how a line is drawn where nothing more comes
NEVER_CAME = ("not_delivered", "loss_pressed")  # the first that was measured


def latency(results: Results) -> Picture | None:
    """Share of owed receptions later than a time, log-log, and the share that never came."""
    curves = {
        design: (curve["latency_s"], curve["share"])
        for design, curve in results.part("ccdf").items()
        if design in results.designs and curve.get("latency_s")
    }
    if not curves:
        return None
    caption = (
        "Read across: the share of messages that were not yet on the recipient’s screen after "
        "this time, of all that were owed. Lower and further left is better. A curve ends where "
        "nothing more came; how many never did is on the right with its 95 % interval (an arrow "
        "down: none seen, one would stand there). A curve that ends above the line of a percentile "
        "never reaches it. " + wording.extremes(results, "late_1s")
    )

    def paint(size: Size) -> Figure:
        return _latency_figure(results, curves, size)

    return canvas.picture("latency", "How late, and how many never", caption, paint)


def _latency_figure(results: Results, curves: Curves, size: Size) -> Figure:
    names = list(results.designs)
    top_px = 24 + (canvas.legend_px(names, size) if size.narrow else 0)
    never_px = NARROW_NEVER_PX if size.narrow else NEVER_PX
    plot_px = NARROW_PLOT_PX if size.narrow else PLOT_PX
    labels_px = 0.0 if size.narrow else min(LABELS_PX, canvas.text_px(names) + canvas.LABEL_GAP_PX)
    made = canvas.figure(size, top_px + plot_px + 46)
    width_px = size.width_px - LEFT_PX - never_px - GAP_PX - RIGHT_PX - labels_px
    curve_axes = canvas.place(made, LEFT_PX, top_px, width_px, plot_px)
    never_axes = canvas.place(made, LEFT_PX + width_px + GAP_PX, top_px, never_px, plot_px)
    floor = _share_floor(results, curves)
    for design, (latency_s, share) in curves.items():
        _curve(curve_axes, names.index(design), latency_s, share)
    _share_axis(curve_axes, floor)
    _share_axis(never_axes, floor)
    curve_axes.set_xlim(*_latency_span(curves))
    canvas.log_axis(curve_axes, "x", canvas.time_words, int(width_px) // panels.TICK_PX)
    curve_axes.set_xlabel("time since the sender pressed send")
    curve_axes.set_title("not there yet", color=palette.SOFT, pad=8)
    _level_lines(curve_axes)
    marks = _never_marks(never_axes, results, floor)
    if size.narrow:
        canvas.legend(made, names, size)
    else:
        canvas.end_labels(never_axes, marks, [canvas.fitted(one, labels_px - 14) for one in names])
    return made


def _level_lines(axes: Axes) -> None:
    """Where a curve crosses these lines is its median and its 99th percentile."""
    for share, words in LEVELS:
        axes.axhline(share, color=palette.SOFT, linewidth=1, linestyle=(0, (1, 3)))
        across = axes.get_yaxis_transform()
        axes.text(0.01, share / 1.1, words, transform=across, color=palette.SOFT, va="top")


def _curve(axes: Axes, index: int, latency_s: list[float], share: list[float]) -> None:
    """The curve up to the last arrival, and dotted from there on at what never came."""
    style = palette.look(index)
    known = [(x, y) for x, y in zip(latency_s, share, strict=True) if y > 0]
    came = [(x, y) for x, y in known if y > share[-1]]
    came += known[len(came) : len(came) + 1]
    never = known[len(came) - 1 :] if share[-1] > 0 else []
    if not came:
        return
    x, y = zip(*came, strict=True)
    axes.plot(
        x,
        y,
        color=style.colour,
        linestyle=style.dash,
        marker=style.marker,
        markevery=(3 + 2 * index % 9, 9),
    )
    if len(never) > 1:
        axes.plot([never[0][0], never[-1][0]], [share[-1]] * 2, color=style.colour, linestyle=NEVER)


def _share_floor(results: Results, curves: Curves) -> float:
    """A decade's start below everything drawn."""
    shares = [y for _, share in curves.values() for y in share if y > 0]
    made = (
        panels.rate_dot(index, _never(results, design))
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


def _never(results: Results, design: str) -> Estimate:
    """The share that never came: lost, and still held at the end."""
    found = (results.estimate(design, name) for name in NEVER_CAME)
    return next((one for one in found if one.value is not None), Estimate())


def _never_marks(axes: Axes, results: Results, floor: float) -> list[tuple[float, float, int]]:
    """What never came of each design, side by side; where its mark is, or would be."""
    axes.set_title("never", color=palette.SOFT, pad=8)
    axes.tick_params(labelleft=False, labelbottom=False)
    canvas.only_grid(axes, "y")
    axes.set_xlim(-0.7, len(results.designs) - 0.3)
    places = []
    for index, design in enumerate(results.designs):
        dot = panels.rate_dot(index, _never(results, design))
        places.append((float(index), floor if dot is None else dot.value, index))
        if dot is None:
            continue
        if dot.is_bound:
            panels.arrow(axes, (index, dot.value), (0, -20), index)
        else:
            colour = palette.look(index).colour
            axes.plot([index, index], [dot.low, dot.high], color=colour)
        panels.mark(axes, (index, dot.value), index, hollow=dot.is_bound)
    return places
