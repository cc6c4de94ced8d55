"""The same results, byte for byte, on every supported Python, and on every day.

A small comparison with a design of each family. The digests of what it writes are stored: whoever
changes numbers on purpose changes them here (the failing test prints the new ones). Drawings depend
on the version of matplotlib, and the page on drawings, so those are compared between Pythons that
have the same libraries, not with stored digests.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest
from small import scenario

from sim.scenario.write import to_toml

ROOT = Path(__file__).parents[2]
LIBRARIES = ("matplotlib", "numpy", "pandas", "pyarrow", "scipy")
WORLD = scenario(
    name="pythons",
    designs=["full-websocket", "hybrid-cursor", "long-poll", "mqtt-qos1", "socketio"],
    replications=2,
    time={"warmup_s": 5.0, "measure_s": 60.0, "drain_s": 30.0},
    people={"count": 24},
    networks=[
        {"share": 0.7, "profile": "4g", "loss": {"kind": "bernoulli", "ratio": 0.05}},
        {"share": 0.2, "profile": "wifi"},
        {"share": 0.1, "profile": "lan"},
    ],
    faults=[
        {"kind": "shared-outage", "share": 0.5, "start_s": 10.0, "end_s": 15.0},
        {"kind": "node-crash", "node": 0, "at_s": 20.0, "restart_s": 3.0},
    ],
)
STORED = {
    "series.csv": "ad204ee628fec29eb0e942b5593ec7e3c51c994162c510a735406f3acb2153f0",
    "summary.csv": "7cf52086fd5c14a85b52cdeb78d304af135f910bb8440bf5be7a659044962979",
    "summary.json": "82a38d1ca2d77f36373e569bc311ee740509fa4ec8244f45b5ae15b995942114",
}
VERSIONS = f"""
import json, sys
from importlib.metadata import version
print(json.dumps([list(sys.version_info[:2]), *map(version, {LIBRARIES!r})]))
"""


def written(python: str, folder: Path) -> dict[str, str]:
    """Digests of what the comparison writes under this interpreter, by file."""
    (folder / "pythons.toml").write_text(to_toml(WORLD), encoding="utf-8")
    words = ("compare", "pythons.toml", "--quiet", "--workers", "1", "--out", "out")
    ended = subprocess.run(
        [python, "-m", "sim.cli", *words],
        cwd=folder,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "HOME": str(folder)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    [out] = (folder / "out").iterdir()
    files = sorted(path for path in out.rglob("*") if path.is_file())
    return {
        path.relative_to(out).as_posix(): sha256(path.read_bytes()).hexdigest() for path in files
    }


def versions(python: str) -> list[object] | None:
    """The interpreter's own and the libraries'; None where one is missing or it does not start."""
    try:
        ended = subprocess.run(
            [python, "-c", VERSIONS], capture_output=True, text=True, timeout=60, check=False
        )
        return list(json.loads(ended.stdout))
    except (OSError, ValueError):
        return None


def others() -> list[str]:
    """Interpreters of other versions with the same libraries, wherever they are to be found."""
    named = [shutil.which(f"python3.{minor}") for minor in (11, 12, 13)]
    beside = sorted(ROOT.glob(".venv*/bin/python"))  # `.ci/run` makes .venv-3.12 and the like
    mine = versions(sys.executable)
    found: dict[str, str] = {}
    for python in (*filter(None, named), *map(str, beside)):
        theirs = versions(python)
        if mine and theirs and theirs[0] != mine[0] and theirs[1:] == mine[1:]:
            found[str(theirs[0])] = python
    return list(found.values())


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    return written(sys.executable, tmp_path_factory.mktemp("here"))


def test_the_figures_are_those_that_are_stored(here):
    found = {name: here[name] for name in STORED}
    assert found == STORED, json.dumps(found, indent=4)


@pytest.mark.parametrize("python", others() or [None])
def test_another_python_writes_the_same_bytes(python, here, tmp_path):
    """Everything but provenance.json, which says which Python it was."""
    if python is None:
        pytest.skip("no other Python here has the same libraries")
    there = written(python, tmp_path)
    differing = sorted(name for name in here | there if here.get(name) != there.get(name))
    assert differing == ["provenance.json"]
