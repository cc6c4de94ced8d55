"""Entry points of others: what they name, or one sentence about why not."""

import warnings
from importlib.metadata import EntryPoint

import pytest

from sim import packages
from sim.errors import InputNote
from sim.packages import LeftOut, entries, is_loading, leave_out, loaded


def entry(value, name="theirs"):
    return EntryPoint(name, value, "rtcsim.things")


def test_their_order_is_that_of_their_names(monkeypatch):
    given = [entry("b:X", "b"), entry("z:X", "a"), entry("a:X", "a")]
    monkeypatch.setattr(packages, "entry_points", lambda group: given)
    assert [one.value for one in entries("rtcsim.things")] == ["a:X", "z:X", "b:X"]


def test_what_an_entry_point_names_is_used():
    assert loaded(entry("math:pi"), round) == 3


def unfit(named):
    raise LeftOut("unfit")


@pytest.mark.parametrize(
    ("value", "use", "words"),
    [
        ("no_such_module:X", int, "ModuleNotFoundError: No module named 'no_such_module'"),
        ("math:no", int, "AttributeError: "),
        ("not a value", int, "AttributeError: "),
        ("math:pi", len, "TypeError: "),
        ("sys:exit", lambda leave: leave(4), "it ends the program: 4"),
        ("math:pi", unfit, "unfit"),
    ],
)
def test_whatever_goes_wrong_is_one_reason(value, use, words):
    with pytest.raises(LeftOut) as told:
        loaded(entry(value), use)
    assert str(told.value).startswith(words)
    assert not is_loading(entry(value))


def test_ctrl_c_is_not_held_up():
    def stop(named):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        loaded(entry("math:pi"), stop)


def test_a_module_says_that_it_is_being_imported(monkeypatch, tmp_path):
    (tmp_path / "half_there").mkdir()
    text = """
from importlib.metadata import EntryPoint
from sim.packages import is_loading
SEEN = [is_loading(EntryPoint("x", value, "g")) for value in ("half_there.inner:X", "math:pi")]
"""
    (tmp_path / "half_there" / "__init__.py").write_text(text)
    monkeypatch.syspath_prepend(tmp_path)
    assert loaded(entry("half_there:SEEN"), list) == [True, False]
    assert not is_loading(entry("half_there:SEEN"))


def test_what_is_left_out_is_a_note():
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        leave_out(entry("theirs:X"), "channel", LeftOut("broken"))
    (note,) = caught
    assert note.category is InputNote
    assert str(note.message) == "theirs:X: channel left out: broken"
