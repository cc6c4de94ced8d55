"""One trial in a process of its own: `python -m tests.mutation.trial`, a fault as JSON on stdin.

Plants the fault (none for the JSON `null`), plays the battery and prints the first complaint, or
nothing. Exits with 1 when the mutant was never run, so that a fault that was planted in vain is not
taken for one that survived.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Final

from tests.mutation.battery import complaints
from tests.mutation.fault import Complaint, Planted
from tests.mutation.plant import is_planted, plant

ROOT: Final = Path(__file__).parents[2]
_PLACES: Final = (ROOT, ROOT / "tests" / "support", ROOT / "tests" / "validation")


def tried(fault: Planted | None) -> Complaint | None:
    """What first complains of a mutant, or of the code as it is; None when nothing does."""
    ended = subprocess.run(
        [sys.executable, "-m", "tests.mutation.trial"],
        input=json.dumps(None if fault is None else asdict(fault)),
        cwd=ROOT,
        env=surroundings(),
        capture_output=True,
        text=True,
        check=False,
    )
    if ended.returncode:
        raise RuntimeError(ended.stderr)
    return Complaint(**json.loads(ended.stdout)) if ended.stdout else None


def surroundings() -> dict[str, str]:
    """The environment of a process that tries a mutant: where everything is found."""
    return os.environ | {"PYTHONPATH": os.pathsep.join(map(str, _PLACES))}


def main() -> None:
    """Try what stands on standard input."""
    given = json.load(sys.stdin)
    fault = None
    if given is not None:
        fault = Planted(**{**given, "subjects": tuple(given["subjects"])})
        plant(fault)
    found = next(complaints(fault), None)
    if fault is not None and not is_planted(fault):
        sys.exit(f"{fault.name}: {fault.module} was never imported")
    if found is not None:
        json.dump(asdict(found), sys.stdout)


if __name__ == "__main__":
    main()
