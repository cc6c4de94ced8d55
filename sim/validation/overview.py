"""The comparison in short, in Markdown: a row per cell, measured beside predicted.

The README shows the same text as the head of `docs/fidelity.md`. All quantities are in `page`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from sim.validation.compare import Verdict

BEGIN: Final = "<!-- fidelity -->"
END: Final = "<!-- /fidelity -->"

# What the table shows of a cell: a heading, a quantity, how it is written.
_LATENCY: Final = (
    ("median, ms", "p50_ms", "{:.1f}"),
    ("95 %, ms", "p95_ms", "{:.0f}"),
    ("99 %, ms", "p99_ms", "{:.0f}"),
    ("later than 150 ms, %", "share_later_than_150ms", "{:.1%}"),
)
_OUTAGES: Final = (
    ("lost per fault", "lost_per_outage", "{:.1f}"),
    ("twice per fault", "dup_msgs_per_outage", "{:.1f}"),
    ("first arrival, s", "first_arrival", "{:.1f}"),
)
_FIRST: Final = ("first_arrival_p50_s", "first_arrival_after_p50_s")
Columns = tuple[tuple[str, str, str], ...]


def overview(cells: Mapping[str, Sequence[Verdict]]) -> str:
    """Both tables between their marks; cells of other kinds stand in `docs/fidelity.md` only."""
    latency = {name: rows for name, rows in cells.items() if name.startswith("latency-")}
    faults = {
        name: rows for name, rows in cells.items() if name.startswith(("link", "kill", "rst"))
    }
    lines = [
        BEGIN,
        "Each figure: measured / predicted. ✓ all targets met, else how many of them.",
        "",
    ]
    if latency:
        lines += [*_table("software, packet loss", _LATENCY, latency), ""]
    if faults:
        lines += [*_table("software, what happens", _OUTAGES, faults), ""]
    return "\n".join([*lines, END])


def _table(title: str, columns: Columns, cells: Mapping[str, Sequence[Verdict]]) -> Iterator[str]:
    yield f"| {title} | {' | '.join(heading for heading, _, _ in columns)} | targets |"
    yield "|---|" + "---:|" * len(columns) + "---|"
    for name, rows in cells.items():
        shown = {_quantity(row): row for row in rows}
        figures = [_pair(shown.get(quantity), form) for _, quantity, form in columns]
        yield f"| {_title(name)} | {' | '.join(figures)} | {_targets(rows)} |"


def _quantity(row: Verdict) -> str:
    return "first_arrival" if row.quantity in _FIRST else row.quantity


def _pair(row: Verdict | None, form: str) -> str:
    if row is None:
        return "0 / 0" if "%" in form else "-"  # without loss nothing is late
    pair = f"{form.format(row.measured)} / {form.format(row.predicted)}".replace("%", "")
    return f"**{pair}**" if row.inside is False else pair


def _targets(rows: Sequence[Verdict]) -> str:
    judged = [row for row in rows if row.inside is not None]
    met = sum(row.inside is True for row in judged)
    return "✓" if met == len(judged) else f"{met} of {len(judged)}"


def _title(cell: str) -> str:
    """`latency-mqtt1-p0-1-loss-0-02` as "mqtt1, 10 a second, 2 %"; others by what happens."""
    kind, _, rest = cell.partition("-")
    if kind != "latency":
        software, _, how = rest.partition(" ")
        name, _, length = software.rpartition("-")
        if not length[:-1].isdigit():
            name, length = software, ""
        what = {"link": "link down", "kill": "server killed", "rst": "connections reset"}[kind]
        side = {"rx": " (readers)", "tx": " (writers)"}.get(how, "")
        return f"{name}, {what} {length.replace('s', ' s')}".rstrip() + side
    software, _, loss = rest.partition("-loss-")
    name, often, _ = software.partition("-p0-1")
    ratio = float(loss.replace("-", ".", 1))
    return f"{name}{', 10 a second' if often else ''}, {ratio:.0%}".replace("%", " %")
