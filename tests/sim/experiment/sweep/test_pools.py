"""Who computes cells: the same bytes from whoever does, and one clear error when nobody is left."""

import json
import os
import subprocess
import sys
import time
from contextlib import contextmanager

import fake_sweep
import pytest
import swept

from sim.errors import InputError
from sim.experiment.runner import ReplicationError
from sim.experiment.sweep import pools
from sim.experiment.sweep.plan import planned
from sim.experiment.sweep.pools import OtherProgramError, played, pool
from sim.experiment.sweep.run import finish
from sim.registry import designs
from sim.scenario.load import change


@pytest.fixture
def quick(monkeypatch):
    fake_sweep.install(monkeypatch)


@pytest.mark.parametrize("workers", [1, 2])
def test_every_cell_comes_back_once(tmp_path, quick, workers):
    cells = swept.plan(tmp_path).cells
    with pool(workers, None, len(cells)) as local:
        done = {cell.digest: content for cell, content in local.results(cells)}
    assert done == {one.digest: played(one, pools.program()) for one in cells}


def test_a_crash_in_a_cell_is_told_as_one_of_a_replication(tmp_path, monkeypatch):
    def crash(*given, **more):
        raise ZeroDivisionError("a mistake")

    monkeypatch.setattr("sim.experiment.run.run_replication", crash)
    with pytest.raises(ReplicationError, match="replication 0: ZeroDivisionError: a mistake"):
        finish(swept.plan(tmp_path))


def test_another_version_of_the_program_computes_nothing(tmp_path, quick):
    cell = swept.plan(tmp_path).cells[0]
    with pytest.raises(OtherProgramError):
        played(cell, "another")


def test_without_dask_one_line_says_so(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with (
        pytest.raises(InputError, match=r"--dask: Dask is not installed; pip install 'rtcsim\[d"),
        pool(1, "local", 1),
    ):
        raise AssertionError("nobody is there")


def test_an_address_where_nobody_answers_is_one_line(monkeypatch):
    pytest.importorskip("distributed")
    monkeypatch.setattr(pools, "ANSWER_S", 0.5)
    for address in ("tcp://127.0.0.1:9", "nonsense://x"):
        with (
            pytest.raises(InputError, match=r"--dask: no scheduler at .*; allowed: local or tcp"),
            pool(1, address, 1),
        ):
            raise AssertionError("nobody is there")


def test_a_cluster_of_ones_own_gives_the_same_bytes(tmp_path):
    pytest.importorskip("distributed")
    small = ("people.count=4", "time.measure_s=4", "time.warmup_s=2", "time.drain_s=2")
    request = {"designs": ("hybrid",), "replications": 2, "changes": tuple(map(change, small))}
    for place, dask in (("here", None), ("dask", "local")):
        asked = swept.asked(tmp_path / place, ["time.measure_s=4,5"], request=request, dask=dask)
        finish(planned("lossy-mobile", asked, designs()))
    assert swept.tree(tmp_path / "dask") == swept.tree(tmp_path / "here")


@contextmanager
def cluster(tmp_path):
    """A real scheduler on loopback and two workers, each a process; they know the stand-ins."""
    pytest.importorskip("distributed")
    told = tmp_path / "scheduler.json"
    paths = os.pathsep.join([*filter(None, sys.path)])
    environment = {**os.environ, "PYTHONPATH": paths, "FAKE_PAUSE_S": "0.05"}
    scheduler = ["scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard"]
    worker = ["worker", "--no-nanny", "--nthreads", "1", "--no-dashboard", "--preload",
              fake_sweep.__file__]  # fmt: skip
    started = []

    def start(*words):
        command = [sys.executable, "-m", "dask", *words, "--scheduler-file", str(told)]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        started.append(subprocess.Popen(command, env=environment, cwd=tmp_path, **quiet))

    try:
        start(*scheduler)
        while not told.is_file():
            assert started[0].poll() is None
            time.sleep(0.02)
        start(*worker)
        start(*worker)
        yield json.loads(told.read_text())["address"], started
    finally:
        for one in started:
            one.kill()
            one.wait()


def killing(process, cells):
    """Progress that kills a process when so many cells are finished."""

    def progress(pace):
        if pace.cells == cells:
            process.kill()
            process.wait()

    return progress


def test_a_killed_worker_loses_nothing_and_a_dead_scheduler_is_one_clear_error(tmp_path, quick):
    here = swept.plan(tmp_path / "here")
    finish(here)
    with cluster(tmp_path) as (address, (scheduler, first, _)):
        plan = swept.plan(tmp_path / "killed", dask=address)
        assert len(finish(plan, killing(first, 5)).measures) == 24
        assert swept.tree(tmp_path / "killed") == swept.tree(tmp_path / "here")
        plan = swept.plan(tmp_path / "gone", dask=address)
        with pytest.raises(InputError) as caught:
            finish(plan, killing(scheduler, 5))
    [line] = caught.value.messages
    assert line.startswith(f"the Dask scheduler at {address} has gone; ")
    assert f" of 24 cells are finished and kept; go on with: {plan.resume}" in line
    assert finish(swept.plan(tmp_path / "gone")).resumed >= 5
    assert swept.tree(tmp_path / "gone") == swept.tree(tmp_path / "here")


def test_when_all_workers_have_died_one_line_says_so_after_a_while(tmp_path, quick, monkeypatch):
    monkeypatch.setattr(pools, "LOOK_S", 0.2)
    with cluster(tmp_path) as (address, (_, *workers)):

        def kill(pace):
            if pace.cells == 5:
                monkeypatch.setattr(pools, "NOBODY_S", 1.0)  # not while they start
                for one in workers:
                    one.kill()
                    one.wait()

        plan = swept.plan(tmp_path, dask=address)
        with pytest.raises(InputError) as caught:
            finish(plan, kill)
    [line] = caught.value.messages
    assert line.startswith(f"no worker at the Dask scheduler at {address} for 1 s; ")
    assert f" of 24 cells are finished and kept; go on with: {plan.resume}" in line
    assert finish(swept.plan(tmp_path)).resumed >= 5
