"""`rtcsim sweep` as it is typed."""

import json

import fake_experiment
import fake_sweep
import pytest

from sim.cli import main
from sim.commands import sweeping
from sim.commands.sweeping import Lines, bar
from sim.experiment.sweep.run import Pace

SMALL = ("commuter-day", "--over", "people=100..400:4", "--designs", "full-websocket,hybrid",
         "--replications", "4", "--metric", "stale_per_hour", "--workers", "1")  # fmt: skip


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    fake_sweep.install(monkeypatch)
    monkeypatch.setattr("sim.registry.designs", lambda: fake_experiment.DESIGNS)
    monkeypatch.setattr("sim.experiment.preparing.prepare", lambda plan, tell: None)
    monkeypatch.setattr("sim.experiment.estimate.estimate", lambda plan: None)


def typed(capsys, *words):
    with pytest.raises(SystemExit) as ended:
        main(["sweep", *words])
    told = capsys.readouterr()
    return ended.value.code, told.out, told.err


def test_the_first_two_lines_answer_and_the_table_fits_a_terminal(capsys, tmp_path, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    code, out, err = typed(capsys, *SMALL, "--out", str(tmp_path))
    assert (code, err) == (0, "")
    lines = out.splitlines()
    where = "full-websocket at 100; all alike at 200; hybrid from 300 to 400."
    assert lines[0] == f"Stale over people.count, best: {where}"
    assert lines[1].startswith("Crossing: full-websocket is better up to 200 [199 to 201], hybrid")
    table = [line for line in lines if line.startswith(("  people", "  full-w", "  hybrid"))]
    assert table[0].split() == ["people.count", "100", "200", "300", "400"]
    assert max(map(len, table)) <= 80
    assert f"Results: {tmp_path / 'commuter-day-sweep-'}" in out
    assert "Repeat:  rtcsim sweep commuter-day --designs full-websocket,hybrid --seed 1" in out
    code, out, _ = typed(capsys, *SMALL, "--out", str(tmp_path))
    assert "32 cells were found finished from an earlier sweep." in out


def test_json_is_the_summary_and_nothing_else(capsys, tmp_path):
    code, out, _ = typed(capsys, *SMALL, "--out", str(tmp_path), "--json")
    assert (code, json.loads(out)["axes"][0]["key"]) == (0, "people.count")


def test_quiet_leaves_the_answer_and_the_place(capsys, tmp_path):
    _, out, _ = typed(capsys, *SMALL, "--out", str(tmp_path), "--quiet")
    assert "Results: " in out
    assert "Digest" not in out


def test_all_mistakes_are_told_at_once(capsys, tmp_path):
    words = ("--over", "people=1", "--over", "x=1..", "--metric", "lots", "--sample", "gird")
    code, out, err = typed(capsys, "commuter-day", *words, "--designs", "nobody")
    assert (code, out) == (2, "")
    told = err.splitlines()
    assert [line.partition(":")[0] for line in told] == [
        "--over x", "--metric", "--sample gird", "--designs",
    ]  # fmt: skip
    code, _, err = typed(capsys, "commuter-day")
    assert (code, err.startswith("--over: missing; allowed: KEY=")) == (2, True)


def test_its_report_can_be_made_again(capsys, tmp_path):
    typed(capsys, *SMALL, "--out", str(tmp_path))
    [folder] = tmp_path.glob("*-sweep-*")
    before = (folder / "report.html").read_bytes()
    (folder / "report.html").unlink()
    with pytest.raises(SystemExit):
        main(["report", str(folder)])
    assert (folder / "report.html").read_bytes() == before


def test_data_stays_when_a_drawing_fails(capsys, tmp_path, monkeypatch):
    def crash(summary):
        raise ZeroDivisionError("no picture")

    monkeypatch.setattr("sim.experiment.sweep.page.pictures", crash)
    code, out, err = typed(capsys, *SMALL, "--out", str(tmp_path))
    assert code == 1
    assert "Results: " in out
    assert err.startswith("No report: ZeroDivisionError: no picture")


def test_a_line_now_and_then_says_what_time_is_left(capsys):
    times = iter([0.0, 10.0, 31.0, 40.0, 7_231.0])
    lines = Lines(lambda: next(times))
    for cells in (10, 11, 12, 13, 14):
        lines.told(Pace(cells, 20, float(cells), 20.0))
    assert capsys.readouterr().err.splitlines() == [
        "12 of 20 cells, about 2 min left",
        "14 of 20 cells, about 3 h left",
    ]


def test_on_a_terminal_there_is_a_bar(capsys, monkeypatch):
    monkeypatch.setattr(sweeping.sys.stderr, "isatty", lambda: True, raising=False)
    with bar(quiet=False) as progress:
        progress(Pace(0, 20, 0.0, 20.0))
        progress(Pace(12, 20, 12.0, 20.0))
    with bar(quiet=True) as progress:
        progress(Pace(0, 20, 0.0, 20.0))
