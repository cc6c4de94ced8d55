"""Targets: which quantity may be how far off, and what a prediction says about a measurement.

| quantity | target |
|---|---|
| latency p50 | within 3 % |
| p90, p95, p99 | within 10 %, or the prediction inside the measurement's interval (bootstrap by
  sender), or the measurement inside the model's spread over replications; on a cliff the spread
  alone; p99 without loss is host jitter and has no target |
| p99.9 | only where loss is above 0 and at most 2 %: within 25 %, or as above |
| shares later than 150, 400, 700 ms | within 10 %, or inside the binomial interval |
| retransmissions, time-outs, probes, fast retransmits | within 15 % |
| lost and duplicated messages per outage | inside the 95 % prediction interval |
| undisturbed TCP: first arrival from the first send into the outage | within 5 % |
| reconnecting designs: first arrival, first new message | inside the prediction interval, or the
  median within 20 % or 0.3 s |
| takeovers per minute | within 3 % |
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from sim.validation.campaign import Prediction
from sim.validation.intervals import Interval, binomial, bootstrap_by_sender, prediction
from sim.validation.measured import Floats, Measurements, Row, value

QUANTILES: Final[Mapping[str, float]] = {
    "p50_ms": 0.5, "p90_ms": 0.9, "p95_ms": 0.95, "p99_ms": 0.99, "p999_ms": 0.999,
}  # fmt: skip
LATE_MS: Final = (150, 400, 700)
COUNTERS: Final = ("RetransSegs", "TCPTimeouts", "TCPLossProbes", "TCPFastRetrans")
P50_WITHIN: Final = 0.03
TAIL_WITHIN: Final = 0.10
P999_WITHIN: Final = 0.25
P999_UP_TO_LOSS: Final = 0.02
SHARE_WITHIN: Final = 0.10
COUNTER_WITHIN: Final = 0.15
UNDISTURBED_WITHIN: Final = 0.05
RETURN_WITHIN: Final = 0.20
RETURN_WITHIN_S: Final = 0.3
TAKEOVERS_WITHIN: Final = 0.03
_CLIFF: Final = 0.25  # a quantile moves by more than this inside the binomial error of its rank


@dataclass(frozen=True, slots=True)
class Verdict:
    """One quantity of one cell. `low` and `high` are the prediction's 95 % interval for one run.

    `inside` is None where the quantity has no target; `why` names the clause that decided.
    """

    cell: str
    quantity: str
    measured: float
    predicted: float
    low: float
    high: float
    inside: bool | None
    why: str

    @property
    def key(self) -> str:
        """Cell and quantity as one name."""
        return f"{self.cell} {self.quantity}"

    @property
    def ratio(self) -> float:
        """Predicted over measured; nan when nothing was measured."""
        return self.predicted / self.measured if self.measured else math.nan


def judge(predicted: Sequence[Prediction], found: Measurements) -> list[Verdict]:
    """All verdicts, cell by cell in the order of the predictions."""
    makers = {"latency": _latency, "outages": _outages, "conflict": _conflict, "storm": _storm}
    return [one for each in predicted for one in makers[each.cell.kind](each, found)]


def _off(predicted: float, measured: float) -> float:
    """How far off, as a share of the measurement; nothing of nothing is right."""
    if measured == 0.0:
        return 0.0 if predicted == 0.0 else math.inf
    return abs(predicted / measured - 1.0)


def _verdict(
    cell: str, quantity: str, measured: float, values: Sequence[float], clauses: Mapping[str, bool]
) -> Verdict:
    """The first clause that holds decides; without clauses there is no target."""
    low, high = prediction(values)
    middle = float(np.median(values))
    why = next((name for name, holds in clauses.items() if holds), "")
    inside = bool(why) if clauses else None
    return Verdict(cell, quantity, measured, middle, low, high, inside, why or "")


def _inside(one: float, interval: Interval) -> bool:
    return interval[0] - 1e-9 <= one <= interval[1] + 1e-9


# -- latency ----------------------------------------------------------------------------------


def _latency(each: Prediction, found: Measurements) -> Iterator[Verdict]:
    (row,) = each.cell.rows
    pooled = np.sort(np.concatenate(each.latencies_ms))
    own = found.latencies.get((row["cell"], round(value(row, "packet_loss") or 0.0, 6)))
    yield from _quantiles(each, row, pooled, own)
    yield from _shares(each, row, pooled, own)
    for name in COUNTERS:
        measured = value(row, name)
        if measured is None or (measured == 0.0 and not value(row, "packet_loss")):
            continue
        values = [one[name] for one in each.kernel]
        mean = float(np.mean(values))
        clauses = {"within 15 %": _off(mean, measured) <= COUNTER_WITHIN}
        verdict = _verdict(each.cell.name, name, measured, values, clauses)
        yield _at(verdict, mean)


def _at(verdict: Verdict, predicted: float) -> Verdict:
    """The verdict with another figure as the prediction (a pooled one, a mean)."""
    return Verdict(
        verdict.cell, verdict.quantity, verdict.measured, predicted, verdict.low, verdict.high,
        verdict.inside, verdict.why,
    )  # fmt: skip


_Samples = tuple[Floats, np.ndarray] | None


def _quantiles(each: Prediction, row: Row, pooled: Floats, own: _Samples) -> Iterator[Verdict]:
    loss = value(row, "packet_loss") or 0.0
    around = bootstrap_by_sender(*own, list(QUANTILES.values())) if own is not None else None
    for place, (name, rank) in enumerate(QUANTILES.items()):
        measured = value(row, name)
        if measured is None:
            continue
        predicted = float(np.quantile(pooled, rank))
        values = [float(np.quantile(one, rank)) for one in each.latencies_ms]
        close = _off(predicted, measured) <= _allowed(name)
        clauses = {f"within {_allowed(name):.0%}": close}
        if name != "p50_ms":
            spread = _inside(measured, prediction(values))
            in_measured = around is not None and _inside(predicted, around[place])
            clauses |= {"in measurement's interval": in_measured, "in model's spread": spread}
            if _on_cliff(pooled, rank, len(each.latencies_ms[0])):
                clauses = {"on a cliff, in model's spread": spread}
        if not _has_target(name, loss):
            clauses = {}
        yield _at(_verdict(each.cell.name, name, measured, values, clauses), predicted)


def _allowed(name: str) -> float:
    return {"p50_ms": P50_WITHIN, "p999_ms": P999_WITHIN}.get(name, TAIL_WITHIN)


def _has_target(name: str, loss: float) -> bool:
    if name == "p999_ms":
        return 0.0 < loss <= P999_UP_TO_LOSS
    return name != "p99_ms" or loss > 0.0


def _on_cliff(pooled: Floats, rank: float, count: int) -> bool:
    """Whether two runs would differ much there, only because a rank is not exactly met."""
    step = 2.0 * math.sqrt(rank * (1.0 - rank) / count)
    low, high = np.quantile(pooled, [max(rank - step, 0.0), min(rank + step, 1.0)])
    return bool(high > low * (1.0 + _CLIFF))


def _shares(each: Prediction, row: Row, pooled: Floats, own: _Samples) -> Iterator[Verdict]:
    if not value(row, "packet_loss") and value(row, "mean_bad_s") is None:
        return
    for late_ms in LATE_MS:
        name = f"share_later_than_{late_ms}ms"
        measured = value(row, name)
        if own is not None:
            measured = float(np.mean(own[0] > late_ms))
        if measured is None:
            continue
        predicted = float(np.mean(pooled > late_ms))
        trials = value(row, "sent") or 0.0
        around = binomial(round(measured * trials), trials)
        clauses = {
            "within 10%": _off(predicted, measured) <= SHARE_WITHIN,
            "in binomial interval": _inside(predicted, around),
        }
        values = [float(np.mean(one > late_ms)) for one in each.latencies_ms]
        yield _at(_verdict(each.cell.name, name, measured, values, clauses), predicted)


# -- outages ----------------------------------------------------------------------------------


def _outages(each: Prediction, found: Measurements) -> Iterator[Verdict]:
    for row in each.cell.rows:
        runs = each.sides.get(row["side"])
        if not runs:
            continue
        cell = f"{each.cell.name} {row['side']}" if len(each.cell.rows) > 1 else each.cell.name
        count = value(row, "outages") or 1.0
        for name in ("lost", "dup_msgs"):
            measured = value(row, name)
            if measured is not None:
                yield _per_outage(cell, name, measured / count, [one[name] / count for one in runs])
        if _is_undisturbed(row):
            yield from _undisturbed(cell, row, runs, found)
        else:
            yield from _returning(cell, row, runs)


def _per_outage(cell: str, name: str, measured: float, values: Sequence[float]) -> Verdict:
    clauses = {"in prediction interval": _inside(measured, prediction(values))}
    return _verdict(cell, f"{name}_per_outage", measured, values, clauses)


def _is_undisturbed(row: Row) -> bool:
    """Whether TCP alone decides: nobody reconnected, and no request timed out on that link."""
    requests = row["side"] == "tx" and row["cell"].startswith(("hybrid", "longpoll"))
    disconnects = (value(row, f"disconnects_{who}") or 0.0 for who in ("senders", "receivers"))
    return row["fault"] == "link" and not requests and not any(disconnects)


def _undisturbed(
    cell: str, row: Row, runs: Sequence[Mapping[str, float]], found: Measurements
) -> Iterator[Verdict]:
    for first in found.of("outage_first_arrival"):
        same = all(first[column] == row[column] for column in ("cell", "side"))
        if same and value(first, "down_s") == value(row, "down_s"):
            measured = value(first, "p50_s") or 0.0
            values = [one["first_arrival_p50_s"] for one in runs]
            close = _off(float(np.median(values)), measured) <= UNDISTURBED_WITHIN
            yield _verdict(cell, "first_arrival_p50_s", measured, values, {"within 5 %": close})


def _returning(cell: str, row: Row, runs: Sequence[Mapping[str, float]]) -> Iterator[Verdict]:
    for name in ("first_arrival_after_p50_s", "first_new_message_after_p50_s"):
        measured = value(row, name)
        if measured is not None:
            yield _back(cell, name, measured, [one[name] for one in runs])


def _back(cell: str, name: str, measured: float, values: Sequence[float]) -> Verdict:
    middle = float(np.median(values))
    clauses = {
        "in prediction interval": _inside(measured, prediction(values)),
        "median within 20 %": _off(middle, measured) <= RETURN_WITHIN,
        "median within 0.3 s": abs(middle - measured) <= RETURN_WITHIN_S,
    }
    return _verdict(cell, name, measured, values, clauses)


# -- reconnecting -----------------------------------------------------------------------------


def _conflict(each: Prediction, found: Measurements) -> Iterator[Verdict]:
    (row,) = each.cell.rows
    measured = value(row, "connects_per_min") or 0.0
    values = [one["takeovers_per_min"] for one in each.sides["all"]]
    close = _off(float(np.median(values)), measured) <= TAKEOVERS_WITHIN
    yield _verdict(each.cell.name, "takeovers_per_min", measured, values, {"within 3 %": close})


def _storm(each: Prediction, found: Measurements) -> Iterator[Verdict]:
    (row,) = each.cell.rows
    for name in ("back_p50_s", "back_p95_s"):
        measured = value(row, name) or 0.0
        yield _back(each.cell.name, name, measured, [one[name] for one in each.sides["all"]])
