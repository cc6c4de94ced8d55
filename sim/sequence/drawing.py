"""A sequence diagram as SVG: lanes, arrows, faults as shaded bars, pauses cut short.

Solid arrows carry messages, dashed ones acknowledge, thin grey ones belong to the connection. A
cross ends what is lost. What breaks the guarantee is red. Text stays text, and every element says
in a tooltip when it happened. Leaves out where things go (`layout`).
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import Final

from sim.sequence.hops import BACKPLANE
from sim.sequence.labels import ABOVE_PX, Label, place, role_of
from sim.sequence.layout import (
    AGAIN,
    CLOCK_PX,
    HEAD_PX,
    LETTER_PX,
    Arrow,
    Page,
    Shade,
    Words,
    lay_out,
)
from sim.sequence.notes import ACTS, BREAKS, DROPS, FAILED, HIDDEN, LINK, SHOWN, TOLD
from sim.sequence.story import Story
from sim.tape import is_person

FONTS: Final = "system-ui, -apple-system, 'Segoe UI', Roboto, Arial, sans-serif"
_TOP_PX: Final = 92
_LEGEND_PX: Final = 44
_MARGIN_PX: Final = 24
_STYLE: Final = """\
text{font-size:12px;fill:#1c2229}
.title{font-size:17px;font-weight:600}.sub{font-size:13px;fill:#46515e}
.name{font-size:13px;font-weight:600;text-anchor:middle}.clock{fill:#6b7783;text-anchor:end}
.clock{font-variant-numeric:tabular-nums}.pause{font-style:italic}.bolt{fill:#c44e07}
.halo{paint-order:stroke;stroke:#fff;stroke-width:4px;stroke-linejoin:round}
.lane{stroke:#c9d0d7;stroke-width:1.5}.box{fill:#f4f6f8;stroke:#aab4be}
.person{fill:#e8f1fa;stroke:#0a64ad}.data{stroke:#0a64ad;stroke-width:1.8;fill:none}
.ack{stroke:#0a7d5c;stroke-width:1.6;stroke-dasharray:6 4;fill:none}
.control{stroke:#6b7783;stroke-width:1.2;fill:none}.dataw{fill:#084f88}.ackw{fill:#08634a}
.controlw{fill:#5a6672}.soft{fill:#5a6672}.bad{fill:#b3261e}.badline{stroke:#b3261e}
.breaks{fill:#b3261e;font-weight:700;font-size:13px}.fault{fill:#c44e07;fill-opacity:.24}
.faultline{stroke:#c44e07;stroke-width:1;fill:none}.faultw{fill:#9a3d05}
.good{fill:#0a7d5c}.act{fill:#0a64ad}.cut{stroke:#fff;stroke-width:8;fill:none}
.cutline{stroke:#9aa5b0;stroke-width:1.2;fill:none}"""
_HEADS: Final = (("data", "#0a64ad"), ("ack", "#0a7d5c"), ("control", "#6b7783"))
_NOTE_STYLES: Final = {
    ACTS: ("act", ""),
    SHOWN: ("good", ""),
    TOLD: ("good", ""),
    FAILED: ("bad", "bad"),
    HIDDEN: ("soft", "soft"),
    DROPS: ("bad", "bad"),
    LINK: ("soft", "soft"),
    BREAKS: ("bad", "breaks"),
}


def draw(story: Story, title: str, subtitle: str = "") -> str:
    """The diagram as the text of an SVG file; equal stories give equal text."""
    page = lay_out(story)
    widest = max(len(title) * 9.2, len(subtitle) * 7.0)
    width = round(max(page.width, widest + 2 * _MARGIN_PX))
    height = round(_TOP_PX + HEAD_PX + page.height + _LEGEND_PX)
    body = [*_head(title, subtitle), *_lanes(page)]
    body += [f'<g transform="translate(0 {_TOP_PX + HEAD_PX})">', *_inside(page), "</g>"]
    body += _legend(page, height)
    root = f'viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" {root} font-family="{FONTS}" role="img">',
            f"<title>{escape(title)}</title>",
            f"<style>{_STYLE}</style>",
            *_defs(),
            f'<rect width="{width}" height="{height}" fill="#fff"/>',
            *body,
            "</svg>\n",
        ]
    )


def _defs() -> Iterator[str]:
    yield "<defs>"
    for name, colour in _HEADS:
        yield (
            f'<marker id="head-{name}" viewBox="0 0 10 10" refX="9.5" refY="5" markerWidth="7.5" '
            f'markerHeight="7.5" orient="auto" markerUnits="userSpaceOnUse">'
            f'<path d="M0 1 10 5 0 9z" fill="{colour}"/></marker>'
        )
    yield "</defs>"


def _head(title: str, subtitle: str) -> Iterator[str]:
    yield f'<text class="title" x="{_MARGIN_PX}" y="30">{escape(title)}</text>'
    if subtitle:
        yield f'<text class="sub" x="{_MARGIN_PX}" y="50">{escape(subtitle)}</text>'


def _lanes(page: Page) -> Iterator[str]:
    bottom = _TOP_PX + HEAD_PX + page.height
    for name, x in page.lanes.items():
        half = max(38.0, len(name) * 4.0 + 14)
        kind = "person" if is_person(name) else "box"
        shape = 'rx="13"' if kind == "person" else 'rx="3"'
        dash = ' stroke-dasharray="2 4"' if name == BACKPLANE else ""
        yield (
            f'<line class="lane" x1="{x:.1f}" x2="{x:.1f}" y1="{_TOP_PX}" y2="{bottom:.1f}"{dash}/>'
        )
        yield (
            f'<rect class="{kind}" x="{x - half:.1f}" y="{_TOP_PX - 26}" width="{2 * half:.1f}" '
            f'height="26" {shape}/>'
        )
        yield f'<text class="name" x="{x:.1f}" y="{_TOP_PX - 8}">{escape(name)}</text>'


def _inside(page: Page) -> Iterator[str]:
    for shade in page.shades:
        yield from _shade(shade)
    for y, pause_s in page.gaps:
        yield from _gap(page, y, pause_s)
    for y, time_s in page.clock:
        yield f'<text class="clock" x="{CLOCK_PX}" y="{y + 4:.1f}">{time_s:.3f} s</text>'
    for arrow in page.arrows:
        yield from _arrow(arrow)
    yield from map(_label, place(page.arrows))
    for words in page.words:
        yield from _words(words)


def _shade(shade: Shade) -> Iterator[str]:
    bar, x, top = shade.bar, shade.x, shade.top
    if bar.end_s <= bar.start_s:
        yield (
            f'<path class="bolt" d="M{x + 2:.1f} {top - 11:.1f}l-7 12h5l-3 10 9-13h-5l4-9z">'
            f"<title>{escape(bar.lane)}: {escape(bar.begins.label)}, "
            f"{bar.start_s:.3f} s</title></path>"
        )
        return
    yield (
        f'<rect class="fault" x="{x - 7:.1f}" y="{top:.1f}" width="14" '
        f'height="{shade.bottom - top:.1f}"><title>{escape(bar.lane)}: '
        f"{escape(bar.begins.label)}, {bar.start_s:.3f} to {bar.end_s:.3f} s</title></rect>"
    )
    edges = f"M{x - 7:.1f} {top:.1f}h14M{x - 7:.1f} {shade.bottom:.1f}h14"
    yield f'<path class="faultline" d="{edges}"/>'


def _gap(page: Page, y: float, pause_s: float) -> Iterator[str]:
    """A ragged white band across all lanes."""
    left, right = min(page.lanes.values()) - 26, max(page.lanes.values()) + 26
    count = round((right - left) / 16)
    wave = f"M{left:.1f} {y:.1f}q4 -5 8 0t8 0" + "t8 0t8 0" * (count - 1)
    yield f'<path class="cut" d="{wave}"/>'
    yield f'<path class="cutline" transform="translate(0 -4)" d="{wave}"/>'
    yield f'<path class="cutline" transform="translate(0 4)" d="{wave}"/>'
    yield f'<text class="clock pause" x="{CLOCK_PX}" y="{y + 4:.1f}">{pause_s:.1f} s later</text>'


def _arrow(arrow: Arrow) -> Iterator[str]:
    (x1, y1), (x2, y2) = arrow.start, arrow.end
    hop = arrow.hop
    role = role_of(arrow)
    head = "" if arrow.cross else f' marker-end="url(#head-{role})"'
    over = f", arrives at {hop.over_s:.3f} s" if hop.fate == "arrived" else ", never arrives"
    said = f"{hop.source} to {hop.target}: {hop.said.text}; written at {hop.left_s:.3f} s{over}"
    yield (
        f'<path class="{role}" d="M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}"{head}>'
        f"<title>{escape(said)}</title></path>"
    )
    if arrow.cross:
        yield (
            f'<path class="badline" stroke-width="2.4" d="M{x2 - 5:.1f} {y2 - 5:.1f}l10 10'
            f'm0 -10l-10 10"/>'
        )


def _label(label: Label) -> str:
    return (
        f'<text class="halo {label.role}w" text-anchor="{label.anchor}" '
        f'transform="translate({label.x:.1f} {label.y:.1f}) rotate({label.angle:.1f})" '
        f'y="-{ABOVE_PX:g}">{escape(label.text)}</text>'
    )


def _words(words: Words) -> Iterator[str]:
    dot, style = ("", "faultw")
    if words.note is not None:
        dot, style = _NOTE_STYLES.get(words.note.kind, ("soft", ""))
    offset, anchor = (-12.0, "end") if words.side == "left" else (12.0, "start")
    if dot:
        size = 6 if style == "breaks" else 3.6
        yield f'<circle class="{dot}" cx="{words.x:.1f}" cy="{words.y:.1f}" r="{size}"/>'
    if style == "breaks":
        yield (
            f'<circle class="badline" fill="none" stroke-width="2" cx="{words.x:.1f}" '
            f'cy="{words.y:.1f}" r="10"/>'
        )
        offset *= 1.4
    yield (
        f'<text class="halo {style}" text-anchor="{anchor}" x="{words.x + offset:.1f}" '
        f'y="{words.y + 4:.1f}">{escape(words.text)}</text>'
    )


def _legend(page: Page, height: int) -> Iterator[str]:
    y, x = height - 18, float(_MARGIN_PX)
    samples = (
        ("data", "carries messages"),
        ("ack", "acknowledges"),
        ("control", "connection"),
    )
    for role, text in samples:
        yield (
            f'<path class="{role}" d="M{x:.1f} {y - 4}h30" marker-end="url(#head-{role})"/>'
            f'<text class="soft" x="{x + 37:.1f}" y="{y}">{text}</text>'
        )
        x += 56 + len(text) * LETTER_PX
    if any(arrow.hop.resent for arrow in page.arrows):
        text = f"{AGAIN} sent again by TCP"
        yield f'<text class="soft" x="{x:.1f}" y="{y}">{text}</text>'
        x += 18 + len(text) * LETTER_PX
    yield f'<path class="badline" stroke-width="2.4" d="M{x:.1f} {y - 9}l10 10m0 -10l-10 10"/>'
    yield f'<text class="soft" x="{x + 17:.1f}" y="{y}">lost</text>'
    x += 62
    if page.shades:
        yield f'<rect class="fault" x="{x:.1f}" y="{y - 11}" width="14" height="14" rx="2"/>'
        yield f'<text class="soft" x="{x + 21:.1f}" y="{y}">fault</text>'
