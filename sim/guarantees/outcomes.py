"""What became of every owed reception, counted under the names of Jepsen's set checkers.

A message owed to one person is one element: its send is the attempt to add it, told OK is the
acknowledgement, the person's screen is the read (jepsen.checker, `set` and `set-full`). An error
is definite when it cannot have happened (the message never left the device) and indefinite when it
may have (a request that timed out).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.guarantees import bounded_staleness, isolation
from sim.guarantees.evidence import LOST, SHOWN, Evidence
from sim.ordering import among, starts


@dataclass(frozen=True, slots=True)
class Outcomes:
    """Counts of receptions owed in the measured window; `unexpected` is of the whole run.

    attempted: all of them. acknowledged: their sender was told OK. definite, indefinite: the
    sender was told that it failed, and that is certain, or is not. shown: the person saw it.
    recovered: of those, never acknowledged. lost: acknowledged and gone. never_read: neither
    shown nor lost, so never acknowledged or still held. duplicated: shown more than once. stale:
    acknowledged and shown, but not for a while (`bounded_staleness.BOUND_S`) after that.
    unexpected: shown to somebody outside, before it was sent, or after a definite error.
    """

    attempted: int
    acknowledged: int
    definite: int
    indefinite: int
    shown: int
    recovered: int
    lost: int
    never_read: int
    duplicated: int
    stale: int
    unexpected: int


def outcomes(evidence: Evidence) -> Outcomes:
    """Count them. attempted = shown + lost + never_read; recovered is part of shown."""
    owed = evidence.owed
    told = evidence.acknowledged[owed.message]
    definite = evidence.definitely_failed[owed.message]
    failed = evidence.failed[owed.message]
    shown, gone = owed.fate == SHOWN, owed.fate == LOST
    late_s = owed.shown_s - evidence.messages["told_s"][owed.message]
    counts = {
        "attempted": np.ones(len(told), dtype=bool),
        "acknowledged": told,
        "definite": definite,
        "indefinite": failed & ~definite,
        "shown": shown,
        "recovered": shown & ~told,
        "lost": gone & told,
        "never_read": ~shown & ~(gone & told),
        "duplicated": among(_repeated(evidence), evidence.keys(owed.message, owed.person)),
        "stale": np.round(late_s, 6) > bounded_staleness.BOUND_S,
    }
    counted = {name: int(rows.sum()) for name, rows in counts.items()}
    return Outcomes(**counted, unexpected=_unexpected(evidence))


def _repeated(evidence: Evidence) -> np.ndarray:
    keys = evidence.keys(evidence.shown.message, evidence.shown.person)
    return np.asarray(keys[~starts(keys)])


def _unexpected(evidence: Evidence) -> int:
    seen = evidence.first_shown
    early = seen.time_s < evidence.messages["time_s"][seen.message]
    impossible = evidence.definitely_failed[seen.message]
    outside = isolation.outside(evidence, seen.message, seen.person)
    return int((early | impossible | outside).sum())
