"""Where a difference between two designs comes from, as rows of a table and as a picture.

Leaves out the answer in words (`sim.experiment.attribution.answer`) and all mathematics.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sim.numbers import written
from sim.report import canvas, palette, panels, wording
from sim.report.canvas import Picture, Size
from sim.report.stored import Results
from sim.report.wording import Scale

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Part = Mapping[str, Any]
"""The part of a summary that tells an attribution."""
WHOLE: Final = "difference"
TOLD: Final = ("better", "worse")
BAR_PX, BAR_SHARE, PAD = 30, 0.5, 0.06
SHARE_INDEX, WHOLE_INDEX = 0, 6  # of the palette


@dataclass(frozen=True, slots=True)
class Row:
    """One aspect, or the whole difference, in words; "" for what is not known.

    `is_clear`: its interval leaves out nothing at all.
    """

    aspect: str
    a: str
    b: str
    share: str
    interval: str
    ratio: str
    ratio_interval: str
    is_clear: bool


@dataclass(frozen=True, slots=True)
class Shares:
    """The table: what its figures are called, a row for each aspect, the whole, and what to add."""

    heading: str
    a: str
    b: str
    rows: tuple[Row, ...]
    whole: Row
    notes: tuple[str, ...]


def scale_of(part: Part) -> Scale:
    """One printed unit for the figures and their shares."""
    return wording.scale_for(part["unit"], [part["a_value"], part["b_value"]])


def after(scale: Scale) -> str:
    """The unit behind a figure."""
    return scale.inline or (f" {scale.unit}" if scale.unit else "")


def points(scale: Scale) -> str:
    """The unit behind a difference of figures."""
    return " points" if scale.unit == "%" else after(scale)


def percent(ratio: float) -> str:
    """A share of the difference in whole percent; no interval is finer."""
    return f"{round(100 * ratio):,}".replace("-", "\u2212")


def percents(share: Mapping[str, Any], joint: str) -> str:
    """Both ends of a share of the difference; "" where they are not known."""
    low, high = (share[f"ratio_{end}"] for end in ("low", "high"))
    return "" if low is None else f"{percent(low)}{joint}{percent(high)}"


def is_clear(share: Mapping[str, Any]) -> bool:
    """Whether an interval leaves out nothing at all."""
    return share["low"] is not None and (share["low"] > 0 or share["high"] < 0)


def is_shown(part: Part) -> bool:
    """Whether there is something to share out: a difference, or aspects that make one each."""
    return part.get("verdict") in TOLD or any(map(is_clear, part["shares"]))


def shares(part: Part) -> Shares | None:
    """The table of an attribution; None where there is nothing to share out."""
    if not is_shown(part):
        return None
    scale = scale_of(part)
    rows = [_row(one["aspect"], part["aspects"][one["aspect"]], one, scale)
            for one in part["shares"]]  # fmt: skip
    told = part["verdict"] in TOLD
    ratio = dict.fromkeys(("ratio", "ratio_low", "ratio_high")) | ({"ratio": 1.0} if told else {})
    ends = {"share": part["difference"], "low": part["low"], "high": part["high"], **ratio}
    values = [written(part[side] * scale.factor) + after(scale) for side in ("a_value", "b_value")]
    label = wording.label(part["metric"]).short
    return Shares(
        f"{label},{points(scale)}" if points(scale) else label,
        part["a"],
        part["b"],
        tuple(rows),
        _row(WHOLE, values, ends, scale),
        tuple(_notes(part)),
    )


def _row(aspect: str, said: Sequence[str], share: Mapping[str, Any], scale: Scale) -> Row:
    a, b = said
    return Row(
        aspect,
        a,
        b,
        written(share["share"] * scale.factor),
        wording.range_text(share["low"], share["high"], scale),
        "" if share["ratio"] is None else f"{percent(share['ratio'])} %",
        percents(share, " to "),
        is_clear(share),
    )


def _notes(part: Part) -> list[str]:
    a, b = part["a"], part["b"]
    what = f"Share: what {b} has of an aspect in place of what {a} has, averaged over all orders of"
    notes = [f"{what} swapping. The shares add up to the difference, {b} less {a}."]
    if part["bound"]:
        names = ", ".join(part["bound"])
        notes.append(f"With the channel go {names}: the other design's channel has no such thing.")
    if part["orders"]:
        count = len(part["orders"])
        notes.append(f"From {count} orders; that they are not all is in the intervals.")
    if part["verdict"] not in TOLD:
        notes.append("The whole difference may be luck, so that no share of it is given.")
    return notes


def picture(results: Results) -> Picture | None:
    """A bar for each aspect, one behind the other, and the whole difference below."""
    part = results.part("attribution")
    if not part or (table := shares(part)) is None:
        return None
    caption = (
        f"From {part['a']} to {part['b']}: what each aspect changes when it is swapped, averaged "
        f"over all orders of swapping. A bar begins where the one above it ends, so that together "
        f"they are the difference. Lines are 95 % intervals; hollow bars are not told from nothing."
    )

    def paint(size: Size) -> Figure:
        return _figure(part, table, size)

    label = wording.label(part["metric"]).long
    return canvas.picture("attribution", f"What makes the difference: {label}", caption, paint)


def _figure(part: Part, table: Shares, size: Size) -> Figure:
    scale = scale_of(part)
    names = [*(row.aspect for row in table.rows), WHOLE]
    left_px = panels.names_px(names, size)
    rows_px = BAR_PX * len(names)
    made = canvas.figure(size, panels.HEAD_PX + rows_px + panels.FOOT_PX)
    width_px = size.width_px - left_px - panels.RIGHT_PX
    axes = canvas.place(made, left_px, panels.HEAD_PX, width_px, rows_px)
    start = part["a_value"] * scale.factor
    axes.axvline(start, color=palette.SOFT, linewidth=1.2, zorder=1)
    for at, share in enumerate(part["shares"]):
        _bar(axes, at, start, share, scale.factor)
        start += share["share"] * scale.factor
    whole = {"share": part["difference"], "low": part["low"], "high": part["high"]}
    _bar(axes, len(names) - 1, part["a_value"] * scale.factor, whole, scale.factor, WHOLE_INDEX)
    low, high = axes.get_xlim()
    axes.set_xlim(low - PAD * (high - low), high + PAD * (high - low))
    panels.names_axis(axes, names, left_px)
    unit = after(scale)
    canvas.linear_axis(
        axes, "x", lambda value: f"{wording.tick(value)}{unit}", 4 if size.narrow else 8
    )
    axes.set_title(wording.label(part["metric"]).short, pad=8, x=-left_px / width_px)
    return made


def _bar(
    axes: Axes,
    row: int,
    start: float,
    share: Mapping[str, Any],
    factor: float,
    index: int = SHARE_INDEX,
) -> None:
    """A share from where the one above it ended, with its interval about its end."""
    colour = palette.look(index).colour
    face = colour if is_clear(share) else palette.PAPER
    axes.barh(
        row,
        share["share"] * factor,
        left=start,
        height=BAR_SHARE,
        facecolor=face,
        edgecolor=colour,
        zorder=2,
    )
    if share["low"] is not None:
        ends = [start + share[end] * factor for end in ("low", "high")]
        axes.plot(ends, [row, row], color=palette.INK, linewidth=1.4, zorder=3)
