"""The scenario as values: defaults, limits, and what must fit together."""

import pickle

import pytest
from fake_experiment import DESIGNS
from pydantic import ValidationError

from sim.scenario.load import load, shipped
from sim.scenario.scenario import CrossCheckError, Scenario

NETWORK = {"share": 1.0, "profile": "4g"}


def make(**sections):
    given = {"name": "x", "designs": ("a",), "networks": (NETWORK,)} | sections
    return Scenario.model_validate(given)


def cross_problems(**sections):
    with pytest.raises(ValidationError) as caught:
        make(**sections)
    cause = caught.value.errors()[0]["ctx"]["error"]
    assert isinstance(cause, CrossCheckError)
    return dict(cause.problems)


def test_everything_but_name_designs_and_networks_has_a_default():
    scenario = make()
    assert scenario.people.count == 2000
    assert scenario.servers.gateways == 4
    assert scenario.time.measured_until_s == 660
    assert scenario.faults == ()


def test_a_scenario_is_frozen_and_travels_to_workers():
    scenario = make()
    assert pickle.loads(pickle.dumps(scenario)) == scenario
    with pytest.raises(ValidationError, match="frozen"):
        scenario.seed = 2


@pytest.mark.parametrize(
    ("section", "values"),
    [
        ("time", {"measure_s": 0.0}),
        ("time", {"warmup_s": -1.0}),
        ("servers", {"gateways": 0}),
        ("servers", {"cores": 1.5}),
        ("servers", {"balancer": "random"}),
        ("tls", {"version": "1.1"}),
        ("backplane", {"delay_s": float("nan")}),
        ("store", {"write_s": -0.1}),
        ("seed", -1),
        ("replications", 0),
        ("name", "Not A Name"),
        ("designs", ()),
        ("networks", ()),
    ],
)
def test_values_outside_their_range_are_refused(section, values):
    with pytest.raises(ValidationError):
        make(**{section: values})


def test_shares_of_networks_add_up_to_one():
    half = {"share": 0.5, "profile": "4g"}
    assert "0.5" in cross_problems(networks=(half,))[("networks",)]
    assert len(make(networks=(half, half)).networks) == 2


def test_a_design_is_listed_once():
    assert ("designs", 1) in cross_problems(designs=("a", "a"))


def test_a_scenario_names_the_figures_that_decide_it():
    assert make().decides == ()
    assert make(decides=("back_t95", "reconnect_peak")).decides == ("back_t95", "reconnect_peak")
    assert ("decides", 1) in cross_problems(decides=("late_1s", "late_1s"))
    with pytest.raises(ValidationError):
        make(decides=("happiness",))


@pytest.mark.parametrize("name", shipped())
def test_every_shipped_scenario_says_what_decides_it(name):
    assert load(name, DESIGNS | {"socketio": DESIGNS["hybrid"]}).decides


def test_the_default_line_up_has_a_hybrid_with_a_cursor_beside_the_one_without():
    designs = load("commuter-day", DESIGNS).designs
    assert {"hybrid", "hybrid-cursor"} <= set(designs)


def test_faults_are_held_against_nodes_people_and_time():
    crash = {"kind": "node-crash", "node": 6, "at_s": 1.0, "restart_s": 1.0}
    late = {"kind": "mass-disconnect", "share": 0.1, "at_s": 700.0}
    found = cross_problems(faults=(crash, late))
    assert set(found) == {("faults", 0, "node"), ("faults", 1, "at_s")}


def test_a_promise_makes_sense_and_is_made_once():
    fifo, vague = {"guarantee": "fifo"}, {"metric": "latency_p99"}
    assert set(cross_problems(guarantees=(fifo, vague, fifo))) == {
        ("guarantees", 1, "below_s"),
        ("guarantees", 2),
    }
    assert [gate.title for gate in make(guarantees=(fifo,)).guarantees] == ["fifo"]


def test_a_margin_belongs_to_a_metric():
    assert make(margins={"latency_p50": 0.02}).margins == {"latency_p50": 0.02}
    problems = cross_problems(margins={"latency_p5": 0.02, "loss_pressed": 0.001})
    assert list(problems) == [("margins", "latency_p5")]
    assert "did you mean 'latency_p50'?" in problems["margins", "latency_p5"]
    with pytest.raises(ValidationError, match="margins"):
        make(margins={"latency_p50": -0.01})


def test_a_variant_keeps_its_changes_apart_from_its_base():
    scenario = make(variants={"mine": {"base": "a", "wait_s": 2.0, "inner": {"x": 1}}})
    assert scenario.variants["mine"].base == "a"
    assert scenario.variants["mine"].changes == {"wait_s": 2.0, "inner": {"x": 1}}


@pytest.mark.parametrize("name", shipped())
def test_every_shipped_scenario_is_sound_and_asks_one_question(name):
    scenario = load(name, DESIGNS)
    assert scenario.name == name
    assert scenario.question.endswith("?")
    assert scenario.question.count("?") == 1


def test_the_default_scenario_is_as_large_as_promised():
    scenario = load("commuter-day", DESIGNS)
    assert scenario.people.count >= 2000
    assert scenario.time.measure_s >= 600
    assert scenario.replications >= 10
    assert {"full-websocket", "hybrid", "long-poll", "mqtt-qos0", "mqtt-qos1"} <= set(
        scenario.designs
    )


def test_at_least_five_scenarios_are_shipped():
    assert len(shipped()) >= 5
