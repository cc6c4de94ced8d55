"""The list of designs: named, described, able to travel to a worker process."""

import ast
import doctest
import json
import pickle
from collections import Counter
from graphlib import TopologicalSorter
from importlib import import_module
from pathlib import Path

import pytest

import models
from models import DESIGNS, Design
from models.designs import designs


def test_designs_are_those_that_the_folder_has():
    assert designs() == DESIGNS
    assert all(designs()[name] is design for name, design in DESIGNS.items())


@pytest.mark.parametrize("design", DESIGNS.values(), ids=DESIGNS)
def test_a_design_says_what_it_is_and_survives_pickling(design):
    assert isinstance(design, Design)
    assert pickle.loads(pickle.dumps(design)) == design
    row = design.describe()
    assert json.loads(json.dumps(row)) == row
    assert row["summary"].endswith(".")
    assert row["sources"] != "none"
    assert set(row["channels"]) == {"list", "send", "receive", "typing", "seen"}


def test_no_two_designs_are_the_same():
    rows = [design.variant("x", {"summary": "", "sources": ()}) for design in DESIGNS.values()]
    twins = [(a, b) for a in range(len(rows)) for b in range(a) if rows[a] == rows[b]]
    names = list(DESIGNS)
    assert [(names[a], names[b]) for a, b in twins] == []


ROOT = Path(models.__file__).parents[1]
FILES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted((ROOT / "models").rglob("*.py"))
}
MOST_ROOM_LINES = 2500


def named(path):
    """Files of `models` that a file imports, for types and late imports among them."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in FILES)
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                full = f"{node.module}.{alias.name}"
                yield full if full in FILES else str(node.module)


def test_no_two_files_need_each_other():
    arrows = {name: set(named(path)) & set(FILES) - {name} for name, path in FILES.items()}
    order = list(TopologicalSorter(arrows).static_order())  # CycleError names a circle
    assert len(order) == len(FILES)
    assert order.index("models.options") < order.index("models.design")


def test_no_room_is_too_large():
    lines = Counter()
    for path in FILES.values():
        lines[path.parent] += len(path.read_text("utf-8").splitlines())
    assert all(count <= MOST_ROOM_LINES for count in lines.values()), lines


@pytest.mark.parametrize("name", FILES)
def test_examples_in_docstrings_hold(name):
    assert doctest.testmod(import_module(name)).failed == 0
