"""Which key moves a figure: held to functions of which that is known."""

import sys

import numpy as np
import pytest

from sim.errors import InputError
from sim.experiment.sweep import sensitivity

KEYS = ("strong", "weak", "none")


def luck():
    return np.random.default_rng(5)


def test_morris_finds_what_matters_and_how_much():
    pytest.importorskip("SALib")
    shares = sensitivity.drawn(True, 3, 20, luck())
    rows = sensitivity.moved(True, KEYS, shares, 5 * shares[:, 0] + shares[:, 1])
    assert [row["key"] for row in rows] == ["strong", "weak", "none"]
    assert [row["moves"] for row in rows] == pytest.approx([5, 1, 0])
    assert [row["is_clear"] for row in rows] == [True, True, False]
    assert rows[0]["spread"] == pytest.approx(0, abs=1e-9)


def test_sobols_indices_are_shares_of_the_variance():
    pytest.importorskip("SALib")
    shares = sensitivity.drawn(False, 3, 512, luck())
    # Of 2 a + b with a and b even in 0 to 1 the variances are 4/12 and 1/12.
    rows = sensitivity.moved(False, KEYS, shares, 2 * shares[:, 0] + shares[:, 1])
    assert [row["key"] for row in rows] == ["strong", "weak", "none"]
    assert [row["moves"] for row in rows] == pytest.approx([0.8, 0.2, 0.0], abs=0.03)
    assert rows[0]["moves"] - rows[0]["half"] < 0.8 < rows[0]["moves"] + rows[0]["half"]
    assert rows[0]["alone"] == pytest.approx(0.8, abs=0.05)
    assert [row["is_clear"] for row in rows] == [True, True, False]


def test_what_works_together_only_is_in_the_total():
    pytest.importorskip("SALib")
    shares = sensitivity.drawn(False, 2, 512, luck())
    product = (shares[:, 0] - 0.5) * (shares[:, 1] - 0.5)
    rows = sensitivity.moved(False, KEYS[:2], shares, product)
    assert all(row["moves"] > 0.8 and abs(row["alone"]) < 0.15 for row in rows)


def test_what_never_changes_or_never_comes_is_moved_by_nothing():
    pytest.importorskip("SALib")
    shares = sensitivity.drawn(True, 2, 4, luck())
    for values in (np.ones(12), np.full(12, np.inf), np.full(12, np.nan)):
        assert sensitivity.moved(True, KEYS[:2], shares, values) == []


def test_without_salib_one_line_says_so(monkeypatch):
    monkeypatch.setitem(sys.modules, "SALib.sample.morris", None)
    with pytest.raises(InputError, match=r"need SALib; pip install 'rtcsim\[sensitivity\]'"):
        sensitivity.drawn(True, 2, 4, luck())
