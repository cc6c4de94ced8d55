"""One fixed colour, dash and marker per design, the same in every picture and table.

Colours stem from the Okabe-Ito set (Okabe & Ito 2008, "Color Universal Design"), darkened for
text-like contrast on white and lightened for a dark page. Beyond eight designs colours come
again with another marker and dash, so no two of the first twenty look alike.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

INK, SOFT, RULE, PAPER = "#1c2229", "#5a6672", "#dfe4e8", "#ffffff"
DARK_PAPER = "#14181d"
# (light, dark), in an order that keeps neighbours apart for every common colour blindness.
COLOURS = (
    ("#0a64ad", "#6db4f2"),
    ("#c44e07", "#ff9a57"),
    ("#0a7d5c", "#4fcfa6"),
    ("#a63d80", "#ee94cc"),
    ("#8f6b00", "#e8c34c"),
    ("#5846b0", "#b3a6ff"),
    ("#46515e", "#c3ccd6"),
    ("#8c2f39", "#f0929c"),
)
NEUTRALS = {INK: ("ink", "#e8ecf0"), SOFT: ("soft", "#a2adb8"), RULE: ("rule", "#333b44")}
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "p", "*", "h")
Dash: TypeAlias = tuple[float, Sequence[float]] | Literal["-"]
DASHES: tuple[Dash, ...] = ("-", (0, (5, 2)), (0, (1.5, 1.5)), (0, (6, 2, 1.5, 2)))


@dataclass(frozen=True, slots=True)
class Look:
    """How one design is drawn; `dash` is a matplotlib line style."""

    colour: str
    marker: str
    dash: Dash


def look(index: int) -> Look:
    """The look of the design at this place in the run."""
    return Look(
        COLOURS[index % len(COLOURS)][0],
        MARKERS[index % len(MARKERS)],
        DASHES[(index // len(COLOURS)) % len(DASHES)],
    )


def css_names() -> dict[str, str]:
    """Light colour -> name of the page's colour variable that replaces it in inline pictures."""
    named = {light: f"d{index}" for index, (light, _) in enumerate(COLOURS)}
    return named | {light: name for light, (name, _) in NEUTRALS.items()} | {PAPER: "paper"}


def css_variables(dark: bool) -> str:
    """Declarations of the colour variables for one scheme."""
    designs = {f"d{index}": pair[dark] for index, pair in enumerate(COLOURS)}
    neutrals = {name: (light, night)[dark] for light, (name, night) in NEUTRALS.items()}
    paper = {"paper": DARK_PAPER if dark else PAPER}
    return "".join(f"--{name}:{value};" for name, value in (designs | neutrals | paper).items())


def marker_path(index: int) -> str:
    """SVG path of the design's marker inside a box of 12 by 12, for the keys in the page."""
    return MARKER_PATHS[MARKERS[index % len(MARKERS)]]


MARKER_PATHS = {
    "o": "M6 1.5a4.5 4.5 0 1 0 .01 0Z",
    "s": "M2 2h8v8H2Z",
    "^": "M6 1.2 11 10.4H1Z",
    "D": "M6 .8 11.2 6 6 11.2.8 6Z",
    "v": "M6 10.8 1 1.6h10Z",
    "P": "M4.2 1h3.6v3.2H11v3.6H7.8V11H4.2V7.8H1V4.2h3.2Z",
    "X": "M3.4 1 6 3.6 8.6 1 11 3.4 8.4 6 11 8.6 8.6 11 6 8.4 3.4 11 1 8.6 3.6 6 1 3.4Z",
    "p": "M6 1 11.1 4.7 9.1 10.7H2.9L.9 4.7Z",
    "*": "M6 .6 7.4 4.4 11.5 4.5 8.2 7 9.4 11 6 8.6 2.6 11 3.8 7 .5 4.5 4.6 4.4Z",
    "h": "M6 .8 10.6 3.4V8.6L6 11.2 1.4 8.6V3.4Z",
}
