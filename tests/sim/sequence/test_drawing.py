"""The drawing is well-formed SVG, has everything in it, and is the same for the same story."""

from xml.etree import ElementTree as ET

from models import DESIGNS
from sim.experiment.run import run_replication
from sim.experiment.scenario import Scenario
from sim.sequence.drawing import draw
from sim.sequence.layout import lay_out
from sim.sequence.story import Broken, Record, Story, of_message, tell
from sim.tape import Tape


def told(*faults: dict[str, object]) -> tuple[Record, Story]:
    """Person 0 sends message 0 to person 1 at 5 s: the run, and its story."""
    scenario = Scenario.model_validate(
        {
            "name": "story",
            "designs": ("hybrid",),
            "people": {"count": 2, "owed": "members"},
            "time": {"warmup_s": 2, "measure_s": 20, "drain_s": 60},
            "networks": [{"share": 1.0, "profile": "lan"}],
            "servers": {"gateways": 2, "api_nodes": 1},
            "script": {"rooms": [[0, 1]], "sends": [{"at_s": 5.0, "sender": 0}]},
            "faults": list(faults),
        }
    )
    tape = Tape()
    history = run_replication(scenario, DESIGNS["hybrid"], 0, tape=tape)
    record = Record(history, tape, scenario.faults)
    return record, tell(record, of_message(history, 0, 1))


OUTAGE: dict[str, object] = {"kind": "link-outage", "person": 1, "start_s": 4.9, "end_s": 9.0}
DEAF: dict[str, object] = {"kind": "backplane-outage", "start_s": 4.9, "end_s": 9.0}

SVG = "{http://www.w3.org/2000/svg}"


def with_class(root: ET.Element, name: str) -> list[ET.Element]:
    return [one for one in root.iter() if name in one.get("class", "").split()]


def test_the_drawing_is_svg_and_its_title_stays_text() -> None:
    _, story = told()
    root = ET.fromstring(draw(story, "a < b & c", "under it"))
    assert root.tag == f"{SVG}svg"
    assert root.findtext(f"{SVG}title") == "a < b & c"
    assert [one.text for one in with_class(root, "sub")] == ["under it"]
    assert root.get("viewBox") == f"0 0 {root.get('width')} {root.get('height')}"


def test_lanes_words_and_arrows_are_all_drawn() -> None:
    _, story = told(OUTAGE)
    page = lay_out(story)
    root = ET.fromstring(draw(story, "A message"))
    assert [one.text for one in with_class(root, "name")] == list(story.lanes)
    texts = {one.text for one in root.iter(f"{SVG}text")}
    assert {words.text for words in page.words} <= texts
    tips = [one.findtext(f"{SVG}title") for one in root.iter(f"{SVG}path")]
    said = [tip for tip in tips if tip and "written at" in tip]
    assert len(said) == len(page.arrows)


def test_a_fault_is_shaded_and_says_when_it_was() -> None:
    def tips(story: Story) -> list[str | None]:
        root = ET.fromstring(draw(story, "A message"))
        found = [one.findtext(f"{SVG}title") for one in with_class(root, "fault")]
        return [tip for tip in found if tip is not None]  # the legend's sample has none

    assert tips(told(OUTAGE)[1]) == ["person 1: link down, 4.900 to 9.000 s"]
    assert tips(told()[1]) == []


def test_what_breaks_the_guarantee_stands_out() -> None:
    record, calm = told(DEAF)
    broken = tell(record, of_message(record.history, 0, 1), Broken((0,), 1))
    root = ET.fromstring(draw(broken, "A message"))
    loud = [one.text for one in with_class(root, "breaks") if one.tag == f"{SVG}text"]
    assert loud == ["is never shown message 0"]
    assert with_class(ET.fromstring(draw(calm, "A message")), "breaks") == []


def test_equal_stories_give_equal_text() -> None:
    assert draw(told(OUTAGE)[1], "A message") == draw(told(OUTAGE)[1], "A message")
