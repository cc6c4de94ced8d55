"""How metrics and their figures are put into words: units, intervals, bounds, labels.

Inside the project times are seconds; here, and only here, they become milliseconds. A rate
without a single hit is never printed as zero but as its upper bound; what did not come at all is
"never". How digits are written is `sim.numbers`.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sim.metrics import METRICS
from sim.numbers import LEAST, NEVER, written
from sim.report.stored import Estimate, Results

NOTHING = "—"
NONE_SEEN = "none"
LARGE_TIME_S, SMALL_TIME_S = 10.0, 0.1  # seconds only for columns of long times
LARGE_SIZE_BYTES = 10_000.0
PERCENT_UNITS = ("share", "share of cores", "per reception")
# Units that the words of their metrics say already.
SAID = (
    "attempts",
    "attempts per 100 ms",
    "connections",
    "messages",
    "packets",
    "per person-hour",
    "ratio",
)
TERSE = 7  # letters of an interval on a terminal


@dataclass(frozen=True, slots=True)
class Label:
    """A metric in words: `short` heads a column, `long` stands alone."""

    short: str
    long: str


@dataclass(frozen=True, slots=True)
class Scale:
    """The printed unit of a column: stored value times `factor`; `inline` follows each number."""

    factor: float = 1.0
    unit: str = ""
    inline: str = ""


_SHOWN = {metric.name: metric.shown for metric in METRICS}


def label(metric: str) -> Label:
    """The metric's words; an unknown metric is named by its own name."""
    if found := _SHOWN.get(metric):
        return Label(found.short, found.long)
    plain = metric.replace("_", " ")
    return Label(plain, plain)


def scale_for(unit: str, values: Iterable[float | None]) -> Scale:
    """One printed unit for all values of a column, chosen by the largest and the smallest."""
    known = [abs(value) for value in values if value]
    sizes = [value for value in known if math.isfinite(value)]
    largest, smallest = max(sizes, default=0.0), min(sizes, default=0.0)
    if unit == "s":
        in_seconds = largest >= LARGE_TIME_S and smallest >= SMALL_TIME_S
        only_never = bool(known) and not sizes
        return Scale(1.0, "s") if in_seconds or only_never else Scale(1e3, "ms")
    if unit in PERCENT_UNITS:
        return Scale(100.0, "%", " %")
    if unit in ("bytes", "B"):
        return Scale(1e-3, "kB") if largest >= LARGE_SIZE_BYTES else Scale(1.0, "B")
    return Scale() if unit in SAID else Scale(1.0, unit)


def tick(value: float) -> str:
    """A round number on an axis: no digits that say nothing, and no exponent."""
    text = f"{float(f'{value:.6g}'):,.12f}"
    return text.rstrip("0").rstrip(".").replace("-", "−")


def value_text(estimate: Estimate, scale: Scale) -> str:
    """The value alone; a dash when there is none; words for a rate of which no case was seen."""
    if estimate.value is None:
        return NOTHING
    if estimate.is_never:
        return NEVER
    if estimate.is_bound:
        return NONE_SEEN
    if estimate.kind == "rate" and estimate.value == 0:
        return f"0 of {estimate.trials:,}" if estimate.trials else "none seen"
    return _at_least_a_digit(estimate.value * scale.factor, 3) + scale.inline


def _at_least_a_digit(value: float, digits: int) -> str:
    """What was seen is never written as nothing, however rare."""
    return f"< {LEAST:f}".rstrip("0") if 0 < value < LEAST else written(value, digits)


def interval_text(estimate: Estimate, scale: Scale) -> str:
    """The confidence interval, or why there is none."""
    if estimate.value is None:
        return estimate.reason
    if estimate.is_bound and estimate.high is not None:
        most = f"≤ {_at_least_a_digit(estimate.high * scale.factor, 2)}{scale.inline}"
        return f"in {estimate.trials:,}; {most}" if estimate.trials else most
    if estimate.is_never and estimate.low == estimate.high:
        return ""
    return range_text(estimate.low, estimate.high, scale)


def terse_texts(estimate: Estimate, scale: Scale) -> tuple[str, str]:
    """Value and interval for a terminal: ± the wider half, or both ends where halves differ much.

    Rates to two digits. Ends that would be written alike are no two ends.
    """
    if (
        estimate.value is None
        or estimate.is_never
        or (estimate.kind, estimate.value) == ("rate", 0)
    ):
        return value_text(estimate, scale), ""
    value = _at_least_a_digit(estimate.value * scale.factor, 2 if scale.unit == "%" else 3)
    return value.replace(" ", ""), _terse_interval(estimate, scale)


def _terse_interval(estimate: Estimate, scale: Scale) -> str:
    value, low, high = estimate.value, estimate.low, estimate.high
    if value is None or low is None or high is None:
        return ""
    if math.isinf(high):
        return f"to {NEVER}"
    below, above = sorted((value - low, high - value))
    ends = [written(end * scale.factor, 2) for end in (low, high)]
    told_apart = ends[0] != ends[1]
    if above > 2 * below and told_apart and len("–".join(ends)) <= TERSE:
        return "–".join(ends)
    return f"±{written(above * scale.factor, 1 if scale.unit == '%' else 2)}"


def range_text(low: float | None, high: float | None, scale: Scale) -> str:
    """Two ends with a dash between; "" when an end is missing."""
    if low is None or high is None:
        return ""
    joint = " to " if low < 0 else " – "
    return joint.join(written(end * scale.factor) for end in (low, high))


def plain_text(estimate: Estimate) -> str:
    """Value with its unit, for a sentence; never broken at the end of a line."""
    scale = scale_for(estimate.unit, [estimate.value])
    return _unbroken(value_text(estimate, scale) + _unit_after(estimate, scale))


def sure_text(estimate: Estimate) -> str:
    """The same with its 95 % interval: "56.1 ms, 55.0 – 57.2"."""
    interval = interval_text(estimate, scale_for(estimate.unit, [estimate.value]))
    return plain_text(estimate) + (f", {_unbroken(interval)}" if interval else "")


def _unit_after(estimate: Estimate, scale: Scale) -> str:
    alone = scale.inline or not scale.unit or estimate.value is None or estimate.is_never
    return "" if alone else f" {scale.unit}"


def _unbroken(text: str) -> str:
    return text.replace(" ", "\u00a0")


def fitted(text: str, letters: int) -> str:
    """The text, cut with an ellipsis where it is longer."""
    return text if len(text) <= letters else f"{text[: letters - 1]}…"


def extremes(results: Results, metric: str) -> str:
    """Which design is lowest and which highest, with intervals, in a sentence."""
    known = {
        design: one
        for design in results.designs
        if (one := results.estimate(design, metric)).value is not None
    }
    values = {design: one.value or 0.0 for design, one in known.items()}
    if len(set(values.values())) < 2:
        return ""
    low, high = min(values, key=values.__getitem__), max(values, key=values.__getitem__)
    unseen = [design for design, one in known.items() if one.is_bound]
    words = label(metric).long
    highest = f"highest for {high} ({sure_text(known[high])})."
    if unseen:
        return f"Here no case was seen for {_listed(unseen)}; {words}: {highest}"
    return f"Here, {words}: lowest for {low} ({sure_text(known[low])}), {highest}"


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
