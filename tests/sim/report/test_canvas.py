"""SVG text: small, the same every time, and safe inside a page."""

from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest
from matplotlib.figure import Figure

from sim.report import canvas, palette
from sim.report.canvas import Size

WIDE, NARROW = canvas.SIZES
HOSTILE = "a<b>&\"'$x$"


def paint(size: Size) -> Figure:
    made = canvas.figure(size, 200)
    canvas.legend(made, [HOSTILE, "long-poll"], size)
    axes = canvas.place(made, 60, 40, size.width_px - 80, 120)
    axes.plot([0.0012345, 10], [0.001, 1], marker="s", color=palette.look(0).colour)
    axes.set_xlim(1e-3, 10)
    canvas.log_axis(axes, "x", canvas.time_words)
    canvas.linear_axis(axes, "y", canvas.share_words)
    return made


def test_equal_input_gives_equal_text() -> None:
    assert canvas.draw("x", WIDE, paint) == canvas.draw("x", WIDE, paint)


def test_ids_of_different_pictures_never_meet() -> None:
    def ids(svg: str) -> set[str]:
        return {node.attrib["id"] for node in ET.fromstring(svg).iter() if "id" in node.attrib}

    wide, other = (canvas.draw(name, WIDE, paint) for name in ("x", "y"))
    assert ids(wide)
    assert not ids(wide) & ids(other)
    assert not ids(wide) & ids(canvas.draw("x", NARROW, paint))


def test_text_stays_text_and_is_escaped() -> None:
    svg = canvas.draw("x", WIDE, paint)
    texts = [node.text for node in ET.fromstring(svg).iter() if node.tag.endswith("text")]
    assert HOSTILE in texts
    assert {"1 ms", "10 ms", "100 ms", "1 s", "10 s"} <= set(texts)


def test_numbers_in_words_keep_their_digits() -> None:
    def tiny(size: Size) -> Figure:
        made = canvas.figure(size, 100)
        made.text(0.1, 0.1, "0.000123 %")
        return made

    assert "0.000123 %" in canvas.draw("x", WIDE, tiny)


def test_no_date_and_no_machine_in_it() -> None:
    svg = canvas.draw("x", WIDE, paint)
    assert "metadata" not in svg
    assert "matplotlib" not in svg.lower()


def test_inline_pictures_take_the_colours_of_the_page() -> None:
    body = canvas.inline(canvas.draw("x", WIDE, paint), 'say "this" & <that>')
    assert palette.look(0).colour not in body
    assert "var(--d0)" in body
    assert "http" not in body
    assert 'aria-label="say &quot;this&quot; &amp; &lt;that&gt;"' in body
    ET.fromstring(body)


def test_a_legend_breaks_its_rows() -> None:
    names = [f"design-{number}" for number in range(8)]
    assert canvas.legend_px(names, NARROW) > canvas.legend_px(names, WIDE)


@pytest.mark.parametrize(
    ("value", "text"), [(0, "0 s"), (0.002, "2 ms"), (0.25, "250 ms"), (1000, "1,000 s")]
)
def test_time_words(value: float, text: str) -> None:
    assert canvas.time_words(value) == text


def test_long_names_are_cut() -> None:
    assert canvas.fitted("short", 100) == "short"
    cut = canvas.fitted("a-very-long-name-of-a-design", 100)
    assert cut.endswith("…")
    assert canvas.text_px([cut]) <= 100


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ([5.0, 50.0], [5.0, 50.0]),
        ([5.0, 6.0, 7.0], [5.0, 15.0, 25.0]),
        ([97.0, 98.0], [90.0, 100.0]),
        ([-3.0], [0.0]),
        ([], []),
    ],
)
def test_labels_are_spread_within_their_room(wanted: list[float], expected: list[float]) -> None:
    assert canvas.spread(wanted, 10.0, 0.0, 100.0) == expected


def test_more_labels_than_room_stay_apart() -> None:
    placed = canvas.spread([50.0] * 20, 10.0, 0.0, 100.0)
    assert {round(b - a, 9) for a, b in pairwise(placed)} == {10.0}
    assert placed[0] >= 0.0
