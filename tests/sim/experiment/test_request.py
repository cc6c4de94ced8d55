"""What is asked for, as values: what it changes, and the command that asks the same again."""

import shlex
from pathlib import Path

import pytest
from fake_experiment import DESIGNS

from sim.errors import InputError
from sim.experiment import request
from sim.experiment.request import Request, command_line, planned, resume_line
from sim.experiment.stopping import Stop
from sim.scenario.load import change, changed


def test_the_repeat_command_has_all_that_decides_and_nothing_else():
    asked = Request(
        designs=("a", "b"),
        replications=3,
        workers=2,
        out=Path("else where"),
        trace=Path("my log.csv"),
        changes=(change("people.owed='present'"), changed("faults", [{"kind": "reset"}])),
    )
    line = command_line("compare", "x.toml", asked, seed=5)
    assert shlex.split(line) == [
        "rtcsim", "compare", "x.toml", "--designs", "a,b", "--seed", "5", "--replications", "3",
        "--trace", "my log.csv", "--set", "people.owed='present'",
        "--set", 'faults=[{ kind = "reset" }]',
    ]  # fmt: skip
    assert shlex.split(resume_line(line, asked))[-2:] == ["--out", "else where"]
    assert (
        resume_line("again", Request(histories=True, anyway=True)) == "again --histories --anyway"
    )


def test_a_scenario_is_never_taken_for_an_option():
    assert command_line("compare", "-x.toml", Request(), 1).split()[2] == "./-x.toml"


def test_values_and_what_is_typed_make_the_same_plan():
    given = Request(designs=("hybrid",), changes=(changed("people.count", 30),))
    typed = Request(designs=("hybrid",), changes=(change("people.count=30"),), typed=True)
    plans = [planned("compare", "commuter-day", asked, DESIGNS) for asked in (given, typed)]
    assert plans[0] == plans[1]
    assert plans[0].command == (
        "rtcsim compare commuter-day --designs hybrid --seed 1 --set people.count=30"
    )


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (Request(designs=("hybird",), typed=True), "--designs: designs.0: unknown design"),
        (Request(designs=("hybird",)), "designs: designs.0: unknown design"),
        (Request(replications=0), "replications: 0 is not allowed"),
        (Request(seed=-1, typed=True), "--seed: -1 is not allowed"),
        (Request(changes=(changed("seed", -1),)), "changes['seed']: seed: -1 is not allowed"),
    ],
)
def test_who_asked_is_blamed_in_their_words(asked, words):
    with pytest.raises(InputError) as caught:
        planned("compare", "commuter-day", asked, DESIGNS)
    assert caught.value.messages[0].startswith(words)


def test_where_results_go_is_looked_at_before_a_rehearsal(tmp_path, monkeypatch):
    taken = tmp_path / "taken"
    taken.write_text("")

    def rehearse(*_):
        raise AssertionError("rehearsed for results that cannot be written")

    monkeypatch.setattr(request, "look_ahead", rehearse)
    plan = planned("compare", "commuter-day", Request(out=taken), DESIGNS)
    with pytest.raises(InputError, match="results cannot be written here"):
        request.execute(plan, False, print, lambda finished, total: None)


def test_what_is_enough_is_repeated_and_needs_designs_to_tell_apart():
    asked = Request(stop=Stop(precision=0.1, decided=True, budget=40))
    line = command_line("compare", "x.toml", asked, 1)
    assert line.endswith("--seed 1 --precision 10% --until decided --budget 40")
    plan = planned("compare", "commuter-day", asked, DESIGNS)
    assert (plan.stop, plan.sequential) == (asked.stop, True)
    for typed, flag in ((True, "--until decided"), (False, "decided")):
        alone = Request(designs=("hybrid",), stop=Stop(decided=True), typed=typed)
        with pytest.raises(InputError, match=f"^{flag}: one design; allowed: two or more"):
            planned("compare", "commuter-day", alone, DESIGNS)
