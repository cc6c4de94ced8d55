"""`validate --measure`: has the testbed measure real software on this machine.

The testbed lies with the tests, in a source checkout; it is a program of its own, so that nothing
that simulates can depend on it. What it needs and does is said in `tests/validation/testbed`.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Final

from sim.errors import InputError

TESTBED: Final = Path(__file__).parents[2] / "tests" / "validation" / "testbed"
_NOT_HERE: Final = (
    "the testbed is not part of the installed package; allowed: in a source checkout, after "
    "pip install -e '.[validate]'"
)


def measure(folder: Path, transports: str = "", testbed: Path = TESTBED) -> int:
    """Measure `transports` (a,b,c; the usual ones without) into `folder`; the testbed's exit code.

    Raises `InputError` where there is no testbed.
    """
    if not (testbed / "__main__.py").is_file():
        raise InputError([f"--measure {folder}: {_NOT_HERE}"])
    chosen = ["--transports", transports] if transports else []
    command = [sys.executable, "-m", testbed.name, str(folder.absolute()), *chosen]
    done = subprocess.run(command, cwd=testbed.parent, check=False)  # noqa: S603 - our own program
    if done.returncode == 0:
        sys.stdout.write(f"Next: rtcsim validate --against {folder}\n")
    return done.returncode
