"""Where the testbed runs: in namespaces of its own if the machine allows, and which path it gets.

The process starts itself anew under `unshare`, as the first process of a PID namespace: when it
ends, or is killed, the kernel ends everything it started, and with that every device and route.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from typing import Final

_TOOLS: Final = ("unshare", "nsenter", "ip")
_TRIALS: Final = {
    "netem": "ip link set lo up && tc qdisc add dev lo root netem delay 1ms",
    "tun": "test -w /dev/net/tun && ip tuntap add dev trial mode tun",
}
_PATIENCE_S: Final = 10.0


def unshare() -> list[str]:
    """The command that gives a process namespaces of its own."""
    alone = ["unshare", "--net", "--pid", "--fork", "--kill-child", "--mount-proc"]
    return alone if os.geteuid() == 0 else [*alone, "--user", "--map-root-user"]


def best_path() -> str:
    """The best kind of path that works here: "netem", "tun" or "proxy"."""
    if not all(shutil.which(tool) for tool in _TOOLS):
        return "proxy"
    return next((kind for kind, trial in _TRIALS.items() if _works(trial)), "proxy")


def _works(trial: str) -> bool:
    try:
        done = subprocess.run(
            [*unshare(), "sh", "-c", trial], capture_output=True, timeout=_PATIENCE_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def run_inside(kind: str, arguments: Sequence[str], limit_s: float) -> int:
    """Run this package with `arguments` where a path of this `kind` can be made.

    Ends it after `limit_s`, and with Ctrl-C; returns its exit code.
    """
    command = [sys.executable, "-m", "testbed", "--inside", kind, *arguments]
    process = subprocess.Popen([*unshare(), *command] if kind != "proxy" else command)
    try:
        return process.wait(limit_s)
    except subprocess.TimeoutExpired:
        print(f"stopped after {limit_s:.0f} s", file=sys.stderr)
        return 1
    finally:
        process.kill()
        process.wait()
