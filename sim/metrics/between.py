"""What goes on between nodes, where a backplane counts it: wasted copies, requests, leaks.

Counted over the whole run, warm-up included. A backplane that has nothing of the kind gives no
figure.
"""

from __future__ import annotations

from typing import Final

from sim.metrics.judged import RARE, Judged, Metric, Rate, Shown, Value


def _counted(judged: Judged, hits: str, trials: str) -> Rate | None:
    between = judged.history.meta.get("between", {})
    return Rate.of(between.get(hits, 0), between.get(trials, 0))


def request_s(judged: Judged) -> Value:
    """Mean seconds of a cluster request, to its last answer or its time-out."""
    between = judged.history.meta.get("between", {})
    asked = between.get("requests", 0)
    return float(between["request seconds"] / asked) if asked else None


METRICS: Final = (
    Metric(
        "copies_discarded",
        "share",
        "lower",
        "rate",
        "Copies that a node read from the backplane and threw away: it has nobody in the room.",
        lambda judged: _counted(judged, "discarded", "heard"),
        apart=True,
        shown=Shown("copies discarded", "copies from other nodes that were thrown away", "cost"),
    ),
    Metric(
        "requests_timed_out",
        "share",
        "lower",
        "rate",
        "Requests of one node to all others that ended in their time-out.",
        lambda judged: _counted(judged, "requests timed out", "requests"),
        RARE,
        apart=True,
        shown=Shown("requests timed out", "requests between nodes that timed out", "cost"),
    ),
    Metric(
        "request_time",
        "s",
        "lower",
        "mean",
        "Seconds that a request of one node to all others took, time-outs included.",
        request_s,
        shown=Shown("request between nodes", "requests between nodes, mean time", "cost"),
    ),
    Metric(
        "foreign_leaked",
        "share",
        "lower",
        "rate",
        "Messages of another environment, to rooms that exist here, too, that were emitted here.",
        lambda judged: _counted(
            judged, "foreign messages emitted here", "foreign messages to rooms of ours"
        ),
        RARE,
        apart=True,
        shown=Shown("leaked in", "messages of another environment that were emitted here", "cost"),
    ),
)
