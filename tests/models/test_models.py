"""The list of designs: named, described, able to travel to a worker process."""

import json
import pickle
from importlib import import_module
from pkgutil import iter_modules

import pytest

import models.architectures as rooms
from models import DESIGNS, Design
from models.products import PRODUCTS

ROOMS = [
    import_module(f"models.architectures.{room.name}") for room in iter_modules(rooms.__path__)
]


def test_designs_are_all_the_architectures_and_then_the_products():
    tables = [value for room in ROOMS for value in vars(room).values() if isinstance(value, Design)]
    named = {design.name: design for design in tables}
    products = [product.name for product in PRODUCTS]
    assert list(DESIGNS)[-len(products) :] == products
    assert set(DESIGNS) == set(named) | set(products)
    assert all(DESIGNS[name] is named[name] for name in named)


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
