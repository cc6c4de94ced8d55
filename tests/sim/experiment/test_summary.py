"""The summary from stored measures: books, curves, checks."""

import copy

import pytest
from fake_experiment import DESIGNS, FakeDesign, FakeHistory, measure, verdicts

from sim.experiment.summary import adds_up, digest, summarise
from sim.scenario.load import load

NAMES = ("full-websocket", "hybrid")


@pytest.fixture
def measures():
    return {name: [measure(FakeHistory(name, n, 1)) for n in range(3)] for name in NAMES}


def summary_of(measures):
    return summarise(load("commuter-day", DESIGNS), [DESIGNS[name] for name in NAMES], measures)


def check(summary, name):
    return next(one for one in summary["checks"] if one["name"] == name)


def test_the_summary_holds_what_is_promised(measures):
    summary = summary_of(measures)
    for key in ("digest", "scenario", "question", "seed", "replications", "answer", "verdicts"):
        assert key in summary
    entry = summary["designs"]["hybrid"]["loss_pressed"]
    assert {"value", "low", "high", "unit", "n"} <= set(entry)
    assert entry["value"] == pytest.approx(0.05)
    assert list(summary["designs"]) == list(NAMES)
    assert summary["descriptions"]["hybrid"]["wait"] == "1 s"


class Silent(FakeDesign):
    """A design that says nothing of itself as values."""

    traits = None


def test_traits_are_of_those_that_say_any(measures):
    assert summary_of(measures)["traits"] == {name: {"recovers": False} for name in NAMES}
    designs = [Silent(NAMES[0]), DESIGNS[NAMES[1]]]
    summary = summarise(load("commuter-day", DESIGNS), designs, measures)
    assert summary["traits"] == {NAMES[1]: {"recovers": False}}


def test_verdicts_and_the_catalogue_are_in_it(measures):
    assert summary_of(measures)["guarantees"] == {}
    for found in measures.values():
        for one in found:
            one["verdicts"] = verdicts(None, ())
    summary = summary_of(measures)
    assert list(summary["guarantees"]) == list(summary["catalogue"]["designs"]) == list(NAMES)
    assert summary["guarantees"]["hybrid"]["fifo"]["checked"] == 3000


def test_books_are_added_over_replications(measures):
    books = summary_of(measures)["conservation"]["hybrid"]
    assert books["messages"] == 30
    assert books["receptions_owed"] == 300
    assert books["lost"] == 4 + 5 + 6
    assert books["causes"] == {"half-open": 15}
    assert books["adds_up"] is True


def test_what_incidents_cost_is_added_over_replications(measures):
    costs = summary_of(measures)["incidents"]["hybrid"]
    assert list(costs) == ["background", "outage"]
    assert costs["background"] == {"lost": 3, "late": 0, "twice": 0}
    assert costs["outage"] == {
        "number": 12, "lasted_s": 91.5, "people": 12, "lost": 3 + 4 + 5, "late": 6, "twice": 0,
    }  # fmt: skip
    for one in measures["hybrid"]:
        del one["incidents"]
    assert summary_of(measures)["incidents"]["hybrid"] == {}


def test_curves_and_series_are_means_of_what_is_known(measures):
    measures["hybrid"][0]["series"]["latency_p99_s"] = [None, 0.4]
    summary = summary_of(measures)
    assert summary["ccdf"]["hybrid"]["share"] == pytest.approx([1.0, 0.05])
    assert summary["series"]["hybrid"]["deliveries"] == [1, 2]
    assert summary["series"]["hybrid"]["latency_p99_s"] == [None, pytest.approx(0.2)]


def test_a_replication_that_owed_nothing_does_not_bend_the_curve(measures):
    measures["hybrid"][0]["ccdf"] = {"latency_s": [], "share": []}
    assert summary_of(measures)["ccdf"]["hybrid"]["share"] == pytest.approx([1.0, 0.055])
    for one in measures["hybrid"]:
        one["ccdf"] = {"latency_s": [], "share": []}
    assert summary_of(measures)["ccdf"]["hybrid"] == {"latency_s": [], "share": []}


def test_checks_hold_for_a_sound_run(measures):
    summary = summary_of(measures)
    assert adds_up(summary)
    for name in ("conservation", "drained", "same luck"):
        assert check(summary, name)["state"] == "ok", name
    assert check(summary, "precision")["state"] == "attention"


def test_precision_is_reached_by_equal_replications(measures):
    equal = {
        name: [copy.deepcopy(found[0]) | {"replication": n} for n in range(3)]
        for name, found in measures.items()
    }
    for found in equal.values():
        for one in found:
            one["metrics"]["loss_pressed"] = [5000, 10000]
    assert check(summary_of(equal), "precision")["state"] == "ok"


@pytest.mark.parametrize(
    ("name", "breaking"),
    [
        ("conservation", lambda one: one["conservation"].update(adds_up=False)),
        ("drained", lambda one: one.update(drained=False)),
        ("same luck", lambda one: one.update(intended="another 10 messages")),
        ("same luck", lambda one: one.pop("intended")),
    ],
)
def test_a_check_can_fail(measures, name, breaking):
    breaking(measures["hybrid"][1])
    summary = summary_of(measures)
    assert check(summary, name)["state"] == "attention"
    assert adds_up(summary) is (name != "conservation")


def test_equal_numbers_of_other_actions_are_not_the_same_luck(measures):
    for found in measures.values():
        for at, one in enumerate(found):
            one["intended"] = f"digest {at}"
    assert check(summary_of(measures), "same luck")["state"] == "ok"
    measures["hybrid"][1]["intended"] = "others, as many"
    assert check(summary_of(measures), "same luck")["state"] == "attention"


def test_a_warm_up_that_is_too_short_is_told_above_all_figures(measures):
    assert check(summary_of(measures), "warm-up")["state"] == "unknown"  # two seconds of series
    for found in measures.values():
        for one in found:
            level = 100 + one["replication"]
            one["series"]["deliveries"] = [1] * 90 + [level] * 570
    summary = summary_of(measures)
    assert check(summary, "warm-up")["state"] == "attention"
    assert summary["warmup"]["designs"]["hybrid"]["settles_after_s"] == 90.0
    assert summary["notes"][-1].startswith("The warm-up is too short: deliveries of ")


def test_every_check_can_fail(measures):
    """No check that always says ok: each of them has its case above."""
    names = {one["name"] for one in summary_of(measures)["checks"]}
    assert names == {"conservation", "drained", "same luck", "warm-up", "precision"}


def test_margins_of_the_scenario_are_those_of_the_rows(measures):
    scenario = load("commuter-day", DESIGNS)
    scenario = scenario.model_copy(update={"margins": {"latency_p50": 0.5}})
    summary = summarise(scenario, [DESIGNS[name] for name in NAMES], measures)
    margins = {row["metric"]: row["margin"] for row in summary["comparisons"]}
    assert margins == {"latency_p50": 0.5, "loss_pressed": pytest.approx(0.0025)}


def test_the_digest_follows_the_replications(measures):
    first = digest(measures)
    measures["hybrid"][2]["digest"] = "other"
    assert digest(measures) != first
