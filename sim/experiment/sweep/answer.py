"""What a sweep says in two lines: who is best where, and where it crosses; or what moves it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from sim.numbers import written
from sim.report import wording
from sim.report.stored import Estimate, estimate_of
from sim.report.wording import Scale

Summary = Mapping[str, Any]
LINE: Final = 80
UNDECIDED: Final = "undecided"
ALIKE: Final = "all alike"
EQUAL: Final = "equal"  # the verdict of a comparison
MOST_RUNS: Final = 3  # stretches of one winner that are told
LEVEL_NAMES: Final = 3  # designs that are named as level


def answer(summary: Summary) -> str:
    """Two lines, on the first of the metrics."""
    metric = summary["metrics"][0]
    if summary["sensitivity"]:
        return "\n".join(_what_moves(summary, metric))
    of = [one for one in summary["curves"] if one["metric"] == metric]
    if len(summary["designs"]) == 1:
        return "\n".join(_one_design(summary, metric, of))
    if len(of) == 1:
        return "\n".join((_who_along(summary, of[0]), _where(summary, of)))
    return "\n".join((_who_over_all(summary, metric), _where(summary, of)))


def notes(summary: Summary) -> list[str]:
    """How to read it, beside the answer."""
    luck = "Points and designs of a replication meet the same luck, as far as the keys leave it"
    told = [f"{luck}; bands are 95 % intervals."]
    if summary["replications"] < 3:
        told.append("Fewer than three replications bear no interval and no verdict.")
    elif len(summary["designs"]) > 1:
        told.append("Best: no other design is surely better; corrected over all points and pairs.")
    if summary["sample"] == "morris":
        told.append("Moves: mean size of the change across the whole range (Morris).")
        if words := _next_words(summary):
            told.append(f"Those that move it: {words}; ask for their shares by --sample saltelli.")
    if summary["sample"] == "saltelli":
        told.append("Moves: share of the variance, alone or together with others (Sobol, total).")
    if summary["sample"] in ("latin", "sobol"):
        told.append("Curves need --sample grid; what moves a figure, --sample morris.")
    return told


def scale_of(summary: Summary, metric: str) -> Scale:
    """One printed unit for a metric at all points."""
    entries = [
        found
        for point in summary["points"]
        for of in point["figures"].values()
        if (found := of.get(metric)) is not None
    ]
    unit = entries[0]["unit"] if entries else ""
    return wording.scale_for(unit, [one["value"] for one in entries])


def names(found: Sequence[str]) -> str:
    """Designs in a sentence.

    >>> names(["a", "b", "c"])
    'a, b and c'
    """
    if len(found) > LEVEL_NAMES:
        return f"{', '.join(found[:2])} and {len(found) - 2} more"
    return found[0] if len(found) == 1 else f"{', '.join(found[:-1])} and {found[-1]}"


def crossing_words(one: Mapping[str, Any]) -> str:
    """One crossing: who comes before, who beyond, and where."""
    span = f"{wording.tick(_short(one['low']))} to {wording.tick(_short(one['high']))}"
    where = (
        f"somewhere in {span}"
        if one["at"] is None
        else (f"{wording.tick(_short(one['at']))} [{span}]")
    )
    return f"{one['before']} is better up to {where}, {one['beyond']} beyond"


def _short(value: float) -> float:
    return float(f"{value:.3g}")


def _label(metric: str) -> str:
    words = wording.label(metric).long
    return words[:1].upper() + words[1:]


def _fitting(metric: str, said: str, joint: str = " ") -> str:
    """A metric and what is said of it, on one line of a terminal if need be with a short name."""
    line = f"{_label(metric)}{joint}{said}"
    if len(line) <= LINE:
        return line
    short = wording.label(metric).short
    return f"{short[:1].upper()}{short[1:]}{joint}{said}"


def _who_along(summary: Summary, curve: Mapping[str, Any]) -> str:
    key = summary["axes"][0]["key"]
    values = [summary["points"][point]["values"][0] for point in curve["points"]]
    runs = _runs(values, _words(summary, curve["metric"], curve["points"]))
    if not runs:
        return f"{_label(curve['metric'])}: nothing to measure over {key}."
    told = [f"{who} {where}" for who, where in runs[:MOST_RUNS]]
    more = f"; {len(runs) - MOST_RUNS} more stretches" if len(runs) > MOST_RUNS else ""
    return _fitting(curve["metric"], f"over {key}, best: {'; '.join(told)}{more}.")


def _words(summary: Summary, metric: str, points: Iterable[int]) -> list[str]:
    """Who is best at these points; "" where there is nothing to measure."""
    by_point: dict[int, list[str]] = {}
    for row in summary["comparisons"]:
        if row["metric"] == metric:
            by_point.setdefault(row["point"], []).append(row["verdict"])
    found = []
    for point in points:
        front = summary["points"][point]["front"][metric]
        if 0 < len(front) < len(summary["designs"]):
            found.append(names(front))
        else:
            is_alike = set(by_point.get(point, ())) == {EQUAL}
            found.append("" if not front else ALIKE if is_alike else UNDECIDED)
    return found


def _runs(values: Sequence[float], words: Sequence[str]) -> list[tuple[str, str]]:
    """Stretches of one winner: who, and where."""
    runs: list[tuple[str, list[float]]] = []
    for value, word in zip(values, words, strict=True):
        if not word:
            continue
        if runs and runs[-1][0] == word:
            runs[-1][1].append(value)
        else:
            runs.append((word, [value]))
    return [(word, _stretch(where, len(runs) == 1)) for word, where in runs]


def _stretch(values: Sequence[float], whole: bool) -> str:
    if len(values) == 1:
        return f"at {wording.tick(values[0])}"
    ends = f"{wording.tick(values[0])} to {wording.tick(values[-1])}"
    return f"throughout, {ends}" if whole else f"from {ends}"


def _who_over_all(summary: Summary, metric: str) -> str:
    count = len(summary["points"])
    counts = Counter(word for word in _words(summary, metric, range(count)) if word)
    if counts == {UNDECIDED: count}:
        return _fitting(metric, f"no design is surely the best at any of {count} points.", ": ")
    if counts == {ALIKE: count}:
        return _fitting(metric, f"{ALIKE} at every one of {count} points.", ": ")
    told = [f"{word} at {times}" for word, times in counts.most_common(MOST_RUNS)]
    said = f"best of {count} points: {', '.join(told) or 'nothing to measure'}."
    return _fitting(metric, said, ", ")


def _where(summary: Summary, of: Sequence[Mapping[str, Any]]) -> str:
    """Where designs change places; of several, those between the best first."""
    if not of:
        return "Points are spread over the ranges, so that there are no curves to cross."
    crossed = [(curve, one) for curve in of for one in curve["crossings"]]
    if not crossed:
        points = [point for curve in of for point in curve["points"]]
        if set(_words(summary, of[0]["metric"], points)) == {ALIKE}:
            return "Every difference surely lies within the margin worth caring about."
        if summary["replications"] < 3:
            return "Too few replications to say where designs change places; 3 are the least."
        places = "in this range" if len(of) == 1 else f"on any of {len(of)} curves"
        return f"No two designs surely change places {places}."
    told = sorted(crossed, key=lambda one: not _leads(*one))
    first = [f"{_fixed(curve)}{crossing_words(one)}" for curve, one in told[:1]]
    more = len(told) - 1
    rest = f"; {more} more" if more else ""
    return f"Crossing: {first[0]}{rest}."


def _leads(curve: Mapping[str, Any], one: Mapping[str, Any]) -> bool:
    """Whether both were among the best at some point."""
    best = [name for found in curve["front"] for name in found]
    return one["before"] in best and one["beyond"] in best


def _fixed(curve: Mapping[str, Any]) -> str:
    said = [f"{key} = {wording.tick(value)}" for key, value in curve["fixed"].items()]
    return f"with {', '.join(said)} " if said else ""


def _one_design(summary: Summary, metric: str, of: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    [design] = summary["designs"]
    scale = scale_of(summary, metric)
    every = (
        (point["values"], estimate_of(point["figures"][design].get(metric)))
        for point in summary["points"]
    )
    found = [(values, one) for values, one in every if one.value is not None]
    if not found:
        yield f"{_label(metric)}: nothing to measure in {design}."
        return
    keys = [one["key"] for one in summary["axes"]]
    ranked = sorted(found, key=lambda one: one[1].value or 0.0)
    for words, (values, estimate) in (("least", ranked[0]), ("most", ranked[-1])):
        where = ", ".join(
            f"{key} = {wording.tick(_short(value))}"
            for key, value in zip(keys, values, strict=True)
        )
        yield f"{_label(metric)} of {design}: {words} {_told(estimate, scale)} at {where}."


def _told(estimate: Estimate, scale: Scale) -> str:
    said, ends = wording.value_text(estimate, scale), wording.interval_text(estimate, scale)
    alone = scale.inline or not scale.unit or estimate.is_never
    unit = "" if alone else f" {scale.unit}"
    return f"{said}{unit}" + (f" [{ends}]" if ends else "")


def _what_moves(summary: Summary, metric: str) -> Iterator[str]:
    scale = scale_of(summary, metric) if summary["sample"] == "morris" else Scale(100.0, "%", " %")
    for one in [one for one in summary["sensitivity"] if one["metric"] == metric][:2]:
        clear = [row for row in one["rows"] if row["is_clear"]]
        what = f"{_label(metric)} of {one['design']}"
        if not one["rows"]:
            yield f"{what}: does not change, or is not known at every point."
        elif not clear:
            yield f"{what}: no key surely moves it."
        else:
            told = ", then ".join(f"{row['key']} ({_moves(row, scale)})" for row in clear[:3])
            yield f"{what} is moved most by {told}."


def _moves(row: Mapping[str, Any], scale: Scale) -> str:
    unit = scale.inline or (f" {scale.unit}" if scale.unit else "")
    ends = f"{written(row['moves'] * scale.factor)} ± {written(row['half'] * scale.factor, 2)}"
    return f"{ends}{unit}"


def _next_words(summary: Summary) -> str:
    clear = [row["key"] for one in summary["sensitivity"] for row in one["rows"]
             if row["is_clear"]]  # fmt: skip
    return ", ".join(dict.fromkeys(clear))
