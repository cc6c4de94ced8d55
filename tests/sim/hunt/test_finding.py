"""A finding on disk replays what was found."""

import pytest

from models import DESIGNS
from sim.experiment.errors import InputError
from sim.experiment.load import load
from sim.experiment.run import run_replication
from sim.guarantees import GUARANTEES
from sim.hunt.finding import MERMAID, PICTURE, SCENARIO, TEXT, finding, in_figures, write
from sim.hunt.schedule import read
from sim.hunt.search import Quarry, only
from sim.hunt.stage import stage


@pytest.fixture(scope="module")
def found():
    world = stage("full-websocket", DESIGNS)
    quarry = Quarry(DESIGNS["full-websocket"], "at-least-once", world)
    return finding(quarry, only(quarry, read("people=2 send=5:0 reset=0@5")).found)


def test_a_finding_says_who_breaks_what(found):
    assert found.title == "full-websocket breaks at-least-once"
    assert found.witness == found.found.verdict.witness
    assert found.witness.what in found.scenario.question


def test_the_scenario_on_disk_breaks_the_guarantee_again(found, tmp_path):
    write(tmp_path / "deep" / "folder", found, "Head of it.")
    folder = tmp_path / "deep" / "folder"
    assert {one.name for one in folder.iterdir()} == {SCENARIO, PICTURE, MERMAID, TEXT}
    scenario = load(str(folder / SCENARIO), DESIGNS)
    assert [gate.guarantee for gate in scenario.guarantees] == ["at-least-once"]
    history = run_replication(scenario, DESIGNS["full-websocket"], 0)
    assert GUARANTEES["at-least-once"].check(history, None).plain() == found.found.verdict.plain()
    assert (folder / SCENARIO).read_text("utf-8").startswith("# Head of it.\n")
    assert (folder / TEXT).read_text("utf-8").startswith("Head of it.\n")
    assert "sequenceDiagram" in (folder / MERMAID).read_text("utf-8")
    assert "<svg" in (folder / PICTURE).read_text("utf-8")


def test_a_folder_that_cannot_be_made_is_said(found, tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(InputError, match="cannot be written: .*choose with --out"):
        write(tmp_path / "file" / "below", found, "")


def test_figures_know_one_from_many():
    assert in_figures(read("send=5:0 reset=0@5")) == "2 people, 1 message, 1 fault"
    assert in_figures(read("people=3 send=5:0 send=6:1")) == "3 people, 2 messages, 0 faults"
