"""`rtcsim validate`: what is printed, what is written, and which exit code gates."""

import json
from dataclasses import replace

import pytest

from models import DESIGNS
from sim.commands.validate import MISSED, validate
from sim.commands.validate_options import ValidateOptions
from sim.errors import InputError
from sim.files.by_hand import BEGIN, END
from sim.validation.runs import read

HEAD = "cell,packet_loss,sent,p50_ms,p90_ms\n"


@pytest.fixture
def table(tmp_path):
    """A user's own measurement of two writers over two minutes, right but for what is asked."""

    def write(p50_ms):
        file = tmp_path / "mine.csv"
        file.write_text(f"{HEAD}ws,0,240,{p50_ms},51.4\n")
        return ValidateOptions(against=file, replications=1, workers=1)

    return write


def test_met_targets_end_with_zero(table, capsys):
    assert validate(table(50.8), DESIGNS) == 0
    printed = capsys.readouterr().out
    assert "2 of 2 targets met in 1 cells; 0 missed." in printed
    assert "Next:" in printed


def test_a_missed_target_gates(table, capsys):
    assert validate(table(70.0), DESIGNS) == MISSED == 3
    printed = capsys.readouterr().out
    assert "OUTSIDE" in printed
    assert "missed: latency-ws-loss-0 p50_ms" in printed


def test_the_table_fits_a_hundred_columns(table, capsys):
    validate(table(50.8), DESIGNS)
    assert max(map(len, capsys.readouterr().out.splitlines())) <= 100


def test_json_is_all_there_is(table, capsys):
    assert validate(replace(table(70.0), json=True), DESIGNS) == MISSED
    verdicts = json.loads(capsys.readouterr().out)["verdicts"]
    assert [one["inside"] for one in verdicts] == [False, True]


def test_a_page_is_written_when_asked_for(table, tmp_path, capsys):
    file = tmp_path / "page.md"
    validate(replace(table(50.8), page=file, quiet=True), DESIGNS)
    assert file.read_text("utf-8").startswith("# Fidelity")
    assert str(file) in capsys.readouterr().out
    file.write_text(file.read_text("utf-8").replace(f"{BEGIN}\n", f"{BEGIN}\nmine"), "utf-8")
    validate(replace(table(50.8), page=file, quiet=True), DESIGNS)
    assert f"{BEGIN}\nmine\n{END}" in file.read_text("utf-8")
    with pytest.raises(InputError, match="cannot be written"):
        validate(replace(table(50.8), page=tmp_path / "no" / "page.md"), DESIGNS)


def test_what_each_run_said_is_written_when_asked_for(table, tmp_path):
    file = tmp_path / "runs.csv"
    validate(replace(table(50.8), runs=file, quiet=True), DESIGNS)
    (digests,) = read(file).values()
    assert len(digests) == 1


@pytest.mark.parametrize("what", ["page", "runs"])
def test_a_file_that_cannot_be_written_is_refused_before_the_work(
    table, tmp_path, monkeypatch, what
):
    monkeypatch.setattr("sim.validation.campaign.run", lambda *_: pytest.fail("it has begun"))
    with pytest.raises(InputError, match=rf"--{what} .*cannot be written"):
        validate(replace(table(50.8), **{what: tmp_path / "no" / "file"}), DESIGNS)


def test_tables_without_any_twin_are_refused(tmp_path):
    file = tmp_path / "storm.csv"
    file.write_text("cell,down_s,side,n,p50_s\nws,10,rx,3,16\n")
    with pytest.raises(InputError, match="no cell with a twin"):
        validate(ValidateOptions(against=file), DESIGNS)
