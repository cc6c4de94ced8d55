"""GitHub annotations: one line each, with GitHub's escapes."""

from sim.report.gating.annotations import annotations
from tests.sim.report.gating.rows import MIXED, checked, row


def test_a_failure_is_an_error_at_its_line_and_a_doubt_a_warning():
    error, warning = annotations(MIXED, strict=False)
    head = (
        "::error file=mine.toml,line=12,title=mine%2C hybrid%2C replication 2%2C seed 7%3A fifo::"
    )
    assert error.startswith(head)
    assert warning.startswith("::warning file=mine.toml,line=12,title=")
    assert "at 95 %25::" in warning


def test_every_annotation_is_one_line_that_nothing_inside_can_end():
    (error, _) = annotations(MIXED, strict=False)
    assert "\n" not in error
    assert "%250A" in error  # a percent sign of the text itself
    assert "%0AReplay: rtcsim check mine.toml" in error


def test_strict_makes_doubts_errors():
    assert [line[:8] for line in annotations(MIXED, strict=True)] == ["::error "] * 2


def test_a_shipped_scenario_has_no_file_to_mark():
    (line,) = annotations([checked(row("fail"), file=None)], strict=False)
    assert line.startswith("::error title=mine")
    (line,) = annotations([checked(row("fail", line=None))], strict=False)
    assert line.startswith("::error file=mine.toml,line=1,")


def test_what_passed_is_not_mentioned():
    assert list(annotations([checked(row("pass"))], strict=True)) == []
