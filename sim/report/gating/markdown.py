"""A check's result as Markdown, for the page that a CI service shows of a run.

What failed comes first and in full; what passed is folded away with its count.
"""

from collections.abc import Iterator, Sequence

from sim.report import escape
from sim.report.gating.curves import HEADINGS, explained, together
from sim.report.gating.result import Checked, Row
from sim.report.gating.words import details, effort, ending, label

_MARKS = {"fail": "❌ fail", "unknown": "❔ unknown", "pass": "✅ pass"}


def markdown(found: Sequence[Checked], *, strict: bool) -> str:
    """The whole page."""
    lines = [f"**{escape.markdown(ending(found, strict=strict))}**", ""]
    for one in found:
        lines += [*_scenario(one), ""]
    return "\n".join(lines)


def _scenario(found: Checked) -> Iterator[str]:
    yield f"### {escape.markdown(found.scenario)}"
    yield ""
    yield f"{effort(found)}. Repeat: {escape.markdown_code(found.repeat)}"
    yield from (f"\n{escape.markdown(note)}" for note in found.notes)
    loud = [row for row in found.rows if row.state != "pass"]
    quiet = [row for row in found.rows if row.state == "pass"]
    yield from _table(loud)
    for row in loud:
        if row.state == "fail":
            yield from _failure(found, row)
    if quiet:
        yield from ("", "<details>", f"<summary>{len(quiet)} passed</summary>")
        yield from _table(quiet)
        yield from ("", "</details>")
    if found.curves:
        yield from _curves(found)


def _curves(found: Checked) -> Iterator[str]:
    yield from ("", "<details>", "<summary>What these gates can see</summary>")
    yield f"\n{escape.markdown(explained(curve for _, _, curve in found.curves))}."
    yield from ("", f"| {' | '.join(HEADINGS)} |", f"|{'---|' * len(HEADINGS)}")
    for cells in together(found.curves):
        yield f"| {' | '.join(map(escape.markdown, cells))} |"
    yield from ("", "</details>")


def _table(rows: Sequence[Row]) -> Iterator[str]:
    if not rows:
        return
    yield from ("", "| | design | promise | found |", "|---|---|---|---|")
    for row in rows:
        cells = (_MARKS[row.state], row.design, row.title, row.found)
        yield f"| {' | '.join(map(escape.markdown, cells))} |"


def _failure(found: Checked, row: Row) -> Iterator[str]:
    summary = escape.html(label(found, row))
    yield from ("", f"<details open><summary>{summary}</summary>", "")
    yield from (escape.markdown_block(details(row)), "", "</details>")
