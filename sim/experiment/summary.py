"""The summary of a finished run: what statistics say, the books, the curves, promises, self-checks.

Everything comes from the stored measures, so it is the same however they were computed. Leaves out
the statistics themselves (`statistics`) and how anything looks (`sim.report`).
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sim.experiment import statistics, steady
from sim.experiment.answer import answer, suggestion
from sim.experiment.catalogued import catalogued
from sim.experiment.notes import notes
from sim.experiment.promises import promises
from sim.experiment.provenance import overall_digest
from sim.metrics import HEADLINE, rounded
from sim.scenario.designs import Design, HasTraits
from sim.scenario.scenario import Scenario

Measures = Mapping[str, Sequence[dict[str, Any]]]
"""Design -> measures in the order of replications."""

PRECISION = 0.1
"""A headline figure counts as precise when half its interval is at most this share of it."""
SAID = (
    "Replications were added until enough was known or the budget was spent; intervals and verdicts"
    " hold whenever one stops, and are wider for it."
)
"""The note of a run whose results said how many replications it has."""


def summarise(
    scenario: Scenario, designs: Sequence[Design], measures: Measures, sequential: bool = False
) -> dict[str, Any]:
    """The whole of summary.json; `sequential` when what was found said how many replications."""
    count = len(next(iter(measures.values()), ()))
    level = statistics.level_of_look(count) if sequential else statistics.LEVEL
    summary = {
        "digest": digest(measures),
        "scenario": scenario.name,
        "question": scenario.question,
        "decides": list(scenario.decides or HEADLINE),
        "seed": scenario.seed,
        "replications": count,
        "descriptions": {design.name: design.describe() for design in designs},
        "traits": _traits(designs),
        "conservation": {name: books(found) for name, found in measures.items()},
        "incidents": {name: mishaps(found) for name, found in measures.items()},
        "ccdf": {name: _curve([one["ccdf"] for one in found]) for name, found in measures.items()},
        "series": {
            name: _columns([one["series"] for one in found]) for name, found in measures.items()
        },
        "warmup": steady.warmup(scenario, measures),
        **statistics.summarise(measures, level, scenario.margins),
        "guarantees": promises(designs, measures),
        "catalogue": catalogued(design.name for design in designs),
        **({"sequential": True} if sequential else {}),
    }
    summary["answer"] = answer(summary)
    summary["notes"] = [*notes(summary), *steady.warnings(summary["warmup"])]
    summary["notes"] += [SAID] if sequential else []
    summary["suggestion"] = suggestion(summary)
    summary["checks"] = _checks(summary, measures)
    return summary


def _traits(designs: Sequence[Design]) -> dict[str, Mapping[str, Any]]:
    """What designs say of themselves as values, of those that do."""
    said = {one.name: one.traits() for one in designs if isinstance(one, HasTraits)}
    return {name: traits for name, traits in said.items() if traits}


def digest(measures: Measures) -> str:
    """One digest for all replications, whatever the order in which they finished."""
    return overall_digest(
        {
            (name, one["replication"]): one["digest"]
            for name, found in measures.items()
            for one in found
        }
    )


def adds_up(summary: Mapping[str, Any]) -> bool:
    """Whether every reception of every design is accounted for."""
    return all(book["adds_up"] for book in every_book(summary).values())


def every_book(summary: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The books of every design that ran: as shipped, and those on equal footing besides."""
    equal = summary.get("equal") or {}
    return {**equal.get("conservation", {}), **summary["conservation"]}


def books(found: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Conservation over all replications of one design: counts added, `adds_up` in each."""
    each = [one["conservation"] for one in found]
    counts: Counter[str] = Counter()
    causes: Counter[str] = Counter()
    for book in each:
        counts.update({k: v for k, v in book.items() if type(v) is int})
        causes.update(book.get("causes", {}))
    return {
        **counts,
        "adds_up": all(book["adds_up"] for book in each),
        "drained": all(one["drained"] for one in found),
        "causes": dict(causes),
    }


def mishaps(found: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, float]]:
    """What each kind of incident cost one design, added over replications."""
    sums: dict[str, Counter[str]] = {}
    for one in found:
        for kind, cost in one.get("incidents", {}).items():
            sums.setdefault(kind, Counter()).update(cost)
    return {kind: rounded(dict(cost)) for kind, cost in sorted(sums.items())}


def _curve(curves: Sequence[Mapping[str, Sequence[float]]]) -> dict[str, Any]:
    """Mean share later than each time, over the replications that owed anything."""
    owed = [curve for curve in curves if curve["latency_s"]]
    if not owed:
        return {"latency_s": [], "share": []}
    return {
        "latency_s": list(owed[0]["latency_s"]),
        "share": _means([curve["share"] for curve in owed]),
    }


def _columns(found: Sequence[Mapping[str, Sequence[float | None]]]) -> dict[str, Any]:
    """Mean of every series, second by second."""
    return {name: _means([one[name] for one in found]) for name in found[0]}


def _means(columns: Sequence[Sequence[float | None]]) -> list[float | None]:
    return [_mean(values) for values in zip(*columns, strict=True)]


def _mean(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return float(f"{math.fsum(known) / len(known):.9g}") if known else None


def _checks(summary: Mapping[str, Any], measures: Measures) -> list[dict[str, str]]:
    return [
        _conservation_check(summary),
        _drain_check(measures),
        luck_check(measures),
        _warmup_check(summary),
        _precision_check(summary),
    ]


def _conservation_check(summary: Mapping[str, Any]) -> dict[str, str]:
    books = summary["conservation"]
    owed = sum(book["receptions_owed"] for book in books.values())
    wrong = [name for name, book in books.items() if not book["adds_up"]]
    if wrong:
        return _check("conservation", False, f"does not add up in {', '.join(wrong)}")
    return _check("conservation", True, f"each of {owed:,} receptions owed is accounted for")


def _drain_check(measures: Measures) -> dict[str, str]:
    late = {
        name: count
        for name, found in measures.items()
        if (count := sum(not one["drained"] for one in found))
    }
    if not late:
        return _check("drained", True, "nothing was under way when the runs ended")
    which = ", ".join(f"{name} in {count}" for name, count in late.items())
    return _check("drained", False, f"something was still under way at the end: {which} runs")


def luck_check(measures: Measures) -> dict[str, str]:
    """Designs of one replication must have met the same intended actions: who, when, where, what.

    Measures stored before actions had a digest cannot tell.
    """
    intended = [tuple(one.get("intended") for one in found) for found in measures.values()]
    if any(None in of_design for of_design in intended):
        return _check("same luck", False, "these runs did not record what people meant to do")
    same = len(set(intended)) <= 1
    words = "the same" if same else "different"
    return _check("same luck", same, f"designs met {words} intended actions in every replication")


def _warmup_check(summary: Mapping[str, Any]) -> dict[str, str]:
    state, detail = steady.told(summary["warmup"])
    return {"name": "warm-up", "state": state, "detail": detail}


def _precision_check(summary: Mapping[str, Any]) -> dict[str, str]:
    entries = [
        entry
        for found in summary["designs"].values()
        for name, entry in found.items()
        if name in HEADLINE
    ]
    vague = sum(not _precise(entry) for entry in entries)
    if not vague:
        return _check("precision", True, f"every headline figure is known to ±{PRECISION:.0%}")
    detail = f"{vague} of {len(entries)} headline figures are less sure than ±{PRECISION:.0%}"
    return _check("precision", False, f"{detail}; {summary['suggestion']}".removesuffix("; "))


def _precise(entry: Mapping[str, Any]) -> bool:
    return statistics.more_replications(entry, PRECISION) == 0


def _check(name: str, ok: bool, detail: str) -> dict[str, str]:
    return {"name": name, "state": "ok" if ok else "attention", "detail": detail}
