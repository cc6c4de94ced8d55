"""The claims that come with the package."""

import shlex
from dataclasses import replace

import pytest

from sim import registry
from sim.claims import worlds
from sim.claims.reading import chosen, claims, parse
from sim.commands.options import RunOptions
from sim.errors import InputError
from sim.experiment import request

IDS = [
    "C1", "A1", "A2", "A3", "A4", "A5", "P-map", "O1", "O2", "O3", "T1", "T2", "T3", "T4", "T5",
    "T5b", "T6", "T7", "S0", "S1", "S2", "S2a", "S2b", "S3", "S4", "S5", "S6", "S6b", "Q0", "Q1",
    "Q2", "Q3", "Q4", "Q5",
]  # fmt: skip
DECIDED = [one.id for one in claims().values() if one.decides]
GOOD = """\
id = "X1"
claim = "It loses."
question = "Does it?"
needs = ["devices"]
"""


def test_every_claim_of_the_article_has_its_file_in_order():
    assert list(claims()) == IDS


def test_no_file_says_how_it_ends():
    text = str(list(claims().values()))
    for word in ("demonstrated", "refuted", "conditional"):
        assert word not in text


@pytest.mark.parametrize("name", DECIDED)
def test_its_command_is_one_that_can_be_typed_and_makes_the_same_plan(name):
    for world in claims()[name].worlds.values():
        plan = worlds.plan(world, worlds.Effort(seed=3), registry.designs())
        _, command, scenario, *flags = shlex.split(plan.command)
        pairs = list(zip(flags[::2], flags[1::2], strict=True))
        settings = [value for flag, value in pairs if flag == "--set"]
        given = {flag: value for flag, value in pairs if flag != "--set"}
        options = RunOptions(
            designs=given["--designs"],
            seed=int(given["--seed"]),
            replications=int(given["--replications"]),
            set_=settings,
        )
        typed = replace(options.request, footing=given["--footing"])
        again = request.planned(command, scenario, typed, registry.designs())
        assert again.scenario == plan.scenario
        assert [one.options for one in again.designs] == [one.options for one in plan.designs]


@pytest.mark.parametrize("name", [one for one in DECIDED if claims()[one].moves])
def test_what_moves_can_take_its_ends(name):
    claim = claims()[name]
    moves = claim.moves
    world = claim.worlds[claim.world_of(moves.world)]
    for value in claim.boundary.between if claim.boundary else moves.values:
        worlds.plan(world, worlds.Effort(), registry.designs(), {moves.key: value})


def test_some_are_chosen_by_their_ids_in_any_letters():
    assert list(chosen(["s1", "C1"])) == ["C1", "S1"]
    assert list(chosen([])) == IDS
    with pytest.raises(InputError) as caught:
        chosen(["S9"])
    assert str(caught.value).startswith("--only S9: no such claim; allowed: C1, A1, ")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (GOOD.replace("X1", "X2"), "X1.toml: id = 'X2'; allowed: the name of its file"),
        (GOOD.replace("= [", "= "), "X1.toml: not valid TOML"),
        (GOOD + "verdict = 'demonstrated'\n", "X1.toml: verdict: Extra inputs are not permitted"),
        (GOOD.replace("needs", "# needs"), "X1.toml: Value error, a claim has worlds, or prov"),
    ],
)
def test_a_wrong_file_is_told(text, message):
    assert parse("X1.toml", GOOD).id == "X1"
    with pytest.raises(InputError) as caught:
        parse("X1.toml", text)
    assert str(caught.value).startswith(message)
