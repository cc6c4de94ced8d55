"""The page of numbers is what the stored measurements say."""

import re

from tests.support import shipped_numbers as numbers


def test_the_page_is_made_of_what_is_stored():
    page = numbers.page(numbers.stored(numbers.BEFORE), numbers.stored(numbers.AFTER))
    assert numbers.PAGE.read_text("utf-8") == page


def counts(before, after):
    """Figures compared, with intervals that overlap, with means inside them."""
    text = " ".join(numbers.page(before, after).split())
    found = re.search(r"Of (\d+) figures .* (\d+) have intervals that overlap, and in (\d+)", text)
    return tuple(map(int, found.groups()))


def test_a_figure_that_moved_is_counted():
    before = numbers.stored(numbers.BEFORE)
    compared, overlap, inside = counts(before, before)
    assert compared == overlap == inside > 300
    moved = {key: [1e9 + place for place in range(8)] for key in before}
    assert counts(before, moved) == (compared, 0, 0)


def test_what_never_came_has_no_interval():
    assert numbers.interval([1.0, "never", 2.0]) is None
    assert numbers.interval([1.0, None]) is None
    assert numbers.interval([1.0, 1.0, None]) == (1.0, 0.0)
