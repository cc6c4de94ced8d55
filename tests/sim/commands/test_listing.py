"""Everything a scenario can name is listed."""

import json
import re
import tomllib

import jsonschema
import pytest
from fake_experiment import DESIGNS, FakeDesign

from sim.commands import listing
from sim.guarantees import GUARANTEES
from sim.network.profiles import PROFILES
from sim.scenario.load import shipped

KINDS = (
    "designs",
    "networks",
    "boxes",
    "http-servers",
    "faults",
    "metrics",
    "guarantees",
    "scenarios",
)


@pytest.mark.parametrize("kind", KINDS)
def test_every_list_fits_a_terminal_and_says_what_to_do_next(kind, capsys, monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")  # as on a terminal
    monkeypatch.setenv("NO_COLOR", "1")
    listing.show(kind, DESIGNS)
    shown = re.sub(r"\x1b\[[0-9;]*m", "", capsys.readouterr().out)
    assert "Next: rtcsim " in shown
    assert all(len(line) <= 100 for line in shown.splitlines())


@pytest.mark.parametrize("kind", KINDS)
def test_a_piped_list_has_one_line_for_each(kind, capsys):
    listing.show(kind, DESIGNS)
    lines = capsys.readouterr().out.splitlines()
    for row in listing.rows_of(kind, DESIGNS)[1]:
        assert any(all(cell in line for cell in row) for line in lines)


@pytest.mark.parametrize("kind", KINDS)
def test_a_list_as_json_is_its_rows(kind, capsys):
    listing.show(kind, DESIGNS, json=True)
    head, rows = listing.rows_of(kind, DESIGNS)
    assert json.loads(capsys.readouterr().out) == [
        dict(zip(head, row, strict=True)) for row in rows
    ]


def test_the_schema_takes_what_is_shipped_and_refuses_what_a_scenario_refuses(capsys):
    listing.schema()
    rules = json.loads(capsys.readouterr().out)
    assert rules["$schema"].startswith("https://json-schema.org/")
    check = jsonschema.Draft202012Validator(rules)
    for text in shipped().values():
        assert list(check.iter_errors(tomllib.loads(text))) == []
    wrong = tomllib.loads(shipped()["commuter-day"]) | {"peple": {}, "seed": -1}
    assert len(list(check.iter_errors(wrong))) == 2


def test_a_name_from_outside_steers_no_terminal(capsys):
    design = FakeDesign("x", "\x1b]0;pwned\x07 \u202e red")
    listing.show("designs", {"x": design})
    shown = capsys.readouterr().out
    assert r"\x1b]0;pwned" in shown
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f\u202e]", shown)


def test_lists_are_complete():
    names = {kind: [row[0] for row in listing.rows_of(kind, DESIGNS)[1]] for kind in KINDS}
    assert names["designs"] == list(DESIGNS)
    assert names["networks"] == list(PROFILES)
    assert {"node-crash", "rolling-deploy", "add-nodes"} <= set(names["faults"])
    assert "loss_pressed" in names["metrics"]
    assert names["guarantees"] == list(GUARANTEES)
    assert "commuter-day" in names["scenarios"]


@pytest.mark.parametrize("kind", KINDS)
def test_no_cell_is_empty(kind):
    head, rows = listing.rows_of(kind, DESIGNS)
    assert rows
    for row in rows:
        assert len(row) == len(head)
        assert all(row)
