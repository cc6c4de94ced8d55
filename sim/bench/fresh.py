"""A call in a Python process of its own: cold caches, no warm allocator, nothing left behind.

As a program (`python -m sim.bench.fresh`) it is that process: a pickled call comes in, its pickled
result goes out.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections.abc import Callable
from typing import Final, TypeVar

PLAIN: Final = "RTCSIM_PLAIN"
"""With 1 in this variable a run executes the source as it is, without compiling anything."""

T = TypeVar("T")


def fresh(call: Callable[[], T], *, plain: bool = False) -> T:
    """What `call` returns in a new process; `plain` forces the source that is not compiled.

    The call and its result have to be picklable. Raises RuntimeError when the process fails; it
    has told why on standard error.
    """
    surroundings = {name: value for name, value in os.environ.items() if name != PLAIN}
    surroundings["PYTHONPATH"] = os.pathsep.join(sys.path)  # the same packages as here
    if plain:
        surroundings[PLAIN] = "1"
    program = [sys.executable, "-P", "-m", __name__]
    done = subprocess.run(  # noqa: S603 - our own program
        program, input=pickle.dumps(call), stdout=subprocess.PIPE, env=surroundings, check=False
    )
    if done.returncode != 0:
        raise RuntimeError(f"a process of the benchmark ended with {done.returncode}")
    result: T = pickle.loads(done.stdout)  # noqa: S301 - from our own program
    return result


def main() -> None:
    """Do what comes in, say what came of it; whatever the call prints is no result."""
    answer, sys.stdout = sys.stdout.buffer, sys.stderr
    call = pickle.load(sys.stdin.buffer)  # noqa: S301 - from `fresh`
    try:
        result = call()
    except KeyboardInterrupt:
        sys.exit(130)  # whoever waits for the result was interrupted, too, and says so
    answer.write(pickle.dumps(result))


if __name__ == "__main__":
    main()
