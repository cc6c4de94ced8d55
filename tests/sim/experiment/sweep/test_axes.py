"""What is swept, as it is typed and as Python gives it."""

import numpy as np
import pytest

from sim.errors import InputError
from sim.experiment.sweep.axes import axes, axis, require_ranges, rows, steps


@pytest.mark.parametrize(
    ("given", "values"),
    [
        ("0,0.01,0.05", (0, 0.01, 0.05)),
        ("50..500:4", (50, 200, 350, 500)),
        ("1..1000:4:log", (1, 10, 100, 1000)),
        ("0..1:3", (0, 1)),
        ("0.0..1:3", (0.0, 0.5, 1.0)),
        ("-2,1e3", (-2, 1000.0)),
    ],
)
def test_values_as_they_are_typed(given, values):
    assert axis("a.b", given).values == values


def test_numbers_of_python_and_numpy_are_taken():
    given = {"people.count": [10, np.int64(20)], "b": np.array([0.5, 1.5])}
    found = axes(given)
    assert [one.values for one in found] == [(10, 20), (0.5, 1.5)]
    assert [one.word for one in found] == ["people.count=10,20", "b=0.5,1.5"]


def test_a_range_has_no_steps_and_is_drawn_from():
    found = axis("b", "1..100:log")
    assert (found.values, found.at(0.0), found.at(0.5), found.at(1.0)) == ((), 1, 10, 100)
    assert axis("b", "0..1.0").at(0.25) == 0.25


def test_a_short_name_for_how_many_people():
    assert axis("people", "5").key == "people.count"


def test_every_mistake_is_told_at_once():
    with pytest.raises(InputError) as caught:
        axes(["a=1,x", "b=5..2", "c=-1..5:log", "d=1..2:1", "e=1,1", "=3", "f=nan", "a=1", "a=2"])
    told = caught.value.messages
    assert len(told) == 8
    assert told[0] == (
        "--over a: 'x' is no number; allowed: 0,0.01,0.05 or 50..500:4 (four steps) or "
        "1..1000:4:log"
    )
    assert told[-1] == "--over a: given twice; allowed: once"
    with pytest.raises(InputError, match=r"--over a\.b: lies inside --over a; allowed: one of th"):
        axes(["a=1", "a.b=2"])
    with pytest.raises(InputError, match="--over: missing"):
        axes([])
    with pytest.raises(InputError, match="'many' is no number"):
        axes({"a": ["many"]})


def test_a_grid_is_every_combination_and_a_list_goes_side_by_side():
    two = axes(["a=1,2", "b=5,6"])
    assert steps(two) == [(1, 5), (1, 6), (2, 5), (2, 6)]
    assert rows(two) == [(1, 5), (2, 6)]
    with pytest.raises(InputError, match="a has 2, b has 1; allowed: as many values of each"):
        rows(axes(["a=1,2", "b=5"]))


def test_steps_that_fall_together_are_told_and_not_left_out():
    with pytest.raises(InputError, match=r"--over a: 0\.\.1:3 has 2 whole numbers; allowed: no m"):
        steps(axes(["a=0..1:3", "b=5"]))
    with pytest.raises(InputError, match=r"1\.\.4:9:log has 4 whole numbers"):
        rows(axes(["a=1..4:9:log"]))
    assert steps(axes(["a=1..4:4"])) == [(1,), (2,), (3,), (4,)]


def test_a_key_that_takes_any_number_is_not_rounded():
    assert axis("a", "1..4:3").values == (1, 2, 4)
    assert axis("a", "1..4:3").unrounded().values == (1.0, 2.5, 4.0)
    assert axis("a", "0..1").unrounded().at(0.25) == 0.25
    assert axis("a", "1,4").unrounded().values == (1, 4)


def test_steps_and_ranges_are_not_taken_for_each_other():
    with pytest.raises(InputError, match=r"--over b: 1\.\.2 has no steps; allowed"):
        steps(axes(["a=1", "b=1..2"]))
    with pytest.raises(InputError, match=r"allowed with --sample latin: a range, 50\.\.500"):
        require_ranges(axes(["a=1", "b=1..2"]), "latin")
