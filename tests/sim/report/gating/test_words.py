"""Sentences about results."""

from sim.report.gating.words import MOMENTS, details, effort, ending, label, tally, timeline
from tests.sim.report.gating.rows import MIXED, case, checked, row

BROKEN = row("fail", case=case())


def test_a_label_says_scenario_design_replication_and_seed():
    assert label(checked(), BROKEN) == "mine, hybrid, replication 2, seed 7: fifo"
    assert label(checked(), row("fail")) == "mine, hybrid, seed 7: fifo"


def test_details_end_with_the_command_that_shows_it_again():
    lines = list(details(BROKEN))
    assert lines == [
        "All in order.",
        "Found: 3 of 4 pairs violate it.",
        "Witness: it broke.",
        "Cause: half-open.",
        "   12.500000 s  person 1 acts: message 7 in conversation 0",
        "   13.000000 s  7 is lost",
        "Replay: rtcsim check mine.toml --seed 7 --replication 2",
    ]
    assert "Cause" not in "".join(details(row("fail", case=case(cause=""))))
    assert len(list(details(row("unknown")))) == 3


def test_a_long_timeline_loses_its_middle():
    moments = [(float(second), f"moment {second}") for second in range(MOMENTS + 5)]
    lines = list(timeline(moments))
    assert len(lines) == MOMENTS + 1
    assert lines[MOMENTS // 2].split() == [
        "...",
        "5",
        "more;",
        "all",
        "of",
        "them",
        "with",
        "--json",
    ]
    assert lines[-1].endswith(f"moment {MOMENTS + 4}")
    assert len(list(timeline(moments[:MOMENTS]))) == MOMENTS


def test_the_tally_and_the_ending():
    assert tally(MIXED) == "4 promises: 1 failed, 1 unknown, 2 passed"
    assert tally([checked(row())]) == "1 promise: 1 passed"
    assert ending(MIXED, strict=False).endswith("Exit code 3: something happened that never may.")
    doubt = [checked(row("unknown"))]
    assert "unknown is no pass: --strict fails on it" in ending(doubt, strict=False)
    assert ending(doubt, strict=True).endswith("Exit code 5: not everything could be decided.")


def test_the_effort():
    assert effort(checked()) == "20 replications, seed 7 (looks from 10 to 40)"
    assert effort(checked(replication=3)) == "replication 3 alone, seed 7"
