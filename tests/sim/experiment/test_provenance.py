"""What results are traced back to, and when an interrupted run may be resumed."""

import json
from dataclasses import replace

import pytest
from fake_experiment import DESIGNS

from sim.experiment.provenance import experiment_key, overall_digest, provenance
from sim.scenario.load import change, load


def scenario(*settings):
    return load("commuter-day", DESIGNS, [change(one) for one in settings])


def key(*settings, designs=("hybrid",), histories=False):
    picked = [DESIGNS[name] for name in designs]
    return experiment_key(scenario(*settings), picked, histories=histories)


def test_provenance_names_versions_seed_and_command_and_no_time():
    found = provenance(scenario("seed=7"), "rtcsim compare")
    assert found["seed"] == 7
    assert found["command"] == "rtcsim compare"
    assert found["libraries"]["numpy"]
    assert found == provenance(scenario("seed=7"), "rtcsim compare")
    assert "time" not in json.dumps(found)


def test_the_same_experiment_has_the_same_key():
    assert key() == key()


@pytest.mark.parametrize(
    "other",
    [
        {"designs": ("hybrid", "long-poll")},
        {"histories": True},
    ],
)
def test_another_experiment_has_another_key(other):
    assert key(**other) != key()


def test_seed_and_scenario_are_in_the_key_but_not_how_often():
    assert key("seed=2") != key()
    assert key("people.count=77") != key()
    assert key("replications=77") == key()


def test_versions_fields_and_source_are_in_the_key(monkeypatch):
    before = key()
    monkeypatch.setitem(DESIGNS, "hybrid", replace(DESIGNS["hybrid"], summary="other"))
    assert key() != before
    monkeypatch.undo()
    for place, value in (
        ("platform.python_version", lambda: "4.0"),
        ("sim.experiment.provenance.version_of", lambda name: "other"),
        ("sim.experiment.provenance.sources", lambda design: {"theirs": "changed"}),
    ):
        with monkeypatch.context() as patched:
            patched.setattr(place, value)
            assert key() != before
    assert key() == before


def test_a_changed_input_file_is_another_experiment(tmp_path):
    log = tmp_path / "log.csv"
    head = "time_s,sender,conversation,size_bytes\n"
    log.write_text(head + "0,ann,room,10\n1,bob,room,10\n")
    first = key(f"trace.file='{log}'")
    log.write_text(head + "0,ann,room,11\n1,bob,room,10\n")
    assert key(f"trace.file='{log}'") != first


def test_the_overall_digest_does_not_know_order():
    digests = {("a", 0): "x", ("a", 1): "y", ("b", 0): "z"}
    backwards = dict(reversed(digests.items()))
    assert overall_digest(digests) == overall_digest(backwards)
    assert overall_digest(digests) != overall_digest(digests | {("b", 0): "y"})
