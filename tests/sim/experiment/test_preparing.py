"""Machine code before a run: made once, said while it lasts, and missed where there is none."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from small import scenario

from models import DESIGNS
from sim.core import compiled
from sim.experiment import preparing
from sim.experiment.preparing import COMPILING, UNCOMPILED, prepare
from sim.experiment.runner import Plan

MANY = {"people": {"count": 4000}}


def plan(replications=100, **changes):
    given = scenario(replications=replications, designs=["hybrid"], **changes)
    return Plan(given, (DESIGNS["hybrid"],), Path("nowhere"), "", "", workers=2)


@pytest.fixture
def machine(monkeypatch):
    """What is there: compiler, machine code, the wish for it; and what was run and told."""

    def made(*, compiler=True, code=False, wanted=True):
        monkeypatch.setattr(preparing, "can_compile", lambda: compiler and wanted)
        monkeypatch.setattr(preparing, "is_wanted", lambda: wanted)
        runs, told = [], []

        def replicate(*_, plain):
            runs.append(plain)
            if not code:
                for tell in compiled._listeners:
                    tell()

        monkeypatch.setattr(preparing, "replicate", replicate)
        return runs, told

    return made


@pytest.mark.parametrize(("code", "said"), [(False, [COMPILING]), (True, [])])
def test_code_is_made_once_and_loaded_before_the_workers_start(machine, code, said):
    runs, told = machine(code=code)
    prepare(plan(**MANY), told.append)
    assert (runs, told) == ([False], said)


def test_a_small_run_needs_none(machine):
    runs, told = machine()
    prepare(plan(), told.append)
    assert (runs, told) == ([], [])


def test_a_cluster_has_workers_of_its_own(machine):
    runs, told = machine()
    prepare(replace(plan(**MANY), cluster="tcp://nowhere:1"), told.append)
    assert (runs, told) == ([], [])


def test_who_runs_long_without_numba_hears_of_it_once(machine):
    _, told = machine(compiler=False)
    prepare(plan(**MANY), told.append)
    assert told == [UNCOMPILED]
    _, told = machine(compiler=False)
    prepare(plan(replications=1, people={"count": 600}), told.append)
    assert told == []


def test_who_wants_it_plain_hears_nothing(machine):
    runs, told = machine(wanted=False)
    prepare(plan(**MANY), told.append)
    assert (runs, told) == ([], [])


SCRIPT = """
import importlib, json, sys
from sim.core.compiled import telling
import sim
for name in sys.argv[1:]:
    importlib.import_module(name)
world = sim.load_scenario(changes={"people.count": 8, "time.measure_s": 5})
made = []
with telling(lambda: made.append(True)):
    for design in ("full-websocket", "mqtt-qos1"):
        sim.run_replication(world, sim.designs()[design], 0, plain=False)
print(json.dumps(made))
"""


def test_what_was_compiled_is_known_to_the_next_process_whatever_else_that_imports():
    pytest.importorskip("numba")
    first, second = (
        json.loads(
            subprocess.run(
                [sys.executable, "-c", SCRIPT, *imported],
                check=True,
                capture_output=True,
                text=True,
            ).stdout
        )
        for imported in ([], ["models.storms.machine_code"])
    )
    assert first in ([True], [])  # another test may have been first
    assert second == []
