"""The command's work as functions: a small real comparison, and how it refuses."""

import dataclasses

import numpy as np
import pytest

import sim
from models import DESIGNS
from sim.api import compare, load_scenario, sweep
from sim.errors import InputError
from sim.experiment.errors import ConservationError
from sim.experiment.runner import Outcome

SMALL = {"people.count": 30, "time.warmup_s": 5.0, "time.measure_s": 20.0, "time.drain_s": 30}


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    mine = DESIGNS["hybrid"].variant("hybrid-keyed", {"idempotent": True})
    out = tmp_path_factory.mktemp("out")
    return compare("commuter-day", ["hybrid", mine], SMALL, replications=2, workers=1, out=out)


@pytest.mark.parametrize("name", ["../../../esc", "a/b", "-1", "\x1b[31m", ""])
def test_a_design_with_no_name_of_a_folder_is_refused_before_the_run(name, tmp_path):
    odd = dataclasses.replace(sim.designs()["hybrid"], name=name)
    with pytest.raises(sim.InputError, match="is no name of a design"):
        sim.compare(designs=["full-websocket", odd], workers=1, out=tmp_path / "o")
    assert list(tmp_path.iterdir()) == []


def test_it_is_what_the_command_stores(found):
    assert (found.folder / "report.html").is_file()
    assert found.folder.name == f"commuter-day-{found.summary['digest'][:12]}"


def test_the_changes_and_the_designs_are_those_asked_for(found):
    assert found.designs == ["hybrid", "hybrid-keyed"]
    counts = found.estimates["n"]  # none where a replication had nothing to measure
    assert (counts.max(), counts.loc["hybrid", "loss_pressed"]) == (2, 2)
    assert found.descriptions.loc["idempotency key"].to_list() == ["no", "yes"]
    assert "count = 30\n" in (found.folder / "scenario.toml").read_text()


def test_every_reception_is_accounted_for(found):
    books = found.conservation
    assert books["receptions_owed"].gt(0).all()
    assert books["receptions_owed"].equals(books[["delivered", "lost", "undelivered"]].sum(axis=1))


def test_books_that_do_not_add_up_are_an_error(found, monkeypatch):
    broken = found.summary | {"conservation": {"hybrid": {"adds_up": False, "causes": {}}}}
    outcome = Outcome(found.folder, broken)
    monkeypatch.setattr("sim.experiment.request.execute", lambda *_: outcome)
    monkeypatch.setattr("sim.asked.read_summary", lambda folder: broken)
    with pytest.raises(ConservationError, match="unaccounted for"):
        compare("commuter-day", ["hybrid"])


def test_a_report_that_could_not_be_drawn_is_a_warning(found, monkeypatch):
    outcome = Outcome(found.folder, found.summary, undrawn=IndexError("no index"))
    monkeypatch.setattr("sim.experiment.request.execute", lambda *_: outcome)
    with pytest.warns(UserWarning, match="No report: IndexError: no index; .* rtcsim report"):
        assert compare("commuter-day", ["hybrid"]).summary == found.summary


def test_a_name_means_one_design():
    other = DESIGNS["hybrid"].variant("long-poll", {})
    with pytest.raises(InputError, match="'long-poll' is a design already"):
        compare("commuter-day", [other])


def test_the_same_design_may_be_given_as_it_is():
    with pytest.raises(InputError, match=r"people\.count"):  # the design is not what is wrong
        compare("commuter-day", [DESIGNS["long-poll"]], {"people.count": -1})


def test_all_problems_come_at_once():
    with pytest.raises(InputError) as caught:
        load_scenario("commuter-day", {"people.conut": 5, "time.measure_s": -1})
    assert len(caught.value.messages) == 2


def test_a_scenario_is_loaded_changed():
    assert load_scenario("rolling-deploy", {"people.count": 77}).people.count == 77


def test_a_scenario_may_be_a_file(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(
        'name = "mine"\ndesigns = ["hybrid"]\n[[networks]]\nshare = 1.0\nprofile = "4g"\n'
    )
    assert load_scenario(path).name == "mine"


def test_values_are_taken_as_they_are():
    changes = {
        "people": {"count": np.int64(12)},
        "networks.0.delay": {"kind": "constant", "delay_s": 0.05},
        "designs": ("hybrid",),
        "question": 'Is "this" = that?',
    }
    loaded = load_scenario("commuter-day", changes)
    assert (loaded.people.count, loaded.designs) == (12, ("hybrid",))
    assert loaded.networks[0].delay.delay_s == 0.05
    assert loaded.question == 'Is "this" = that?'


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"people.count": object()}, "changes['people.count']: object; allowed: a number"),
        ({"people.count": None}, "changes['people.count']: NoneType; allowed"),
        ({"people..count": 3}, "changes['people..count']: allowed: keys such as people.count"),
        ({"people.count": "many"}, "changes['people.count']: people.count: "),
        ({"people.count": float("nan")}, "changes['people.count']: people.count: "),
        ({"people.count": -1, "seed": -1}, "changes['seed']: seed: -1 is not allowed"),
    ],
)
def test_a_value_that_cannot_be_is_named_by_its_key(changes, words):
    with pytest.raises(InputError) as caught:
        load_scenario("commuter-day", changes)
    assert any(message.startswith(words) for message in caught.value.messages)


def test_a_sweep_is_the_command_s(tmp_path):
    seen = []
    changes = {**SMALL, "time.measure_s": 5}
    found = sweep(
        "commuter-day", {"people.count": [8, 10]}, ["hybrid"], ["latency_p50"], changes,
        replications=1, workers=1, out=tmp_path, progress=lambda done, of: seen.append((done, of)),
    )  # fmt: skip
    assert seen[-1] == (2, 2)
    assert found.cells["people.count"].tolist() == [8, 10]
    assert found.folder.parent == tmp_path
    with pytest.raises(InputError, match="--metric: unknown 'lots'"):
        sweep("commuter-day", {"people.count": [8]}, ["hybrid"], ["lots"])


def test_who_wants_to_is_told_how_far_it_is(tmp_path):
    seen = []
    compare(
        "commuter-day", ["hybrid"], SMALL, replications=2, workers=1, out=tmp_path,
        progress=lambda finished, total: seen.append((finished, total)),
    )  # fmt: skip
    assert seen[-1] == (2, 2)


def test_a_run_that_takes_long_warns_and_prints_nothing(found, monkeypatch, tmp_path, capsys):
    outcome = Outcome(found.folder, found.summary)
    monkeypatch.setattr("sim.experiment.estimate.estimate", lambda plan: "takes about 3 h")
    monkeypatch.setattr("sim.experiment.runner.run", lambda plan, progress: outcome)
    with pytest.warns(UserWarning, match="takes about 3 h") as told:
        compare("commuter-day", ["hybrid"], anyway=True, out=tmp_path)
    assert {one.filename for one in told} == {__file__}
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    "call",
    [
        lambda: sim.compare("commuter-day", ["hybrid"], seed=7),
        lambda: sim.attribute("hybrid", "hybrid-cursor", "lost", seed=7),
        lambda: sim.rare("full-websocket", seeds=7),
        lambda: sim.sweep("commuter-day", {"people.count": [10, 20]}, seed=7),
        lambda: sim.put_to_the_test(["O3"], sed=7),
        lambda: sim.storm(client=7),
    ],
)
def test_a_keyword_that_does_not_exist_is_not_passed_over(call):
    with pytest.raises(TypeError, match="unexpected keyword argument"):
        call()
