"""What never reached people who were owed it.

A reception still held somewhere when the run ended is not lost but undelivered, and counted
apart. One that nothing accounts for counts as lost (and breaks conservation).
"""

from __future__ import annotations

from typing import Final

import numpy as np

from sim.history import Column
from sim.metrics.judged import (
    DELIVERED,
    LOST,
    RARE,
    UNDELIVERED,
    Headline,
    Judged,
    Metric,
    Rate,
    Shown,
    Value,
)


def loss_pressed(judged: Judged) -> Value:
    """Lost receptions out of all owed."""
    return _share(judged.fate >= LOST)


def loss_told(judged: Judged) -> Value:
    """The same among messages whose sender was told all is well; None where nobody ever is."""
    told = np.isfinite(judged.messages["told_s"])[judged.sends.message]
    return _share((judged.fate >= LOST)[told])


def undelivered(judged: Judged) -> Value:
    """Owed receptions still held by a queue, a store or a connection at the end."""
    return _share(judged.fate == UNDELIVERED)


def not_delivered(judged: Judged) -> Value:
    """Owed receptions that nobody was shown by the end: lost or still held."""
    return _share(judged.fate != DELIVERED)


def _share(hits: Column) -> Value:
    return Rate.of(hits.sum(), len(hits))


METRICS: Final = (
    Metric(
        "loss_pressed",
        "share",
        "lower",
        "rate",
        "Owed receptions lost for good, out of all owed since the sender pressed send. "
        "Those still held at the end are not in it; see undelivered.",
        loss_pressed,
        RARE,
        shown=Shown(
            "lost",
            "messages lost for good, of all that people pressed send on",
            "loss",
            action=("receive", "lost"),
            headline=Headline(
                rank=3,
                column=3,
                head="lost",
                note="lost, twice: share of messages, per person owed",
            ),
        ),
    ),
    Metric(
        "loss_told",
        "share",
        "lower",
        "rate",
        "Owed receptions lost for good, among messages whose sender was told they had been taken.",
        loss_told,
        RARE,
        shown=Shown("lost after OK", "loss against told OK", "loss"),
    ),
    Metric(
        "undelivered",
        "share",
        "lower",
        "rate",
        "Owed receptions neither delivered nor lost: still held somewhere when the run ended.",
        undelivered,
        RARE,
        shown=Shown("still held", "messages still held somewhere when the run ended", "loss"),
        live=True,
    ),
    Metric(
        "not_delivered",
        "share",
        "lower",
        "rate",
        "Owed receptions not shown by the end of the run: lost for good or still held.",
        not_delivered,
        RARE,
        shown=Shown("lost or still held", "messages lost or still held when the run ended", "loss"),
    ),
)
