"""A finding's files: a scenario that replays it and fails a check, its diagram, its words."""

import tomllib
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from played import target

from models import DESIGNS
from sim.errors import InputError
from sim.experiment.run import run_replication
from sim.guarantees import GUARANTEES
from sim.hunt.finding import MERMAID, PICTURE, SCENARIO, TEXT, Finding, finding, in_figures, write
from sim.hunt.schedule import read
from sim.hunt.search import only
from sim.scenario.load import load
from sim.sequence.notes import BREAKS

HALF_OPEN = "people=2 send=5:0 link=0@5+50"


def found(design: str, guarantee: str, schedule: str) -> Finding:
    wanted = target(design, guarantee)
    searched = only(wanted, read(schedule))
    assert searched.found is not None
    return finding(wanted, searched.found)


def test_the_scenario_replays_it(tmp_path: Path) -> None:
    one = found("full-websocket", "at-least-once", HALF_OPEN)
    write(tmp_path, one, "full-websocket breaks at-least-once.\nAgain: rtcsim hunt")
    scenario = load(str(tmp_path / SCENARIO), DESIGNS)
    history = run_replication(scenario, DESIGNS["full-websocket"], 0)
    assert GUARANTEES["at-least-once"].check(history) == one.found.verdict
    (gate,) = scenario.guarantees
    assert gate.guarantee == "at-least-once"
    assert scenario.designs == ("full-websocket",)


def test_the_scenario_tells_the_story_in_comments(tmp_path: Path) -> None:
    one = found("hybrid", "at-most-once", "people=2 send=5:0 link=0@5.1+10")
    write(tmp_path, one, "What it is.")
    text = (tmp_path / SCENARIO).read_text("utf-8")
    assert text.startswith("# What it is.\n#\n#  5.000 s  person 0 sends message 0\n")
    assert "person 1 is shown message 0 again" in text
    assert tomllib.loads(text)["name"] == "hybrid-at-most-once"


def test_diagram_and_words_are_beside_it(tmp_path: Path) -> None:
    one = found("mqtt-qos1", "at-most-once", "people=2 send=5:0 reset=1@5.05")
    write(tmp_path / "new" / "folder", one, "Head.")
    folder = tmp_path / "new" / "folder"
    ET.parse(folder / PICTURE)
    assert "sequenceDiagram" in (folder / MERMAID).read_text("utf-8")
    assert (folder / TEXT).read_text("utf-8").startswith("Head.\n\n")


@pytest.mark.parametrize(
    ("design", "guarantee", "schedule", "last"),
    [
        ("full-websocket", "at-least-once", HALF_OPEN, "is never shown message 0"),
        (
            "hybrid",
            "at-most-once",
            "people=2 send=5:0 link=0@5.1+10",
            "is shown message 0 again",
        ),
        (
            "mqtt-qos1",
            "bounded-recovery",
            "people=2 send=5:1 host=1@5+100",
            "was cut off for too long",
        ),
    ],
)
def test_the_story_tells_what_breaks_the_guarantee(
    design: str, guarantee: str, schedule: str, last: str
) -> None:
    one = found(design, guarantee, schedule)
    assert [note.text for note in one.story.notes if note.kind == BREAKS] == [last]
    assert one.title == f"{design} breaks {guarantee}"


def test_figures_have_their_number() -> None:
    assert in_figures(read("people=2 send=5:0")) == "2 people, 1 message, 0 faults"
    assert in_figures(read("send=5:0 send=6:0 reset=0@5")) == "2 people, 2 messages, 1 fault"


def test_a_place_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    one = found("full-websocket", "at-least-once", HALF_OPEN)
    with pytest.raises(InputError, match="cannot be written"):
        write(tmp_path / "file", one, "")
