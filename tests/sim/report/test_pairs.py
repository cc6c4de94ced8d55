"""All pairwise comparisons."""

from itertools import combinations

import pytest
from fake_results import KINDS, summary_of

from sim.report import pairs, stored


def test_every_pair_of_every_metric_is_there() -> None:
    results = stored.from_summary(summary_of(KINDS))
    groups, left_out = pairs.pair_groups(results)
    assert left_out == 0
    group = next(group for group in groups if group.metric == "latency_p50")
    assert [row[:2] for row in group.rows] == list(combinations(KINDS, 2))
    assert group.unit == "ms"
    a, b, difference, interval, p, verdict = group.rows[1]
    assert (a, b, difference, p, verdict) == (
        "full-websocket",
        "hybrid",
        "+19.0",
        "0.004",
        "worse",
    )
    assert " – " in interval


def test_what_cannot_be_compared_is_unknown() -> None:
    groups, _ = pairs.pair_groups(stored.from_summary(summary_of(KINDS)))
    told = next(group for group in groups if group.metric == "told_p50")
    assert told.rows[0][2:] == ("—", "", "—", "unknown")


def test_the_page_stays_small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pairs, "PAIRS_MAX", 20)
    results = stored.from_summary(summary_of(KINDS))
    groups, left_out = pairs.pair_groups(results)
    assert sum(len(group.rows) for group in groups) == 20
    assert left_out == len(results.comparisons) - 20
