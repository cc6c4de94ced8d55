"""The same scenario gives the same digest, and the same bytes, however it is run.

Every design, over links that lose packets, with people who come and go and a node that dies,
through the command as it is typed: fresh processes, other hash seeds, more workers.
"""

import json
import os
import subprocess
import sys

import pytest
from small import scenario

from models import DESIGNS
from sim.scenario.write import to_toml

WORLD = scenario(
    name="again",
    designs=list(DESIGNS),
    replications=2,
    time={"warmup_s": 5.0, "measure_s": 40.0, "drain_s": 20.0},
    people={"count": 12, "sessions": {"kind": "on-off", "on_mean_s": 15.0, "off_mean_s": 5.0}},
    networks=[{"share": 1.0, "profile": "4g", "loss": {"kind": "bernoulli", "ratio": 0.05}}],
    faults=[
        {"kind": "shared-outage", "share": 0.5, "start_s": 10.0, "end_s": 15.0},
        {"kind": "node-crash", "node": 0, "at_s": 20.0, "restart_s": 3.0},
    ],
)


@pytest.fixture(scope="module")
def compare(tmp_path_factory):
    """Run the command with this many workers under this hash seed: summary, and files by name."""

    def run(workers, hash_seed):
        folder = tmp_path_factory.mktemp("again")
        (folder / "again.toml").write_text(to_toml(WORLD), encoding="utf-8")
        words = ("compare", "again.toml", "--json", "--workers", str(workers), "--out", "out")
        ended = subprocess.run(
            [sys.executable, "-m", "sim.cli", *words],
            cwd=folder,
            env=os.environ | {"PYTHONHASHSEED": str(hash_seed)},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert ended.returncode == 0, ended.stderr
        out = folder / "out"
        files = {
            path.relative_to(out).as_posix(): path.read_bytes()
            for path in sorted(out.rglob("*"))
            if path.is_file()
        }
        return json.loads(ended.stdout), files

    return run


@pytest.fixture(scope="module")
def first(compare):
    return compare(workers=1, hash_seed=0)


@pytest.mark.parametrize(
    ("workers", "hash_seed"),
    [(1, 4242), (2, 0)],
    ids=["another process and hash seed", "two workers"],
)
def test_same_digest_and_same_bytes_with(first, compare, workers, hash_seed):
    summary, files = compare(workers, hash_seed)
    assert summary["digest"] == first[0]["digest"]
    assert summary == first[0]
    assert files.keys() == first[1].keys()
    assert [name for name in files if files[name] != first[1][name]] == []


def test_every_design_was_run(first):
    assert list(first[0]["designs"]) == list(DESIGNS)
    for books in first[0]["conservation"].values():
        assert books["adds_up"]
        assert books["receptions_owed"] > 0
