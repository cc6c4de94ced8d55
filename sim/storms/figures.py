"""The figures of a storm, as they are stored, and the lines that answer the question."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from sim.numbers import written
from sim.storms.outcome import ATTEMPTS, CUT, OPENED, SERIES_S

if TYPE_CHECKING:
    from sim.storms.outcome import Outcome

SHARES: Final = (0.5, 0.95, 0.99)
ENOUGH: Final = 0.99
"""Of those cut off must be back, or the crowd has not come back."""
_TENTHS: Final = round(1.0 / SERIES_S)


def figures(outcome: Outcome) -> dict[str, Any]:
    """Everything that is told of a storm, in plain numbers; None for what never happened."""
    storm, lost = outcome.storm, {one.node for one in outcome.storm.faults}
    back = {f"t{share * 100:g}_s": _or_none(outcome.back_after_s(share)) for share in SHARES}
    dials = outcome.series[:, ATTEMPTS]
    connected = storm.clients + np.cumsum(outcome.series[:, OPENED] - outcome.series[:, CUT])
    fullest = int(outcome.connections.max(initial=0))
    upright = [one for one in range(storm.nodes) if outcome.connections[one] > 0]
    found: dict[str, Any] = {
        "clients": storm.clients,
        "nodes": storm.nodes,
        "nodes_lost": len(lost),
        "nodes_left": storm.nodes_left,
        "connections_limit": outcome.connections_limit,
        "kept_out": outcome.kept_out,
        "cut": outcome.cut,
        "comes_back": comes_back(outcome),
        **back,
        "back_share": _share(int(np.isfinite(outcome.back_s[outcome.back_s >= 0]).sum()), outcome),
        "played_s": outcome.played_s,
        "attempts": outcome.attempts,
        "attempts_per_cut": outcome.attempts / max(outcome.cut, 1),
        "attempts_peak_per_s": _peak(dials),
        "attempts_peak_per_100ms": int(dials.max(initial=0)),
        "opened_peak_per_s": _peak(outcome.series[:, OPENED]),
        "opened_peak_per_100ms": int(outcome.series[:, OPENED].max(initial=0)),
        "capacity_per_s": _or_none(outcome.capacity_per_s * storm.nodes),
        "work_s": outcome.spent_s,
        "wasted_s": outcome.wasted_s,
        "wasted_share": outcome.wasted_s / outcome.spent_s if outcome.spent_s else 0.0,
        "gave_up": outcome.gave_up,
        "ended": dict(outcome.ended),
        "fullest_node": fullest,
        "idle_share": fullest * outcome.idle_s / outcome.cores,
        "connections_bytes": fullest * outcome.connection_bytes,
        "mean_node": float(np.mean(outcome.connections[upright])) if upright else 0.0,
        "busiest_share": float(outcome.busiest_share),
        "digest": outcome.digest,
    }
    found["series"] = _series(outcome, connected)
    return found


def comes_back(outcome: Outcome) -> bool:
    """Whether enough of those cut off are back before the horizon."""
    return math.isfinite(outcome.back_after_s(ENOUGH))


def answer(found: dict[str, Any]) -> tuple[str, ...]:
    """Two lines: how long it takes and whether it ends, and how hard they knock.

    Between them, who can never be back because the nodes that are left hold no more.
    """
    cut = f"{found['cut']:,} of {found['clients']:,} clients cut"
    if not found["cut"]:
        return f"{cut} off: nobody has to dial again.", "0 dials."
    if found["comes_back"]:
        times = ", ".join(written(found[f"t{share * 100:g}_s"]) for share in SHARES)
        first = f"{cut}: 50, 95, 99 % back in {times} s."
    else:
        share = written(100.0 * found["back_share"])
        first = f"{cut} and not back: {share} % connected after {found['played_s']} s."
    second = (
        f"{found['attempts']:,} dials ({written(found['attempts_per_cut'])} each), at most"
        f" {found['attempts_peak_per_s']:,} a second; {written(100.0 * found['wasted_share'])} %"
        " of work wasted."
    )
    return first, *_never(found), second


def _never(found: dict[str, Any]) -> Iterator[str]:
    if found["kept_out"] and found["nodes_left"]:
        yield (
            f"{found['kept_out']:,} can never be back: {found['nodes_left']:,} of"
            f" {found['nodes']:,} nodes left, connections_limit = {found['connections_limit']:,}."
        )


def _or_none(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _share(count: int, outcome: Outcome) -> float:
    return count / outcome.cut if outcome.cut else 1.0


def _peak(by_tenth: Any) -> int:
    """Most within any second, in steps of a tenth."""
    total = np.concatenate([[0], np.cumsum(by_tenth)])
    if len(by_tenth) <= _TENTHS:
        return int(total[-1])
    return int((total[_TENTHS:] - total[:-_TENTHS]).max())


def _series(outcome: Outcome, connected: Any) -> dict[str, list[Any]]:
    """Second by second: clients connected at its end, dials, openings, work of the busiest node."""
    rows = len(connected) // _TENTHS * _TENTHS
    by_second = outcome.series[:rows].reshape(-1, _TENTHS, outcome.series.shape[1]).sum(axis=1)
    return {
        "time_s": list(range(len(by_second))),
        "connected": [int(one) for one in connected[_TENTHS - 1 : rows : _TENTHS]],
        "attempts": by_second[:, ATTEMPTS].tolist(),
        "opened": by_second[:, OPENED].tolist(),
        "busiest_share": [
            round(float(one), 6) for one in outcome.busy_share.max(axis=0)[: len(by_second)]
        ],
    }
