"""`hunt` as typed: what is printed, what is written, and every exit code."""

import json
import shlex
from pathlib import Path

import pytest

from sim.cli import main

LOST = "people=2 send=5:0 reset=0@5"


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    """Type a hunt in an empty folder: exit code, standard output, standard error."""
    monkeypatch.chdir(tmp_path)

    def typed(*words):
        with pytest.raises(SystemExit) as ended:
            main(["hunt", *words, "--workers", "1"])
        printed = capsys.readouterr()
        return ended.value.code or 0, printed.out, printed.err

    return typed


def test_a_broken_safety_guarantee_ends_with_3_and_its_own_replay(run):
    code, shown, _ = run("full-websocket", "--guarantee", "at-least-once", "--json")
    assert code == 3
    (hunted,) = json.loads(shown)["hunts"]
    assert hunted["violated"]
    assert (Path(hunted["folder"]) / "scenario.toml").is_file()
    program, command, *words = shlex.split(hunted["repeat"])
    assert (program, command) == ("rtcsim", "hunt")
    code, shown, _ = run(*words, "--json")
    (again,) = json.loads(shown)["hunts"]
    assert code == 3
    assert (again["schedule"], again["schedules"]) == (hunted["schedule"], 1)
    assert again["verdict"] == hunted["verdict"]


def test_nothing_found_ends_with_0_and_says_how_much_was_tried(run):
    words = ("full-websocket-acked", "--guarantee", "exactly-once", "--examples", "20")
    code, shown, _ = run(*words, "--faults", "link,crash", "--quiet")
    flat = " ".join(shown.split())
    assert code == 0
    assert "Nothing found that makes full-websocket-acked break exactly-once." in flat
    assert "Tried: 20 schedules" in flat
    assert "--faults link,crash --examples 20 --seed 1" in flat
    assert not Path("results").exists()


def test_one_schedule_is_told_step_by_step_unless_quiet(run):
    words = ("full-websocket", "--guarantee", "at-least-once", "--schedule", LOST, "--out", "here")
    code, loud, _ = run(*words)
    assert code == 3
    assert f"--schedule '{LOST}'" in loud
    assert Path("here/full-websocket-at-least-once/diagram.svg").is_file()
    _, quiet, _ = run(*words, "--quiet")
    assert len(quiet.splitlines()) < len(loud.splitlines())


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (("--guarantee", "exactly-onec"), "'exactly-onec' is not allowed"),
        (("--guarantee", "fifo", "--within", "3"), "--within: fifo takes no bound"),
        (("--guarantee", "fifo", "--faults", "flood"), "--faults = 'flood'; allowed: link"),
        (("--guarantee", "fifo", "--schedule", "people=2 send=5:4"), "person 4 is not in room 0"),
    ],
)
def test_what_is_wrong_is_said_before_anything_is_played(run, words, problem):
    code, shown, said = run("hybrid", *words)
    assert code == 2
    assert not shown
    assert problem in " ".join(said.split())
