"""Once the sender is told OK, the message is shown to everybody it is owed to."""

from __future__ import annotations

from typing import Final

from sim.guarantees.at_least_once import lost
from sim.guarantees.evidence import Evidence
from sim.guarantees.verdict import Guarantee, Verdict


def judge(evidence: Evidence, bound_s: float = 0.0) -> Verdict:
    """Counts acknowledged messages that were owed to somebody, and those never shown to one."""
    del bound_s
    told = evidence.acknowledged[evidence.owed.message]
    return lost(evidence, told, "no sender of a message owed to anybody was ever told OK")


GUARANTEE: Final = Guarantee(
    "no-loss-after-ok",
    "safety",
    "A message whose sender was told OK reaches everybody who is there to receive it.",
    "messages owed after OK",
    judge,
)
