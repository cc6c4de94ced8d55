"""A check's result as GitHub annotations: lines on standard output that mark a file's lines.

The form is that of GitHub's workflow commands, `::error file=...,line=...,title=...::message`
(GitHub Docs, "Workflow commands for GitHub Actions").
"""

from collections.abc import Iterator, Sequence

from sim.report.escape import github, github_property
from sim.report.gating.result import Checked, Row
from sim.report.gating.words import details, label


def annotations(found: Sequence[Checked], *, strict: bool) -> Iterator[str]:
    """One line for each promise that did not pass: an error, or a warning for an unknown one."""
    for one in found:
        for row in one.rows:
            if row.state != "pass":
                yield _line(one, row, "error" if strict or row.state == "fail" else "warning")


def _line(found: Checked, row: Row, level: str) -> str:
    about = {"title": label(found, row)}
    if found.file is not None:
        about = {"file": found.file, "line": str(row.line or 1), **about}
    properties = ",".join(f"{name}={github_property(text)}" for name, text in about.items())
    return f"::{level} {properties}::{github(chr(10).join(details(row)))}"
