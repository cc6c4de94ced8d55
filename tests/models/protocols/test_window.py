"""Bounds of what a server remembers."""

import math

import pytest

from models.protocols.window import KEYS, WINDOWS, Window, kept

AGED = [(10.0 - number, 10) for number in range(10)]  # one a second, 10 bytes each, newest first


@pytest.mark.parametrize(
    ("bounds", "there"),
    [
        ({}, 10),
        ({"messages": 3}, 3),
        ({"messages": 0}, 0),
        ({"age_s": 4.0}, 5),  # one of exactly that age counts
        ({"age_s": 4.5}, 5),
        ({"size_bytes": 35}, 3),
        ({"size_bytes": 40}, 4),
        ({"size_bytes": 0}, 0),
        ({"messages": 6, "age_s": 2.0, "size_bytes": 40}, 3),
    ],
)
def test_whichever_bound_comes_first_ends_it(bounds, there):
    assert kept(AGED, 10.0, Window("made", **bounds)) == there


def test_it_looks_no_further_than_it_has_to():
    endless = ((10.0, 1) for _ in iter(int, 1))
    assert kept(endless, 10.0, Window("made", messages=5)) == 5


@pytest.mark.parametrize(
    ("key", "value"), [("messages", -1), ("age_s", 0), ("size_bytes", -1), ("replay_max", math.nan)]
)
def test_a_bound_that_is_none_is_refused(key, value):
    with pytest.raises(ValueError, match=f"{key} = {value}: must be"):
        Window("made", **{key: value})


def test_presets_say_where_they_are_from_and_only_the_whole_one_has_no_bound():
    for presets in (WINDOWS, KEYS):
        assert all(window.source for window in presets.values())
        assert [name for name, window in presets.items() if window.is_whole] == ["whole"]
