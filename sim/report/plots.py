"""The pictures of a comparison, each with a caption that says how to read it and what to see.

Rates and differences are panels of dots, a cut connection is stacked bars. Leaves out the latency
curves (`curves`), the pictures over time (`timelines`), and type, sizes and SVG (`canvas`).
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from sim.numbers import written
from sim.report import attribution, canvas, curves, palette, panels, timelines, wording
from sim.report.canvas import Picture, Size
from sim.report.panels import Dot, Panel
from sim.report.stored import Comparison, Results
from sim.report.tables import OVERVIEW

if TYPE_CHECKING:
    from matplotlib.figure import Figure

RATES = ("loss_pressed", "loss_told", "duplicates_raw", "duplicates_visible")
DIFFERENCES = OVERVIEW.metrics
# Metric, how much of the design's colour its part of the bar has, and what the part is.
GAP_PARTS = (
    ("detect_mean", 1.0, "until the client notices"),
    ("reconnect_mean", 0.55, "until it is connected again"),
    ("catch_up_mean", 0.25, "until it has caught up"),
)
BAR_PX, BAR_SHARE, TOTAL_PX = 28, 0.56, 64


def pictures(results: Results) -> tuple[Picture, ...]:
    """Every picture the stored data allow, in the order of the page."""
    makers = (curves.latency, rates, differences, timelines.recovery, gap, timelines.load)
    made = (maker(results) for maker in (attribution.picture, *makers))
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
        "seen: one in all runs would stand at the mark. What could have been missed is in the "
        "table. " + wording.extremes(results, "loss_pressed")
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
        "every panel. A filled mark is told apart from it after correction for the number of "
        "comparisons, a hollow one is not; the band is what is too little to care about. Scales "
        "differ between panels." + _unbounded(results)
    )

    def paint(size: Size) -> Figure:
        return panels.figure(list(results.designs), shown, panels.zero_axis, size)

    title = f"Differences from {results.reference}"
    return canvas.picture("differences", title, caption, paint)


def gap(results: Results) -> Picture | None:
    """What a cut connection costs in each design, in its three parts."""
    parts = {
        index: [results.estimate(design, metric).value or 0.0 for metric, _, _ in GAP_PARTS]
        for index, design in enumerate(results.designs)
    }
    parts = {
        index: lengths_s
        for index, lengths_s in parts.items()
        if any(lengths_s) and all(map(math.isfinite, lengths_s))
    }
    if not parts:
        return None
    caption = (
        "Mean seconds of a cut connection: until the client notices that it is dead, until it is "
        "connected again, until it has caught up. A long first part is cured by a shorter "
        "heartbeat, a long second one by another back-off. This is of connections; how long people "
        "go without what they are owed is stale time. " + wording.extremes(results, "detect_mean")
    )

    def paint(size: Size) -> Figure:
        return _gap_figure(list(results.designs), parts, size)

    return canvas.picture("gap", "What a cut connection costs", caption, paint)


def _unbounded(results: Results) -> str:
    """Says why a design has no mark."""
    without = [
        design
        for design in results.designs
        if any(results.estimate(design, metric).is_never for metric in DIFFERENCES)
    ]
    return f" No mark where something never came: {', '.join(without)}." if without else ""


def _gap_figure(names: list[str], parts: dict[int, list[float]], size: Size) -> Figure:
    left_px = panels.names_px([names[index] for index in parts], size)
    rows_px, swatches = BAR_PX * len(parts), [part[1:] for part in GAP_PARTS]
    top_px = canvas.swatches_px(swatches, size) + 6
    made = canvas.figure(size, top_px + rows_px + panels.FOOT_PX)
    canvas.swatches(made, swatches, size)
    axes = canvas.place(made, left_px, top_px, size.width_px - left_px - TOTAL_PX, rows_px)
    for row, (index, lengths_s) in enumerate(parts.items()):
        start_s = 0.0
        for length_s, (_, strength, _) in zip(lengths_s, GAP_PARTS, strict=True):
            colour = palette.look(index).colour
            axes.barh(row, length_s, left=start_s, height=BAR_SHARE, color=colour, alpha=strength)
            start_s += length_s
        axes.annotate(
            f"{written(start_s)} s",
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
    margin = next((pair.margin for pair in pairs if pair.margin), 0.0) or 0.0
    return Panel(title, dots, wording.tick, margin * scale.factor)


def _difference_dot(index: int, pair: Comparison, factor: float) -> Dot:
    value = pair.difference or 0.0
    low = value if pair.low is None or math.isinf(pair.low) else pair.low
    high = value if pair.high is None or math.isinf(pair.high) else pair.high
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
