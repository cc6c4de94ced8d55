"""Cells of the catalogue say what broke a guarantee, or how much did not."""

import json

import pytest

from models import DESIGNS
from sim.guarantees import GUARANTEES
from sim.hunt import catalogue as whole
from sim.hunt.catalogue import CALM, Survey, catalogue, plain, survey
from sim.hunt.schedule import letters, read
from sim.hunt.search import DesignCrashed, Quarry, play
from sim.hunt.stage import stage


def made(design, faults, schedules=15):
    return Survey(DESIGNS[design], stage(design, DESIGNS), faults, schedules)


def of(cells, guarantee):
    (cell,) = (one for one in cells if one.guarantee == guarantee)
    return cell


def test_a_weak_design_breaks_under_a_fault_and_its_witness_replays():
    one = made("full-websocket", "link", 40)
    cells = survey(one)
    assert [cell.guarantee for cell in cells] == list(GUARANTEES)
    cell = of(cells, "at-least-once")
    assert (cell.state, cell.faults) == ("violated", "link")
    least = read(cell.schedule)
    assert {letters(fault) for fault in least.faults} == {"link"}
    assert play(Quarry(one.design, cell.guarantee, one.stage), least).violations
    assert f"--schedule '{cell.schedule}'" in cell.replay


def test_nothing_breaks_exactly_once_on_a_calm_day():
    cell = of(survey(made("full-websocket", CALM)), "exactly-once")
    assert cell.state == "held"
    assert 0 < cell.held <= cell.schedules <= 15
    assert cell.facts >= cell.held
    assert not cell.schedule


def test_what_is_never_tested_is_silent_with_a_reason():
    cell = of(survey(made("full-websocket-acked", CALM, 5)), "read-your-writes")
    assert (cell.state, cell.held) == ("silent", 0)
    assert cell.what


def test_a_catalogue_survives_json_and_reports_progress():
    heard = []
    surveys = [made("hybrid", CALM, 3), made("hybrid", "address", 3)]
    cells = catalogue(surveys, 1, lambda finished, total: heard.append((finished, total)))
    assert heard == [(1, 2), (2, 2)]
    assert len(cells) == 2 * len(GUARANTEES)
    back = whole.read(json.loads(json.dumps(plain(cells, 1))))
    assert sorted(back, key=repr) == sorted(cells, key=repr)


def test_a_crash_names_the_design_and_the_schedule(monkeypatch):
    def crash(*_):
        raise KeyError("gone")

    monkeypatch.setattr(whole, "run_replication", crash)
    with pytest.raises(DesignCrashed, match="hybrid under 'people="):
        survey(made("hybrid", "link", 1))
