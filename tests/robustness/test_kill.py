"""Killed at any file operation or any moment: old or new at its place, and nothing is lost.

A child process kills itself right before its n-th operation that changes a file, for n after n,
and the test kills it at moments drawn from a seed. RTCSIM_KILLS=all tries every n and 40 moments,
otherwise a share of them.
"""

import itertools
import math
import os
import shutil
import signal
import sys
import time

import fake_experiment
import numpy as np
import pytest

from sim.experiment.runner import Plan, run
from sim.experiment.store import draw
from sim.files import leftovers
from sim.scenario.designs import pick
from sim.scenario.load import change, load

STEP, MOMENTS = (1, 40) if os.environ.get("RTCSIM_KILLS") == "all" else (7, 4)
DERIVED = ("report.html",)
CHANGES = {
    "os.rename",
    "os.remove",
    "os.rmdir",
    "os.mkdir",
    "os.link",
    "os.chmod",
    "os.truncate",
    "ctypes.dlsym",
}
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr("sim.experiment.run.run_replication", fake_experiment.run_replication)
    monkeypatch.setattr("sim.metrics.measure", fake_experiment.measure)
    monkeypatch.setattr("sim.experiment.gates.verdicts.verdicts", fake_experiment.verdicts)
    monkeypatch.setattr("sim.report.write_report", fake_experiment.write_report)


def plan(out):
    designs = fake_experiment.DESIGNS
    settings = ("replications=2", "designs=['full-websocket', 'hybrid']")
    scenario = load("commuter-day", designs, [change(one) for one in settings])
    picked = pick(scenario.designs, designs, {})
    return Plan(scenario, picked, out, "rtcsim compare", "rtcsim compare", 1, histories=True)


def tree(folder):
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def data(found):
    return {name: text for name, text in found.items() if name not in DERIVED}


def child(task, out, die_at=0):
    """A process that does `task` and dies right before its `die_at`-th change of a file."""
    if pid := os.fork():
        return pid
    changes = itertools.count(1)

    def hook(event, given):
        writes = event == "open" and isinstance(given[2], int) and given[2] & WRITING
        if (event in CHANGES or writes) and next(changes) == die_at:
            os.kill(os.getpid(), signal.SIGKILL)

    sync = os.fsync
    os.fsync = lambda descriptor: (hook("os.rename", ()), sync(descriptor))
    try:
        sys.addaudithook(hook)
        task(out)
        os._exit(0)
    finally:
        os._exit(1)


def was_killed(pid):
    status = os.waitpid(pid, 0)[1]
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
    return os.WIFSIGNALED(status)


def compare(out):
    run(plan(out))


def report(out):
    (folder,) = (path for path in out.iterdir() if not path.name.startswith("."))
    draw(folder, fake_experiment.write_report)


def older(folder):
    """Make a result an older one of the same name, with other data and another report."""
    for name in ("summary.csv", "report.html"):
        (folder / name).unlink()  # it may be shared with another folder
        (folder / name).write_text("old")


@pytest.fixture(params=["first", "replacing", "report"])
def case(request, tmp_path):
    """What is done, on which folder, and what may be seen there at any moment."""
    out = tmp_path / "start"
    new = tree(run(plan(tmp_path / "new")).folder)
    out.mkdir()
    if request.param == "first":
        return compare, out, [{}, data(new), new], new
    folder = run(plan(out)).folder
    if request.param == "replacing":
        older(folder)
        return compare, out, [tree(folder), data(new), new], new
    (folder / "report.html").unlink()
    (folder / "report.html").write_text("old")
    return report, out, [tree(folder), new], new


def seen(out):
    found = [path for path in out.iterdir() if not path.name.startswith(".")]
    return tree(found[0]) if found else {}


def after(case, out):
    """What holds after a kill, and after the next command."""
    task, _, allowed, new = case
    assert seen(out) in allowed
    task(out)
    (folder,) = out.iterdir()
    assert tree(folder) == new


def test_killed_before_each_change_of_a_file(case, tmp_path):
    task, start, _, _ = case
    for die_at in itertools.count(1, STEP):
        shutil.copytree(start, out := tmp_path / "out")
        if not was_killed(child(task, out, die_at)):
            break
        after(case, out)
        shutil.rmtree(out)
    assert die_at > {compare: 50, report: 15}[task]


def test_killed_without_a_system_that_exchanges_names(case, tmp_path, monkeypatch):
    """The old folder is moved aside first; the next command, here a look, brings it back."""
    monkeypatch.setattr("sim.files.folders.exchange", lambda one, other: False)
    task, start, allowed, _ = case
    for die_at in itertools.count(1, STEP):
        shutil.copytree(start, out := tmp_path / "out")
        if not was_killed(child(task, out, die_at)):
            break
        leftovers.sweep(out)
        assert seen(out) in allowed
        after(case, out)
        shutil.rmtree(out)


def test_killed_at_any_moment(case, tmp_path):
    task, start, _, _ = case
    lasts_s = math.inf
    for name in ("cold", "warm"):  # the first of all loads what the others find in memory
        shutil.copytree(start, whole := tmp_path / name)
        begun = time.monotonic()
        assert not was_killed(child(task, whole))
        lasts_s = min(lasts_s, time.monotonic() - begun)
    killed = 0
    for moment_s in np.random.default_rng(4).uniform(0, lasts_s, MOMENTS):
        shutil.copytree(start, out := tmp_path / "out")
        pid = child(task, out)
        time.sleep(moment_s)
        os.kill(pid, signal.SIGKILL)
        killed += was_killed(pid)
        after(case, out)
        shutil.rmtree(out)
    assert killed
