"""One source, compiled or as it stands."""

import json
import subprocess
import sys
from types import ModuleType

import pytest

import sim
from sim.core.compiled import PLAIN, can_compile, part, reached, state_at

SCRIPT = """
import json, sys
if sys.argv[1] == "without":
    sys.modules["numba"] = None
    import importlib.util as find
    real = find.find_spec
    find.find_spec = lambda name, *rest: None if name == "numba" else real(name, *rest)
import sim
world = sim.load_scenario(changes={"people.count": 20, "time.measure_s": 30})
history = sim.run_replication(world, sim.designs()["full-websocket"], 0, plain=False)
print(json.dumps([history.digest(), "numba.core" in sys.modules]))
"""


def test_a_part_is_the_function_itself():
    def double(number: int) -> int:
        return 2 * number

    assert part(double) is double


def inner(number: int) -> int:
    return number + 1


THIS = ModuleType("this")


def outer(number: int) -> int:
    return inner(number) + THIS.through_a_module(number)


def through_a_module(number: int) -> int:
    return number


def besides(number: int) -> int:
    return outer(number)


def test_what_is_reached_is_what_an_entry_names_and_nothing_besides(monkeypatch):
    monkeypatch.setattr(THIS, "through_a_module", through_a_module, raising=False)
    known = [besides, through_a_module, inner, outer]
    assert set(reached(outer, known)) == {outer, inner, through_a_module}
    assert reached(outer, []) == [outer]


def test_it_can_be_told_not_to_compile(monkeypatch):
    monkeypatch.setenv(PLAIN, "1")
    assert not can_compile()


def test_python_cannot_look_at_addresses():
    with pytest.raises(TypeError, match="compiled code alone"):
        state_at(0)


@pytest.mark.parametrize("numba", ["with", "without"])
def test_without_numba_a_run_is_the_same(numba):
    told = subprocess.run(
        [sys.executable, "-c", SCRIPT, numba], check=True, capture_output=True, text=True
    ).stdout
    digest, compiled = json.loads(told)
    world = sim.load_scenario(changes={"people.count": 20, "time.measure_s": 30})
    alone = sim.run_replication(world, sim.designs()["full-websocket"], 0, passive=False)
    assert digest == alone.digest()
    assert compiled == (numba == "with" and can_compile())
