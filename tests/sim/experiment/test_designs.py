"""Designs by name, and variants of them."""

from fake_experiment import DESIGNS

from sim.experiment.designs import nearest, pick, problems
from sim.experiment.scenario import Variant


def test_designs_come_in_the_order_of_the_names():
    picked = pick(("long-poll", "hybrid"), DESIGNS, {})
    assert [design.name for design in picked] == ["long-poll", "hybrid"]


def test_a_variant_has_its_own_name_and_its_changes():
    variants = {"slow": Variant.model_validate({"base": "hybrid", "wait_s": 5.0})}
    (slow,) = pick(("slow",), DESIGNS, variants)
    assert (slow.name, slow.wait_s) == ("slow", 5.0)


def test_a_sound_choice_has_no_problems():
    data = {"designs": ["slow"], "variants": {"slow": {"base": "hybrid", "wait_s": 5.0}}}
    assert list(problems(data, DESIGNS)) == []


def test_a_guarantee_names_designs_that_exist():
    gates = [{"guarantee": "fifo"}, {"guarantee": "fifo", "designs": ["hybrid", "hybird"]}]
    ((at, message),) = problems({"designs": ["hybrid"], "guarantees": gates}, DESIGNS)
    assert at == ("guarantees", 1, "designs", 1)
    assert message.startswith("unknown design 'hybird'; allowed: ")
    assert message.endswith("did you mean 'hybrid'?")


def test_what_is_not_even_a_list_is_left_to_others():
    assert list(problems({"designs": 3, "variants": [1]}, DESIGNS)) == []
    assert list(problems({"designs": [3], "variants": {"x": 3}}, DESIGNS)) == []
    assert list(problems({"guarantees": 3}, DESIGNS)) == []
    assert list(problems({"guarantees": [3, {"designs": 3}]}, DESIGNS)) == []


def test_nearest_offers_a_near_name_or_nothing():
    assert nearest("hybird", DESIGNS) == "; did you mean 'hybrid'?"
    assert nearest("carrier-pigeon", DESIGNS) == ""
