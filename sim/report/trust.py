"""What lets a reader trust the numbers: the books, the checks, the precision, what is missing.

Everything from the stored summary; nothing is judged here that the run did not record.
"""

import math
from collections.abc import Sequence

from sim.metrics import METRICS
from sim.numbers import written
from sim.report import wording
from sim.report.stored import Check, Json, Results
from sim.report.tables import OVERVIEW

_DEAD_SPOTS = {"outage", "outage-new-address"}
BOOKS = ("messages", "receptions_owed", "delivered", "lost", "undelivered", "unexplained")


def checks(results: Results) -> list[Check]:
    """The run's self-checks; conservation and draining are looked up where it noted none."""
    found = {check.name.lower(): check for check in [*_own_checks(results), *results.checks]}
    return list(found.values())


def precision(results: Results) -> list[tuple[str, str, str]]:
    """Per headline metric: its words, the widest relative half interval, and whose it is."""
    rows = []
    for name in OVERVIEW.metrics:
        widths = [
            ((one.high - one.low) / 2 / abs(one.value), design)
            for design in results.designs
            if (one := results.estimate(design, name)).value
            and one.low is not None
            and one.high is not None
            and not one.is_never
        ]
        if widths:
            width, design = max(widths)
            known = "no upper end" if math.isinf(width) else f"± {written(100 * width, 2)} %"
            rows.append((wording.label(name).long, known, design))
    return rows


def refused(results: Results) -> list[tuple[str, str]]:
    """Quantiles that the data cannot hold for some design, and what it would take."""
    found: dict[str, str] = {}
    for name in _all_metrics(results):
        for design in results.designs:
            if (one := results.estimate(design, name)).refused:
                found.setdefault(wording.label(name).long, one.reason)
    return list(found.items())


def not_measured(results: Results) -> list[tuple[str, str]]:
    """Who lacks a value (one design, several, or every design), and for which metrics."""
    lacking: dict[str, list[str]] = {}
    for name in _all_metrics(results):
        found = {design: results.estimate(design, name) for design in results.designs}
        without = [d for d, one in found.items() if one.value is None and not one.refused]
        if without:
            lacking.setdefault(_who(results, without), []).append(wording.label(name).long)
    return [(who, "; ".join(words)) for who, words in lacking.items()]


def untold(results: Results) -> list[str]:
    """What it may mean that clients are not told of dead links, where links of people die."""
    died = {kind for costs in results.part("incidents").values() for kind in costs} & _DEAD_SPOTS
    deaf = [one for one in results.designs if results.traits(one).told_of_links is False]
    if not (died and deaf):
        return []
    who = _who(results, deaf)
    told_s = "within 1 or 2 s; then other designs can lose least (docs/devices.md)"
    return [f"No client is told that its link is dead in {who}. Pages may be, {told_s}."]


def conservation_rows(results: Results) -> list[tuple[str, int, list[str], bool]]:
    """Per design: its name, its index, the five counts as text, and whether they add up."""
    rows = []
    for index, design in enumerate(results.designs):
        entry: Json = results.part("conservation").get(design, {})
        texts = [f"{entry[key]:,}" if key in entry else wording.NOTHING for key in BOOKS]
        rows.append((design, index, texts, bool(entry.get("adds_up"))))
    return rows


def cause_table(results: Results) -> tuple[list[str], list[tuple[str, int, list[str]]]]:
    """Causes of loss, and per design its name, its index and the receptions lost to each."""
    books = results.part("conservation")
    found = {design: books.get(design, {}).get("causes") or {} for design in results.designs}
    causes = list(dict.fromkeys(cause for counts in found.values() for cause in sorted(counts)))
    rows = [
        (design, index, [f"{counts[cause]:,}" if cause in counts else "" for cause in causes])
        for index, (design, counts) in enumerate(found.items())
    ]
    return causes, rows


def _own_checks(results: Results) -> list[Check]:
    wrong = [design for design, _, _, adds_up in conservation_rows(results) if not adds_up]
    busy = [f"{design} (replication {number})" for design, number in results.undrained]
    return [
        _check("conservation", wrong, "delivered + lost + undelivered = owed in every design"),
        _check("drained", busy, "every run came to rest before its drain ended"),
    ]


def _check(name: str, wrong: Sequence[str], fine: str) -> Check:
    if wrong:
        return Check(name, "attention", f"not in {', '.join(wrong)}")
    return Check(name, "ok", fine)


def _all_metrics(results: Results) -> list[str]:
    stored_names = [name for metrics in results.designs.values() for name in metrics]
    return list(dict.fromkeys([*(one.name for one in METRICS), *stored_names]))


def _who(results: Results, without: Sequence[str]) -> str:
    return "every design" if len(without) == len(results.designs) else ", ".join(without)
