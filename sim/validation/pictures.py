"""Measured beside predicted as pictures: a latency curve, and dots with intervals.

Black is what was measured, blue what was predicted; a band or a bar is where the model expects one
more run of the same size.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np

from sim.experiment.findings import Picture
from sim.report import canvas, palette
from sim.validation.campaign import Prediction
from sim.validation.compare import Verdict
from sim.validation.measured import Floats

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDE: Final = canvas.Size(canvas.WIDE_PX, narrow=False)
_MEASURED: Final = palette.INK
_PREDICTED: Final = palette.look(0).colour
_ROW_PX: Final = 22
_LABEL_PX: Final = 330
_HEIGHT_PX: Final = 320


def curve(prediction: Prediction, measured_ms: Floats) -> Picture:
    """The share of messages later than x, measured and predicted, with the spread over runs."""
    grid_ms = np.geomspace(45.0, 10_000.0, 300)
    runs = np.array([_later(one, grid_ms) for one in prediction.latencies_ms])
    ours = _later(np.concatenate(prediction.latencies_ms), grid_ms)
    theirs = _later(measured_ms, grid_ms)

    def paint(size: canvas.Size) -> Figure:
        made = canvas.figure(size, _HEIGHT_PX)
        axes = canvas.place(made, 70, 30, size.width_px - 90, _HEIGHT_PX - 75)
        floor = 0.5 / len(measured_ms)
        axes.fill_between(
            grid_ms,
            np.maximum(runs.min(axis=0), floor),
            np.maximum(runs.max(axis=0), floor),
            color=_PREDICTED,
            alpha=0.25,
            linewidth=0,
        )
        axes.step(grid_ms, np.maximum(ours, floor), color=_PREDICTED, label="predicted")
        axes.step(grid_ms, np.maximum(theirs, floor), color=_MEASURED, label="measured")
        axes.set_xscale("log")
        axes.set_yscale("log")
        axes.set_xlim(grid_ms[0], grid_ms[-1])
        axes.set_ylim(floor, 1.2)
        canvas.log_axis(axes, "x", lambda value: f"{value:g}")
        canvas.log_axis(axes, "y", lambda value: f"{100 * value:g} %")
        axes.set_xlabel("latency in ms")
        axes.set_title(f"{prediction.cell.name}: share of messages that are later")
        axes.legend(frameon=False)
        return made

    return Picture(canvas.draw(f"curve-{prediction.cell.name}", WIDE, paint))


def _later(latency_ms: Floats, grid_ms: Floats) -> Floats:
    ordered = np.sort(latency_ms)
    return np.asarray(1.0 - np.searchsorted(ordered, grid_ms, side="right") / len(ordered))


def dots(verdicts: Sequence[Verdict], title: str) -> Picture:
    """One row per quantity: the predicted interval as a bar, the measurement as a dot."""
    rows = list(verdicts)
    alike = len({one.quantity for one in rows}) == 1
    labels = [one.cell if alike else one.key for one in rows]
    height_px = 80 + _ROW_PX * len(rows)

    def paint(size: canvas.Size) -> Figure:
        made = canvas.figure(size, height_px)
        room_px = size.width_px - _LABEL_PX - 30
        axes = canvas.place(made, _LABEL_PX, 30, room_px, height_px - 75)
        for place, one in enumerate(rows):
            _row(axes, len(rows) - 1 - place, one)
        axes.set_yticks(range(len(rows)), labels[::-1])
        axes.set_ylim(-0.7, len(rows) - 0.3)
        axes.set_title(title)
        axes.set_xlabel("bar: predicted for one more run; dot: measured; hollow: outside")
        return made

    return Picture(canvas.draw(f"dots-{title}", WIDE, paint))


def _row(axes: Axes, height: int, one: Verdict) -> None:
    low, high = max(one.low, 0.0), max(one.high, 0.0)
    axes.plot([low, high], [height, height], color=_PREDICTED, linewidth=5, alpha=0.4)
    axes.plot([one.predicted], [height], color=_PREDICTED, marker="|", markersize=12)
    filled = _MEASURED if one.inside is not False else palette.PAPER
    axes.plot(
        [one.measured], [height], color=_MEASURED, marker="o", markerfacecolor=filled, linewidth=0
    )


def ratios(verdicts: Sequence[Verdict], quantities: Sequence[str], title: str) -> Picture:
    """Predicted over measured, one column of dots per quantity; 1 is right."""

    def paint(size: canvas.Size) -> Figure:
        made = canvas.figure(size, _HEIGHT_PX)
        axes = canvas.place(made, 70, 30, size.width_px - 90, _HEIGHT_PX - 75)
        axes.axhline(1.0, color=palette.SOFT, linewidth=1)
        for place, quantity in enumerate(quantities):
            found = [one for one in verdicts if one.quantity == quantity and one.measured]
            for step, one in enumerate(found):
                across = place + 0.6 * ((step + 0.5) / len(found) - 0.5)
                filled = _PREDICTED if one.inside is not False else palette.PAPER
                axes.plot(
                    [across], [one.ratio], marker="o", color=_PREDICTED, markerfacecolor=filled
                )
        axes.set_xticks(range(len(quantities)), quantities)
        axes.set_title(title)
        return made

    return Picture(canvas.draw(f"ratios-{title}", WIDE, paint))
