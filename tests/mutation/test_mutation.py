"""Every planted fault is caught by some check; code without a fault is not accused.

Trying all of them takes minutes, so every fourth is tried each time, and the others when they are
asked for: `python -m pytest -m mutants tests/mutation`.
"""

from dataclasses import replace

import pytest

from sim.hunt.schedule import read, require_fit
from tests.mutation import hunted
from tests.mutation.fault import Planted
from tests.mutation.hunted import MOST_PLAYS, Sighting, caught, sighted
from tests.mutation.plant import changed, plant
from tests.mutation.planted import PLANTED
from tests.mutation.score import page, score_line
from tests.mutation.subjects import SUBJECTS, schedules
from tests.mutation.trial import ROOT, tried

NEUTRAL = Planted(
    "neutral",
    "a comment reads differently",
    "models/servers/intake.py",
    "# read in order, from one thread",
    "# one after another",
    ("socketio-retries",),
)
PAGE = ROOT / "docs" / "mutation.md"
SAMPLED = [
    pytest.param(name, marks=[pytest.mark.mutants] if place % 4 else [])
    for place, name in enumerate(PLANTED)
]


@pytest.mark.parametrize("name", SAMPLED)
def test_a_planted_fault_is_caught(name):
    fault = PLANTED[name]
    complaint = tried(fault)
    if fault.survives:
        assert complaint is None, f"caught now: {complaint}"
    else:
        assert complaint is not None, f"survived: {fault.what}"


def test_the_code_as_it_is_is_not_accused():
    assert tried(None) is None


def test_a_change_that_changes_nothing_survives():
    assert tried(NEUTRAL) is None


def test_a_fault_in_a_file_that_no_check_runs_is_no_survivor():
    fault = replace(NEUTRAL, path="models/no_such_module.py", subjects=())
    with pytest.raises(RuntimeError, match="was never imported"):
        tried(fault)


@pytest.mark.parametrize("name", PLANTED)
def test_the_place_of_a_fault_is_there_once(name):
    fault = PLANTED[name]
    source = (ROOT / fault.path).read_text("utf-8")
    assert compile(changed(source, fault), fault.path, "exec")
    assert set(fault.subjects) <= set(SUBJECTS)


def test_a_place_that_is_gone_or_there_twice_is_refused():
    for source in ("", NEUTRAL.old * 2):
        with pytest.raises(ValueError, match="neutral"):
            changed(source, NEUTRAL)


def test_a_module_that_is_imported_already_is_not_planted_in():
    with pytest.raises(ValueError, match="already imported"):
        plant(replace(NEUTRAL, path="tests/mutation/plant.py"))


def test_there_are_many_faults_of_many_machines():
    assert len(PLANTED) >= 90
    assert sum(bool(fault.survives) for fault in PLANTED.values()) <= 0.05 * len(PLANTED)
    assert len({fault.path for fault in PLANTED.values()}) >= 20
    used = {name for fault in PLANTED.values() for name in fault.subjects}
    assert used >= set(SUBJECTS) - {"mqtt-qos0"}


def test_no_subject_is_played_under_more_than_2000_schedules():
    for subject in SUBJECTS.values():
        lines = list(schedules(subject))
        assert len(set(lines)) == len(lines) <= MOST_PLAYS
        assert all(require_fit(read(line), subject.gateways + 1) is None for line in lines)


def test_a_hunt_finds_a_planted_fault():
    found = caught(PLANTED["resume-one-ahead"], 20)
    assert (found.subject, found.broken) == ("acked", "eventual-delivery")
    assert found.plays <= 20


def test_what_the_code_as_it_is_breaks_as_soon_is_no_catch():
    harmless = replace(NEUTRAL, subjects=("socketio-retries",))
    assert sighted(harmless, 100).broken == "at-least-once"  # its promise needs an event before
    assert caught(harmless, 100).broken == ""


def test_a_hunt_of_a_fault_that_is_not_played_is_refused():
    for name in ("no-such", "upgrade-forgets-buffer"):
        with pytest.raises(SystemExit, match=f"'{name}' is no planted fault that is played; "):
            hunted.main([name])
    assert hunted.sighted(replace(NEUTRAL, subjects=()), 10) == Sighting(0)


@pytest.mark.parametrize(
    ("found", "row"),
    [
        (Sighting(7, "acked", "fifo"), "      7  fifo (acked)"),
        (Sighting(2_000), "  2,000  nothing"),
        (Sighting(9, "acked"), "      9  nothing that acked does not break without the fault"),
    ],
)
def test_a_row_says_how_soon_or_why_not(found, row, monkeypatch, capsys):
    monkeypatch.setattr(hunted, "caught", lambda _: found)
    hunted.main(["resume-one-ahead"])
    assert capsys.readouterr().out.rstrip().endswith(row)


def test_the_page_states_the_score_of_the_table():
    text = PAGE.read_text("utf-8")
    assert score_line() in text
    rows = text.partition("## Faults")[2].splitlines()[4:]
    made = page(dict.fromkeys(PLANTED)).partition("## Faults")[2].splitlines()[4:]
    assert [row.split("|")[1:3] for row in rows] == [row.split("|")[1:3] for row in made]
