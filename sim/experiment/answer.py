"""The comparison in one sentence, and what to run next: words around `statistics.summarise`.

Says only what the intervals and the corrected tests bear out: a loss that was never seen is an
upper bound, a difference that cannot be told from chance is called that.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from sim.experiment.numbers import NEVER, written
from sim.experiment.statistics import LEVEL, Entry, more_replications, precision

Summary = Mapping[str, Any]

_GUIDES = ("loss_pressed", "latency_p50")  # what more replications are asked for
_UNCLEAR = ("not distinguishable", "too few runs")
_TARGET_RATIO = 0.1
_MANY = 200  # more replications than this is no advice


def answer(summary: Summary) -> str:
    """One sentence: who loses what, who shows messages twice, how quick they are."""
    designs = summary["designs"]
    clauses = [_loss(summary), _twice(designs), _speed(summary)]
    sentence = "; ".join(clause for clause in clauses if clause)
    if not sentence:
        return "Nothing was measured."
    count = max(entry["n"] for entries in designs.values() for entry in entries.values())
    if count < 2:
        return f"{sentence}. One replication cannot tell any of this from chance."
    return f"{sentence} ({LEVEL:.0%} intervals over {count} replications)."


def _found(designs: Mapping[str, Any], metric: str) -> dict[str, Entry]:
    return {name: found[metric] for name, found in designs.items() if metric in found}


def _loss(summary: Summary) -> str:
    entries = _found(summary["designs"], "loss_pressed")
    safe = [name for name, entry in entries.items() if not entry["hits"]]
    lossy = sorted(
        (name for name in entries if name not in safe), key=lambda d: -entries[d]["value"]
    )
    told = [f"{name} loses {shown(entries[name])}" for name in lossy]
    if not safe:
        return _listed(told)
    runs = max(entries[name]["n"] for name in safe)
    nothing = f"{_listed(safe)} lost nothing that was seen (in {runs} replications)"
    if not lossy:
        return nothing
    return f"{nothing}, {_listed(told)}{_doubt(summary, 'loss_pressed', safe[0], lossy)}"


def _doubt(summary: Summary, metric: str, best: str, others: Sequence[str]) -> str:
    """Names the differences from `best` that the corrected test does not bear out."""
    verdicts = {frozenset((row["a"], row["b"])): row["verdict"] for row in summary["comparisons"]
                if row["metric"] == metric}  # fmt: skip
    level = [d for d in others if verdicts.get(frozenset((best, d))) in _UNCLEAR]
    return f" (not distinguishable from it: {_listed(level)})" if level else ""


def _twice(designs: Mapping[str, Any]) -> str:
    entries = _found(designs, "duplicates_visible")
    doubled = [name for name, entry in entries.items() if entry["hits"]]
    doubled.sort(key=lambda name: -entries[name]["value"])
    if not doubled:
        return "none showed a message twice" if entries else ""
    return _listed([f"{name} shows {shown(entries[name])} twice" for name in doubled])


def _speed(summary: Summary) -> str:
    entries = _found(summary["designs"], "latency_p50")
    if not entries:
        return ""
    order = sorted(entries, key=lambda name: _size(entries[name]))
    quick, slow = order[0], order[-1]
    if len(order) == 1:
        return f"half of all messages arrive within {shown(entries[quick])}"
    doubt = _doubt(summary, "latency_p50", quick, [slow])
    return (
        f"half of all messages arrive within {shown(entries[quick])} ({quick}) to "
        f"{shown(entries[slow])} ({slow}){doubt}"
    )


def _listed(words: Sequence[str]) -> str:
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


def _size(entry: Entry) -> float:
    """What never came is longer than anything."""
    return math.inf if entry["value"] is None else float(entry["value"])


def shown(entry: Entry) -> str:
    """A value with its interval for people; a rate without hits as what it was not seen in."""
    scale, unit = 1.0, entry["unit"]
    if unit.startswith("share") or unit == "per reception":
        scale, unit = 100.0, "%"
    elif unit == "s" and entry["value"] is not None and entry["value"] < 1.0:
        scale, unit = 1000.0, "ms"
    if entry["kind"] == "rate" and not entry["hits"]:
        return f"none in {entry['trials']:,} ({entry['n']} replications)"
    if entry["value"] is None:
        return str(entry.get("refused", NEVER))
    value = f"{written(entry['value'] * scale)} {unit}"
    if entry["low"] is None:
        return value
    high = NEVER if entry["high"] is None else written(entry["high"] * scale)
    return f"{value} [{written(entry['low'] * scale)}, {high}]"


def suggestion(summary: Summary) -> str:
    """What to run next when a guiding metric is not yet precise; empty when all are."""
    needs = [
        (more_replications(found[name], _TARGET_RATIO), name, design, found[name])
        for design, found in summary["designs"].items()
        for name in _GUIDES
        if name in found
    ]
    count, name, design, entry = max(needs, key=lambda need: need[0], default=(0, "", "", {}))
    if not count:
        return ""
    now = precision(entry)
    known = "without an interval" if now is None else f"known to ±{now:.0%}"
    how = f"run {count} more" if count <= _MANY else "use more people or a longer run"
    return f"{name} of {design} is {known}; for ±{_TARGET_RATIO:.0%} {how}."
