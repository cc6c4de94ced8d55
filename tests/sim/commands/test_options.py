"""Shared flags: what typer is shown, and the command that repeats a run."""

import inspect
import shlex
from dataclasses import fields
from pathlib import Path

import pytest
import typer

from sim.commands.options import (
    CheckOptions,
    RunOptions,
    StopOptions,
    a_number,
    other_command,
    with_options,
)
from sim.errors import InputError
from sim.experiment.request import command_line
from sim.experiment.stopping import Stop


def test_typer_sees_every_flag_and_the_command_gets_one_value():
    got = {}

    @with_options
    def command(scenario: str = "x", *, options: RunOptions) -> None:
        got.update(scenario=scenario, options=options)

    shown = inspect.signature(command).parameters
    assert list(shown) == ["scenario", *(one.name for one in fields(RunOptions))]
    given = {name: one.default for name, one in shown.items()} | {"seed": 7}
    command(**given)
    assert got == {"scenario": "x", "options": RunOptions(seed=7)}


def test_groups_of_flags_come_one_after_the_other_and_own_flags_hide_shared_ones():
    got = {}

    @with_options
    def command(*, out: str = "file", options: RunOptions, gates: CheckOptions) -> None:
        got.update(out=out, options=options, gates=gates)

    shown = list(inspect.signature(command).parameters)
    shared = [one.name for kind in (RunOptions, CheckOptions) for one in fields(kind)]
    assert shown == ["out", *(name for name in shared if name != "out")]
    given = {name: one.default for name, one in inspect.signature(command).parameters.items()}
    command(**given | {"seed": 7, "strict": True})
    assert got == {
        "out": "file",
        "options": RunOptions(seed=7),
        "gates": CheckOptions(strict=True),
    }


def test_what_is_typed_becomes_values():
    asked = RunOptions(designs=" a, b,", seed=3, set_=["people.count=20"], quiet=True).request
    assert (asked.designs, asked.seed, asked.typed) == (("a", "b"), 3, True)
    assert [(one.location, one.value) for one in asked.changes] == [(("people", "count"), 20)]
    assert (RunOptions().request.designs, RunOptions(designs="").request.designs) == (None, ())


def test_another_command_keeps_the_world():
    options = RunOptions(designs="a,b", seed=3, replications=2, trace=Path("my log.csv"),
                         set_=["people.count=20", "name='x y'"])  # fmt: skip
    repeat = command_line("compare", "my dir/s c.toml", options.request, seed=3)
    assert shlex.split(other_command(repeat, "run", "a")) == [
        "rtcsim", "run", "my dir/s c.toml", "--designs", "a", "--seed", "3", "--replications", "2",
        "--trace", "my log.csv", "--set", "people.count=20", "--set", "name='x y'",
    ]  # fmt: skip
    assert shlex.split(other_command(repeat, "compare"))[2:4] == ["my dir/s c.toml", "--seed"]


@pytest.mark.parametrize("given", [float("nan"), float("inf")])
def test_a_number_is_finite(given):
    with pytest.raises(typer.BadParameter, match="allowed: a finite number"):
        a_number(given)
    assert a_number(None) is None
    assert a_number(1.5) == 1.5


@pytest.mark.parametrize(
    ("typed", "stop"),
    [
        ({}, None),
        ({"precision": "10%"}, Stop(precision=0.1)),
        ({"precision": "0.05", "budget": 40}, Stop(precision=0.05, budget=40)),
        ({"until": "decided"}, Stop(decided=True)),
    ],
)
def test_what_is_enough_is_read(typed, stop):
    assert StopOptions(**typed).stop == stop


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"precision": "ten"}, "--precision: 'ten' is not allowed; allowed: more than 0 %"),
        ({"precision": "100%"}, "--precision: '100%' is not allowed"),
        ({"until": "bored"}, "--until: 'bored' is not allowed; allowed: decided"),
        ({"budget": 40}, "--budget: allowed with --precision or --until decided"),
    ],
)
def test_what_is_never_enough_is_refused(typed, words):
    with pytest.raises(InputError, match=words):
        _ = StopOptions(**typed).stop


def test_other_commands_are_not_told_when_to_stop_nor_of_a_footing():
    repeat = (
        "rtcsim compare x.toml --seed 1 --footing shipped --set people.count=40"
        " --until decided --budget 30"
    )
    found = other_command(repeat, "run", "hybrid")
    assert found == "rtcsim run x.toml --designs hybrid --seed 1 --set people.count=40"
