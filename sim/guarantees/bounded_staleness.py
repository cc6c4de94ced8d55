"""What a server has taken is shown in bounded time to everybody whose network works."""

from __future__ import annotations

from typing import Final

import numpy as np

from sim.guarantees.evidence import HELD, SHOWN, Evidence
from sim.guarantees.links import working_s
from sim.guarantees.timeline import about_message
from sim.guarantees.verdict import Guarantee, Verdict, Witness

BOUND_S: Final = 10.0
"""About the limit for keeping a person's attention on the dialogue (Nielsen, Usability
Engineering, 1993, section 5.5)."""


def judge(evidence: Evidence, bound_s: float = BOUND_S) -> Verdict:
    """Counts owed receptions of accepted messages, and those that took too long.

    Too long is more than `bound_s` at a stretch with the reader's own link up, from acceptance to
    the first showing. Lost receptions are left out: they are no matter of time. So are those that
    the end of the run cut short before the bound: they tell nothing.
    """
    owed = evidence.owed
    accepted_s = evidence.messages["accepted_s"][owed.message]
    rows = np.flatnonzero(np.isin(owed.fate, (SHOWN, HELD)) & np.isfinite(accepted_s))
    held = owed.fate[rows] == HELD
    from_s = accepted_s[rows]
    until_s = np.where(held, evidence.end_s, owed.shown_s[rows])
    waited_s = np.round(until_s - from_s, 6)
    long = np.flatnonzero(waited_s > bound_s)
    person = owed.person[rows[long]]
    waited_s[long] = working_s(evidence.history, person, from_s[long], until_s[long])
    stale = waited_s > bound_s

    def witness() -> Witness:
        at = np.flatnonzero(stale)
        at = at[np.lexsort((owed.person[rows[at]], owed.message[rows[at]], from_s[at]))[0]]
        message, who = owed.message[rows[at]], owed.person[rows[at]]
        what = (
            f"message {message} was taken at {from_s[at]:.3f} s; person {who} had a working link "
            f"for {waited_s[at]:.3f} s at a stretch and had not been shown it"
        )
        return about_message(evidence, message, who, what)

    return Verdict.of(
        (~held | stale).sum(),
        stale.sum(),
        witness,
        untested="no accepted message was shown to anybody it was owed to, or kept from them",
    )


GUARANTEE: Final = Guarantee(
    "bounded-staleness",
    "liveness",
    "What a server has taken is shown within the bound to everybody whose own network works.",
    "receptions of accepted messages",
    judge,
    BOUND_S,
)
