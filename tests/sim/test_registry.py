"""Whatever a package does while it loads: its designs or one note, and the command goes on."""

import sys
import warnings
from types import ModuleType, SimpleNamespace

import pytest
from fake_experiment import FakeDesign

from sim import packages, registry
from sim.errors import InputError, InputNote

OURS = {"hybrid": FakeDesign("hybrid")}


@pytest.fixture
def found(monkeypatch):
    """Load what `load` gives, as an entry point would; the designs and the notes."""

    def run(*loads):
        entries = [
            SimpleNamespace(name=f"n{number}", value=f"p{number}:D", load=load)
            for number, load in enumerate(loads)
        ]
        monkeypatch.setattr(packages, "entry_points", lambda group: entries)
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            known = registry.with_packages(OURS)
        assert all(one.category is InputNote for one in caught)
        return known, [str(one.message) for one in caught]

    return run


def test_theirs_come_after_ours(found):
    known, notes = found(lambda: {"dove": FakeDesign("dove")})
    assert list(known) == ["hybrid", "dove"]
    assert notes == []


def raising(error):
    def load():
        raise error

    return load


@pytest.mark.parametrize(
    ("load", "words"),
    [
        (raising(ImportError("broken")), "ImportError: broken"),
        (raising(SystemExit(0)), "it ends the program"),
        (lambda: 3, "TypeError"),
        (lambda: {"hybrid": FakeDesign("hybrid")}, "'hybrid' is a design already"),
        (lambda: {"Dove": FakeDesign("Dove")}, "'Dove' is no name of a design; allowed: small"),
        (lambda: {"dove": FakeDesign("hawk")}, "name is 'hawk'"),
        (lambda: {"dove": FakeDesign}, "is no design"),
        (lambda: registry.with_packages(OURS), "asks for all designs while its are loaded"),
    ],
)
def test_a_broken_one_is_left_out_and_the_next_is_loaded(found, load, words):
    known, notes = found(load, lambda: {"wren": FakeDesign("wren")})
    assert list(known) == ["hybrid", "wren"]
    (note,) = notes
    assert note.startswith("p0:D: designs left out: ")
    assert words in note


def test_ctrl_c_is_not_held_up(found):
    with pytest.raises(KeyboardInterrupt):
        found(raising(KeyboardInterrupt()))
    assert registry._loading == []


@pytest.mark.parametrize("file", ["/home/ann/models.py", None])
def test_a_module_of_the_users_that_is_imported_already_is_named(monkeypatch, file):
    theirs = ModuleType("models")
    theirs.__file__ = file
    theirs.DESIGNS = {}
    monkeypatch.setitem(sys.modules, "models", theirs)
    with pytest.raises(InputError) as refused:
        registry.designs()
    (line,) = refused.value.messages
    assert line.startswith(f"{file or 'a folder'}: hides rtcsim's package 'models' (")
    assert line.endswith("): rename it, or start from another folder")


def test_packages_are_asked_for_channels_first(monkeypatch):
    asked = []
    monkeypatch.setattr("models.channels.channels", lambda: asked.append("channels"))
    monkeypatch.setattr(registry, "with_packages", lambda ours: asked.append("designs"))
    registry.designs()
    assert asked == ["channels", "designs"]
