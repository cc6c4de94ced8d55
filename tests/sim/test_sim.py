"""The door: few names, each where it is said to be, and nothing heavy before it is needed."""

import ast
import doctest
import subprocess
import sys
from pathlib import Path

import pytest

import sim


def test_every_name_leads_to_something():
    for name in sim.__all__:
        assert getattr(sim, name).__doc__ is not None or name.isupper()


def test_type_checkers_see_the_same_names_in_the_same_places():
    tree = ast.parse(Path(sim.__file__).read_text("utf-8"))
    seen = {
        alias.asname: node.module
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if alias.asname
    }
    assert seen == sim._HOMES


def test_another_name_is_refused_with_those_that_exist():
    with pytest.raises(AttributeError, match=r"no attribute 'compere'; it has .*compare"):
        _ = sim.compere


def test_the_names_are_listed_and_nothing_else():
    assert sorted(sim.__all__) == dir(sim)


DESCRIBED = [name for name in sim.__all__ if not name.isupper()]


@pytest.mark.parametrize("name", DESCRIBED)
def test_every_name_shows_how_it_is_used_and_that_is_what_happens(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    thing = getattr(sim, name)
    examples = doctest.DocTestFinder(recurse=False).find(thing, name, globs={"sim": sim})
    assert any(one.examples for one in examples), "no example"
    for one in examples:
        result = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(one)
        assert result.failed == 0


def test_no_name_hides_a_module():
    folder = Path(sim.__file__).parent
    modules = {path.stem for path in folder.iterdir()}
    assert not modules & set(sim.__all__)


def test_opening_the_door_imports_nothing_heavy():
    heavy = ("numpy", "pandas", "scipy", "matplotlib", "pydantic", "simpy", "typer", "models")
    check = f"import sys, sim; print([name for name in {heavy!r} if name in sys.modules])"
    ended = subprocess.run(
        [sys.executable, "-c", check], capture_output=True, text=True, check=True
    )
    assert ended.stdout.strip() == "[]"
