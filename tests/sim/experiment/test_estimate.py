"""What a run will need, said beforehand: near enough, cheap, and never in the way of small runs."""

import subprocess
import sys
import time
from pathlib import Path

import pytest
from small import scenario

from models import DESIGNS
from sim.cli import main
from sim.errors import InputError
from sim.experiment import estimate as estimating
from sim.experiment.estimate import (
    DAY_S,
    SHORT,
    Estimate,
    estimate,
    load,
    machine_bytes,
    require_fit,
)
from sim.experiment.runner import Plan, replicate

GB = 1e9


def plan(replications=10, designs=("full-websocket", "long-poll"), **changes):
    given = scenario(replications=replications, designs=list(designs), **changes)
    chosen = tuple(DESIGNS[name] for name in designs)
    return Plan(given, chosen, Path("nowhere"), "", "", workers=2)


@pytest.fixture
def anything_is_long(monkeypatch):
    monkeypatch.setattr(estimating, "SHORT", 0.0)


def test_a_short_run_is_not_rehearsed(monkeypatch):
    monkeypatch.setattr(estimating, "_costs", pytest.fail)
    assert estimate(plan()) is None


@pytest.mark.parametrize(
    "changes",
    [
        {"people": {"count": 3000}, "replications": 100},
        {"time": {"measure_s": 500_000.0}},
        {"actions": {"send": {"per_person_per_minute": 6000}}, "people": {"count": 300}},
    ],
    ids=["people", "time", "talk"],
)
def test_more_of_anything_makes_a_run_long(changes):
    given = plan(**changes)
    assert load(given.scenario) * 2 * given.scenario.replications > SHORT


@pytest.mark.usefixtures("anything_is_long")
def test_the_estimate_is_near_what_the_run_takes():
    """Twice as many people for four times as long as rehearsed: within a factor of two."""
    given = plan(
        people={"count": 400}, time={"warmup_s": 20.0, "measure_s": 140.0, "drain_s": 30.0}
    )
    found = estimate(given)
    assert found.replications == 20
    replicate(given.scenario, given.designs[0], 0)  # code is there before a run (`preparing`)
    begun_s = time.process_time()
    for design in given.designs:
        replicate(given.scenario, design, 1)
    took_s = (time.process_time() - begun_s) * given.scenario.replications / found.workers
    assert took_s / 2 < found.time_s - estimating._REPORT_S < took_s * 2
    assert 50e6 < found.memory_bytes < 2 * GB


class Broken:
    name, claims = "broken", ()

    def build(self, world):
        raise ZeroDivisionError


@pytest.mark.usefixtures("anything_is_long")
def test_a_design_that_crashes_is_left_to_the_run():
    whole = plan(designs=("hybrid",))
    assert estimate(Plan(whole.scenario, (Broken(),), whole.out, "", "")) is None


@pytest.mark.parametrize("size", [50_000, 900_000])
def test_a_rehearsal_is_small_whatever_is_rehearsed(size):
    people = {
        "people": {"count": 1_000_000},
        "conversations": {"sizes": {"kind": "fixed", "size": size}},
    }
    small = estimating._small(plan(**people).scenario)
    assert small.people.count == small.conversations.sizes.size == 1000
    assert estimating._span_s(small) <= 4.0


def test_work_is_counted_in_the_workloads_of_all_replications():
    """Twice the people for twice as long are four times the work; rooms make it differ."""
    few = plan(people={"count": 200}).scenario
    many = plan(people={"count": 400}, time={"warmup_s": 10.0, "measure_s": 80.0, "drain_s": 60.0})
    mean, most = estimating._times_the_work(many.scenario, few)
    assert 3.0 < mean < 5.0
    assert mean <= most < 2.0 * mean
    huge = few.model_copy(update={"people": few.people.model_copy(update={"count": 10**6})})
    assert estimating._times_the_work(huge, few) == (5000.0, 5000.0)


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (Estimate(60, 2, 170.0, 0.45e9), "about 3 min on 2 workers, 450 MB: 60 replications"),
        (Estimate(1, 1, 0.2, 2.34e9), "about 1 s on 1 worker, 2.3 GB: 1 replication;"),
        (Estimate(9, 4, 9000.0, 1e6), "about 2 h on 4 workers, 1 MB"),
    ],
)
def test_one_line_says_it(found, said):
    assert str(found).startswith(said)
    assert str(found).endswith("; Ctrl-C keeps what is finished")


def test_what_cannot_be_held_or_takes_days_is_refused():
    with pytest.raises(InputError, match=r"need about .* on 2 workers, .*allowed: fewer people"):
        require_fit(Estimate(1, 2, 1.0, 2 * machine_bytes()))
    with pytest.raises(InputError, match=r"about 3 days; allowed: at most 24 h .*--anyway"):
        require_fit(Estimate(1, 2, 3 * DAY_S, 1e6))
    require_fit(Estimate(1, 2, DAY_S, 1e6))


SMALL = ["people.count=60", "time.measure_s=60", "actions.send.per_person_per_minute=5"]


def ended(*more):
    """The exit code of a small run."""
    sets = [word for one in SMALL for word in ("--set", one)]
    with pytest.raises(SystemExit) as end:
        main(["run", "--designs", "hybrid", "--replications=1", "--workers=1", *sets, *more])
    return end.value.code


@pytest.mark.usefixtures("anything_is_long")
def test_the_command_refuses_what_does_not_fit_unless_it_is_wanted_anyway(
    monkeypatch, tmp_path, capsys
):
    monkeypatch.setattr(estimating, "machine_bytes", lambda: 1e6)
    out = ["--out", str(tmp_path / "runs")]
    assert ended(*out) == 2
    assert "--anyway" in capsys.readouterr().err
    assert not (tmp_path / "runs").exists()
    assert ended(*out, "--anyway") == 0
    assert "1 replication; Ctrl-C keeps" in capsys.readouterr().err
    assert ended(*out, "--anyway", "--quiet") == 0
    assert capsys.readouterr().err == ""


LOADED = """
import sim
from sim.experiment import estimate
scenario = sim.load_scenario("commuter-day")
assert estimate.is_worth_compiling(scenario)
cost = estimate._cost(estimate._rehearsals(scenario), sim.designs()["full-websocket"], plain=False)
print(cost.memory_bytes - cost.idle_bytes, cost.idle_bytes)
"""


def test_what_a_process_loads_once_is_not_taken_for_what_a_person_takes():
    """A compiler with its code is 80 MB, whoever runs: times the work it would be gigabytes."""
    pytest.importorskip("numba")
    told = subprocess.run(
        [sys.executable, "-c", LOADED], check=True, capture_output=True, text=True
    ).stdout
    grown_bytes, idle_bytes = map(float, told.split())
    assert grown_bytes < 0.05 * GB < idle_bytes
