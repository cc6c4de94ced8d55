"""What a design is made of: whatever of it changes, its unfinished work is another's."""

import importlib
import subprocess
import sys
from dataclasses import dataclass

import numpy as np
import pytest

from models import DESIGNS
from sim.experiment.sources import fields, sources

PARTS = "WAIT_S = 1.0\n"
MAIN = """
from dataclasses import dataclass, field
import numpy
import beside
from theirs.parts import WAIT_S
from models import DESIGNS

def hook():
    return WAIT_S

@dataclass(frozen=True)
class Mine:
    name: str = "mine"
    hook: object = hook

OURS = DESIGNS["hybrid"].variant("ours", {})
"""


@pytest.fixture
def theirs(tmp_path, monkeypatch):
    package = tmp_path / "theirs"
    package.mkdir()
    (package / "__init__.py").write_text(MAIN)
    (package / "parts.py").write_text(PARTS)
    (tmp_path / "beside.py").write_text("X = 1\n")
    monkeypatch.syspath_prepend(tmp_path)
    yield importlib.import_module("theirs")
    for name in ("theirs", "theirs.parts", "beside"):
        del sys.modules[name]


def test_our_own_designs_need_no_other_source():
    assert all(sources(design) == {} for design in DESIGNS.values())


def test_the_source_of_another_package_and_of_what_it_uses_counts(theirs):
    assert list(sources(theirs.Mine())) == ["beside", "theirs", "theirs.parts"]


def test_what_a_design_only_names_counts_when_it_says_so(theirs):
    class Naming:
        parts = property(lambda design: (theirs.hook, lambda: None))

    class Silent:
        pass

    assert "theirs.parts" in sources(Naming())
    assert "theirs.parts" not in sources(Silent())


@pytest.mark.parametrize("file", ["theirs/__init__.py", "theirs/parts.py", "beside.py"])
def test_a_change_of_any_of_it_is_seen(theirs, tmp_path, file):
    before = sources(theirs.Mine())
    (tmp_path / file).write_text((tmp_path / file).read_text() + "# changed\n")
    assert sources(theirs.Mine()) != before


def test_a_design_without_a_file_is_known_by_its_code():
    text = (
        "from dataclasses import dataclass\nfrom sim.experiment.sources import sources\n"
        "class Mine:\n    name = 'x'\n    def build(self, world): return {}\n"
        "print(sources(Mine()))\n"
    )
    commands = ([sys.executable, "-c", text.replace("{}", value)] for value in ("1", "1", "2"))
    found = [subprocess.run(one, capture_output=True, text=True, check=True) for one in commands]
    first, again, other = (one.stdout for one in found)
    assert first == again != other
    assert "__main__" in first


def test_a_design_that_cannot_be_pickled_is_known_by_what_was_found():
    @dataclass
    class Local:
        name: str = "x"

    assert __name__.rpartition(".")[2] in "".join(sources(Local()))


@dataclass(frozen=True)
class Design:
    name: str
    given: object


class Plain:
    def __init__(self, x):
        self.x = x


@pytest.mark.parametrize(
    ("one", "other"),
    [(1, 2), ((1, 2), (2, 1)), ({"a": 1}, {"a": 2}), ({"a"}, {"b"}), (Plain(1), Plain(2)),
     (sorted, reversed), (np.float64(1), np.float64(2)), (True, 1), (None, "")],
)  # fmt: skip
def test_every_field_counts(one, other):
    assert repr(fields(Design("x", one))) != repr(fields(Design("x", other)))
    assert fields(Design("x", one)) == fields(Design("x", one))


def test_neither_an_address_nor_the_order_of_a_set_counts():
    assert fields(Plain(object())) == fields(Plain(object()))
    assert fields({"a", "b", "c"}) == ["'a'", "'b'", "'c'"]
