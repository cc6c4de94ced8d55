"""A message reaches everybody it is owed to, unless its sender is told that it failed."""

from __future__ import annotations

from typing import Final

import numpy as np

from sim.guarantees.evidence import HELD, LOST, WAITING, Evidence
from sim.guarantees.facts import Facts
from sim.guarantees.timeline import about_message
from sim.guarantees.verdict import Guarantee, Verdict, Witness
from sim.history import Column

UNDER_WAY: Final = "were still under way when the run ended; a longer drain would tell"
NOTHING_OWED: Final = "nothing was owed to anybody in the measured window"


def judge(evidence: Evidence, bound_s: float = 0.0) -> Verdict:
    """Counts messages owed, and those that somebody was never shown, from pressing send on."""
    del bound_s
    return lost(evidence, unless_failed(evidence), NOTHING_OWED)


def unless_failed(evidence: Evidence) -> Column:
    """The owed receptions whose sender was not told that the message failed."""
    return np.asarray(~evidence.failed[evidence.owed.message])


def lost(evidence: Evidence, counted: Column, untested: str) -> Verdict:
    """The same among the owed receptions that `counted` picks."""
    return facts(evidence, counted).verdict(
        lambda: witness(evidence, counted), untested=untested, doubt=UNDER_WAY
    )


def facts(evidence: Evidence, counted: Column) -> Facts:
    """What these owed receptions say of their messages.

    What is held for somebody who has closed the app is left out: it may still arrive.
    """
    owed = evidence.owed
    of = [owed.message[counted & kept] for kept in _fates(owed.fate)]
    return Facts.of(len(evidence.rank), *of)


def _fates(fate: Column) -> tuple[Column, Column, Column]:
    return fate != WAITING, fate == LOST, fate == HELD


def witness(evidence: Evidence, counted: Column) -> Witness:
    """The first of these receptions that was lost."""
    owed = evidence.owed
    gone = np.flatnonzero(counted & (owed.fate == LOST))
    sent_s = evidence.messages["time_s"][owed.message[gone]]
    at = gone[np.lexsort((owed.person[gone], owed.message[gone], sent_s))[0]]
    message, person = owed.message[at], owed.person[at]
    ok = "its sender was told OK and it" if evidence.acknowledged[message] else "it"
    what = f"message {message} was owed to person {person}; {ok} was never shown"
    return about_message(evidence, message, person, what)


GUARANTEE: Final = Guarantee(
    "at-least-once",
    "safety",
    "A message reaches everybody who is there to receive it, unless its sender is told it failed.",
    "messages owed",
    judge,
)
