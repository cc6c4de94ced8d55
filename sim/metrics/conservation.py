"""The books of a run: every reception owed is delivered, still held, or lost for a known cause."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.history import CAUSES
from sim.metrics.judged import DELIVERED, LOST, UNDELIVERED, UNEXPLAINED, Judged


def conservation(judged: Judged) -> dict[str, Any]:
    """Counts of owed receptions by fate, and of losses by their last cause.

    `adds_up` is False when any reception is unaccounted for, or any delivery came before its
    sender acted: either is a fault of the simulator, not of the design.
    """
    fate = np.bincount(judged.fate, minlength=4)
    causes = np.bincount(judged.cause[judged.fate == LOST], minlength=len(CAUSES))
    early = too_early(judged)
    return {
        "messages": len(judged.measured_sends),
        "receptions_owed": len(judged.fate),
        "delivered": int(fate[DELIVERED]),
        "lost": int(fate[LOST]),
        "undelivered": int(fate[UNDELIVERED]),
        "unexplained": int(fate[UNEXPLAINED]),
        "too_early": early,
        "adds_up": not fate[UNEXPLAINED] and not early,
        "causes": {name: int(causes[at]) for at, name in enumerate(CAUSES) if causes[at]},
    }


def too_early(judged: Judged) -> int:
    """Deliveries of any action that came before their sender acted."""
    rows = judged.history.tables["deliveries"]
    return int((rows["time_s"] < judged.messages["time_s"][rows["message"]]).sum())
