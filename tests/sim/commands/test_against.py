"""`rtcsim hunt --against` as it is typed."""

import json
import sys
from pathlib import Path

import pytest
from ended import ended
from typed_commands import command

pytestmark = pytest.mark.usefixtures("own_folder")
PLAIN_LOSES = "people=2 send=5:0 reset=1@5"
TRY = ["--workers", "1", "--quiet", "--schedules", "40", "--faults", "reset"]


def test_it_says_what_is_worse_and_in_which(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--guarantee", "at-least-once", *TRY]
    assert ended("hunt", "full-websocket", "--against", "full-websocket-acked", *words) == 3
    told = capsys.readouterr().out.splitlines()
    assert told[0] == "full-websocket and full-websocket-acked under the same 40 schedules:"
    assert told[1].startswith("worse in full-websocket: at-least-once, broken in ")
    assert told[2].startswith("  people=2 send=5:0 reset=")
    assert told[3] == "worse in full-websocket-acked: nothing found."
    assert list(Path().iterdir()) == []


def test_what_is_worse_in_the_other_is_no_failure(capsys: pytest.CaptureFixture[str]) -> None:
    one = ["hunt", "full-websocket-acked", "--against", "full-websocket", "--json"]
    assert ended(*one, "--schedule", PLAIN_LOSES) == 0
    found = json.loads(capsys.readouterr().out)["against"]
    assert found["designs"] == ["full-websocket-acked", "full-websocket"]
    assert found["worse"]["design"] == []
    worse = found["worse"]["other"]
    assert [each["guarantee"] for each in worse] == ["at-least-once", "exactly-once"]
    assert {each["schedule"] for each in worse} == {PLAIN_LOSES}


def test_a_liveness_guarantee_alone_ends_with_4() -> None:
    one = ["hunt", "hybrid-cursor", "--against", "hybrid", "--schedule"]
    assert ended(*one, "people=2 send=5:0 backplane=5+1", "--guarantee", "bounded-staleness") == 4


def test_a_module_holds_the_other_version(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (
        "from models import DESIGNS\n"
        "OLD = DESIGNS['full-websocket-acked'].variant('old', {'recovery': 'none'})\n"
        "WRONG = 3\n"
    )
    (tmp_path / "version_before.py").write_text(text)
    monkeypatch.syspath_prepend(str(tmp_path))
    one = ["hunt", "full-websocket-acked", "--schedule", PLAIN_LOSES, "--against"]
    assert ended(*one, "version_before:OLD") == 0
    assert "worse in version_before:OLD: at-least-once" in capsys.readouterr().out
    assert ended(*one, "version_before:WRONG") == 2
    assert "version_before:WRONG': 'this' is no design" in capsys.readouterr().err


def test_a_module_may_stand_in_the_folder_where_the_command_is_typed(own_folder: Path) -> None:
    (own_folder / "before.py").write_text("from models import DESIGNS\nOLD = DESIGNS['hybrid']\n")
    installed = (sys.executable, "-P", "-m", "sim.cli")  # as a script, whose folder is another
    words = ("hunt", "hybrid", "--schedule", PLAIN_LOSES, "--against", "before:OLD")
    shown = command(installed, *words, cwd=own_folder)
    assert (shown.returncode, shown.stderr) == (0, "")
    assert "worse in hybrid: nothing found." in shown.stdout


def test_a_module_that_ends_the_program_is_refused(
    own_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (own_folder / "version_that_ends.py").write_text("raise SystemExit('no')\n")
    assert ended("hunt", "hybrid", "--against", "version_that_ends:OLD") == 2
    assert "'version_that_ends:OLD': SystemExit: no" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--against", "hybird"], "--against: 'hybird'; allowed: "),
        (["--against", "hybird"], "did you mean 'hybrid'?"),
        (["--against", "no_such_module:X"], "ModuleNotFoundError"),
        (["--against", "json:X"], "AttributeError"),
        (["--against", "hybrid", "--within", "3"], "--within: does not go with --against"),
        (["--against", "hybrid", "--minutes", "3"], "--minutes: does not go with --against"),
        (["--against", "hybrid", "--guarantee", "x"], "--guarantee: 'x' is not allowed"),
        (["--against", "hybrid", "--faults", "x"], "--faults = 'x'; allowed: "),
        (["--against", "hybrid", "--schedule", "send=5:9"], "person 9 is not in room 0"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ended("hunt", "hybrid", *words) == 2
    told = capsys.readouterr()
    assert said in told.err
    assert len(told.err.splitlines()) == 1
