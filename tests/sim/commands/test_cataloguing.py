"""`guarantees` as typed: tables, files, and what it refuses."""

import json
from pathlib import Path

import pytest

from models import DESIGNS
from sim.commands.cataloguing import guarantees
from sim.commands.hunt_options import CatalogueOptions
from sim.experiment.errors import InputError
from sim.guarantees import GUARANTEES
from sim.hunt.catalogue import COLUMNS

FEW = {"schedules": 4, "workers": 1, "quiet": True}


def test_json_has_a_cell_for_every_guarantee_and_class_and_the_file_is_the_same(tmp_path, capsys):
    out = tmp_path / "deep" / "catalogue.json"
    guarantees(["full-websocket"], CatalogueOptions(**FEW, json=True, out=out), DESIGNS)
    text = capsys.readouterr().out
    found = json.loads(text)
    assert out.read_text("utf-8") == text
    assert list(found["designs"]) == ["full-websocket"]
    rows = found["designs"]["full-websocket"]
    assert set(rows) == set(GUARANTEES)
    assert all(set(row) == set(COLUMNS) for row in rows.values())


def test_tables_and_a_page_say_how_to_go_on(tmp_path, capsys):
    page = tmp_path / "page.md"
    guarantees(["full-websocket"], CatalogueOptions(**FEW, page=page), DESIGNS)
    shown = capsys.readouterr().out
    assert "broken by" in shown
    assert "Show it:     rtcsim hunt full-websocket --guarantee " in shown
    assert f"Written: {page}" in shown
    written = page.read_text("utf-8")
    assert "## full-websocket" in written
    assert "`rtcsim guarantees full-websocket --schedules 4 --seed 1 --page " in written


def test_an_unknown_design_is_refused_with_a_hint():
    with pytest.raises(InputError, match=r"unknown design 'hybird'.*hybrid"):
        guarantees(["hybird"], CatalogueOptions(**FEW), DESIGNS)


def test_a_place_that_cannot_be_written_is_said(tmp_path):
    (tmp_path / "file").write_text("in the way")
    out = Path(tmp_path, "file", "catalogue.json")
    options = CatalogueOptions(schedules=1, workers=1, quiet=True, out=out)
    with pytest.raises(InputError, match="cannot be written"):
        guarantees(["hybrid"], options, DESIGNS)
