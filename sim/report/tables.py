"""Tables of a comparison as plain values, and the one table the command line prints.

A table is a list of columns and, per design, a cell with value, interval and verdict. How it
looks is left to the page's template and to the console.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.report import stored, wording
from sim.report.stored import Comparison, Estimate, Json, Results

if TYPE_CHECKING:
    import rich.table

# Word -> (sign for a terminal, name of the shape and colour on the page).
VERDICTS = {
    "better": ("✓", "better"),
    "worse": ("✗", "worse"),
    "not distinguishable": ("≈", "same"),
    "reference": ("◆", "reference"),
    "unknown": ("?", "unknown"),
}
VERDICT_STYLES = {"better": "green", "worse": "red", "reference": "bold"}
ACTIONS = ("list", "send", "receive", "typing", "seen")
PAIRS_MAX = 1200  # rows on the page, to stay near 500 KB; all pairs are in summary.json


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
    unit: str
    help: str


@dataclass(frozen=True, slots=True)
class Cell:
    """What one design shows in one column."""

    value: str
    interval: str = ""
    verdict: str = ""

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
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class ActionCell:
    """One action of one design: its channel and what people felt."""

    action: str
    channel: str
    lines: tuple[tuple[str, str, str], ...]  # words, value, interval


@dataclass(frozen=True, slots=True)
class PairGroup:
    """All pairwise comparisons of one metric."""

    metric: str
    title: str
    unit: str
    rows: tuple[tuple[str, str, str, str, str, str], ...]  # a, b, difference, interval, p, verdict


HEADLINE = TableSpec(
    "headline",
    "What people would feel",
    "",
    (
        "latency_p50",
        "latency_p99",
        "loss_pressed",
        "duplicates_visible",
        "gap_mean",
        "back_t95",
        "bytes_per_delivery",
    ),
)
DETAILS = (
    TableSpec(
        "latency",
        "Delivery latency and the sender’s certainty",
        "From the moment a person meant to send until another person’s screen shows it. "
        "“Told OK” is when the sender learns that the message is safe. Messages that never "
        "arrived are not in these percentiles: read them beside the loss below.",
        (
            "latency_p50",
            "latency_p90",
            "latency_p99",
            "latency_p999",
            "late_1s",
            "told_p50",
            "told_p99",
            "never_told",
        ),
    ),
    TableSpec(
        "loss",
        "The rates in numbers",
        "Two different promises: of everything a person pressed send on, and of everything the "
        "sender was told is OK. The second should be nothing at all. Duplicates are counted as "
        "they reach the client (raw) and as the person sees them. “≤” is an upper bound: no case "
        "was seen in that many trials.",
        ("loss_pressed", "loss_told", "undelivered", "duplicates_raw", "duplicates_visible"),
    ),
    TableSpec(
        "order",
        "Order",
        "Neighbouring messages shown in the wrong order: within one sender’s messages, and within "
        "a whole room.",
        ("inversions", "room_inversions"),
    ),
    TableSpec(
        "recovery",
        "Recovery after a cut",
        "A person is stale from the cut until the screen is right again. The gap has three parts: "
        "noticing that the connection is dead, getting a new one, and catching up on what was "
        "missed. The means of the parts add up to the mean gap.",
        (
            "detect_mean",
            "reconnect_mean",
            "catch_up_mean",
            "gap_mean",
            "gap_p50",
            "gap_p99",
            "gap_unfinished",
            "cuts_per_hour",
        ),
        one_time_unit=True,
    ),
    TableSpec(
        "return",
        "Everybody at once",
        "After the first mass disconnection (at least 5 % of people within one second): how soon "
        "half, 95 % and 99 % of them are connected again, and how hard they knock meanwhile.",
        (
            "back_t50",
            "back_t95",
            "back_t99",
            "reconnect_peak",
            "attempts_per_gap",
        ),
        one_time_unit=True,
    ),
    TableSpec(
        "cost",
        "Cost in numbers",
        "What the wire, the nodes and the backplane pay for one delivered message. CPU is the "
        "share of a node’s cores in use.",
        (
            "bytes_per_delivery",
            "packets_per_delivery",
            "cpu_busiest",
            "cpu_mean",
            "cpu_peak",
            "connections_max",
            "connections_skew",
            "backplane_per_message",
        ),
    ),
)
ACTION_METRICS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "list": (("median", "list_latency_p50"), ("p99", "list_latency_p99"), ("lost", "list_lost")),
    "send": (("median", "told_p50"), ("p99", "told_p99")),
    "receive": (("median", "latency_p50"), ("p99", "latency_p99"), ("lost", "loss_pressed")),
    "typing": (
        ("median", "typing_latency_p50"),
        ("p99", "typing_latency_p99"),
        ("lost", "typing_lost"),
    ),
    "seen": (("median", "seen_latency_p50"), ("p99", "seen_latency_p99"), ("lost", "seen_lost")),
}


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
    return Table(spec, tuple(_column(name, scales[name]) for name in metrics), rows)


def action_rows(results: Results) -> list[tuple[str, int, list[ActionCell]]]:
    """Per design: its name, its index and one cell per action."""
    return [
        (design, index, [_action_cell(results, design, action) for action in ACTIONS])
        for index, design in enumerate(results.designs)
    ]


def pair_groups(results: Results) -> tuple[list[PairGroup], int]:
    """All comparisons grouped by metric, and how many were left out to keep the page small."""
    kept = results.comparisons[:PAIRS_MAX]
    by_metric: dict[str, list[Comparison]] = {}
    for comparison in kept:
        by_metric.setdefault(comparison.metric, []).append(comparison)
    groups = [_pair_group(results, name, pairs) for name, pairs in by_metric.items()]
    return groups, len(results.comparisons) - len(kept)


def precision(results: Results) -> list[tuple[str, str, str]]:
    """Per headline metric: its words, the widest relative half interval, and whose it is."""
    rows = []
    for name in HEADLINE.metrics:
        widths = [
            ((one.high - one.low) / 2 / abs(one.value), design)
            for design in results.designs
            if (one := results.estimate(design, name)).value
            and one.low is not None
            and one.high is not None
        ]
        if widths:
            width, design = max(widths)
            rows.append((wording.label(name).long, f"± {wording.number(100 * width, 2)} %", design))
    return rows


def not_measured(results: Results) -> list[tuple[str, str]]:
    """Who lacks a value (one design, several, or every design), and for which metrics."""
    lacking: dict[str, list[str]] = {}
    for name in _all_metrics(results):
        without = [d for d in results.designs if results.estimate(d, name).value is None]
        if without:
            lacking.setdefault(_who(results, without), []).append(wording.label(name).long)
    return [(who, "; ".join(words)) for who, words in lacking.items()]


def conservation_rows(results: Results) -> list[tuple[str, int, list[str], bool]]:
    """Per design: its name, its index, the five counts as text, and whether they add up."""
    counts = ("messages", "receptions_owed", "delivered", "lost", "undelivered", "unexplained")
    rows = []
    for index, design in enumerate(results.designs):
        entry: Json = results.part("conservation").get(design, {})
        texts = [f"{entry[key]:,}" if key in entry else wording.NOTHING for key in counts]
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


def console_table(summary: Json) -> "rich.table.Table":
    """The headline table for a terminal of 80 to 100 columns."""
    import rich.box
    import rich.table

    headline = table(stored.from_summary(summary), HEADLINE)
    made = rich.table.Table(
        box=rich.box.SIMPLE_HEAD,
        pad_edge=False,
        padding=(0, 1, 0, 0),
        caption=_legend(headline),
        caption_justify="left",
    )
    made.add_column("design", overflow="fold", min_width=12)
    for column in headline.columns:
        made.add_column(_terminal_head(column), justify="right", overflow="fold")
    for row in headline.rows:
        made.add_row(_plain(row.design), *(_terminal_cell(cell) for cell in row.cells))
    return made


def _terminal_head(column: Column) -> str:
    short = {"lost, of pressed send": "lost", "duplicates seen": "seen twice"}
    words = short.get(column.label, column.label.replace(" per ", "/"))
    return f"{words}\n{column.unit or '%'}"


def _terminal_cell(cell: Cell) -> "rich.text.Text":
    import rich.text

    sign = VERDICTS.get(cell.verdict, (" ", ""))[0]
    text = rich.text.Text(f"{cell.value.replace(' %', '')} ")
    text.append(sign, style=VERDICT_STYLES.get(cell.verdict, "dim"))
    text.append(f"\n{cell.interval.replace(' – ', '–')}", style="dim")
    return text


def _plain(name: str) -> "rich.text.Text":
    import rich.text

    return rich.text.Text(name)  # a Text is never parsed as console markup


def _legend(headline: Table) -> str:
    names = [row.design for row in headline.rows if any(c.verdict == "reference" for c in row.cells)]
    against = f" than {names[0]}" if names else ""
    return f"✓ better  ✗ worse{against}  ≈ not distinguishable  ◆ reference"


def _measured(results: Results, metric: str) -> bool:
    return any(results.estimate(design, metric).value is not None for design in results.designs)


def _all_metrics(results: Results) -> list[str]:
    stored_names = [name for metrics in results.designs.values() for name in metrics]
    return list(dict.fromkeys([*wording.LABELS, *stored_names]))


def _who(results: Results, without: Sequence[str]) -> str:
    return "every design" if len(without) == len(results.designs) else ", ".join(without)


def _estimates(results: Results, metric: str) -> Iterable[Estimate]:
    return (results.estimate(design, metric) for design in results.designs)


def _column_scale(results: Results, metric: str) -> wording.Scale:
    known = [one for one in _estimates(results, metric) if one.value is not None]
    unit = next((one.unit for one in known if one.unit), "")
    return wording.scale_for(unit, (one.value for one in known))


def _one_time_unit(scales: Mapping[str, wording.Scale]) -> dict[str, wording.Scale]:
    """Seconds for all times as soon as one of them is printed in seconds."""
    seconds = next((scale for scale in scales.values() if scale.unit == "s"), None)
    return {
        name: seconds if seconds and scale.unit == "ms" else scale for name, scale in scales.items()
    }


def _column(metric: str, scale: wording.Scale) -> Column:
    words = wording.label(metric)
    return Column(words.short, "" if scale.inline else scale.unit, words.long)


def _cell(results: Results, design: str, metric: str, scale: wording.Scale) -> Cell:
    estimate = results.estimate(design, metric)
    return Cell(
        wording.value_text(estimate, scale),
        wording.interval_text(estimate, scale),
        results.verdict(design, metric) if estimate.value is not None else "",
    )


def _action_cell(results: Results, design: str, action: str) -> ActionCell:
    channels = results.part("descriptions").get(design, {}).get("channels") or {}
    channel = channels.get(action) if isinstance(channels, Mapping) else None
    lines = tuple(
        (words, _with_unit(estimate, scale), wording.interval_text(estimate, scale))
        for words, name in ACTION_METRICS[action]
        if (estimate := results.estimate(design, name)).value is not None
        and (scale := _column_scale(results, name))
    )
    return ActionCell(action, str(channel) if channel else "", lines)


def _with_unit(estimate: Estimate, scale: wording.Scale) -> str:
    unit = "" if scale.inline or not scale.unit else f" {scale.unit}"
    return wording.value_text(estimate, scale) + unit


def _pair_group(results: Results, metric: str, pairs: Sequence[Comparison]) -> PairGroup:
    unit = next((one.unit for one in _estimates(results, metric) if one.unit), "")
    scale = wording.scale_for(unit, (pair.difference for pair in pairs))
    rows = tuple(
        (
            pair.a,
            pair.b,
            _signed(pair.difference, scale),
            wording.range_text(pair.low, pair.high, scale),
            _chance(pair.p_corrected),
            pair.verdict,
        )
        for pair in pairs
    )
    return PairGroup(metric, wording.label(metric).long, scale.unit, rows)


def _signed(value: float | None, scale: wording.Scale) -> str:
    if value is None:
        return wording.NOTHING
    return ("+" if value > 0 else "") + wording.number(value * scale.factor)


def _chance(p: float | None) -> str:
    if p is None:
        return wording.NOTHING
    return "< 0.001" if p < 0.001 else f"{p:.3f}"
