"""The pictures over time: recovery and load, one line per design, faults marked.

Only where something strikes many at once: without a shared fault such lines show nothing. Time
counts from the start of the run, and is drawn from the end of warm-up. Series are thinned to what
a picture can show; the full ones are in series.csv. Leaves out each person's own outages: they are
too many to mark.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sim.report import canvas, palette, wording
from sim.report.canvas import Picture, Size
from sim.report.stored import FaultMark, Json, Results

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

PANEL_PX, NARROW_PANEL_PX = 150, 130
GAP_PX = 34
POINTS, NARROW_POINTS = 1080, 480  # in one panel, shared by its lines
LEFT_PX = 58.0
LABELS_PX = 170  # at most, for the names at the ends of the lines


@dataclass(frozen=True, slots=True)
class Track:
    """One panel over time: the stored series it shows, and how it is thinned and worded."""

    series: str
    title: str
    keep: str  # "low": keep dips, "high": keep peaks, "mean"
    words: Callable[[float], str]


RECOVERY = (
    Track("connected_people", "people connected", "low", wording.tick),
    Track("sends", "messages sent per second", "mean", wording.tick),
    Track("deliveries", "messages delivered per second", "mean", wording.tick),
    Track("latency_p99_s", "p99 latency of what was sent then", "high", canvas.time_words),
    Track("attempts", "connection attempts per second", "high", wording.tick),
)
LOAD = (
    Track("cpu_busiest", "CPU of the busiest node", "high", canvas.share_words),
    Track("connections_max", "connections on the fullest node", "high", wording.tick),
)


def recovery(results: Results) -> Picture | None:
    """Connected people, sends, deliveries and attempts over time."""
    caption = (
        "How deep each line falls after a fault is how many people were cut; how soon it is level "
        "again is the recovery. Deliveries that dip and then overshoot were late, not lost; those "
        "that dip and never overshoot are gone. Mind that the axis of connected people need not "
        "start at zero. " + _fault_words(results.faults)
    )
    return _tracks_picture(results, ("recovery", "Recovery over time", caption), RECOVERY)


def load(results: Results) -> Picture | None:
    """CPU and connections over time."""
    caption = (
        "What the nodes carry, in the busiest second of each stretch. A spike after a fault is "
        "the cost of everybody coming back at once; lines that stay apart all the time are the "
        "price of the design itself. " + _fault_words(results.faults)
    )
    return _tracks_picture(results, ("load", "Load over time", caption), LOAD)


def thin(
    time_s: Sequence[float], values: Sequence[float | None], points: int, keep: str
) -> tuple[list[float], list[float]]:
    """At most `points` points: the mean, the lowest or the highest of each stretch.

    Points inside a level piece are left out.
    """
    known = np.array([np.nan if value is None else value for value in values], dtype=float)
    times = np.asarray(time_s, dtype=float)[: len(known)]
    stretch = max(1, -(-len(known) // points))
    starts = np.arange(0, len(known), stretch)
    counts = np.diff(np.append(starts, len(known)))
    if keep == "mean":
        thinned = np.add.reduceat(known, starts) / counts
    else:
        thinned = (np.fmin if keep == "low" else np.fmax).reduceat(known, starts)
    middles = np.add.reduceat(times, starts) / counts
    rounded = np.array([float(f"{value:.4g}") for value in thinned])
    level = rounded[1:-1] == rounded[:-2]
    kept = np.concatenate([[True], ~(level & (rounded[1:-1] == rounded[2:])), [True]])
    kept = kept[: len(rounded)]
    return [float(t) for t in middles[kept]], [float(value) for value in rounded[kept]]


def _fault_words(faults: Sequence[FaultMark]) -> str:
    listed = "; ".join(f"{mark.letter} {mark.kind} {_when(mark)}" for mark in faults)
    return f"Faults: {listed}."


def _when(mark: FaultMark) -> str:
    if mark.end_s <= mark.start_s:
        return f"at {wording.tick(mark.start_s)}\u00a0s"
    return f"{wording.tick(mark.start_s)}–{wording.tick(mark.end_s)}\u00a0s"


def _tracks_picture(
    results: Results, words: tuple[str, str, str], tracks: Sequence[Track]
) -> Picture | None:
    stored = results.part("series")
    shown = [track for track in tracks if any(_known(one, track) for one in stored.values())]
    if not shown or not results.faults:
        return None
    name, title, caption = words

    def paint(size: Size) -> Figure:
        return _tracks_figure(results, shown, size)

    return canvas.picture(name, title, caption, paint)


def _known(series: dict[str, list[float]], track: Track) -> bool:
    """Whether there is anything to draw: a line of nothing but gaps is none."""
    values = series.get(track.series) or ()
    return bool(series.get("time_s")) and any(value is not None for value in values)


def _tracks_figure(results: Results, tracks: Sequence[Track], size: Size) -> Figure:
    names = list(results.designs)
    panel_px = NARROW_PANEL_PX if size.narrow else PANEL_PX
    top_px = (canvas.legend_px(names, size) if size.narrow else 0) + 46
    labels_px = 12.0 if size.narrow else min(LABELS_PX, canvas.text_px(names) + 20)
    made = canvas.figure(size, top_px + len(tracks) * (panel_px + GAP_PX) + 14)
    if size.narrow:
        canvas.legend(made, names, size)
    start_s = warmup_s(results)
    end_s = max(one["time_s"][-1] for one in results.part("series").values() if one.get("time_s"))
    for row, track in enumerate(tracks):
        top = top_px + row * (panel_px + GAP_PX)
        axes = canvas.place(made, LEFT_PX, top, size.width_px - LEFT_PX - labels_px, panel_px)
        ends = _track(axes, results, track, size)
        axes.set_xlim(start_s, max(end_s, start_s + 1))
        if not size.narrow:
            canvas.end_labels(axes, ends, [canvas.fitted(one, labels_px - 20) for one in names])
        _marks(axes, results.faults, letters=row == 0)
        canvas.linear_axis(axes, "x", wording.tick, ticks=5 if size.narrow else 10)
        axes.tick_params(labelbottom=row == len(tracks) - 1)
        if row == len(tracks) - 1:
            axes.set_xlabel("seconds from the start of the run")
    return made


def warmup_s(results: Results) -> float:
    """When measuring begins, in seconds from the start."""
    return float((results.scenario.get("time") or {}).get("warmup_s", 0.0))


def _track(
    axes: Axes, results: Results, track: Track, size: Size
) -> list[tuple[float, float, int]]:
    """Draws the lines of one panel; where each ends, unless all are the same."""
    stored = results.part("series")
    known = [d for d in results.designs if _known(stored.get(d, {}), track)]
    points = (NARROW_POINTS if size.narrow else POINTS) // max(1, len(known))
    same = len(known) > 1 and all(
        stored[d][track.series] == stored[known[0]][track.series] for d in known
    )
    axes.set_title(track.title + (", the same for all" if same else ""), pad=6)
    ends = []
    for design in known[:1] if same else known:
        index = list(results.designs).index(design)
        x, y = thin(*_measured(stored[design], track, warmup_s(results)), points, track.keep)
        if same:
            axes.plot(x, y, color=palette.SOFT, linewidth=1.4)
            continue
        _line(axes, index, x, y)
        ends += [(x[-1], last, index) for last in [_last(y)] if last is not None]
    axes.margins(y=0.1)
    axes.autoscale_view()
    low, high = axes.get_ylim()
    # Dips are read from the top: a level far from zero is not drawn down to it.
    axes.set_ylim(max(0.0, low) if track.keep == "low" and low > 0.5 * high else 0.0, high)
    canvas.linear_axis(axes, "y", track.words, ticks=4)
    return ends


def _measured(series: Json, track: Track, from_s: float) -> tuple[list[float], list[float | None]]:
    """A stored series without the warm-up."""
    rows = zip(series["time_s"], series[track.series], strict=False)
    kept = [(time_s, value) for time_s, value in rows if time_s >= from_s]
    kept = kept or [(series["time_s"][-1], series[track.series][-1])]
    return [time_s for time_s, _ in kept], [value for _, value in kept]


def _last(values: Sequence[float]) -> float | None:
    known = [value for value in values if not math.isnan(value)]
    return known[-1] if known else None


def _line(axes: Axes, index: int, x: Sequence[float], y: Sequence[float]) -> None:
    style = palette.look(index)
    axes.plot(
        x,
        y,
        color=style.colour,
        linestyle=style.dash,
        linewidth=1.4,
        marker=style.marker,
        markersize=5,
        markevery=(0.02 * (index % len(palette.MARKERS)), 0.2),  # marks of lines apart
    )


def _marks(axes: Axes, faults: Sequence[FaultMark], letters: bool) -> None:
    for mark in faults:
        if mark.end_s > mark.start_s:
            axes.axvspan(mark.start_s, mark.end_s, color=palette.SOFT, alpha=0.13, linewidth=0)
        else:
            axes.axvline(mark.start_s, color=palette.SOFT, linewidth=1.2, linestyle=(0, (3, 2)))
        if letters:
            axes.annotate(
                mark.letter,
                (mark.start_s, 1),
                xycoords=axes.get_xaxis_transform(),
                xytext=(0, 22),
                textcoords="offset points",
                annotation_clip=False,
            )
