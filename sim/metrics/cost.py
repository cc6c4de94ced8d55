"""What a design costs: bytes and packets on the wire, CPU, connections, backplane messages.

Traffic and backplane counters cover the whole run, so they are divided by what the whole run
delivered. CPU and connections are sampled once per second and taken from the measured window.
Leaves out money and energy.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from sim import history as record
from sim.history import Column
from sim.metrics.judged import Headline, Judged, Metric, Shown, Value, mean


def per_delivery(judged: Judged, column: str) -> Value:
    """A traffic column, all channels and directions, per message reception of the whole run."""
    received = len(judged.received)
    total = judged.history.tables["traffic"][column].sum()
    return float(total / received) if received else None


def utilisation(judged: Judged) -> Column:
    """Mean share of its cores each node was busy, by node number."""
    rows = _samples(judged)
    if not len(rows["node"]):
        return np.zeros(0)
    samples = np.bincount(rows["node"])
    busy_s = np.bincount(rows["node"], weights=rows["busy_s"])
    present = samples > 0
    return np.asarray(busy_s[present] / samples[present] / judged.history.meta["cores"])


def cpu_busiest(judged: Judged) -> Value:
    """Utilisation of the node busiest on average."""
    shares = utilisation(judged)
    return float(shares.max()) if len(shares) else None


def cpu_peak(judged: Judged) -> Value:
    """Utilisation of the busiest node in its busiest second."""
    busy_s = _samples(judged)["busy_s"]
    return float(busy_s.max() / judged.history.meta["cores"]) if len(busy_s) else None


def connections_max(judged: Judged) -> Value:
    """Most connections any gateway held in any second."""
    held = _gateways(judged)["connections"]
    return float(held.max()) if len(held) else None


def memory_peak(judged: Judged) -> Value:
    """Bytes of connections and of what waited for slow readers, on the fullest node."""
    peak = judged.history.meta.get("memory_peak_bytes")
    return float(peak) if peak else None


def behind_peak(judged: Judged) -> Value:
    """Utilisation of the busiest thing behind or before the nodes, in its busiest second."""
    peaks = judged.history.meta.get("behind_peak")
    return max(peaks.values()) if peaks else None


def connections_skew(judged: Judged) -> Value:
    """Fullest gateway over the mean gateway, averaged over the seconds with any connection."""
    rows = _gateways(judged)
    _, second = np.unique(rows["time_s"], return_inverse=True)
    gateways, held = np.bincount(second), np.bincount(second, weights=rows["connections"])
    fullest = np.zeros(len(held))
    np.maximum.at(fullest, second, rows["connections"])
    used = held > 0
    return mean(fullest[used] * gateways[used] / held[used])


def backplane_per_message(judged: Judged) -> Value:
    """Messages between nodes per message people sent."""
    sent = int((judged.messages["action"] == record.SEND).sum())
    return float(judged.history.meta["backplane_messages"] / sent) if sent else None


def _samples(judged: Judged) -> dict[str, Column]:
    rows = judged.history.tables["nodes"]
    kept = record.in_window(judged.history, rows["time_s"] - 1.0)
    return {name: column[kept] for name, column in rows.items()}


def _gateways(judged: Judged) -> dict[str, Column]:
    rows = _samples(judged)
    kept = rows["kind"] == record.GATEWAY
    return {name: column[kept] for name, column in rows.items()}


METRICS: Final = (
    Metric(
        "bytes_per_delivery",
        "bytes",
        "lower",
        "mean",
        "Bytes on the wire, headers and acknowledgements included, per message received.",
        lambda judged: per_delivery(judged, "bytes"),
        shown=Shown(
            "bytes per delivery",
            "bytes on the wire per delivered message",
            "cost",
            headline=Headline(rank=6, column=7, head="each", note="each: bytes per delivery"),
        ),
    ),
    Metric(
        "packets_per_delivery",
        "packets",
        "lower",
        "mean",
        "Packets on the wire per message received.",
        lambda judged: per_delivery(judged, "packets"),
        shown=Shown("packets per delivery", "packets per delivered message", "cost"),
    ),
    Metric(
        "cpu_busiest",
        "share of cores",
        "lower",
        "mean",
        "Mean utilisation of the busiest node.",
        cpu_busiest,
        shown=Shown("busiest node", "CPU use of the busiest node", "cost"),
    ),
    Metric(
        "cpu_mean",
        "share of cores",
        "lower",
        "mean",
        "Mean utilisation over all nodes.",
        lambda judged: mean(utilisation(judged)),
        shown=Shown("CPU, mean", "mean CPU use of all nodes", "cost"),
    ),
    Metric(
        "cpu_peak",
        "share of cores",
        "lower",
        "peak",
        "Utilisation of the busiest node in its busiest second.",
        cpu_peak,
        shown=Shown(
            "CPU, peak second", "CPU use of the busiest node in its busiest second", "cost"
        ),
    ),
    Metric(
        "connections_max",
        "connections",
        "lower",
        "peak",
        "Most connections one gateway held.",
        connections_max,
        shown=Shown("connections, most", "most connections on one node", "cost"),
    ),
    Metric(
        "memory_peak",
        "B",
        "lower",
        "peak",
        "Memory that connections took on the fullest node, with what waited there for slow readers;"
        " TLS is left out.",
        memory_peak,
        shown=Shown("memory, most", "memory of connections and what waits, fullest node", "cost"),
    ),
    Metric(
        "behind_peak",
        "share",
        "lower",
        "peak",
        "Busiest second of store, authenticator, backplane or proxy; 1 is its ceiling.",
        behind_peak,
        shown=Shown(
            "beside the nodes, peak", "use of store, authenticator, backplane or proxy", "cost"
        ),
    ),
    Metric(
        "connections_skew",
        "ratio",
        "lower",
        "mean",
        "Connections on the fullest gateway over the mean gateway; 1 is even.",
        connections_skew,
        shown=Shown("connection skew", "busiest node's connections over the mean", "cost"),
    ),
    Metric(
        "backplane_per_message",
        "messages",
        "lower",
        "mean",
        "Messages passed between nodes per message sent.",
        backplane_per_message,
        shown=Shown("backplane per message", "backplane messages per message", "cost"),
    ),
)
