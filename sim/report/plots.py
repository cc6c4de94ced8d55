"""The pictures of a comparison, each with a caption that says how to read it and what to see.

Rates and differences are panels of dots, the stale gap is stacked bars. Leaves out the latency
curves (`curves`), the pictures over time (`timelines`), and type, sizes and SVG (`canvas`).
"""

from dataclasses import replace

from matplotlib.figure import Figure

from sim.report import canvas, curves, palette, panels, timelines, wording
from sim.report.canvas import Picture, Size
from sim.report.panels import Dot, Panel
from sim.report.stored import Comparison, Results

RATES = ("loss_pressed", "loss_told", "duplicates_raw", "duplicates_visible")
DIFFERENCES = (
    "latency_p50",
    "latency_p99",
    "loss_pressed",
    "duplicates_visible",
    "back_t95",
    "bytes_per_delivery",
)
# Metric and how much of the design's colour its part of the bar has.
GAP_PARTS = (("detect_mean", 1.0), ("reconnect_mean", 0.55), ("catch_up_mean", 0.25))
BAR_PX, BAR_SHARE, TOTAL_PX = 28, 0.56, 64


def pictures(results: Results) -> tuple[Picture, ...]:
    """Every picture the stored data allow, in the order of the page."""
    makers = (curves.latency, rates, differences, timelines.recovery, gap, timelines.load)
    made = (maker(results) for maker in makers)
    return tuple(picture for picture in made if picture is not None)


def rates(results: Results) -> Picture | None:
    """Loss and duplication per design with intervals, on log axes."""
    made = [_rate_panel(results, name) for name in RATES]
    shown = [panel for panel in made if panel.dots]
    if not shown:
        return None
    caption = (
        "Share of messages per person they were owed to, on a logarithmic scale, with 95 % "
        "intervals. Further left is better. A hollow mark with an arrow means that no case was "
        "seen: the mark is the upper bound, the truth lies to its left. "
        + wording.extremes(results, "loss_pressed")
    )

    def paint(size: Size) -> Figure:
        return panels.figure(list(results.designs), shown, panels.log_axis, size)

    return canvas.picture("rates", "Loss and duplication", caption, paint)


def differences(results: Results) -> Picture | None:
    """Paired differences to the reference with intervals."""
    made = [_difference_panel(results, name) for name in DIFFERENCES]
    shown = [panel for panel in made if panel.dots]
    if not shown:
        return None
    caption = (
        f"Each design minus {results.reference}, in the same replications, so that both met the "
        "same people, tunnels and crashes. Left of the line is better than the reference in "
        "every panel. A hollow mark is not distinguishable from it after correction for the "
        "number of comparisons. Scales differ between panels."
    )

    def paint(size: Size) -> Figure:
        return panels.figure(list(results.designs), shown, panels.zero_axis, size)

    title = f"Differences from {results.reference}"
    return canvas.picture("differences", title, caption, paint)


def gap(results: Results) -> Picture | None:
    """What a cut connection costs in each design, in its three parts."""
    parts = {
        index: [results.estimate(design, metric).value or 0.0 for metric, _ in GAP_PARTS]
        for index, design in enumerate(results.designs)
    }
    parts = {index: lengths_s for index, lengths_s in parts.items() if sum(lengths_s)}
    if not parts:
        return None
    caption = (
        "Mean times of a cut connection. Full colour: until the client "
        "notices; paler: until it is connected again; palest: until it has caught up. A long "
        "full bar is cured by a shorter heartbeat, a long paler one by another back-off. "
        + wording.extremes(results, "detect_mean")
    )

    def paint(size: Size) -> Figure:
        return _gap_figure(list(results.designs), parts, size)

    return canvas.picture("gap", "What the silence is made of", caption, paint)


def _gap_figure(names: list[str], parts: dict[int, list[float]], size: Size) -> Figure:
    left_px = panels.names_px([names[index] for index in parts], size)
    rows_px = BAR_PX * len(parts)
    made = canvas.figure(size, rows_px + 6 + panels.FOOT_PX)
    axes = canvas.place(made, left_px, 6, size.width_px - left_px - TOTAL_PX, rows_px)
    for row, (index, lengths_s) in enumerate(parts.items()):
        start_s = 0.0
        for length_s, (_, strength) in zip(lengths_s, GAP_PARTS, strict=True):
            colour = palette.look(index).colour
            axes.barh(row, length_s, left=start_s, height=BAR_SHARE, color=colour, alpha=strength)
            start_s += length_s
        axes.annotate(
            canvas.time_words(start_s),
            (start_s, row),
            xytext=(6, 0),
            textcoords="offset points",
            va="center",
            annotation_clip=False,
        )
    panels.names_axis(axes, [names[index] for index in parts], left_px)
    canvas.linear_axis(axes, "x", canvas.time_words, ticks=4 if size.narrow else 8)
    return made


def _rate_panel(results: Results, metric: str) -> Panel:
    made = (
        panels.rate_dot(index, results.estimate(design, metric))
        for index, design in enumerate(results.designs)
    )
    dots = tuple(dot for dot in made if dot is not None)
    return Panel(wording.label(metric).short, dots, canvas.share_words)


def _difference_panel(results: Results, metric: str) -> Panel:
    names = list(results.designs)
    turned = (_towards(results.reference, pair) for pair in results.comparisons)
    pairs = [pair for pair in turned if pair is not None and pair.metric == metric]
    scale = wording.scale_for(results.unit(metric), (pair.difference for pair in pairs))
    dots = tuple(
        _difference_dot(names.index(pair.b), pair, scale.factor)
        for pair in sorted(pairs, key=lambda pair: names.index(pair.b))
    )
    unit_words = "% points" if scale.unit == "%" else scale.unit
    title = wording.label(metric).short + (f", {unit_words}" if unit_words else "")
    return Panel(title, dots, wording.tick)


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
