"""The command as somebody types it, in a process of its own: the real one, and one whose runs are
made up."""

import os
import subprocess
import sys

import fake_experiment

REAL = (sys.executable, "-m", "sim.cli")
FAKE = (sys.executable, fake_experiment.__file__)


def command(program, *words, cwd, **environment):
    return subprocess.run(
        [*program, *words],
        cwd=cwd,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
