"""`rtcsim guarantees` as it is typed: tables, files, and names it does not know."""

import json
from pathlib import Path
from typing import NoReturn

import pytest
from ended import ended

from sim.hunt.page import BEGIN, END

pytestmark = pytest.mark.usefixtures("own_folder")
WORDS = ["guarantees", "full-websocket", "--schedules", "12", "--workers", "1", "--quiet"]


def test_tables_and_files(capsys: pytest.CaptureFixture[str]) -> None:
    assert ended(*WORDS, "--out", "results/c.json", "--page", "docs/g.md") == 0
    told = capsys.readouterr().out
    assert "full-websocket" in told
    assert "violated by" in told
    assert "Show it:     rtcsim hunt full-websocket --guarantee" in told
    assert "Written: docs/g.md" in told
    stored = json.loads(Path("results/c.json").read_text())
    assert list(stored["designs"]) == ["full-websocket"]
    assert stored["made"]["command"].startswith("rtcsim guarantees full-websocket --schedules 12")
    assert stored["made"] | {"rtcsim": "", "command": ""} == {
        "rtcsim": "", "command": "", "schedules": 12, "seed": 1
    }  # fmt: skip
    page = Path("docs/g.md").read_text()
    assert "## full-websocket" in page
    assert "\nrtcsim guarantees full-websocket --schedules 12 --seed 1 --out" in page


def test_what_was_written_by_hand_is_kept() -> None:
    page = Path("page.md")
    words = [*WORDS[:2], "--schedules", "2", *WORDS[4:], "--page", "page.md"]
    assert ended(*words) == 0
    page.write_text(page.read_text().replace(BEGIN, f"{BEGIN}\n## By hand\n\n100,000 tried."))
    for _ in range(2):
        assert ended(*words) == 0
        assert page.read_text().count(f"{BEGIN}\n## By hand\n\n100,000 tried.\n{END}\n") == 1


def test_an_earlier_page_that_is_no_text_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    Path("page.md").write_bytes(b"\xff\xfe\xfa")
    assert ended(*WORDS, "--page", "page.md") == 2
    assert "page.md: cannot be read" in capsys.readouterr().err


def test_json_alone(capsys: pytest.CaptureFixture[str]) -> None:
    assert ended(*WORDS, "--json") == 0
    assert json.loads(capsys.readouterr().out)["designs"]["full-websocket"]["fifo"]["none"]


def test_an_unknown_design_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert ended("guarantees", "full-websocet") == 2
    assert "did you mean 'full-websocket'?" in capsys.readouterr().err


def stopped(*_: object) -> NoReturn:
    raise KeyboardInterrupt


@pytest.mark.parametrize("flag", ["--out", "--page"])
def test_a_place_that_cannot_be_written_is_refused_before_the_work(
    flag: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sim.hunt.catalogue.catalogue", stopped)
    Path("file").write_text("")
    assert ended(*WORDS, flag, "file/c.json") == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"{flag} file/c.json: cannot be written")


def test_ctrl_c_is_one_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sim.hunt.catalogue.catalogue", stopped)
    assert ended(*WORDS) == 130
    assert capsys.readouterr().err == "Interrupted; nothing unfinished is kept.\n"


def test_more_processes_than_any_machine_has_are_refused(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert ended(*WORDS, "--workers", "1025") == 2
    (line,) = [line for line in capsys.readouterr().err.splitlines() if "--workers" in line]
    assert "1024" in line  # the most, in whichever words of typer
