"""The page of numbers is what the stored measurements say."""

import re
from math import sqrt

import numpy as np
import pytest

from tests.support import shipped_numbers as numbers


def test_the_page_is_made_of_what_is_stored():
    page = numbers.page(numbers.stored(numbers.BEFORE), numbers.stored(numbers.AFTER))
    assert numbers.PAGE.read_text("utf-8") == page


def counts(before, after):
    """Figures compared; the same, apart, open, unseen."""
    text = " ".join(numbers.page(before, after).split())
    found = re.search(
        r"Of (\d+) figures .*?\) (\d+) are the same.* (\d+) differ by more than luck.* tell it of"
        r" (\d+), and (\d+) show no case",
        text,
    )
    return tuple(map(int, found.groups()))


def test_a_figure_that_moved_is_counted():
    before = numbers.stored(numbers.BEFORE)
    compared, same, apart, left_open, unseen = counts(before, before)
    assert compared == same + left_open + unseen > 300
    assert apart == 0
    moved = {key: [1e9 + place for place in range(8)] for key in before}
    assert counts(before, moved) == (compared, 0, compared, 0, 0)


@pytest.mark.parametrize(
    ("metric", "before", "after", "word"),
    [
        ("loss_pressed", [0.04, 0.0401, 0.0399], [0.0402, 0.04, 0.0401], "same"),
        ("loss_pressed", [0.04, 0.0401, 0.0399], [0.05, 0.0502, 0.0501], "apart"),
        ("loss_pressed", [0.04, 0.06, 0.02], [0.05, 0.03, 0.05], "open"),  # overlap is no proof
        ("loss_pressed", [0.0, 0.0, 0.0], [0.0, 0.0, 0.0], "unseen"),
        ("latency_p50", [0.05, 0.05], [0.05, 0.05], "same"),
        ("latency_p50", [0.05, "never"], [0.05, 0.05], ""),
        ("latency_p50", [0.05, None], [0.05, 0.05], ""),
    ],
)
def test_the_same_is_within_the_margin(metric, before, after, word):
    assert numbers.verdict(metric, before, after) == word


def test_what_lies_at_the_margin_is_called_the_same_in_one_of_forty():
    """Two one-sided tests at 2.5 %, where the truth is a difference of just the margin."""
    luck, margin = np.random.default_rng(1), numbers.MARGINS["latency_p50"].absolute
    runs = 2_000
    found = sum(
        numbers.verdict("latency_p50", 0.05 + one, 0.05 + margin + other) == "same"
        for one, other in margin / 5 * luck.normal(size=(runs, 2, 8))
    )
    assert abs(found / runs - 0.025) < 4 * sqrt(0.025 * 0.975 / runs)


def test_what_never_came_has_no_interval():
    assert numbers.interval([1.0, "never", 2.0]) is None
    assert numbers.interval([1.0, None]) is None
    assert numbers.interval([1.0, 1.0, None]) == (1.0, 0.0)
