"""Starts real programs for a recording and ends them again: brokers, node scripts."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import time
from pathlib import Path
from typing import Any, Final

SCRIPTS: Final = Path(__file__).parent / "node"


class Missing(Exception):
    """Software that a recording needs is not on this machine."""


def found(program: str) -> str:
    """The path of `program`; raises Missing."""
    path = shutil.which(program) or shutil.which(program, path="/usr/sbin:/usr/local/sbin")
    if path is None:
        raise Missing(f"{program} is not installed")
    return path


def free_port() -> int:
    """A port of loopback that nobody listens on now."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


def await_port(port: int, patience_s: float = 10.0) -> None:
    """Return when somebody listens on `port`; raises TimeoutError."""
    limit_s = time.monotonic() + patience_s
    while time.monotonic() < limit_s:
        with socket.socket() as trial:
            if trial.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise TimeoutError(f"nobody listens on port {port} after {patience_s} s")


class Mosquitto:
    """A mosquitto with its defaults on a free port, nothing on disk."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        config = folder / f"mosquitto-{self.port}.conf"
        config.write_text(f"listener {self.port} 127.0.0.1\nallow_anonymous true\n")
        command = [found("mosquitto"), "-c", str(config)]
        self._process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        await_port(self.port)

    def close(self) -> None:
        """End it."""
        end(self._process)


class Node:
    """One of our node scripts; `modules` is the folder that npm installed into."""

    def __init__(self, script: str, modules: Path, *arguments: str) -> None:
        self._process = subprocess.Popen(
            [found("node"), str(SCRIPTS / script), *arguments],
            env={"NODE_PATH": str(modules / "node_modules"), "PATH": "/usr/bin:/bin"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def line(self) -> str:
        """The next line it prints."""
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()

    def order(self, word: str, **arguments: Any) -> None:
        """Tell it to do something."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"do": word, **arguments}) + "\n")
        self._process.stdin.flush()

    def close(self) -> None:
        """End it."""
        end(self._process)
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()


def end(process: subprocess.Popen[Any]) -> None:
    """Ask the process to end, then make it."""
    process.terminate()
    try:
        process.wait(3)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(3)
