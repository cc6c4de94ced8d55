"""Whoever loses the connection has caught up in bounded time, once the network allows it."""

from __future__ import annotations

from typing import Final

import numpy as np

from sim import history as record
from sim.guarantees.evidence import Evidence
from sim.guarantees.links import working_s
from sim.guarantees.timeline import about_person
from sim.guarantees.verdict import Guarantee, Verdict, Witness
from sim.history import Column
from sim.ordering import starts

BOUND_S: Final = 60.0
"""A dead peer is noticed after one interval and one time-out of a heartbeat, 20 + 20 s with the
defaults of PyPI websockets 17.4, and backing off must end soon after."""
_CLOSED: Final = record.REASONS.index("app closed")


def judge(evidence: Evidence, bound_s: float = BOUND_S) -> Verdict:
    """Counts gaps, and those in which the person's own link worked for too long at a stretch.

    A gap runs from the cut to having caught up; losing the new connection before that prolongs it.
    One that the end of the session or of the run cuts short before the bound tells nothing and is
    left out.
    """
    person, cut_s, over_s, done, reason = _gaps(evidence)
    lasted_s = working_s(evidence.history, person, cut_s, over_s)
    slow = lasted_s > bound_s

    def witness() -> Witness:
        at = np.flatnonzero(slow)
        at = at[np.lexsort((person[at], cut_s[at]))[0]]
        until = "had caught up" if done[at] else "was still not back when the record ends"
        what = (
            f"person {person[at]} lost the connection at {cut_s[at]:.3f} s and {until} at "
            f"{over_s[at]:.3f} s, with {lasted_s[at]:.3f} s of working link at a stretch"
        )
        span_s = (float(cut_s[at]), float(over_s[at]))
        return about_person(evidence, person[at], span_s, what, record.REASONS[reason[at]])

    return Verdict.of(
        (done | slow).sum(),
        slow.sum(),
        witness,
        untested="nobody who lost a connection kept the app open for long enough to tell",
    )


def _gaps(evidence: Evidence) -> tuple[Column, Column, Column, Column, Column]:
    """Per gap: person, cut, end, whether it ended by catching up, and why it began."""
    rows = evidence.history.tables["episodes"]
    closes_s = evidence.closes_s(rows["person"], rows["cut_s"])
    kept = np.flatnonzero((rows["reason"] != _CLOSED) & np.isfinite(closes_s))
    order = kept[np.lexsort((rows["cut_s"][kept], rows["channel"][kept], rows["person"][kept]))]
    person, channel, cut_s, synced_s, reason = (
        rows[name][order] for name in ("person", "channel", "cut_s", "synced_s", "reason")
    )
    closes_s = closes_s[order]
    first = starts(person) | starts(channel)
    first[1:] |= ~np.isnan(synced_s[:-1]) | (closes_s[:-1] < cut_s[1:])
    last = np.append(first[1:], True)[: len(first)]
    done = synced_s[last] <= closes_s[last]
    over_s = np.where(done, synced_s[last], closes_s[last])
    return person[first], cut_s[first], over_s, done, reason[first]


GUARANTEE: Final = Guarantee(
    "bounded-recovery",
    "liveness",
    "Whoever loses the connection has caught up within the bound, own network permitting.",
    "gaps",
    judge,
    BOUND_S,
)
