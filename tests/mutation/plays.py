"""Plays a subject under its schedules and judges every history.

By the guarantees that the subject promises, then by the conformance checks that bind every design.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import numpy as np

from models import DESIGNS, Design
from sim.experiment.run import run_replication
from sim.guarantees import GUARANTEES
from sim.guarantees.bounded_staleness import BOUND_S
from sim.guarantees.evidence import HELD, SHOWN, Evidence
from sim.history import History
from sim.hunt.schedule import read, span_s
from sim.hunt.stage import stage as stage_of
from sim.scenario.load import Change
from sim.scenario.scenario import Scenario
from tests.conformance.checks import ALWAYS, happens_again_with_an_event_for_every_delivery
from tests.conformance.runs import ONE_WAY_S, Run
from tests.mutation.fault import Complaint
from tests.mutation.subjects import SUBJECTS, Subject, schedules

_BRIEF_S: Final = 1.0
"""Faults that are over sooner leave no reason for anything to be late."""
_MOST_WRITES: Final = 4000
"""Of one play: far more than its messages and heartbeats take."""
_NETWORK: Final[dict[str, Any]] = {
    "share": 1.0,
    "profile": "lan",
    "delay": {"kind": "constant", "delay_s": ONE_WAY_S},
    "rate": {"kind": "none"},
}


def played(name: str) -> Iterator[Complaint]:
    """What one subject does not keep."""
    subject = SUBJECTS[name]
    design = DESIGNS[subject.base].variant(name, dict(subject.changes))
    stage = world(subject)
    for line in schedules(subject):
        schedule = read(line)
        brief = all(span_s(fault) < _BRIEF_S for fault in schedule.faults)
        where = f"{name} under {line}"
        try:
            history = run_replication(schedule.scenario(stage), design, 0)
        except Exception as error:  # noqa: BLE001  # whatever a mutant does
            yield Complaint("play", "a run that does not crash", f"{where}: {error!r}")
            continue
        yield from (
            Complaint("guarantee", one, f"{where}: {what}")
            for one, what in _promises(subject, history, brief)
        )
        healed_s = max((fault.healed_s(0) for fault in schedule.faults), default=0.0)
        yield from (
            Complaint("recovery", "nothing is lost once all has recovered", f"{where}: {what}")
            for what in _lost_in_peace(Evidence(history), healed_s + subject.recovery_s)
        )
        yield from (
            Complaint("conformance", one, f"{where}: {what}")
            for one, what in _duties(design, history)
        )


def world(subject: Subject) -> Scenario:
    """The stage of the hunt, with the delays that conformance takes for granted."""
    changes = [
        Change(("networks",), [_NETWORK], "networks"),
        Change(("servers", "gateways"), subject.gateways, "gateways"),
    ]
    return stage_of(subject.base, DESIGNS, None, changes)


def _promises(subject: Subject, history: History, brief: bool) -> Iterator[tuple[str, str]]:
    """Guarantees that are violated; after `brief` faults, messages may not be late either."""
    evidence = Evidence(history)
    for name in subject.guarantees:
        bound_s = subject.recovery_s if name == "bounded-recovery" else None
        witness = GUARANTEES[name].on(evidence, bound_s).witness
        if witness is not None:
            yield name, witness.what
    if brief:
        yield from (("bounded-staleness", what) for what in _late(evidence))


def _late(evidence: Evidence) -> Iterator[str]:
    """What came, or is still held, too long after it was taken; who may lose things is not held to
    more."""
    owed = evidence.owed
    accepted_s = evidence.messages["accepted_s"][owed.message]
    until_s = np.where(owed.fate == HELD, evidence.end_s, owed.shown_s)
    for row in np.flatnonzero(until_s - accepted_s > BOUND_S):
        yield f"message {owed.message[row]} took {until_s[row] - accepted_s[row]:.3f} s"


def _lost_in_peace(evidence: Evidence, from_s: float) -> Iterator[str]:
    """What was sent later than that, when nothing could go wrong any more, and was not shown."""
    owed = evidence.owed
    sent_s = evidence.messages["time_s"][owed.message]
    for row in np.flatnonzero((sent_s > from_s) & (owed.fate != SHOWN)):
        yield f"message {owed.message[row]} never reached person {owed.person[row]}"


def _duties(design: Design, history: History) -> Iterator[tuple[str, str]]:
    """What every design has to keep."""
    run = Run(design, "", history)
    for check in ALWAYS:
        if check is not happens_again_with_an_event_for_every_delivery:
            yield from ((check.__name__, what) for what in check(run))
    written = int(history.tables["traffic"]["messages"].sum())
    if written > _MOST_WRITES:
        yield "comes_to_rest", f"{written} writes"
