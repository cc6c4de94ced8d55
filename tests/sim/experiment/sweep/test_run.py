"""A sweep takes what is finished, computes the rest, and can be killed at any moment."""

import errno
import os
import random
import signal
import subprocess
import sys
import time
from concurrent.futures import BrokenExecutor
from multiprocessing import active_children

import fake_sweep
import pytest
import swept

from sim.errors import InputError
from sim.experiment.errors import Interrupted
from sim.experiment.sweep import pools, run
from sim.experiment.sweep.dataset import Dataset
from sim.experiment.sweep.run import Pace, by_point, finish


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    fake_sweep.install(monkeypatch)


def test_what_is_finished_is_never_computed_again(tmp_path, monkeypatch):
    plan = swept.plan(tmp_path)
    first = finish(plan)
    assert (len(first.measures), first.resumed, first.damaged) == (24, 0, 0)
    monkeypatch.setattr("sim.experiment.run.run_replication", None)
    read, get = [], Dataset.get
    monkeypatch.setattr(Dataset, "get", lambda self, cell: (read.append(cell), get(self, cell))[1])
    again = finish(plan)
    assert (again.measures, again.resumed) == (first.measures, 24)
    assert len(read) == 24  # once each
    assert sorted(one.name for one in tmp_path.iterdir()) == ["cells"]


def test_the_number_of_workers_changes_no_byte(tmp_path):
    for workers in (1, 2):
        finish(swept.plan(tmp_path / str(workers), request={"workers": workers}))
    assert swept.tree(tmp_path / "1") == swept.tree(tmp_path / "2")


def test_workers_are_forked_before_anything_is_told(tmp_path):
    there = []
    plan = swept.plan(tmp_path, request={"workers": 2})
    finish(plan, lambda pace: there.append(active_children()))
    assert len(there[0]) == 2


def test_long_cells_come_first(tmp_path, monkeypatch):
    seen = []
    played = pools.played
    monkeypatch.setattr(
        pools, "played", lambda cell, wanted: (seen.append(cell.load), played(cell, wanted))[1]
    )
    finish(swept.plan(tmp_path))
    assert seen == sorted(seen, reverse=True)
    assert len(set(seen)) == 3


def test_progress_says_what_time_is_left(tmp_path):
    told = []
    finish(swept.plan(tmp_path), told.append)
    assert [one.cells for one in told] == [*range(25)]
    first, last = told[0], told[-1]
    assert (last.of_cells, last.load) == (24, pytest.approx(last.of_load))
    half = Pace(12, 24, 50.0, 150.0)
    assert half.left_s(10.0, Pace(0, 24, 0.0, 150.0)) == pytest.approx(20.0)
    assert half.left_s(10.0, Pace(6, 24, 25.0, 150.0)) == pytest.approx(40.0)
    assert first.left_s(10.0, first) is None


def test_a_damaged_cell_is_computed_again(tmp_path):
    plan = swept.plan(tmp_path)
    finish(plan)
    before = swept.tree(tmp_path)
    one, other, *_ = sorted((tmp_path / "cells").iterdir())
    one.write_bytes(one.read_bytes()[:-20])
    other.write_bytes(b"")
    found = finish(plan)
    assert (found.resumed, found.damaged) == (22, 2)
    assert swept.tree(tmp_path) == before


def test_a_cell_that_goes_during_the_sweep_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(Dataset, "put", lambda self, cell, content: None)
    with pytest.raises(InputError, match="a cell was removed or damaged during the sweep; 0 of 24"):
        finish(swept.plan(tmp_path))


def test_ctrl_c_keeps_what_is_finished(tmp_path):
    plan = swept.plan(tmp_path)

    def stop(pace):
        if pace.cells == 5:
            raise KeyboardInterrupt

    with pytest.raises(Interrupted) as caught:
        finish(plan, stop)
    assert (caught.value.finished, caught.value.total) == (5, 24)
    assert caught.value.resume == plan.resume
    assert finish(plan).resumed == 5


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError(errno.ENOSPC, "No space left on device", "cells"), "cells: No space left on dev"),
        (BrokenExecutor(), "a worker process was killed, perhaps for lack of memory"),
        (MemoryError(), "no memory left"),
        (
            pools.StoppedError("the Dask scheduler at x has gone"),
            "the Dask scheduler at x has gone",
        ),
        (pools.OtherProgramError(), "--dask: a worker has another version of rtcsim"),
    ],
)
def test_what_stops_it_is_one_line_and_damages_nothing(tmp_path, monkeypatch, error, words):
    plan, put = swept.plan(tmp_path), Dataset.put
    kept = []

    def full(self, cell, content):
        if len(kept) == 7:
            raise error
        kept.append(cell)
        put(self, cell, content)

    with monkeypatch.context() as patch:
        patch.setattr(Dataset, "put", full)
        with pytest.raises(InputError) as caught:
            finish(plan)
    [line] = caught.value.messages
    assert line.startswith(words)
    assert line.endswith(f"; 7 of 24 cells are finished and kept; go on with: {plan.resume}")
    assert finish(plan).resumed == 7


def test_the_same_sweep_does_not_run_twice_in_a_folder(tmp_path):
    plan = swept.plan(tmp_path)
    with run._alone(tmp_path, plan.key):
        with pytest.raises(InputError, match="the same sweep is running here already; allowed: to"):
            finish(plan)
        finish(swept.plan(tmp_path, ["people=100,200"]))
    assert finish(plan).resumed == 16


def test_sweeps_side_by_side_share_their_cells(tmp_path):
    from concurrent.futures import ThreadPoolExecutor

    overs = (["people=100,200,300"], ["people=200,300,400"])
    plans = [swept.plan(tmp_path, over) for over in overs]
    with ThreadPoolExecutor(2) as both:
        found = [*both.map(finish, plans)]
    assert [len(one.measures) for one in found] == [24, 24]
    assert len([*(tmp_path / "cells").iterdir()]) == 32
    assert finish(plans[0]).damaged == 0


def test_measures_are_by_point_and_design(tmp_path):
    plan = swept.plan(tmp_path)
    found = by_point(plan, finish(plan))
    assert list(found) == [(at, name) for at in range(3) for name in ("full-websocket", "hybrid")]
    assert [one["replication"] for one in found[2, "hybrid"]] == [0, 1, 2, 3]


WORDS = ("sweep", "commuter-day", "--over", "people=100..400:4", "--designs",
         "full-websocket,hybrid", "--replications", "4", "--metric", "stale_per_hour", "--quiet",
         "--workers", "2")  # fmt: skip


def command(out, pause_s=0.0):
    paths = os.pathsep.join([*filter(None, sys.path)])
    environment = {**os.environ, "PYTHONPATH": paths, "FAKE_PAUSE_S": str(pause_s)}
    return subprocess.Popen(
        [sys.executable, fake_sweep.__file__, *WORDS, "--out", str(out)],
        env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True,
    )  # fmt: skip


def killed_and_resumed(out, moments_s):
    """Kill the command, its workers too, so often; then let it end."""
    for moment_s in moments_s:
        process = command(out, pause_s=0.05)
        before = len([*out.glob("cells/*.parquet")])
        while process.poll() is None and len([*out.glob("cells/*.parquet")]) == before:
            time.sleep(0.005)
        time.sleep(moment_s)
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
    last = command(out)
    assert last.communicate()[1] == b""
    assert last.returncode == 0


def test_killed_at_any_moment_it_is_the_same_in_the_end(tmp_path):
    whole = command(tmp_path / "whole")
    assert whole.communicate()[1] == b""
    luck = random.Random(7)
    killed_and_resumed(tmp_path / "killed", [luck.uniform(0.0, 0.3) for _ in range(3)])
    killed, unhurt = (swept.tree(tmp_path / name) for name in ("killed", "whole"))
    assert killed.keys() == unhurt.keys()
    assert [name for name in killed if killed[name] != unhurt[name]] == []
    assert len(killed) > 32 + 5  # cells, and the result
