"""The pictures of a comparison: latency with loss, rates, differences, recovery, load.

Each picture says in its caption how to read it and what this run shows. Leaves out type, sizes
and SVG (`canvas`) and the pictures over time (`timelines`).
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.report import canvas, palette, timelines, wording
from sim.report.canvas import Picture, Size
from sim.report.stored import Comparison, Estimate, Results

LOSS_PANEL_PX = 150
SHARE_FLOOR = 1e-6  # no run here has more than some millions of receptions
RATES = ("loss_pressed", "loss_told", "duplicates_raw", "duplicates_visible")
DIFFERENCES = (
    "latency_p50",
    "latency_p99",
    "loss_pressed",
    "duplicates_visible",
    "back_t95",
    "bytes_per_delivery",
)
ROW_PX = 24
TICK_PX = 64  # room for one tick label
HEAD_PX, FOOT_PX = 30, 34  # panel title above, tick labels below
GAP_PARTS = (("detect_mean", 1.0), ("reconnect_mean", 0.55), ("catch_up_mean", 0.25))


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
    """One small multiple: what it shows and its rows; designs without a row stay empty."""

    title: str
    dots: tuple[Dot, ...]
    words: Callable[[float], str]


def pictures(results: Results) -> tuple[Picture, ...]:
    """Every picture the stored data allow, in the order of the page."""
    makers = (latency, rates, differences, timelines.recovery, gap, timelines.load)
    made = (maker(results) for maker in makers)
    return tuple(picture for picture in made if picture is not None)


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
        "no loss seen, at most this share). " + _extremes(results, "latency_p99")
    )

    def paint(size: Size) -> Figure:
        return _latency_figure(results, curves, size)

    return _picture("latency", "How late, and how many never", caption, paint)


def rates(results: Results) -> Picture | None:
    """Loss and duplication per design with intervals, on log axes."""
    panels = [_rate_panel(results, name) for name in RATES]
    panels = [panel for panel in panels if panel.dots]
    if not panels:
        return None
    caption = (
        "Share of messages per person they were owed to, on a logarithmic scale, with 95 % "
        "intervals. Further left is better. A hollow mark with an arrow means that no case was "
        "seen: the mark is the upper bound, the truth lies to its left. "
        + _extremes(results, "loss_pressed")
    )
    return _panels_picture(results, ("rates", "Loss and duplication", caption), panels, _rate_axis)


def differences(results: Results) -> Picture | None:
    """Paired differences to the reference with intervals."""
    panels = [_difference_panel(results, name) for name in DIFFERENCES]
    panels = [panel for panel in panels if panel.dots]
    if not panels:
        return None
    caption = (
        f"Each design minus {results.reference}, in the same replications, so that both met the "
        "same people, tunnels and crashes. Left of the line is better than the reference in "
        "every panel. A hollow mark is not distinguishable from it after correction for the "
        "number of comparisons. Scales differ between panels."
    )
    words = ("differences", f"Differences from {results.reference}", caption)
    return _panels_picture(results, words, panels, _difference_axis)


def gap(results: Results) -> Picture | None:
    """The mean stale gap of each design, split into its three parts."""
    parts = {
        index: [results.estimate(design, metric).value or 0.0 for metric, _ in GAP_PARTS]
        for index, design in enumerate(results.designs)
    }
    parts = {index: lengths_s for index, lengths_s in parts.items() if sum(lengths_s)}
    if not parts:
        return None
    caption = (
        "Mean time from a cut until the screen is right again. Full colour: until the client "
        "notices; paler: until it is connected again; palest: until it has caught up. A long "
        "full bar is cured by a shorter heartbeat, a long paler one by another back-off. "
        + _extremes(results, "gap_mean")
    )

    def paint(size: Size) -> Figure:
        return _gap_figure(list(results.designs), parts, size)

    return _picture("gap", "What the silence is made of", caption, paint)


def _gap_figure(names: list[str], parts: dict[int, list[float]], size: Size) -> Figure:
    left_px = min(canvas.name_px([names[index] for index in parts]), 0.42 * size.width_px)
    rows_px = (ROW_PX + 4) * len(parts)
    made = canvas.figure(size, rows_px + 6 + FOOT_PX)
    axes = canvas.place(made, left_px, 6, size.width_px - left_px - 64, rows_px)
    for row, (index, lengths_s) in enumerate(parts.items()):
        start_s = 0.0
        for length_s, (_, strength) in zip(lengths_s, GAP_PARTS, strict=True):
            colour = palette.look(index).colour
            axes.barh(row, length_s, left=start_s, height=0.56, color=colour, alpha=strength)
            start_s += length_s
        axes.annotate(
            canvas.time_words(start_s),
            (start_s, row),
            xytext=(6, 0),
            textcoords="offset points",
            va="center",
            annotation_clip=False,
        )
    _names(axes, names, list(parts), show=True)
    canvas.linear_axis(axes, "x", canvas.time_words, ticks=4 if size.narrow else 8)
    return made


def _picture(
    name: str, title: str, caption: str, paint: Callable[[Size], Figure]
) -> Picture:
    wide, narrow = (canvas.draw(name, size, paint) for size in canvas.SIZES)
    return Picture(name, title, caption, wide, narrow)


def _extremes(results: Results, metric: str) -> str:
    known = [
        (one.value, design)
        for design in results.designs
        if (one := results.estimate(design, metric)).value is not None
    ]
    if len(known) < 2 or min(known)[0] == max(known)[0]:
        return ""
    low, high = min(known)[1], max(known)[1]
    words = wording.label(metric).long
    return (
        f"Here the {words} is lowest for {low} "
        f"({wording.plain_text(results.estimate(low, metric))}) and highest for {high} "
        f"({wording.plain_text(results.estimate(high, metric))})."
    )


def _latency_figure(
    results: Results, curves: dict[str, tuple[list[float], list[float]]], size: Size
) -> Figure:
    names = list(results.designs)
    top_px = canvas.legend_px(names, size) + 24
    side_px = 70 if size.narrow else LOSS_PANEL_PX
    plot_px = 300 if size.narrow else 340
    made = canvas.figure(size, top_px + plot_px + 46)
    canvas.legend(made, names, size)
    left_px = 62.0
    width_px = size.width_px - left_px - side_px - 22
    curve_axes = canvas.place(made, left_px, top_px, width_px, plot_px)
    loss_axes = canvas.place(made, left_px + width_px + 18, top_px, side_px, plot_px)
    floor = _share_floor(results, curves)
    for design, (latency_s, share) in curves.items():
        _curve(curve_axes, names.index(design), latency_s, share)
    canvas.log_axis(curve_axes, "x", canvas.time_words)
    _share_axis(curve_axes, floor)
    _share_axis(loss_axes, floor)
    curve_axes.set_xlim(*_latency_span(curves))
    curve_axes.set_xlabel("time since the sender pressed send")
    curve_axes.set_title("not there yet", color=palette.SOFT, pad=8)
    _level_lines(curve_axes)
    _loss_marks(loss_axes, results)
    return made


def _level_lines(axes: Axes) -> None:
    """Where a curve crosses these lines is its median and its 99th percentile."""
    for share, words in ((0.5, "median"), (0.01, "p99")):
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


def _share_floor(results: Results, curves: dict[str, tuple[list[float], list[float]]]) -> float:
    """A decade's start below everything drawn."""
    shares = [y for _, share in curves.values() for y in share if y > 0]
    bounds = [
        level
        for design in results.designs
        if (one := results.estimate(design, "loss_pressed")).value is not None
        for level in (one.low, one.high, one.value)
        if level
    ]
    return max(SHARE_FLOOR, 0.5 * min([*shares, *bounds], default=1e-3))


def _latency_span(curves: dict[str, tuple[list[float], list[float]]]) -> tuple[float, float]:
    """From the last time at which all is late to the first after which nothing changes."""
    first_s, last_s = [], []
    for latency_s, share in curves.values():
        late = [x for x, y in zip(latency_s, share, strict=True) if y > 0.995]
        level = [x for x, y in zip(latency_s, share, strict=True) if y <= share[-1]]
        first_s.append(max(late, default=latency_s[0]))
        last_s.append(min(level, default=latency_s[-1]))
    return min(first_s) * 0.8, max(last_s) * 1.6


def _share_axis(axes: Axes, floor: float) -> None:
    canvas.log_axis(axes, "y", canvas.share_words)
    axes.set_ylim(floor, 1.15)


def _loss_marks(axes: Axes, results: Results) -> None:
    """Loss of each design on the share axis, side by side."""
    axes.set_title("never", color=palette.SOFT, pad=8)
    axes.tick_params(labelleft=False, labelbottom=False)
    canvas.only_grid(axes, "y")
    axes.set_xlim(-0.7, len(results.designs) - 0.3)
    for index, design in enumerate(results.designs):
        estimate = results.estimate(design, "loss_pressed")
        if estimate.value is None:
            continue
        dot = _rate_dot(index, estimate)
        style = palette.look(index)
        if dot.is_bound:
            _arrow(axes, (index, dot.value), (0, -20), style.colour)
        else:
            axes.plot([index, index], [max(dot.low, SHARE_FLOOR / 10), dot.high], color=style.colour)
        _mark(axes, (index, dot.value), index, hollow=dot.is_bound)


def _mark(axes: Axes, at: tuple[float, float], index: int, hollow: bool) -> None:
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


def _arrow(axes: Axes, at: tuple[float, float], by_px: tuple[float, float], colour: str) -> None:
    """An arrow from a mark towards smaller values."""
    axes.annotate(
        "",
        xy=at,
        xytext=by_px,
        textcoords="offset points",
        arrowprops={"arrowstyle": "<-", "color": colour, "linewidth": 1.4, "shrinkB": 2},
    )


def _rate_dot(index: int, estimate: Estimate) -> Dot:
    value = estimate.value or 0.0
    low = estimate.low if estimate.low is not None else value
    high = estimate.high if estimate.high is not None else value
    if estimate.is_bound:
        return Dot(index, high, high, high, is_bound=True, is_open=True)
    return Dot(index, value, low, high)


def _rate_panel(results: Results, metric: str) -> Panel:
    estimates = ((i, results.estimate(d, metric)) for i, d in enumerate(results.designs))
    dots = tuple(_rate_dot(index, one) for index, one in estimates if one.value is not None)
    dots = tuple(dot for dot in dots if dot.value > 0)
    return Panel(wording.label(metric).short, dots, canvas.share_words)


def _difference_panel(results: Results, metric: str) -> Panel:
    names = list(results.designs)
    turned = (_towards(results.reference, pair) for pair in results.comparisons)
    pairs = [pair for pair in turned if pair is not None and pair.metric == metric]
    scale = _metric_scale(results, metric, pairs)
    dots = tuple(
        _difference_dot(names.index(pair.b), pair, scale.factor)
        for pair in sorted(pairs, key=lambda pair: names.index(pair.b))
    )
    unit_words = "% points" if scale.unit == "%" else scale.unit
    title = wording.label(metric).short + (f", {unit_words}" if unit_words else "")
    return Panel(title, dots, wording.tick)


def _metric_scale(
    results: Results, metric: str, pairs: Sequence[Comparison]
) -> wording.Scale:
    units = (results.estimate(design, metric).unit for design in results.designs)
    unit = next((unit for unit in units if unit), "")
    return wording.scale_for(unit, (pair.difference for pair in pairs))


def _difference_dot(index: int, pair: Comparison, factor: float) -> Dot:
    value = pair.difference or 0.0
    low = value if pair.low is None else pair.low
    high = value if pair.high is None else pair.high
    told_apart = pair.verdict in ("better", "worse")
    return Dot(index, value * factor, low * factor, high * factor, is_open=not told_apart)


def _towards(reference: str, pair: Comparison) -> Comparison | None:
    """The pair as other minus reference; None when it is another pair or has no difference."""
    if pair.difference is None or reference not in (pair.a, pair.b):
        return None
    if pair.a == reference:
        return pair
    low, high = (None if end is None else -end for end in (pair.high, pair.low))
    return replace(pair, a=pair.b, b=pair.a, difference=-pair.difference, low=low, high=high)


def _panels_picture(
    results: Results,
    words: tuple[str, str, str],
    panels: Sequence[Panel],
    axis: Callable[[Axes, Panel, int], None],
) -> Picture:
    name, title, caption = words

    def paint(size: Size) -> Figure:
        return _panels_figure(results, panels, axis, size)

    return _picture(name, title, caption, paint)


def _panels_figure(
    results: Results, panels: Sequence[Panel], axis: Callable[[Axes, Panel, int], None], size: Size
) -> Figure:
    names = list(results.designs)
    shown = sorted({dot.index for panel in panels for dot in panel.dots})
    names_px = min(canvas.name_px([names[index] for index in shown]), 0.42 * size.width_px)
    across = 1 if size.narrow else min(len(panels), 4 if len(panels) <= 4 else 3)
    rows_px = ROW_PX * len(shown)
    panel_px = HEAD_PX + rows_px + FOOT_PX
    down = -(-len(panels) // across)
    made = canvas.figure(size, panel_px * down)
    gap_px = 36.0
    width_px = (size.width_px - names_px - 14 - gap_px * (across - 1)) / across
    for place, panel in enumerate(panels):
        row, column = divmod(place, across)
        left_px = names_px + column * (width_px + gap_px)
        axes = canvas.place(made, left_px, row * panel_px + HEAD_PX, width_px, rows_px)
        _dots(axes, panel, shown)
        axis(axes, panel, int(width_px))
        _names(axes, names, shown, show=column == 0)
        # A narrow panel's title starts above the names, where there is room for it.
        pulled = names_px / width_px if size.narrow else 0.0
        axes.set_title(panel.title, pad=8, x=-pulled)
    return made


def _names(axes: Axes, names: Sequence[str], shown: Sequence[int], show: bool) -> None:
    axes.set_ylim(len(shown) - 0.5, -0.5)
    axes.set_yticks(range(len(shown)), [names[index] if show else "" for index in shown])
    for text in axes.get_yticklabels():
        text.set_color(palette.INK)
    axes.grid(visible=False, axis="y")
    axes.spines["left"].set_visible(False)


def _dots(axes: Axes, panel: Panel, shown: Sequence[int]) -> None:
    for dot in panel.dots:
        row = shown.index(dot.index)
        style = palette.look(dot.index)
        if dot.is_bound:
            _arrow(axes, (dot.value, row), (-22, 0), style.colour)
        else:
            axes.plot([dot.low, dot.high], [row, row], color=style.colour, solid_capstyle="butt")
        _mark(axes, (dot.value, row), dot.index, hollow=dot.is_open)


def _rate_axis(axes: Axes, panel: Panel, width_px: int) -> None:
    levels = [level for dot in panel.dots for level in (dot.low, dot.value, dot.high) if level > 0]
    axes.set_xlim(_spread(levels))
    canvas.log_axis(axes, "x", panel.words, width_px // TICK_PX)


def _spread(levels: Iterable[float]) -> tuple[float, float]:
    """Limits of a log axis with room for arrows at the left."""
    known = list(levels)
    return min(known) / 3.0, max(known) * 2.0


def _difference_axis(axes: Axes, panel: Panel, width_px: int) -> None:
    ends = [end for dot in panel.dots for end in (dot.low, dot.high, 0.0)]
    pad = 0.08 * (max(ends) - min(ends) or 1.0)
    axes.set_xlim(min(ends) - pad, max(ends) + pad)
    axes.axvline(0, color=palette.SOFT, linewidth=1.2, zorder=1)
    canvas.linear_axis(axes, "x", panel.words, max(2, width_px // TICK_PX))
