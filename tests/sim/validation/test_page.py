"""Figures in few digits, misses by name, every cell with its table."""

import math

import pytest

from sim.validation import page
from sim.validation.compare import Verdict

RIGHT = Verdict("ws", "p50_ms", 50.8, 50.5, 50.4, 50.6, True, "within 3%")
WRONG = Verdict("ws", "lost_per_outage", 10.0, 20.0, -1.0, 25.0, False, "")
UNJUDGED = Verdict("mqtt", "p99_ms", 60.0, 51.0, 50.0, 52.0, None, "")


@pytest.mark.parametrize(
    ("value", "text"),
    [(1234.5, "1234"), (317.26, "317.3"), (2.5, "2.5"), (0.0412, "0.0412"), (0.0, "0"),
     (math.nan, "-"), (math.inf, "-")],
)  # fmt: skip
def test_figures_have_as_many_digits_as_are_of_use(value, text):
    assert page.figure(value) == text


def test_an_interval_of_a_count_begins_at_nothing():
    assert page.interval(WRONG) == "0 to 25"


def test_the_summary_counts_targets_only():
    verdicts = [RIGHT, WRONG, UNJUDGED]
    assert page.counts(verdicts) == (2, 1)
    assert page.summary(verdicts) == "1 of 2 targets met in 2 cells; 1 missed."
    assert [page.outcome(one) for one in verdicts] == ["inside", "OUTSIDE", "no target"]


def test_the_page_lists_misses_with_their_cause_and_every_cell(monkeypatch):
    text = page.document([RIGHT, WRONG, UNJUDGED])
    assert f"- **ws, lost_per_outage**: measured 10, predicted 20 (0 to 25). {page.OPEN}" in text
    assert "### ws" in text
    assert "| p99_ms | 60 | 51 | 50 to 52 | 0.85 | no target |" in text
    monkeypatch.setattr(page, "KNOWN", {WRONG.key: "A cause."})
    assert "(0 to 25). A cause." in page.document([WRONG])


def test_without_misses_there_is_no_list_of_them():
    assert "What is missed" not in page.document([RIGHT])
