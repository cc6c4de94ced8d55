"""The picture of storms: who is away, how hard they knock, how busy the busiest node is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from sim.errors import InputError
from sim.report import canvas, palette, wording
from sim.report.canvas import Picture, Size
from sim.report.timelines import thin

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_PANEL_PX: Final = 130
_GAP_PX: Final = 40
_LEFT_PX: Final = 64
_TOP_PX: Final = 26
_POINTS: Final = 600
_BAND: Final = 0.18
_PANELS: Final = {
    "away": "clients not connected",
    "attempts": "dials a second",
    "opened": "connections opened a second",
    "busiest_share": "CPU of the busiest node",
}
Storms = Mapping[str, Sequence[Mapping[str, Any]]]
"""Name of a storm -> the figures of each time it was played."""


@dataclass(frozen=True, slots=True)
class Frame:
    """What is shown: which panels, the last second, and whether numbers are on a scale of tens."""

    panels: Sequence[str] = ()
    until_s: int | None = None
    log: bool = False

    def __post_init__(self) -> None:
        if wrong := [name for name in self.panels if name not in _PANELS]:
            allowed = f"allowed: {', '.join(_PANELS)}"
            raise InputError([f"no panel '{name}' in a picture of storms; {allowed}"
                              for name in wrong])  # fmt: skip


def picture(found: Mapping[str, Any]) -> Picture:
    """One storm over time; `found` are its figures."""
    caption = (
        "The first line rises by those who are cut off; where it is down again they are back."
        " Dials above connections opened are dials in vain. A node that is busy all the time while"
        " few connections open works for clients that have given up."
    )
    return _picture(caption, {"": [found]}, Frame())


def beside(storms: Storms, frame: Frame) -> Picture:
    """Storms side by side: the mean of each, and from the lowest to the highest of its runs."""
    caption = (
        "A line is the mean of all runs of a storm, second by second; its band goes from the"
        " lowest run to the highest."
    )
    return _picture(caption, storms, frame)


def _picture(caption: str, storms: Storms, frame: Frame) -> Picture:
    lines = {name: [_with_away(one) for one in runs] for name, runs in storms.items()}
    return canvas.picture("storm", "The storm", caption, lambda size: _figure(lines, frame, size))


def _with_away(found: Mapping[str, Any]) -> dict[str, list[Any]]:
    """The series, and how many of all clients are not connected."""
    away = [found["clients"] - connected for connected in found["series"]["connected"]]
    return {**found["series"], "away": away}


def _figure(storms: Storms, frame: Frame, size: Size) -> Figure:
    names, panels = [*storms], frame.panels or [*_PANELS]
    legend_px = canvas.legend_px(names, size) if len(names) > 1 else 0.0
    top_px = _TOP_PX + legend_px
    made = canvas.figure(size, top_px + len(panels) * (_PANEL_PX + _GAP_PX))
    if legend_px:
        canvas.legend(made, names, size)
    for row, name in enumerate(panels):
        top = top_px + row * (_PANEL_PX + _GAP_PX)
        axes = canvas.place(made, _LEFT_PX, top, size.width_px - _LEFT_PX - 12, _PANEL_PX)
        highest = max(_lines(axes, index, runs, name) for index, runs in enumerate(storms.values()))
        axes.set_title(_PANELS[name], pad=6)
        _axes(axes, name, highest, frame, size)
        axes.set_xlim(0, frame.until_s or max(_last_s(runs) for runs in storms.values()))
        axes.tick_params(labelbottom=row == len(panels) - 1)
    axes.set_xlabel("seconds from the start")
    return made


def _lines(axes: Axes, index: int, runs: Sequence[Mapping[str, Any]], name: str) -> float:
    """Draws one storm into a panel; the highest value in it."""
    seconds = max(len(run["time_s"]) for run in runs)
    each = np.array([_padded(run[name], seconds, name) for run in runs], dtype=float)
    look = palette.look(index)
    x, y = thin(range(seconds), each.mean(axis=0).tolist(), _POINTS, "high")
    axes.plot(x, y, color=look.colour, linestyle=look.dash, linewidth=1.4)
    if len(runs) > 1:
        low, high = each.min(axis=0), each.max(axis=0)
        axes.fill_between(range(seconds), low, high, color=look.colour, alpha=_BAND, linewidth=0)
    return float(each.max(initial=0.0))


def _padded(series: Sequence[float], seconds: int, name: str) -> list[float]:
    """A storm is played until everybody is back: nothing happens after that."""
    last = series[-1] if name == "away" else 0
    return [*series, *[last] * (seconds - len(series))]


def _last_s(runs: Sequence[Mapping[str, Any]]) -> int:
    return max(1, *(len(run["time_s"]) - 1 for run in runs))


def _axes(axes: Axes, name: str, highest: float, frame: Frame, size: Size) -> None:
    words = canvas.share_words if name == "busiest_share" else wording.tick
    if frame.log and name != "busiest_share":
        axes.set_ylim(0.8, 1.5 * max(highest, 10.0))
        canvas.log_axis(axes, "y", words, ticks=4)
    else:
        axes.set_ylim(0, max(1.05 * highest, 1e-9))
        canvas.linear_axis(axes, "y", words, ticks=4)
    canvas.linear_axis(axes, "x", wording.tick, ticks=5 if size.narrow else 10)
