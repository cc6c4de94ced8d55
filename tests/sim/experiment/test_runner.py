"""Jobs in processes: the same results however many, and nothing lost on the way."""

import os
import signal
import threading
import time

import fake_experiment
import pytest

from sim.experiment import runner
from sim.experiment.designs import pick
from sim.experiment.errors import InputError, Interrupted
from sim.experiment.gates.spec import Gate
from sim.experiment.load import change, load
from sim.experiment.runner import Plan, ReplicationError, run

NAMES = ("full-websocket", "hybrid")
REPLICATIONS = 4


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """A made-up run in place of the simulator, in this process and in forked workers."""
    monkeypatch.setattr("sim.experiment.run.run_replication", fake_experiment.run_replication)
    monkeypatch.setattr("sim.metrics.measure", fake_experiment.measure)
    monkeypatch.setattr("sim.experiment.gates.spec.verdicts", fake_experiment.verdicts)
    monkeypatch.setattr("sim.report.write_report", fake_experiment.write_report)


def plan(out, **changes):
    designs = fake_experiment.DESIGNS
    settings = (f"replications={REPLICATIONS}", f"designs={list(NAMES)}")
    scenario = load("commuter-day", designs, [change(one) for one in settings])
    given = {
        "scenario": scenario,
        "designs": pick(scenario.designs, designs, {}),
        "out": out,
        "command": "rtcsim compare",
        "resume": "rtcsim compare --out out",
        "workers": 1,
    }
    return Plan(**(given | changes))


def tree(folder):
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_every_replication_of_every_design_is_stored(tmp_path):
    outcome = run(plan(tmp_path))
    stored = {path.name for path in (outcome.folder / "replications").iterdir()}
    assert stored == {f"{name}-{n}.json" for name in NAMES for n in range(REPLICATIONS)}
    assert outcome.folder.name == f"commuter-day-{outcome.summary['digest'][:12]}"
    assert outcome.resumed == 0
    assert [path.name for path in tmp_path.iterdir()] == [outcome.folder.name]
    assert {"scenario.toml", "provenance.json", "summary.csv", "series.csv", "report.html"} <= set(
        tree(outcome.folder)
    )


def test_the_number_of_workers_changes_no_byte(tmp_path):
    alone = run(plan(tmp_path / "1", workers=1))
    two = run(plan(tmp_path / "2", workers=2))
    all_of_them = run(plan(tmp_path / "0", workers=0))
    assert tree(alone.folder) == tree(two.folder) == tree(all_of_them.folder)


def test_progress_counts_to_the_end(tmp_path):
    seen = []
    run(plan(tmp_path, workers=2), lambda finished, total: seen.append((finished, total)))
    total = len(NAMES) * REPLICATIONS
    assert seen == [(finished, total) for finished in range(total + 1)]


def test_histories_are_kept_when_asked(tmp_path):
    folder = run(plan(tmp_path, histories=True)).folder
    kept = {path.name for path in (folder / "histories").iterdir()}
    assert len(kept) == len(NAMES) * REPLICATIONS


def stop_after(count):
    def progress(finished, total):
        if finished == count:
            raise KeyboardInterrupt

    return progress


@pytest.mark.parametrize("workers", [1, 2])
def test_an_interrupted_run_goes_on_where_it_was(tmp_path, workers):
    whole = run(plan(tmp_path / "whole"))
    with pytest.raises(Interrupted) as caught:
        run(plan(tmp_path / "out", workers=workers), stop_after(3))
    assert (caught.value.finished, caught.value.total) == (3, 8)
    assert caught.value.resume == "rtcsim compare --out out"
    resumed = run(plan(tmp_path / "out", workers=workers))
    assert resumed.resumed == 3
    assert tree(resumed.folder) == tree(whole.folder)
    assert [path.name for path in (tmp_path / "out").iterdir()] == [resumed.folder.name]


def test_what_was_finished_is_not_run_again(tmp_path, monkeypatch):
    with pytest.raises(Interrupted):
        run(plan(tmp_path), stop_after(5))
    again = []

    def counted(scenario, design, replication):
        again.append((design.name, replication))
        return fake_experiment.run_replication(scenario, design, replication)

    monkeypatch.setattr("sim.experiment.run.run_replication", counted)
    run(plan(tmp_path))
    assert len(again) == len(NAMES) * REPLICATIONS - 5


@pytest.mark.parametrize("workers", [1, 2])
def test_replications_are_added_while_more_are_asked_for(tmp_path, workers):
    seen, counts = [], []

    def grow(measures):
        assert list(measures) == list(NAMES)
        assert len({len(found) for found in measures.values()}) == 1
        seen.append(len(measures["hybrid"]))
        return {4: 6, 6: 7, 7: 7}[seen[-1]]

    outcome = run(plan(tmp_path / "a", workers=workers), lambda *now: counts.append(now), grow)
    assert seen == [4, 6, 7]
    assert (counts[0], counts[-1]) == ((0, 8), (14, 14))
    at_once = plan(tmp_path / "b")
    scenario = at_once.scenario.model_copy(update={"replications": 7})
    assert tree(outcome.folder) == tree(run(plan(tmp_path / "b", scenario=scenario)).folder)


def test_an_interruption_while_growing_keeps_what_is_finished(tmp_path):
    with pytest.raises(Interrupted) as caught:
        run(plan(tmp_path), stop_after(11), lambda measures: 8)
    assert (caught.value.finished, caught.value.total) == (11, 16)


def test_verdicts_are_in_every_measure_with_the_bounds_of_what_is_promised(tmp_path, monkeypatch):
    monkeypatch.setattr(
        "sim.experiment.gates.spec.verdicts",
        lambda history, gates: {"design": history.design, "promised": len(gates)},
    )
    free = plan(tmp_path)
    found = runner.replicate(free.scenario, free.designs[0], 0)["verdicts"]
    assert found == {"design": "full-websocket", "promised": 0}
    gates = (Gate(guarantee="fifo"),)
    bound = free.scenario.model_copy(update={"guarantees": gates})
    found = runner.replicate(bound, free.designs[0], 0)["verdicts"]
    assert found == {"design": "full-websocket", "promised": 1}


def test_a_signal_stops_workers_at_once(tmp_path, monkeypatch):
    monkeypatch.setenv("FAKE_PAUSE_S", "30")
    timer = threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT))

    def started(finished, total):
        if not timer.is_alive():
            timer.start()

    before = time.monotonic()
    with pytest.raises(Interrupted) as caught:
        run(plan(tmp_path, workers=2), started)
    assert time.monotonic() - before < 15
    assert caught.value.finished == 0
    assert list(tmp_path.iterdir()) == []


def test_an_interruption_while_reporting_loses_nothing(tmp_path, monkeypatch):
    def interrupted(folder):
        raise KeyboardInterrupt

    monkeypatch.setattr("sim.report.write_report", interrupted)
    with pytest.raises(Interrupted) as caught:
        run(plan(tmp_path))
    assert caught.value.finished == 8
    assert [path.name.startswith(".unfinished") for path in tmp_path.iterdir()] == [True]


@pytest.mark.parametrize("workers", [1, 2])
def test_a_crash_names_design_and_replication(tmp_path, monkeypatch, workers):
    monkeypatch.setenv("FAKE_CRASH", "hybrid")
    with pytest.raises(ReplicationError, match=r"hybrid, replication \d: ZeroDivisionError"):
        run(plan(tmp_path, workers=workers))
    assert not any(path.name.startswith("commuter") for path in tmp_path.iterdir())


def test_an_unwritable_place_is_found_before_the_first_job(tmp_path, monkeypatch):
    monkeypatch.setattr(runner, "_run_jobs", lambda *_: pytest.fail("ran"))
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError):
        run(plan(tmp_path / "file"))


def test_workers_default_to_the_processors_of_this_process():
    assert 1 <= runner.default_workers() <= (os.cpu_count() or 1)
