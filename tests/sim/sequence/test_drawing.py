"""The diagram is well-formed, says everything in text, and is the same every time."""

import re
from xml.etree import ElementTree as ET

import pytest
from played import played

from sim.sequence.drawing import draw

SVG = "{http://www.w3.org/2000/svg}"
CASES = [
    ("hybrid", "at-most-once", "people=2 send=5:0 link=0@5.1+10"),
    ("mqtt-qos1", "at-most-once", "people=2 send=5:0 reset=1@5.05"),
    ("full-websocket-counter", "no-loss-after-ok", "people=2 send=5:0 send=6:0 reset=0@5.1"),
    ("full-websocket", "at-least-once", "people=2 send=5:0 backplane=4+2"),
    ("long-poll", "", "people=2 send=5:0 link=1@4.9+30"),
]


def drawn(design: str, guarantee: str, schedule: str) -> ET.Element:
    return ET.fromstring(draw(played(design, schedule).story(guarantee), "A & B <C>", "x > y"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: "-".join(case[:2]))
def test_it_is_well_formed_and_stays_inside_its_frame(case: tuple[str, str, str]) -> None:
    root = drawn(*case)
    width, height = float(root.get("width", 0)), float(root.get("height", 0))
    assert root.get("viewBox") == f"0 0 {width:.0f} {height:.0f}"
    for circle in root.iter(f"{SVG}circle"):
        assert 0 < float(circle.get("cx", -1)) < width
    for text in root.iter(f"{SVG}text"):
        if text.get("x") and text.get("class") != "title":
            assert 0 < float(text.get("x", -1)) < width


def test_lanes_steps_and_times_are_text() -> None:
    said = [text.text for text in drawn(*CASES[0]).iter(f"{SVG}text")]
    for words in (
        "A & B <C>", "x > y", "person 0", "api 2", "backplane", "gateway 1", "person 1", "5.000 s",
        "sends message 0", "POST message 0", "200 OK for message 0", "accepts message 0 once more",
        "link down at 5.1 s", "link up at 15.1 s", "is shown message 0 again", "9.9 s later",
        "carries messages", "acknowledges", "lost", "fault", "↻ sent again by TCP",
    ):  # fmt: skip
        assert words in said, words


def test_what_is_lost_has_a_cross_and_acknowledgements_are_dashed() -> None:
    root = drawn(*CASES[0])
    crosses = [path for path in root.iter(f"{SVG}path") if path.get("class") == "badline"]
    assert len(crosses) == 3  # the response, the FIN, and the one in the legend
    acks = [path for path in root.iter(f"{SVG}path") if path.get("class") == "ack"]
    assert len(acks) == 3
    style = next(root.iter(f"{SVG}style")).text or ""
    assert re.search(r"\.ack{[^}]*stroke-dasharray", style)


def test_what_breaks_the_guarantee_is_red_and_marked_once() -> None:
    root = drawn(*CASES[1])
    red = [text.text for text in root.iter(f"{SVG}text") if "breaks" in (text.get("class") or "")]
    assert red == ["is shown message 0 again"]
    rings = [one for one in root.iter(f"{SVG}circle") if one.get("class") == "badline"]
    assert len(rings) == 1


def test_faults_are_shaded_and_resets_strike() -> None:
    shades = [one for one in drawn(*CASES[3]).iter(f"{SVG}rect") if one.get("class") == "fault"]
    assert len(shades) == 2  # the outage and the one in the legend
    bolts = [one for one in drawn(*CASES[1]).iter(f"{SVG}path") if one.get("class") == "bolt"]
    assert len(bolts) == 1


def test_every_arrow_and_fault_says_when_in_a_tooltip() -> None:
    tips = [title.text or "" for title in drawn(*CASES[0]).iter(f"{SVG}title")]
    assert "person 0: link down, 5.100 to 15.100 s" in tips
    assert any(
        tip == "person 0 to api 2: POST message 0; written at 5.050 s, arrives at 5.075 s"
        for tip in tips
    )


def test_equal_stories_give_equal_text() -> None:
    story = played("hybrid", CASES[0][2]).story()
    assert draw(story, "a") == draw(story, "a")
