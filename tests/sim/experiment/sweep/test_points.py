"""Where a sweep looks."""

import numpy as np
import pytest

from sim.errors import InputError
from sim.experiment.sweep.axes import axes
from sim.experiment.sweep.points import Sample, points

RANGES = axes(["a=0..100", "b=1.0..10000:log"])


def test_a_latin_hypercube_has_one_point_in_each_slice_of_each_key():
    found = points(RANGES, Sample.LATIN, 20, seed=3)
    slices = np.floor(found.shares * 20).astype(int)
    assert all(sorted(column) == [*range(20)] for column in slices.T.tolist())
    assert all(isinstance(a, int) and 1.0 <= b <= 10_000 for a, b in found.values)


def test_points_follow_from_the_seed():
    one, same, other = (points(RANGES, Sample.SOBOL, 8, seed) for seed in (3, 3, 4))
    assert one.values == same.values != other.values


def test_a_sobol_sequence_is_balanced():
    found = points(RANGES, Sample.SOBOL, 64, seed=1).shares
    assert ((found < 0.5).sum(axis=0) == 32).all()


def test_steps_need_no_number_of_points():
    assert points(axes(["a=1,2", "b=3"]), Sample.GRID, None, seed=1).values == ((1, 3), (2, 3))
    with pytest.raises(InputError, match="--points 4: allowed with --sample latin"):
        points(axes(["a=1,2"]), Sample.GRID, 4, seed=1)


def test_numbers_of_points_that_cannot_be_are_told():
    with pytest.raises(InputError, match="a power of 2, such as 64 or 128"):
        points(RANGES, Sample.SOBOL, 100, seed=1)
    with pytest.raises(InputError, match="allowed: at least 2"):
        points(RANGES, Sample.LATIN, 1, seed=1)
    with pytest.raises(InputError, match="points; allowed: at most 100,000"):
        points(axes([f"{key}=1..1000:1000" for key in "ab"]), Sample.GRID, None, seed=1)


def test_points_that_tell_what_moves_a_figure():
    pytest.importorskip("SALib")
    assert len(points(RANGES, Sample.MORRIS, 5, seed=1).values) == 5 * 3
    assert len(points(RANGES, Sample.SALTELLI, 8, seed=1).values) == 8 * 4
