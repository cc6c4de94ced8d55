"""Tables of a comparison as plain values.

A table is a list of columns and, per design, a cell with value, interval and verdict. How it
looks is left to the page's template and to the terminal (`terminal`).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sim.metrics import COLUMNS, METRICS
from sim.report import wording
from sim.report.stored import Estimate, Results

# Word -> (sign for a terminal, name of the shape and colour on the page).
VERDICTS = {
    "better": ("✓", "better"),
    "worse": ("✗", "worse"),
    "equal": ("=", "equal"),
    "too few runs": ("○", "few"),
    "not distinguishable": ("≈", "same"),
    "reference": ("◆", "reference"),
    "unknown": ("?", "unknown"),
}
VERDICT_WORDS = {
    "better": "better",
    "worse": "worse",
    "equal": "equal within the margin",
    "too few runs": "too few runs to tell",
    "not distinguishable": "not distinguishable",
    "unknown": "unknown",
}
ACTIONS = ("list", "send", "receive", "typing", "seen")


@dataclass(frozen=True, slots=True)
class TableSpec:
    """Which metrics stand side by side, and what to say about them."""

    key: str
    title: str
    note: str
    metrics: tuple[str, ...]
    one_time_unit: bool = False  # parts of one whole, read against each other


@dataclass(frozen=True, slots=True)
class Column:
    """A column's head and its printed unit."""

    label: str
    help: str
    scale: wording.Scale

    @property
    def unit(self) -> str:
        """The unit for the head; "" where it stands beside each value."""
        return "" if self.scale.inline else self.scale.unit


@dataclass(frozen=True, slots=True)
class Cell:
    """What one design shows in one column."""

    value: str
    interval: str = ""
    verdict: str = ""
    besides: str = ""  # what else belongs to the value
    refused: bool = False  # the interval's place says why there is no value

    @property
    def mark(self) -> str:
        """Name of the verdict's shape."""
        return VERDICTS.get(self.verdict, VERDICTS["unknown"])[1]


@dataclass(frozen=True, slots=True)
class Row:
    """One design's cells; `index` gives its colour and marker."""

    design: str
    index: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A printable table."""

    spec: TableSpec
    metrics: tuple[str, ...]
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]

    @property
    def verdicts(self) -> tuple[str, ...]:
        """The verdicts that occur, in the order of `VERDICTS`."""
        found = {cell.verdict for row in self.rows for cell in row.cells}
        return tuple(word for word in VERDICTS if word in found)


@dataclass(frozen=True, slots=True)
class ActionCell:
    """One action of one design: its channel and what people felt."""

    action: str
    channel: str
    lines: tuple[tuple[str, str, str], ...]  # words, value, interval

    @property
    def nothing(self) -> str:
        """What an empty cell says."""
        return "the sender is never told" if self.action == "send" else "nothing measured"


def _of_table(key: str) -> tuple[str, ...]:
    return tuple(metric.name for metric in METRICS if metric.shown.table == key)


OVERVIEW = TableSpec("headline", "What people would feel", "", COLUMNS)
DETAILS = (
    TableSpec(
        "latency",
        "Delivery latency and the sender’s certainty",
        "From the moment a person meant to send until another person’s screen shows it. "
        "“Told OK” is when the sender learns that the message is safe. Percentiles count every "
        "message that was owed; one that never came is later than any time, so a percentile "
        "beyond what arrived is “never”.",
        _of_table("latency"),
    ),
    TableSpec(
        "loss",
        "The rates in numbers",
        "Two different promises: of everything a person pressed send on, and of everything the "
        "sender was told is OK. The second should be nothing at all. Duplicates are counted as "
        "they reach the client (raw) and as the person sees them. “None” is not one case in that "
        "many trials; “≤” bounds what so few runs could have missed.",
        _of_table("loss"),
    ),
    TableSpec(
        "order",
        "Order",
        "Neighbouring messages shown in the wrong order: within one sender’s messages, and within "
        "a whole room.",
        _of_table("order"),
    ),
    TableSpec(
        "stale",
        "Stale time",
        "Seconds per person and hour of open app in which something that should have been on the "
        "screen was over a second late, whether or not anybody, or any program, noticed.",
        _of_table("stale"),
        one_time_unit=True,
    ),
    TableSpec(
        "recovery",
        "Cut connections",
        "A cut connection is noticed, replaced, and caught up: three means of cuts. A design that "
        "never notices has no such cut; stale time counts it all the same, so the one does not "
        "add up to the other.",
        _of_table("recovery"),
        one_time_unit=True,
    ),
    TableSpec(
        "return",
        "Everybody at once",
        "After a fault that disconnects at least 5 % of people: how often they try to connect, and "
        "how soon half, 95 % and 99 % of them are connected again, counted from the fault.",
        _of_table("return"),
        one_time_unit=True,
    ),
    TableSpec(
        "cost",
        "Cost in numbers",
        "What the wire, the nodes and the backplane pay for one delivered message. CPU is the "
        "share of a node’s cores in use.",
        _of_table("cost"),
    ),
)
_ACTION_WORDS = ("median", "p99", "lost")


def _of_action(action: str) -> list[tuple[str, str]]:
    """Words and metrics of an action, the usual words first."""
    shown = [(one.shown.action, one.name) for one in METRICS if one.shown.action]
    words = {word: name for (of, word), name in shown if of == action}
    usual = [word for word in _ACTION_WORDS if word in words]
    return [(word, words[word]) for word in dict.fromkeys([*usual, *words])]


ACTION_METRICS = {action: _of_action(action) for action in ACTIONS}


def table(results: Results, spec: TableSpec) -> Table:
    """A table of the metrics that at least one design has."""
    metrics = [name for name in spec.metrics if _measured(results, name)]
    scales = {name: _column_scale(results, name) for name in metrics}
    if spec.one_time_unit:
        scales = _one_time_unit(scales)
    rows = tuple(
        Row(design, index, tuple(_cell(results, design, name, scales[name]) for name in metrics))
        for index, design in enumerate(results.designs)
    )
    columns = tuple(_column(name, scales[name]) for name in metrics)
    return Table(spec, tuple(metrics), columns, rows)


def action_rows(results: Results) -> list[tuple[str, int, list[ActionCell]]]:
    """Per design: its name, its index and one cell per action."""
    return [
        (design, index, [_action_cell(results, design, action) for action in ACTIONS])
        for index, design in enumerate(results.designs)
    ]


def _measured(results: Results, metric: str) -> bool:
    found = (results.estimate(design, metric) for design in results.designs)
    return any(one.value is not None or one.refused for one in found)


def _column_scale(results: Results, metric: str) -> wording.Scale:
    values = (results.estimate(design, metric).value for design in results.designs)
    return wording.scale_for(results.unit(metric), values)


def _one_time_unit(scales: Mapping[str, wording.Scale]) -> dict[str, wording.Scale]:
    """Seconds for all times as soon as one of them is printed in seconds."""
    seconds = next((scale for scale in scales.values() if scale.unit == "s"), None)
    return {
        name: seconds if seconds and scale.unit == "ms" else scale for name, scale in scales.items()
    }


def _column(metric: str, scale: wording.Scale) -> Column:
    words = wording.label(metric)
    return Column(words.short, words.long, scale)


def _cell(results: Results, design: str, metric: str, scale: wording.Scale) -> Cell:
    estimate = results.estimate(design, metric)
    return Cell(
        wording.value_text(estimate, scale),
        wording.interval_text(estimate, scale),
        results.verdict(design, metric) if estimate.value is not None else "",
        _with_held(results, design) if metric == "loss_pressed" else "",
        estimate.refused,
    )


def _with_held(results: Results, design: str) -> str:
    """Lost and still held together, where something is: held messages may yet be lost."""
    lost, both = (results.estimate(design, one) for one in ("loss_pressed", "not_delivered"))
    if lost.value is None or both.value is None or both.value <= lost.value:
        return ""
    return wording.terse_texts(both, wording.scale_for(both.unit, [both.value]))[0]


def _action_cell(results: Results, design: str, action: str) -> ActionCell:
    channels = results.part("descriptions").get(design, {}).get("channels") or {}
    channel = channels.get(action) if isinstance(channels, Mapping) else None
    lines = tuple(
        _action_line(words, results.estimate(design, name), _column_scale(results, name))
        for words, name in ACTION_METRICS[action]
        if results.estimate(design, name).value is not None
    )
    return ActionCell(action, str(channel) if channel else "", lines)


def _action_line(words: str, estimate: Estimate, scale: wording.Scale) -> tuple[str, str, str]:
    unit = "" if scale.inline or not scale.unit else f" {scale.unit}"
    value = wording.value_text(estimate, scale) + unit
    return words, value, wording.interval_text(estimate, scale)
