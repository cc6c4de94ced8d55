"""What a server has taken is shown in bounded time to everybody whose screen and network are on."""

from __future__ import annotations

from typing import Final

import numpy as np

from sim.guarantees.evidence import Evidence
from sim.guarantees.facts import Facts
from sim.guarantees.links import working_s
from sim.guarantees.timeline import about_message
from sim.guarantees.verdict import Guarantee, Verdict, Witness
from sim.history import Column

BOUND_S: Final = 10.0
"""About the limit for keeping a person's attention on the dialogue (Nielsen, Usability
Engineering, 1993, section 5.5)."""


def judge(evidence: Evidence, bound_s: float = BOUND_S) -> Verdict:
    """Counts accepted messages, and those that took too long for somebody they were owed to.

    Too long is more than `bound_s` at a stretch with the reader's app open and link up, from
    acceptance on, without being shown the message: late, held or lost makes no difference to who
    looks at the screen. A wait that the end of the session or of the run cuts short before the
    bound tells nothing and is left out.
    """
    rows, from_s, until_s, shown = _waits(evidence)
    owed = evidence.owed
    waited_s = np.round(until_s - from_s, 6)
    long = np.flatnonzero(waited_s > bound_s)
    person = owed.person[rows[long]]
    waited_s[long] = working_s(evidence.history, person, from_s[long], until_s[long])
    stale = waited_s > bound_s
    message = owed.message[rows]
    facts = Facts.of(len(evidence.rank), message[shown | stale], message[stale])

    def witness() -> Witness:
        at = np.flatnonzero(stale)
        at = at[np.lexsort((owed.person[rows[at]], message[at], from_s[at]))[0]]
        who = owed.person[rows[at]]
        what = (
            f"message {message[at]} was taken at {from_s[at]:.3f} s; person {who} had a working "
            f"link for {waited_s[at]:.3f} s at a stretch and had not been shown it"
        )
        return about_message(evidence, message[at], who, what)

    return facts.verdict(
        witness,
        untested="no accepted message was owed to anybody who kept the app open for long enough",
    )


def _waits(evidence: Evidence) -> tuple[Column, Column, Column, Column]:
    """Owed rows of accepted messages: from acceptance until shown, or until the app was closed
    without that; and whether it was shown by then."""
    owed = evidence.owed
    accepted_s = evidence.messages["accepted_s"][owed.message]
    rows = np.flatnonzero(np.isfinite(accepted_s))
    from_s, shown_s = accepted_s[rows], owed.shown_s[rows]
    closes_s = evidence.closes_s(owed.person[rows], from_s)
    there = np.isfinite(closes_s)
    rows, from_s, shown_s, closes_s = (
        column[there] for column in (rows, from_s, shown_s, closes_s)
    )
    return rows, from_s, np.fmin(shown_s, closes_s), shown_s <= closes_s


GUARANTEE: Final = Guarantee(
    "bounded-staleness",
    "liveness",
    "What a server has taken is shown within the bound to all whose app is open and network works.",
    "accepted messages",
    judge,
    BOUND_S,
)
