"""All pairwise comparisons."""

import re
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
    a, b, difference, interval, p, verdict, hint = group.rows[1]
    assert (a, b, difference, p, verdict) == (
        "full-websocket",
        "hybrid",
        "+19.0",
        "0.004",
        "worse",
    )
    assert " – " in interval
    assert hint == ""
    assert group.margin == "10.0"


def test_too_few_runs_say_what_they_could_have_seen_and_what_would_do() -> None:
    groups, _ = pairs.pair_groups(stored.from_summary(summary_of(KINDS)))
    rows = [row for group in groups for row in group.rows if row[5] == "too few runs"]
    assert rows
    assert all(re.fullmatch(r"could have seen [\d.,]+, 22 would do", row[6]) for row in rows)


def test_a_pair_that_nobody_judged_has_no_verdict() -> None:
    summary = summary_of(KINDS)
    for row in summary["comparisons"]:
        row["verdict"] = ""
    groups, _ = pairs.pair_groups(stored.from_summary(summary))
    assert {row[5] for group in groups for row in group.rows} == {"not judged"}


def test_what_cannot_be_compared_is_unknown() -> None:
    groups, _ = pairs.pair_groups(stored.from_summary(summary_of(KINDS)))
    told = next(group for group in groups if group.metric == "told_p50")
    assert told.rows[0][2:6] == ("—", "", "—", "unknown")
    assert told.rows[0][6] == "does not apply to both designs"


def test_the_page_stays_small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pairs, "PAIRS_MAX", 20)
    results = stored.from_summary(summary_of(KINDS))
    groups, left_out = pairs.pair_groups(results)
    assert sum(len(group.rows) for group in groups) == 20
    compared = {pair.metric for pair in results.comparisons if pair.difference is not None}
    assert left_out == sum(pair.metric in compared for pair in results.comparisons) - 20


def test_a_metric_that_applies_to_no_two_designs_is_not_compared() -> None:
    summary = summary_of(KINDS)
    for row in summary["comparisons"]:
        if row["metric"] == "told_p50":
            row.update(dict.fromkeys(("difference", "low", "high")))
    groups, left_out = pairs.pair_groups(stored.from_summary(summary))
    assert "told_p50" not in {group.metric for group in groups}
    assert left_out == 0
