"""What is said of a comparison on equal footing: its table, who is one system, who lacks what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from sim.report import stored, tables
from sim.report.stored import Json, Results

ON_EQUAL: Final = "On equal footing: the architecture alone"
AS_SHIPPED: Final = "As shipped: architecture and defaults"


@dataclass(frozen=True, slots=True)
class Shown:
    """For a page: the table on equal footing, where there is one beside that as shipped.

    With its reference and what its designs are; then what `lines` and `changed` say.
    """

    table: tables.Table | None = None
    reference: str = ""
    summaries: Mapping[str, str] = field(default_factory=dict)
    lines: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    titles: tuple[str, str] = (ON_EQUAL, AS_SHIPPED)


def shown(results: Results) -> Shown:
    """Everything; a design has the colour of the first one that stands as it."""
    said, more = tuple(lines(results.summary)), tuple(changed(results.summary))
    summary = stored.equal(results.summary)
    if not summary:
        return Shown(lines=said, changed=more)
    equal = stored.from_summary(summary)
    table = tables.table(equal, tables.OVERVIEW)
    places = {design: index for index, design in enumerate(results.designs)}
    stands = {stand: places.get(name, 0) for name, stand in reversed(_stands(results.summary))}
    rows = tuple(replace(row, index=stands.get(row.design, 0)) for row in table.rows)
    summaries = {
        name: str(told.get("summary", "")) for name, told in equal.part("descriptions").items()
    }
    return Shown(replace(table, rows=rows), equal.reference, summaries, said, more)


def lines(summary: Json) -> list[str]:
    """Who is one system on equal footing, or that nobody changes there; then who lacks what of it.

    A sentence each; empty for a run as shipped.
    """
    return [*_alike(summary), *_lacks(summary)]


def changed(summary: Json) -> list[str]:
    """What is different between the two comparisons, one sentence; empty where there is one."""
    said = _told(summary).get("changed")
    return [str(said)] if said else []


def _told(summary: Json) -> Json:
    return summary.get("footing") or {}


def _stands(summary: Json) -> list[tuple[str, str]]:
    return list((_told(summary).get("stands") or {}).items())


def _alike(summary: Json) -> Iterator[str]:
    groups: dict[str, list[str]] = {}
    for name, stand in _stands(summary):
        groups.setdefault(stand, []).append(name)
    said = [
        f"{', '.join(names[:-1])} and {names[-1]} (as {stand})"
        for stand, names in groups.items()
        if len(names) > 1
    ]
    if groups and all([name] == [*names] for name, names in groups.items()):
        yield "These designs stand on equal footing as they are shipped."
    if said:
        yield f"One system each on equal footing, and shown once: {'; '.join(said)}."


def _lacks(summary: Json) -> Iterator[str]:
    for name, parts in (_told(summary).get("lacks") or {}).items():
        yield f"{name} differs all the same: {'; '.join(parts.values())}."
