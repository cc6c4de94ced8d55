"""Designs by name, and variants of them."""

from types import SimpleNamespace

import pytest
from fake_experiment import DESIGNS, FakeDesign

from models import DESIGNS as REAL
from sim.scenario.designs import fault, nearest, pick, problems
from sim.scenario.scenario import Variant


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


@pytest.mark.parametrize("name", [
    "../../../esc", "a/b", "a" * 61, "-1", "", "a\x00b", "a\n", "\x1b[31m", "Hybrid", "é", 3, None,
])  # fmt: skip
def test_a_name_that_is_no_folder_is_refused(name):
    assert "is no name of a design; allowed: small letters" in fault(name, FakeDesign(name))


@pytest.mark.parametrize("design", [3, None, "x", FakeDesign, SimpleNamespace(name="x")])
def test_what_is_no_design_is_refused(design):
    assert "'x' is no design; allowed: what has name, summary" in fault("x", design)


def test_a_key_is_the_name_of_its_design():
    assert fault("x", FakeDesign("x")) is None
    assert "name is 'y'" in fault("x", FakeDesign("y"))


def test_every_field_of_a_variant_is_judged_by_itself():
    fields = {"base": "full-websocket", "qos": 9, "socketio_retries": -1, "acks": 1, "foo": 2}
    found = dict(problems({"variants": {"v": fields}}, REAL))
    assert {at[-1]: text for at, text in found.items() if at[-1] != "foo"} == {
        "qos": "9; allowed: 0, 1, 2",
        "socketio_retries": "-1; allowed: 0 to 1000",
        "acks": "1; allowed: true, false",
    }
    assert found["variants", "v", "foo"].startswith(
        "unknown field 'foo'; allowed: summary, list, send"
    )


def test_nearest_offers_a_near_name_or_nothing():
    assert nearest("hybird", DESIGNS) == "; did you mean 'hybrid'?"
    assert nearest("carrier-pigeon", DESIGNS) == ""


OWN = {
    "base": "full-websocket",
    "backoff": {"kind": "fixed", "wait_s": 5.0, "jitter_s": 1.0},
    "heartbeat": {"ping_s": 15.0, "timeout_s": 30.0},
    "tries": 4,
}


def test_numbers_of_ones_own_are_no_problem():
    assert list(problems({"variants": {"v": OWN}}, REAL)) == []


def test_three_mistakes_are_told_at_once_each_at_its_key():
    wrong = {"backoff": {"kind": "fixed", "wait_s": -5.0}, "heartbeat": {"ping_s": "15"}}
    found = list(problems({"variants": {"v": OWN | wrong | {"tries": 0}}}, REAL))
    assert found == [
        (("variants", "v", "heartbeat", "ping_s"), "'15'; allowed: more than 0 seconds"),
        (("variants", "v", "backoff", "wait_s"), "-5.0; allowed: at least 0.0"),
        (("variants", "v", "tries"), "0; allowed: at least 1, inf without an end"),
    ]


def test_a_key_that_no_group_has_is_told_with_those_that_it_has():
    ((at, message),) = problems({"variants": {"v": OWN | {"http": {"pol": 1}}}}, REAL)
    assert at == ("variants", "v", "http", "pol")
    assert message.startswith("unknown field 'pol'; allowed: version, pool, ")
    assert message.endswith("did you mean 'pool'?")
