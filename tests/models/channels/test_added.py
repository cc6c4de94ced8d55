"""Channels of packages: loaded once, examined, named when they cannot take part."""

import sys
import warnings
from dataclasses import replace
from importlib.metadata import EntryPoint

import pytest

from models.channels import channels, packages, shipped
from models.channels.added import faults
from models.channels.kind import Kind
from models.options import Group

ALLOWED = "from models.channels.kind import Kind\nfrom models import DESIGNS\n"
GOOD = ALLOWED + "KIND = Kind('wren', lambda slot: None, title='a wren', keeps=('none',))\n"
BELOW = "DESIGN = DESIGNS['hybrid'].variant('{}', {{'send': '{}'}})\n"


@pytest.fixture
def found(monkeypatch, tmp_path):
    """The names of channels beside ours, and the notes, when such modules are installed."""
    monkeypatch.syspath_prepend(tmp_path)
    made = []

    def run(*texts, first=""):
        for number, text in enumerate(texts):
            (tmp_path / f"bird_{number}.py").write_text(text)
            made.append(EntryPoint(f"n{number}", f"bird_{number}:KIND", "rtcsim.channels"))
        monkeypatch.setattr("sim.packages.entry_points", lambda group: made)
        packages.cache_clear()
        packages().opened = True
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            if first:
                __import__(first)
            names = [name for name in channels() if name not in shipped()]
            assert [name for name in channels() if name not in shipped()] == names
        return names, [str(one.message) for one in caught]

    yield run
    packages.cache_clear()
    packages().opened = True
    for number in range(len(made)):
        sys.modules.pop(f"bird_{number}", None)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("raise ImportError('broken')", "ImportError: broken"),
        ("import sys; sys.exit(3)", "it ends the program: 3"),
        ("x = 1", "AttributeError: "),
        ("KIND = 3", "3 is no channel; allowed: a `models.channels.kind.Kind`"),
        (GOOD.replace("wren", "mqtt"), "'mqtt' is a channel already; allowed: a name of its own"),
        (GOOD.replace("'wren'", "'Wren'"), "'Wren' is no name of a channel; allowed: small"),
        (GOOD.replace("('none',)", "3"), "TypeError: "),
        (GOOD + BELOW.format("mine", "hawk"), "DesignError: design 'mine': send = 'hawk'; allowed"),
    ],
)
def test_a_broken_one_is_left_out_in_one_line_and_the_next_is_loaded(found, text, words):
    names, notes = found(text, GOOD.replace("wren", "robin"))
    assert names == ["robin"]
    (note,) = notes
    assert note.startswith("bird_0:KIND: channel left out: ")
    assert words in note
    assert "\n" not in note


def test_the_second_of_a_name_is_left_out(found):
    names, notes = found(GOOD, GOOD)
    assert names == ["wren"]
    assert notes == [
        "bird_1:KIND: channel left out: 'wren' is a channel already; allowed: a name of its own"
    ]


def test_designs_may_stand_below_their_channel_and_use_that_of_another_package(found):
    own = GOOD + BELOW.format("mine", "wren")
    other = GOOD.replace("wren", "robin") + BELOW.format("other", "wren")
    assert found(own, other) == (["wren", "robin"], [])


def test_a_package_that_is_imported_before_channels_are_asked_for_is_asked_again(found):
    early = ALLOWED + BELOW.format("early", "http") + GOOD + BELOW.format("mine", "wren")
    assert found(early, first="bird_0") == (["wren"], [])


class Feathers(Group):
    """How many."""

    count: int = 3


class Needy(Group):
    """Without a default."""

    count: int


WREN = Kind("wren", lambda slot: None, keeps=("none",), groups={"feathers": Feathers})


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"build": 3}, "'wren' has build = 3; allowed: what makes it in a `Slot`"),
        ({"keeps": ("all",)}, "'wren' keeps 'all'; allowed: none, cursor, session"),
        ({"keeps": (), "sends": False}, "'wren' carries nothing"),
        ({"backplane": "cloud"}, "'wren' has backplane = 'cloud'; allowed: broadcast, cluster"),
        ({"groups": {"F": Feathers}}, "'wren' has a group 'F'; allowed: small letters"),
        ({"groups": {"mqtt": Feathers}}, "'wren' has a group 'mqtt', a key already"),
        ({"groups": {"qos": Feathers}}, "'wren' has a group 'qos', a key already"),
        ({"groups": {"feathers": dict}}, "'wren' has feathers = <class 'dict'>; allowed: a `mod"),
        ({"groups": {"feathers": Needy}}, "'wren' has feathers.count without a default"),
        ({"reads": ("wings",)}, "'wren' reads 'wings'; allowed: heartbeat, "),
        ({"reads": ("feathers.size",)}, "'wren' reads 'feathers.size'; allowed: feathers.count"),
    ],
)
def test_every_part_of_a_kind_is_examined(change, words):
    assert list(faults(WREN, [])) == []
    (wrong,) = faults(replace(WREN, **change), [])
    assert wrong.startswith(words)


def test_a_group_belongs_to_one_channel():
    (wrong,) = faults(WREN, [replace(WREN, name="robin")])
    assert wrong == "'wren' has a group 'feathers', a key already; allowed: a name of its own"


@pytest.mark.parametrize("kind", shipped().values(), ids=shipped())
def test_ours_would_take_part(kind):
    others = [one for one in shipped().values() if one is not kind]
    assert list(faults(kind, others)) == []
