"""The picture of a plan: how many nodes each way to come back needs, and what binds below that."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from sim.numbers import NEVER
from sim.plans.told import WORDS
from sim.report import canvas, palette, wording
from sim.report.canvas import Picture, Size

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_ROW_PX: Final = 46
_AXIS_PX: Final = 52
_RIGHT_PX: Final = 24
_LABEL_PX: Final = 17
_LOOKS: Final = {name: palette.look(place) for place, name in enumerate(WORDS)}


def picture(told: Mapping[str, Any]) -> Picture:
    """Every number of nodes that was tried, a row for each way to come back."""
    caption = (
        "Each row is a back-off and how many a node lets in a second. The line begins at the fewest"
        " nodes that hold; a dashed one at those that are not yet ruled out. A mark below is a"
        " number of nodes that was tried, in the colour of the limit that it broke most."
    )
    return canvas.picture("frontier", "The frontier", caption, lambda size: _figure(told, size))


def _figure(told: Mapping[str, Any], size: Size) -> Figure:
    rows = told["rows"]
    names = list(WORDS.values())
    top_px = canvas.legend_px(names, size) + 8
    height_px = _ROW_PX * len(rows)
    made = canvas.figure(size, top_px + height_px + _AXIS_PX)
    canvas.legend(made, names, size)
    axes = canvas.place(made, 8, top_px, size.width_px - 8 - _RIGHT_PX, height_px)
    axes.set_xlim(*_ends(told))
    axes.set_ylim(len(rows), 0)
    for place, row in enumerate(rows):
        _draw(axes, place, row)
    canvas.only_grid(axes, "x")
    axes.tick_params(labelleft=False)
    canvas.linear_axis(axes, "x", wording.tick, ticks=4 if size.narrow else 8)
    axes.set_xlabel("nodes")
    return made


def _ends(told: Mapping[str, Any]) -> tuple[float, float]:
    tried = [one["nodes"] for row in told["rows"] for one in row["tried"]]
    return 0.0, 1.08 * max([*tried, told["question"]["zones"]])


def _draw(axes: Axes, place: int, row: Mapping[str, Any]) -> None:
    y = place + 0.66
    rate = row["admissions_per_s"]
    label = f"{row['backoff']}, {'any' if rate is None else f'{rate:g}/s'}"
    weight = "bold" if row["is_best"] else "normal"
    axes.annotate(
        f"{label}: {_needed(row)}",
        (0, place),
        xytext=(2, -_LABEL_PX),
        textcoords="offset pixels",
        fontweight=weight,
    )
    axes.axhline(y, color=palette.RULE, linewidth=1.0)
    if row["nodes"] is not None:
        _, right = axes.get_xlim()
        dash: Any = "-" if row["state"] == "holds" else (0, (4, 3))
        axes.plot([row["nodes"], right], [y, y], color=palette.INK, linewidth=3.0, linestyle=dash)
    for one in row["tried"]:
        if (worst := _worst(one)) is not None:
            look = _LOOKS[worst]
            axes.plot([one["nodes"]], [y], look.marker, color=look.colour, clip_on=False)


def _needed(row: Mapping[str, Any]) -> str:
    if row["nodes"] is None:
        return "none holds"
    least = "at least " if row["state"] == "at least" else ""
    binding = "" if row["binding"] is None else f", {WORDS[row['binding']]} binds"
    return f"{least}{row['nodes']:,}{binding}"


def _worst(tried: Mapping[str, Any]) -> str | None:
    """The limit that was broken most, None where none was; what is infinite most of all."""
    wrong = [one for one in tried["figures"] if one["state"] != "holds"]
    if not wrong:
        return None
    worst: str = max(wrong, key=_excess)["limit"]
    return worst


def _excess(figure: Mapping[str, Any]) -> float:
    far = figure["value"] if figure["high"] is None else figure["high"]
    if far is None or far == NEVER:
        return math.inf
    return float(far) / float(figure["allowed"])
