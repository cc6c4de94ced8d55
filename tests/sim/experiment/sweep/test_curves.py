"""Curves along a key, who is at the front, and where designs change places."""

import pytest
from made_points import METRIC, made

from sim.experiment.sweep.axes import axes
from sim.experiment.sweep.curves import along, curves, front
from sim.experiment.sweep.figures import compared, found_figures
from sim.experiment.sweep.points import Sample


def test_the_front_is_the_best_and_whoever_is_level_with_it():
    found = found_figures(made(a=[1.0], b=[1.0], c=[2.0]), [METRIC])
    of = compared(found, METRIC, "abc", 1, {})
    assert front(found, of, METRIC, 0, ["a", "b", "c"]) == ["a", "b"]
    assert front(found, of, METRIC, 0, ["c"]) == ["c"]


def test_there_is_no_front_without_figures():
    found = found_figures(made(a=[1.0], b=[1.0]), ["late_1s"])
    of = compared(found, METRIC, "ab", 1, {})
    assert front(found, of, METRIC, 0, ["a", "b"]) == []


def test_a_grid_has_a_curve_for_each_combination_of_the_other_keys():
    swept, points = axes(["x=2,1", "y=5,6"]), [(2, 5), (2, 6), (1, 5), (1, 6)]
    assert along(swept, Sample.GRID, points) == [
        ({"y": 5}, [(1, 2), (2, 0)]),
        ({"y": 6}, [(1, 3), (2, 1)]),
    ]
    assert along(swept, Sample.LIST, [(2, 5), (1, 6)]) == [({}, [(1, 1), (2, 0)])]
    assert along(swept, Sample.LATIN, points) == []


def test_designs_change_places_where_their_lines_cross():
    found = found_figures(made(a=[1.0, 2.0, 3.0], b=[2.0, 2.5, 2.5]), [METRIC])
    of = compared(found, METRIC, "ab", 3, {})
    [curve] = curves(found, of, METRIC, [({}, [(10, 0), (20, 1), (30, 2)])], "ab", is_log=False)
    assert curve["points"] == [0, 1, 2]
    assert curve["front"] == [["a"], ["a"], ["b"]]
    [one] = curve["crossings"]
    assert (one["before"], one["beyond"]) == ("a", "b")
    assert one["at"] == pytest.approx(25.0, abs=0.01)
    assert 24.9 < one["low"] < one["at"] < one["high"] < 25.1
