"""`new` and `report` on real files."""

from pathlib import Path

import pytest
from fake_experiment import DESIGNS

from sim.commands import files
from sim.experiment.errors import InputError
from sim.experiment.load import load


def test_a_new_file_loads_and_says_how_to_go_on(tmp_path, capsys):
    path = tmp_path / "mine.toml"
    files.new(path, "lossy-mobile", DESIGNS)
    assert f"rtcsim compare {path}" in capsys.readouterr().out
    assert load(str(path), DESIGNS) == load("lossy-mobile", DESIGNS)


def test_a_new_file_can_be_printed(capsys):
    files.new(Path("-"), "commuter-day", DESIGNS)
    assert 'name = "commuter-day"' in capsys.readouterr().out


def test_nothing_is_overwritten(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text("precious")
    with pytest.raises(InputError, match="exists already"):
        files.new(path, "commuter-day", DESIGNS)
    assert path.read_text() == "precious"


def test_a_place_that_is_not_there(tmp_path):
    with pytest.raises(InputError, match="cannot be written"):
        files.new(tmp_path / "no" / "mine.toml", "commuter-day", DESIGNS)


def test_a_report_needs_a_result(tmp_path):
    with pytest.raises(InputError, match="not a result folder"):
        files.report(tmp_path)
