"""A claim from its file to what is stored of it; and verdicts that do not hang on a seed."""

import pytest
from made_claims import small

from sim import registry
from sim.claims.judging import Judge, runs_of
from sim.claims.reading import claims, parse
from sim.claims.worlds import Effort, runs

BOUNDARY = """
[boundary]
key = "servers.gateways"
between = [2.0, 9.0]
says = "the number of gateways"
steps = 4
scale = "linear"
whole = true
"""
CHOICES = """
[choices]
key = "servers.gateways"
values = [2, 4]
says = "with so many gateways"
"""
LADDER = """
[ladder]
metrics = ["bytes_per_delivery"]
rungs = [{ design = "socketio", adds = "nothing" }, { design = "hybrid", adds = "an API" }]
"""


WORLD = small("socketio", "hybrid")


def claim(more="", text=WORLD):
    return parse("X1.toml", f"{text}{more}")


@pytest.fixture
def judge(tmp_path):
    effort = Effort(workers=1, out=tmp_path)
    with runs(effort, "rtcsim claims") as running:
        yield Judge(effort, registry.designs(), running)


def test_what_it_finds_is_words_and_figures(judge):
    found = judge.judge(claim())
    assert found["verdict"] == "demonstrated"
    [told] = found["decisions"]
    assert told["figure"]["entry"]["value"] > 1.9
    command = found["worlds"]["few"]
    assert command.startswith("rtcsim compare commuter-day --designs socketio,hybrid --seed 1 ")
    assert found["level"] == pytest.approx(0.95)
    assert runs_of(claim(), judge.effort) == judge.runs.done == 6


def test_where_the_verdict_changes_is_looked_for(judge):
    found = judge.judge(claim(BOUNDARY))
    assert found["verdict"] == "conditional"
    assert (found["boundary"]["low"], found["boundary"]["high"]) == (2, 3)
    assert (found["boundary"]["below"], found["boundary"]["above"]) == ("refuted", "demonstrated")
    assert [one["value"] for one in found["points"]] == [2, 3, 4, 6, 9]
    assert "servers.gateways=6" in found["points"][3]["command"]
    assert judge.runs.done <= runs_of(claim(BOUNDARY), judge.effort) == 36


def test_for_which_choices_it_is_true_is_looked_for(judge):
    found = judge.judge(claim(CHOICES))
    assert found["verdict"] == "conditional"
    verdicts = {one["value"]: one["verdict"] for one in found["points"]}
    assert verdicts == {2: "refuted", 4: "demonstrated"}


def test_a_ladder_is_climbed_beside_the_verdict(judge):
    found = judge.judge(claim(LADDER))
    assert [rung["adds"] for rung in found["ladder"]] == ["nothing", "an API"]
    assert found["verdict"] == "demonstrated"


def test_what_is_not_run_is_shown_or_listed(judge):
    words = 'id = "X1"\nclaim = "It is."\nquestion = "Is it?"\n'
    shown = claim('[provenance]\nshows = "channels"\ndesigns = ["zalo"]\n', words)
    assert judge.judge(shown)["verdict"] == "provenance"
    found = judge.judge(claim('needs = ["devices"]\n', words))
    assert (found["verdict"], found["needs"]) == ("not yet testable", ["devices"])
    assert judge.runs.done == 0


@pytest.mark.parametrize("name", ["S0", "S2", "S3"])
def test_verdicts_are_the_same_under_three_seeds(name, tmp_path):
    words = set()
    for seed in (1, 2, 3):
        effort = Effort(seed, quick=True, workers=1, out=tmp_path)
        with runs(effort, "rtcsim claims") as running:
            found = Judge(effort, registry.designs(), running).judge(claims()[name])
        words.add(found["verdict"])
    assert len(words) == 1
    assert words <= {"demonstrated", "refuted", "conditional"}
