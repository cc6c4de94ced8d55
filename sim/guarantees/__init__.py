"""Promises to users, checked on the history of a run.

One file and one line below per guarantee. A check is a pure function of a history and answers
holds, violated with a witness, or unknown with the reason; what the history cannot show is never
taken as held.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from sim.guarantees import (
    at_least_once,
    at_most_once,
    bounded_recovery,
    bounded_staleness,
    causal_order,
    dedup_window,
    eventual_delivery,
    exactly_once,
    failed_means_absent,
    fifo,
    isolation,
    monotonic_reads,
    no_loss_after_ok,
    read_your_writes,
    total_order,
)
from sim.guarantees.evidence import Evidence
from sim.guarantees.outcomes import Outcomes, outcomes
from sim.guarantees.verdict import Guarantee, Kind, Moment, Verdict, Witness
from sim.history import History

__all__ = [
    "GUARANTEES",
    "Evidence",
    "Guarantee",
    "Kind",
    "Moment",
    "Outcomes",
    "Verdict",
    "Witness",
    "judge",
    "outcomes",
]

GUARANTEES: Final[Mapping[str, Guarantee]] = {
    one.name: one
    for one in (
        at_most_once.GUARANTEE,
        at_least_once.GUARANTEE,
        exactly_once.GUARANTEE,
        no_loss_after_ok.GUARANTEE,
        failed_means_absent.GUARANTEE,
        fifo.GUARANTEE,
        total_order.GUARANTEE,
        causal_order.GUARANTEE,
        read_your_writes.GUARANTEE,
        monotonic_reads.GUARANTEE,
        isolation.GUARANTEE,
        dedup_window.GUARANTEE,
        bounded_staleness.GUARANTEE,
        bounded_recovery.GUARANTEE,
        eventual_delivery.GUARANTEE,
    )
}


def judge(history: History, names: Iterable[str] = tuple(GUARANTEES)) -> dict[str, Verdict]:
    """The verdicts of these guarantees with their default bounds, on joins made once."""
    evidence = Evidence(history)
    return {name: GUARANTEES[name].on(evidence) for name in names}
