"""Jobs in processes: the same results however many, and nothing lost on the way."""

import os
import shutil
import signal
import subprocess
import sys
import threading
import time

import fake_experiment
import pytest

from sim.errors import InputError
from sim.experiment import runner, workers
from sim.experiment.errors import Interrupted
from sim.experiment.runner import Plan, ReplicationError, run
from sim.experiment.work import Work
from sim.scenario.designs import pick
from sim.scenario.gates import Gate
from sim.scenario.load import change, load

NAMES = ("full-websocket", "hybrid")
REPLICATIONS = 4


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """A made-up run in place of the simulator, in this process and in forked workers."""
    monkeypatch.setattr("sim.experiment.run.run_replication", fake_experiment.run_replication)
    monkeypatch.setattr("sim.metrics.measure", fake_experiment.measure)
    monkeypatch.setattr("sim.experiment.gates.verdicts.verdicts", fake_experiment.verdicts)
    monkeypatch.setattr("sim.report.write_report", fake_experiment.write_report)


def plan(out, **changes):
    designs = fake_experiment.DESIGNS
    settings = (f"replications={REPLICATIONS}", f"designs={list(NAMES)}", "footing='shipped'")
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

    def counted(scenario, design, replication, plain=None):
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


def test_all_looks_have_the_same_workers(tmp_path, monkeypatch):
    started = []
    processes = workers.processes
    monkeypatch.setattr(workers, "processes", lambda most: started.append(most) or processes(most))
    run(plan(tmp_path, workers=3), grow=lambda measures: min(len(measures["hybrid"]) + 1, 8))
    assert started == [3]


def test_an_interruption_while_growing_keeps_what_is_finished(tmp_path):
    with pytest.raises(Interrupted) as caught:
        run(plan(tmp_path), stop_after(11), lambda measures: 8)
    assert (caught.value.finished, caught.value.total) == (11, 16)


def test_verdicts_are_in_every_measure_with_the_bounds_of_what_is_promised(tmp_path, monkeypatch):
    monkeypatch.setattr(
        "sim.experiment.gates.verdicts.verdicts",
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
    try:
        with pytest.raises(Interrupted) as caught:
            run(plan(tmp_path, workers=2), started)
    finally:
        timer.cancel()  # it would interrupt the next test
    assert time.monotonic() - before < 15
    assert caught.value.finished == 0
    assert list(tmp_path.iterdir()) == []


def raising(error):
    def broken(folder, *others):
        (folder / "plots").mkdir()
        raise error

    return broken


def test_an_interruption_while_drawing_loses_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr("sim.report.write_report", raising(KeyboardInterrupt))
    with pytest.raises(Interrupted) as caught:
        run(plan(tmp_path))
    assert caught.value.finished == 8
    hidden, folder = sorted(path.name for path in tmp_path.iterdir())
    assert (hidden[:11], folder[:13]) == (".unfinished", "commuter-day-")
    assert "summary.json" in tree(tmp_path / folder)


@pytest.mark.parametrize("error", [IndexError("index 0"), OSError(28, "No space left on device")])
def test_a_drawing_that_fails_leaves_the_data_whole_and_says_so(tmp_path, monkeypatch, error):
    whole = tree(run(plan(tmp_path / "whole")).folder)
    monkeypatch.setattr("sim.report.write_report", raising(error))
    outcome = run(plan(tmp_path / "out"))
    assert outcome.undrawn is error
    assert tree(outcome.folder) == {k: v for k, v in whole.items() if k != "report.html"}
    assert list((tmp_path / "out").iterdir()) == [outcome.folder]


def fail_at(monkeypatch, count, error):
    """The system refuses the `count`-th time that something is put into the work folder."""
    put, seen = Work.put, []

    def refusing(work, measure):
        seen.append(measure)
        if len(seen) == count:
            raise error
        put(work, measure)

    monkeypatch.setattr(Work, "put", refusing)


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError(28, "No space left on device", "x"), "out: No space left on device"),
        (OSError(27, "File too large"), "File too large"),
        (OSError(122, "Disk quota exceeded"), "Disk quota exceeded"),
        (MemoryError(), "no memory left"),
    ],
    ids=["disk", "file", "quota", "memory"],
)
def test_what_the_system_stops_says_what_is_kept(tmp_path, monkeypatch, workers, error, words):
    whole = run(plan(tmp_path / "whole"))
    with monkeypatch.context() as patched:
        fail_at(patched, 4, error)
        with pytest.raises(InputError) as caught:
            run(plan(tmp_path / "out", workers=workers))
    (line,) = caught.value.messages
    assert words in line
    assert "; 3 of 8 replications are finished and kept; go on with: rtcsim compare" in line
    resumed = run(plan(tmp_path / "out"))
    assert resumed.resumed == 3
    assert tree(resumed.folder) == tree(whole.folder)


def test_a_disk_that_is_full_when_all_is_finished_keeps_it(tmp_path, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr("sim.files.folders._put", raising(OSError(28, "No space left on device")))
        with pytest.raises(InputError, match=r"No space left on device; 8 of 8 .* go on with"):
            run(plan(tmp_path))
    outcome = run(plan(tmp_path))
    assert outcome.resumed == 8
    assert list(tmp_path.iterdir()) == [outcome.folder]


def test_a_replication_whose_history_is_gone_is_run_again(tmp_path):
    with pytest.raises(Interrupted):
        run(plan(tmp_path, histories=True), stop_after(5))
    shutil.rmtree(next(tmp_path.glob(".unfinished-*/histories/*-0")))
    outcome = run(plan(tmp_path, histories=True))
    assert outcome.resumed == 4
    assert len(list((outcome.folder / "histories").iterdir())) == 8


def test_a_killed_worker_is_told_and_what_is_finished_is_kept(tmp_path, monkeypatch):
    parent = os.getpid()

    def killed(scenario, design, replication, plain=None):
        if replication == 2 and os.getpid() != parent:
            os.kill(os.getpid(), signal.SIGKILL)
        return fake_experiment.run_replication(scenario, design, replication)

    with monkeypatch.context() as patched:
        patched.setattr("sim.experiment.run.run_replication", killed)
        with pytest.raises(InputError) as caught:
            run(plan(tmp_path, workers=2))
    (line,) = caught.value.messages
    assert line.startswith("a worker process was killed")
    kept = int(line.split("; ")[1].split(" of 8 ")[0])
    assert run(plan(tmp_path)).resumed == kept


def test_a_folder_deleted_during_the_run_is_told(tmp_path):
    def delete(finished, total):
        if finished == 3:
            shutil.rmtree(tmp_path / "out")

    with pytest.raises(InputError, match=r"No such file.*; 0 of 8 .* go on with: rtcsim compare"):
        run(plan(tmp_path / "out"), delete)
    assert run(plan(tmp_path / "out")).resumed == 0


def test_a_file_damaged_during_the_run_is_told(tmp_path):
    def damage(finished, total):
        if finished == 5:
            next(tmp_path.glob(".unfinished-*/replications/*-0.json")).write_text("{}")

    with pytest.raises(InputError, match="removed or damaged during the run; 7 of 8"):
        run(plan(tmp_path), damage)


def test_damaged_work_is_run_again_and_counted(tmp_path):
    whole = run(plan(tmp_path / "whole"))
    with pytest.raises(Interrupted):
        run(plan(tmp_path / "out"), stop_after(5))
    found = sorted((tmp_path / "out").glob(".unfinished-*/replications/*.json"))
    found[0].write_bytes(b"\xff")
    found[1].write_text(found[1].read_text().replace('"lost": ', '"lost": 1'))
    outcome = run(plan(tmp_path / "out"))
    assert (outcome.resumed, outcome.damaged) == (3, 2)
    assert tree(outcome.folder) == tree(whole.folder)


def test_two_runs_of_the_same_in_one_folder_do_not_hurt_each_other(tmp_path, monkeypatch):
    whole = tree(run(plan(tmp_path / "whole", histories=True)).folder)
    command = [sys.executable, fake_experiment.__file__, "compare", "--workers", "2", "--quiet"]
    command += ["--designs", ",".join(NAMES), "--replications", "4", "--histories", "--out", "out"]
    command += ["--footing", "shipped"]
    pauses = ("2", "0.5")  # the quick one ends, and clears up, while the slow one goes on
    running = [
        subprocess.Popen(
            command, cwd=tmp_path, env=os.environ | {"FAKE_PAUSE_S": pause}, stderr=subprocess.PIPE
        )
        for pause in pauses
    ]
    ended = [(one.communicate(timeout=120)[1], one.returncode) for one in running]
    assert ended == [(b"", 0), (b"", 0)]
    (folder,) = (tmp_path / "out").iterdir()
    found = tree(folder)
    assert found.keys() == whole.keys()
    unequal = {name for name in whole if found[name] != whole[name]}
    assert unequal == {"provenance.json"}  # it names the command


def test_a_name_that_is_not_utf_8_is_refused_before_the_run(tmp_path, monkeypatch):
    monkeypatch.setattr(runner, "_run_jobs", lambda *_: pytest.fail("ran"))
    for text in ({"command": "rtcsim compare \udcfe.toml"}, {"resume": "--out \udcfe"}):
        with pytest.raises(InputError, match=r"udcfe.*: not UTF-8"):
            run(plan(tmp_path, **text))
    assert list(tmp_path.iterdir()) == []


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


def test_measures_alone_are_published_nowhere_and_kept_until_the_block_ends(tmp_path):
    with workers.Workers(1, None, grows=True) as here:
        with runner.measured(plan(tmp_path), here) as found:
            assert {name: len(ones) for name, ones in found.items()} == dict.fromkeys(NAMES, 4)
            [kept] = tmp_path.iterdir()
            assert kept.name.startswith(".unfinished-")
        assert not list(tmp_path.iterdir())
    outcome = run(plan(tmp_path))
    stored = [one["replication"] for one in found["hybrid"]]
    assert stored == list(range(outcome.summary["replications"]))
