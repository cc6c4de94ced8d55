"""`explain` tells where the time of one message went, draws it, and refuses what is not there."""

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from models import DESIGNS
from sim.commands.explaining import EXPLAINED, Question, explain
from sim.experiment.errors import InputError

SCENARIO = """\
name = "explained"
designs = ["hybrid"]
people = { count = 2, owed = "members" }
time = { warmup_s = 2, measure_s = 20, drain_s = 60 }
networks = [{ share = 1.0, profile = "lan" }]
servers = { gateways = 2, api_nodes = 1 }
script = { rooms = [[0, 1]], sends = [{ at_s = 5.0, sender = 0 }] }
"""
OUTAGE = 'faults = [{ kind = "backplane-outage", start_s = 4.9, end_s = 9.0 }]\n'


def stored(folder: Path, more: str = "") -> Path:
    (folder / "scenario.toml").write_text(SCENARIO + more, "utf-8")
    return folder


def test_it_prints_spans_and_steps_and_writes_both_diagrams(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    explain(Question(stored(tmp_path), 0), DESIGNS)
    printed = capsys.readouterr().out
    assert "message 0 of hybrid, replication 0: person 0 to person 1, shown after 8.3 ms" in printed
    assert "writing to the store" in printed
    assert "5.000 s  person 0 sends message 0" in printed
    drawn = tmp_path / EXPLAINED / "hybrid-0-0-1.svg"
    assert ET.parse(drawn).getroot().tag.endswith("svg")
    assert "\nsequenceDiagram\n" in drawn.with_suffix(".mmd").read_text("utf-8")


def test_what_was_never_shown_is_said_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    explain(Question(stored(tmp_path, OUTAGE), 0, out=tmp_path / "here"), DESIGNS)
    printed = capsys.readouterr().out
    assert "person 0 to person 1, never shown." in printed
    assert "Where the time went" not in printed
    assert "person 1 is never shown message 0" in printed
    assert {place.suffix for place in (tmp_path / "here").iterdir()} == {".svg", ".mmd"}


def test_a_stored_digest_that_differs_is_warned_about(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    explain(Question(stored(tmp_path), 0), DESIGNS)
    assert "Warning" not in capsys.readouterr().out
    (tmp_path / "replications").mkdir()
    (tmp_path / "replications" / "hybrid-0.json").write_text('{"digest": "another"}', "utf-8")
    explain(Question(tmp_path, 0), DESIGNS)
    assert "Warning: this is not the run that is stored" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"message": 9}, "--message 9: allowed: 0 to 0"),
        ({"design": "slack"}, "'slack' is not in this run; allowed: hybrid"),
        ({"replication": 99}, "--replication 99: allowed: 0 to"),
        ({"person": 0}, "--person 0: no reader of it; allowed: 1"),
    ],
)
def test_what_is_not_in_the_run_is_refused(
    tmp_path: Path, wrong: dict[str, object], reason: str
) -> None:
    asked = Question(**({"run": stored(tmp_path), "message": 0} | wrong))  # type: ignore[arg-type]
    with pytest.raises(InputError) as refused:
        explain(asked, DESIGNS)
    assert reason in str(refused.value)
    assert not (tmp_path / EXPLAINED).exists()
