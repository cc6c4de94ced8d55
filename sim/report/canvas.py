"""How every picture is made: sizes, type, axes, and small SVG text that is the same every time.

One unit of a picture is one CSS pixel, so that type keeps its size when a picture is shown at its
own width; each picture is therefore drawn twice, wide and narrow. Text stays text: it takes the
page's font and can be searched. matplotlib takes half a second to import, so it waits for the first
picture that there is to draw. Leaves out what is drawn (`plots`, `timelines`).
"""

from __future__ import annotations

import html
import io
import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from sim.report import palette, wording

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDE_PX, NARROW_PX = 960, 328
UNITS_PER_INCH = 72  # SVG of matplotlib counts in points
TYPE_PX = 12
LEGEND_ROW_PX = 20
SIGN_PX = 26  # line sample and gaps in the legend
LABEL_PX, LABEL_GAP_PX = 15, 14  # from label to label, and from the axes to their labels
LETTER_PX = 7.2  # mean width of a letter of the fall-back font at TYPE_PX
FONTS = "system-ui, -apple-system, 'Segoe UI', Roboto, Arial, sans-serif"

STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],  # ships with matplotlib: the same layout everywhere
    "font.size": TYPE_PX,
    "axes.labelsize": TYPE_PX,
    "axes.titlesize": TYPE_PX,
    "xtick.labelsize": TYPE_PX,
    "ytick.labelsize": TYPE_PX,
    "text.color": palette.INK,
    "text.parse_math": False,  # a "$" in a design's name is a dollar
    "axes.labelcolor": palette.SOFT,
    "axes.edgecolor": palette.RULE,
    "axes.facecolor": "none",
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlelocation": "left",
    "axes.linewidth": 1.0,
    "grid.color": palette.RULE,
    "grid.linewidth": 1.0,
    "xtick.color": palette.SOFT,
    "ytick.color": palette.SOFT,
    "xtick.major.size": 0,
    "ytick.major.size": 0,
    "xtick.minor.size": 0,
    "ytick.minor.size": 0,
    "lines.linewidth": 1.8,
    "lines.markersize": 6.5,
    "path.simplify": True,
    "path.simplify_threshold": 0.3,
}


@dataclass(frozen=True, slots=True)
class Size:
    """Width of a picture in pixels, and whether it is the narrow variant."""

    width_px: int
    narrow: bool


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture in both variants, with words that say how to read it and what to see."""

    name: str
    title: str
    caption: str
    wide: str
    narrow: str

    def _repr_svg_(self) -> str:
        """A notebook shows it by itself."""
        return self.wide


Paint: TypeAlias = "Callable[[Size], Figure]"

SIZES = (Size(WIDE_PX, narrow=False), Size(NARROW_PX, narrow=True))


def picture(name: str, title: str, caption: str, paint: Paint) -> Picture:
    """Both variants of a picture with its words."""
    wide, narrow = (draw(name, size, paint) for size in SIZES)
    return Picture(name, title, caption, wide, narrow)


def draw(name: str, size: Size, paint: Paint) -> str:
    """Paint one variant and return its SVG text; equal input gives equal text."""
    import matplotlib as mpl
    from matplotlib.backends.backend_svg import FigureCanvasSVG

    salt = f"{name}-{size.width_px}"
    with mpl.rc_context({**STYLE, "svg.hashsalt": salt}):
        figure = paint(size)
        FigureCanvasSVG(figure)
        target = io.StringIO()
        nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
        figure.savefig(target, format="svg", metadata=nothing)
    return _smaller(target.getvalue())


def inline(svg: str, words: str) -> str:
    """The same picture for use inside a page: page colours, no prologue, words for a reader, and
    no line ends, which are for whoever reads the file."""
    body = svg.replace(' xmlns="http://www.w3.org/2000/svg"', "").replace(' version="1.1"', "")
    body = body.replace(">\n<", "><").replace('\n"', '"')
    for colour, name in palette.css_names().items():
        body = body.replace(colour, f"var(--{name})")
    return body.replace("<svg ", f'<svg role="img" aria-label="{html.escape(words)}" ', 1)


def figure(size: Size, height_px: float) -> Figure:
    """An empty white figure of this size."""
    from matplotlib.figure import Figure

    inches = (size.width_px / UNITS_PER_INCH, height_px / UNITS_PER_INCH)
    return Figure(figsize=inches, dpi=UNITS_PER_INCH, facecolor=palette.PAPER)


def place(made: Figure, left: float, top: float, width: float, height: float) -> Axes:
    """Axes at a place in pixels from the upper left corner."""
    across, down = (inches * UNITS_PER_INCH for inches in made.get_size_inches())
    return made.add_axes((left / across, 1 - (top + height) / down, width / across, height / down))


def legend_px(designs: Sequence[str], size: Size) -> float:
    """Height of the legend on top of a picture."""
    return LEGEND_ROW_PX * len(_legend_rows(designs, size)) + 8


def legend(made: Figure, designs: Sequence[str], size: Size) -> None:
    """Names with their line and marker, set from the left like a sentence."""
    from matplotlib.lines import Line2D

    across, down = (inches * UNITS_PER_INCH for inches in made.get_size_inches())
    for row, entries in enumerate(_legend_rows(designs, size)):
        y = 1 - (row + 0.5) * LEGEND_ROW_PX / down
        for x_px, index in entries:
            style = palette.look(index)
            ends = [(x_px + 1) / across, (x_px + 10) / across, (x_px + 19) / across]
            made.add_artist(
                Line2D(
                    ends,
                    [y] * 3,
                    color=style.colour,
                    linestyle=style.dash,
                    marker=style.marker,
                    markevery=[1],
                )
            )
            name = fitted(designs[index], size.width_px - SIGN_PX)
            made.text((x_px + SIGN_PX) / across, y, name, va="center_baseline")


def swatches_px(parts: Sequence[tuple[float, str]], size: Size) -> float:
    """Height of the key of shades on top of a picture."""
    return LEGEND_ROW_PX * (len(parts) if size.narrow else 1)


def swatches(made: Figure, parts: Sequence[tuple[float, str]], size: Size) -> None:
    """A key of shades: how strong a colour is, and what that means; one row, narrow one each."""
    from matplotlib.patches import Rectangle

    across, down = (inches * UNITS_PER_INCH for inches in made.get_size_inches())
    for place, (strength, words) in enumerate(parts):
        x_px = 0.0 if size.narrow else place * size.width_px / 4
        y_px = (0.5 + (place if size.narrow else 0)) * LEGEND_ROW_PX
        box = ((x_px + 1) / across, 1 - (y_px + 6) / down)
        made.add_artist(
            Rectangle(box, 18 / across, 12 / down, color=palette.INK, alpha=strength, linewidth=0)
        )
        made.text((x_px + SIGN_PX) / across, 1 - y_px / down, words, va="center_baseline")


def end_labels(axes: Axes, ends: Sequence[tuple[float, float, int]], names: Sequence[str]) -> None:
    """Names at the right of the axes for lines that end at (x, y): coinciding ends are spread.

    `ends`: x and y in the axes' own values, and the design's place in `names`. A thin line leads
    from each end to its name.
    """
    (_, bottom), (right, top) = axes.transAxes.transform([(0, 0), (1, 1)])
    points = [(axes.transData.transform((x, y)), index) for x, y, index in ends]
    points.sort(key=lambda point: (float(point[0][1]), point[1]))
    places = spread([float(at[1]) for at, _ in points], LABEL_PX, float(bottom), float(top))
    for (at, index), place in zip(points, places, strict=True):
        colour = palette.look(index).colour
        axes.annotate(
            names[index],
            xy=(float(at[0]), float(at[1])),
            xycoords="figure pixels",
            xytext=(float(right) + LABEL_GAP_PX, place),
            textcoords="figure pixels",
            va="center_baseline",
            color=colour,
            annotation_clip=False,
            arrowprops={
                "arrowstyle": "-",
                "color": colour,
                "linewidth": 0.7,
                "relpos": (0, 0.5),
                "shrinkA": 1,
                "shrinkB": 0,
            },
        )


def spread(wanted: Sequence[float], apart: float, low: float, high: float) -> list[float]:
    """Ascending places at least `apart` from each other, near the `wanted` ascending ones.

    Within `low` and `high` as long as there is room for all.
    """
    placed: list[float] = []
    for place in wanted:
        placed.append(max(place, placed[-1] + apart if placed else low))
    ceiling = max(high, low + apart * (len(placed) - 1))
    for at in range(len(placed) - 1, -1, -1):
        placed[at] = min(placed[at], ceiling)
        ceiling = placed[at] - apart
    return placed


def text_px(texts: Sequence[str]) -> float:
    """Room the longest text needs."""
    return max((len(text) for text in texts), default=0) * LETTER_PX


def fitted(text: str, room_px: float) -> str:
    """The text, cut with an ellipsis where it would not fit."""
    return wording.fitted(text, max(4, int(room_px / LETTER_PX)))


def log_axis(axes: Axes, which: str, words: Callable[[float], str], ticks: int = 12) -> None:
    """A logarithmic axis: a line at each decade within the limits, words at most at `ticks`."""
    from matplotlib.ticker import FixedLocator, FuncFormatter, NullFormatter

    axis = axes.xaxis if which == "x" else axes.yaxis
    (axes.set_xscale if which == "x" else axes.set_yscale)("log")
    low, high = axes.get_xlim() if which == "x" else axes.get_ylim()
    decades = range(math.ceil(math.log10(low) - 1e-9), math.floor(math.log10(high) + 1e-9) + 1)
    step = -(-len(decades) // max(1, ticks))
    worded = [power for power in decades if (power - decades[-1]) % step == 0]
    axis.set_major_locator(FixedLocator([10.0**power for power in worded]))
    axis.set_minor_locator(FixedLocator([10.0**p for p in decades if p not in worded]))
    axis.set_major_formatter(FuncFormatter(lambda value, _: words(value)))
    axis.set_minor_formatter(NullFormatter())
    axis.grid(visible=True, which="minor")


def linear_axis(axes: Axes, which: str, words: Callable[[float], str], ticks: int = 5) -> None:
    """A linear axis with few, plainly worded ticks."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    axis = axes.xaxis if which == "x" else axes.yaxis
    axis.set_major_locator(MaxNLocator(ticks, steps=[1, 2, 2.5, 5, 10]))
    axis.set_major_formatter(FuncFormatter(lambda value, _: words(value)))


def only_grid(axes: Axes, which: str) -> None:
    """Keep the grid across one axis."""
    axes.grid(visible=False, axis="y" if which == "x" else "x")
    axes.spines["left" if which == "x" else "bottom"].set_visible(False)


def time_words(seconds: float) -> str:
    """10 ms, 1 s, 5 min: for ticks."""
    if 0 < seconds < 1:
        return f"{wording.tick(seconds * 1e3)} ms"
    return f"{wording.tick(seconds)} s"


def share_words(share: float) -> str:
    """A share in percent, for ticks."""
    return f"{wording.tick(share * 100)} %"


def _legend_rows(designs: Sequence[str], size: Size) -> list[list[tuple[float, int]]]:
    rows: list[list[tuple[float, int]]] = [[]]
    x_px = 0.0
    for index, name in enumerate(designs):
        entry_px = SIGN_PX + len(name) * LETTER_PX + 14
        if rows[-1] and x_px + entry_px > size.width_px:
            rows.append([])
            x_px = 0.0
        rows[-1].append((x_px, index))
        x_px += entry_px
    return rows


def _smaller(svg: str) -> str:
    """Keep what is drawn: no prologue, tenths of a pixel, one font, ids only where needed."""
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<!--.*?-->|<defs>\s*<style.*?</defs>", "", svg, flags=re.DOTALL)
    svg = re.sub(r"<[^>]*>", lambda tag: re.sub(r"-?\d+\.\d{2,}", _tenths, tag[0]), svg)
    referred = set(re.findall(r'(?:url\(#|href="#)([^)"]+)', svg))
    svg = re.sub(r' id="([^"]+)"', lambda found: found[0] if found[1] in referred else "", svg)
    svg = re.sub(r" font-family: [^;]*;| stroke-linecap: square|; stroke-linejoin: miter", "", svg)
    svg = re.sub(r"font-size: 12px;? ?", "", svg)
    svg = re.sub(r' transform="rotate\(-0 [^"]*"', "", svg)
    svg = re.sub(r'xlink:href="', 'href="', svg)
    svg = re.sub(r'<svg .*?width="(\d+)pt" height="([\d.]+)pt"', _root, svg, count=1)
    svg = re.sub(r'"\s*/>', '"/>', svg)
    svg = re.sub(r"<g([^>]*)>\s*((?:<use [^>]*/>\s*)+)</g>", _one_style, svg)
    svg = re.sub(r' d="[^"]*"', lambda found: re.sub(r"\s*([MLQCz])\s*", r"\1", found[0]), svg)
    svg = re.sub(r'<path d="[^"]*"( clip-path="[^"]*")? style="fill: none"/>', "", svg)  # unseen
    svg = re.sub(r"\s*\n\s*", "\n", svg).replace("<g/>\n", "")
    return svg.replace("<g>\n</g>\n", "")


def _one_style(found: re.Match[str]) -> str:
    """A group of equal marks says once how they look."""
    styles = set(re.findall(r' style="[^"]*"', found[2]))
    if len(styles) != 1:
        return found[0]
    (style,) = styles
    return f"<g{found[1]}{style}>{found[2].replace(style, '')}</g>"


def _tenths(found: re.Match[str]) -> str:
    return f"{float(found[0]):.1f}".removesuffix(".0")


def _root(found: re.Match[str]) -> str:
    style = f"font: {TYPE_PX}px {FONTS}; stroke-linejoin: round"
    return f'<svg style="{style}" width="{found[1]}" height="{found[2]}"'
