"""The picture of a storm: who is away, how hard they knock, how busy the busiest node is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sim.report import canvas, palette, wording
from sim.report.canvas import Picture, Size
from sim.report.timelines import thin

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_PANEL_PX: Final = 130
_GAP_PX: Final = 40
_LEFT_PX: Final = 64
_TOP_PX: Final = 26
_POINTS: Final = 600
_PANELS: Final = (
    ("away", "clients not connected", "high"),
    ("attempts", "dials a second", "high"),
    ("opened", "connections opened a second", "high"),
    ("busiest_share", "CPU of the busiest node", "high"),
)


def picture(found: dict[str, Any]) -> Picture:
    """The storm over time; `found` are its figures."""
    caption = (
        "The first line rises by those who are cut off; where it is down again they are back."
        " Dials above connections opened are dials in vain. A node that is busy all the time while"
        " few connections open works for clients that have given up."
    )
    return canvas.picture(
        "storm", "The storm", caption, lambda size: _figure(_with_away(found), size)
    )


def _with_away(found: dict[str, Any]) -> dict[str, list[Any]]:
    """The series, and how many of all clients are not connected."""
    away = [found["clients"] - connected for connected in found["series"]["connected"]]
    return {**found["series"], "away": away}


def _figure(series: dict[str, list[Any]], size: Size) -> Figure:
    made = canvas.figure(size, _TOP_PX + len(_PANELS) * (_PANEL_PX + _GAP_PX))
    for row, (name, title, keep) in enumerate(_PANELS):
        top = _TOP_PX + row * (_PANEL_PX + _GAP_PX)
        axes = canvas.place(made, _LEFT_PX, top, size.width_px - _LEFT_PX - 12, _PANEL_PX)
        axes.plot(
            *thin(series["time_s"], series[name], _POINTS, keep),
            color=palette.look(0).colour,
            linewidth=1.4,
        )
        axes.set_title(title, pad=6)
        axes.set_xlim(0, max(len(series["time_s"]) - 1, 1))
        axes.set_ylim(0, max(1.05 * max(series[name], default=0.0), 1e-9))
        words = canvas.share_words if name == "busiest_share" else wording.tick
        canvas.linear_axis(axes, "y", words, ticks=4)
        canvas.linear_axis(axes, "x", wording.tick, ticks=5 if size.narrow else 10)
        axes.tick_params(labelbottom=row == len(_PANELS) - 1)
    axes.set_xlabel("seconds from the start")
    return made
