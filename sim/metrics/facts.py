"""How many independent facts are behind a rate: its hits by what caused them, and how many a single
cause could have had.

A broken connection takes many messages with it, so hits are no independent facts. What belongs to
one incident is one fact (`sim.metrics.incidents`). With no incident near, a message that goes wrong
does so for several readers, and a client that goes wrong does so for several messages: a fact is
then a message or a person, whichever lumps the hits more. Causes of no hits expose trials likewise.
Leaves out what follows for a rate (`sim.experiment.statistics.facts`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from sim.history import Column
from sim.metrics.incidents import Incidents
from sim.metrics.judged import DELIVERED, LOST, UNDELIVERED, Judged
from sim.metrics.spells import LATE_S
from sim.ordering import starts

REPEATS: Final = "duplicates_visible"
HALVINGS: Final = 8


def facts(judged: Judged) -> dict[str, dict[str, Any]]:
    """By metric, `sizes`: pairs of (hits of one fact, facts of that size), ascending; `largest`:
    most trials that one cause exposes; `worth`: see `worth`. Without trials a metric is left out.
    """
    found, sends = judged.once(Incidents), judged.sends
    whose = np.stack([found.owed, sends.message, sends.person])
    told = np.isfinite(judged.messages["told_s"])[sends.message]
    in_time = sends.reached.copy()
    in_time[sends.reached] = sends.delay_s <= LATE_S
    every = np.ones(len(told), dtype=bool)
    chosen = {
        "late_1s": (every, ~in_time),
        "loss_pressed": (every, judged.fate >= LOST),
        "loss_told": (told, told & (judged.fate >= LOST)),
        "undelivered": (every, judged.fate == UNDELIVERED),
        "not_delivered": (every, judged.fate != DELIVERED),
    }
    rows = {name: (whose[:, of], whose[:, hit]) for name, (of, hit) in chosen.items()}
    shown = judged.arrivals
    again = ~starts(shown["key"])
    repeated = np.stack([found.twice, shown["message"][again], shown["person"][again]])
    rows[REPEATS] = (whose[:, sends.reached], repeated)
    return {name: _told(found.kind, *pair) for name, pair in rows.items() if pair[0].size}


def _told(kind: Column, trials: Column, hits: Column) -> dict[str, Any]:
    sizes, number = np.unique(
        np.concatenate([np.zeros(0, dtype=int), *_by_kind(kind, hits)]), return_counts=True
    )
    exposed = _by_kind(kind, trials)
    return {
        "largest": int(max(one.max() for one in exposed)),
        "worth": worth(exposed),
        "sizes": np.stack([sizes, number], axis=1).tolist(),
    }


def worth(exposed: Sequence[Column]) -> list[float]:
    """What a fact costs at least per trial that it turns into a hit, where each of its hits costs
    1/b and all together 1 at most: for b of `largest`, half of it, a quarter and so on.

    For the kind of causes that makes it least, each as apt to be one as it exposes trials.
    """
    largest = max(one.max() for one in exposed)
    limits = largest * 0.5 ** np.arange(HALVINGS)
    return [
        min(float((e * np.minimum(1.0, e / b)).sum() / (e**2).sum()) for e in exposed)
        for b in limits
    ]


def _by_kind(kind: Column, rows: Column) -> list[Column]:
    """Rows of (incident, message, person), counted by the fact that they belong to, for each kind
    of incident that there is, and for what belongs to none."""
    incident, message, person = rows
    near = incident >= 0
    number, counts = np.unique(incident[near], return_counts=True)
    found = [counts[kind[number] == one] for one in np.unique(kind[number])]
    lumps = [np.unique(of[~near], return_counts=True)[1] for of in (message, person)]
    return [*found, *([max(lumps, key=lambda one: int((one**2).sum()))] if not near.all() else [])]
