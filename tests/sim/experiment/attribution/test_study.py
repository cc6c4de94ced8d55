"""What is run: every coalition once, all in one plan; and what cannot be asked."""

import pytest

import sim
from sim import registry
from sim.errors import InputError
from sim.experiment.attribution.study import planned, study
from sim.experiment.request import Request
from sim.experiment.run import run_replication


class Wide:
    """Seven aspects of nothing."""

    aspects = tuple("abcdefg")
    bound = ()

    def mixed(self, taken):
        return type("Named", (), {"name": "-".join(["x", *sorted(taken)])})()

    def said(self, aspect):
        return "", ""


def plan(a="hybrid", b="hybrid-cursor", metric="loss_pressed", **asked):
    asked = Request(**asked)
    return planned((a, b), metric, "commuter-day", asked, registry.designs(), registry.between)


def test_coalitions_are_designs_of_a_plan_beside_the_two():
    found = plan(seed=3, replications=2)
    assert [one.name for one in found.designs] == ["hybrid", "hybrid-cursor"]
    assert [one.name for one in found.running] == [
        "hybrid", "hybrid-cursor", "hybrid+key", "hybrid+recovery",
    ]  # fmt: skip
    assert found.command == (
        "rtcsim attribute hybrid hybrid-cursor commuter-day --seed 3 --replications 2"
        " --metric loss_pressed"
    )


def test_beyond_six_aspects_orders_are_sampled_from_the_seed():
    one, again, other = (study(Wide(), "loss_pressed", seed, {}).game for seed in (1, 1, 2))
    assert one.orders is not None
    assert one.plain() == again.plain()
    assert one.plain() != other.plain()
    assert len(one.designs) < 2**7


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"metric": "loss_presed"}, "unknown 'loss_presed'; allowed: loss_pressed"),
        ({"b": "hybrid"}, "'hybrid' is listed twice"),
        ({"b": "hybridd"}, "unknown design 'hybridd'"),
    ],
)
def test_what_cannot_be_asked_is_one_line(asked, said):
    with pytest.raises(InputError) as caught:
        plan(**asked)
    [line] = caught.value.messages
    assert said in line


def test_designs_of_other_kinds_have_no_aspects():
    with pytest.raises(InputError, match="has no options to swap"):
        registry.between(type("Odd", (), {"name": "odd"})(), sim.designs()["hybrid"])


def test_a_design_that_is_mixed_of_two_runs_like_any_other():
    world = sim.load_scenario(changes={"people.count": 12, "time.measure_s": 20})
    mixed = plan().study.designs[0]
    history = run_replication(world, mixed, 0)
    assert history.digest() == run_replication(world, mixed, 0, passive=False).digest()
