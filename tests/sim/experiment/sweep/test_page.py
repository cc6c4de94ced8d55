"""The page of a sweep, from what is stored alone."""

import shutil

import fake_sweep
import pytest
import swept

from sim.experiment.sweep import page
from sim.experiment.sweep.results import run


@pytest.fixture
def folder(tmp_path, monkeypatch):
    fake_sweep.install(monkeypatch)
    return run(swept.plan(tmp_path, ["people=100..400:4"])).folder


def test_a_page_answers_first_and_needs_nothing_else(folder):
    text = (folder / "report.html").read_text("utf-8")
    answer, table = text.index("Stale over people.count"), text.index("In numbers")
    assert answer < text.index("<svg") < table
    assert "full-websocket is better up to 200" in text
    assert "rtcsim sweep commuter-day" in text
    assert "http://" not in text
    assert "https://" not in text
    assert "Every reception owed is accounted for." in text


def test_it_is_made_anew_from_stored_data_alone(folder, tmp_path):
    other = shutil.copytree(
        folder, tmp_path / "other", ignore=shutil.ignore_patterns("plots", "report.html")
    )
    page.write(other)
    assert swept.tree(other) == swept.tree(folder)
