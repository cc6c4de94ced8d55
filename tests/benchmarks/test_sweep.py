"""What a second process is worth to a sweep of short cells.

In CPU time, so that a machine that is busy with other things does not reach it: two processes take
half of what all of them take together. Start and report, which one process does, are in it as if
they were shared: a tenth of these sweeps. Each is a fresh command.
"""

import os
import subprocess
import sys
from resource import RUSAGE_CHILDREN, getrusage

import pytest

pytestmark = pytest.mark.benchmark

CELLS = ("sweep", "lossy-mobile", "--over", "people=40..60:5", "--designs", "full-websocket,hybrid",
         "--replications", "20", "--set", "time.measure_s=60", "--metric", "late_1s",
         "--quiet")  # fmt: skip
LEAST = 1.85


def cpu_s(out, *words):
    """What a command and its workers take of processors."""
    before = getrusage(RUSAGE_CHILDREN)
    command = [sys.executable, "-m", "sim.cli", *CELLS, *words, "--out", str(out)]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    subprocess.run(command, env=environment, check=True, capture_output=True)
    after = getrusage(RUSAGE_CHILDREN)
    assert len([*out.glob("cells/*.parquet")]) == 200
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def test_two_processes_are_nearly_twice_as_fast(tmp_path, capsys):
    one_s, two_s = (cpu_s(tmp_path / count, "--workers", count) for count in ("1", "2"))
    with capsys.disabled():
        print(f"\n200 cells: {one_s:.1f} s in one process, {two_s:.1f} s in all of two")
    assert one_s / (two_s / 2) >= LEAST
