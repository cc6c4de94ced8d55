"""What the answers to requests for a list showed to whoever asked.

An answer is one page of the newest messages of a room, so what is older than all of the page is
not missing from it. One that was hidden, or never arrived, showed nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.guarantees.evidence import Evidence
from sim.history import NOTHING, Column
from sim.ordering import starts


@dataclass(frozen=True, slots=True)
class Answers:
    """A row for each message that an answer showed, and one (`NOTHING`) for an answer without.

    `place` is the answer's among everything that the person's screen showed.
    """

    request: Column
    holds: Column
    person: Column
    time_s: Column
    place: Column

    def where(self, kept: Column) -> Answers:
        """The rows that `kept` picks."""
        columns = (self.request, self.holds, self.person, self.time_s, self.place)
        return Answers(*(column[kept] for column in columns))


def answers(evidence: Evidence) -> Answers:
    """What arrived at whoever asked for it and was shown, each answer once."""
    listed, rows = evidence.history.tables["listed"], evidence.history.tables["deliveries"]
    if not len(listed["message"]):
        return Answers(
            *listed.values(), *(rows[name][:0] for name in ("person", "time_s", "order"))
        )
    asker = evidence.messages["actor"][rows["message"]]
    kept = np.flatnonzero((rows["person"] == asker) & rows["visible"])
    order = kept[np.lexsort((rows["order"][kept], rows["message"][kept]))]
    first = order[starts(rows["message"][order])]
    requests = rows["message"][first]
    at = np.searchsorted(requests, listed["message"])
    at = np.minimum(at, max(len(requests) - 1, 0))
    arrived = (requests[at] == listed["message"]) if len(requests) else np.zeros(len(at), bool)
    row = first[at[arrived]] if len(requests) else first
    return Answers(
        listed["message"][arrived],
        listed["holds"][arrived],
        rows["person"][row],
        rows["time_s"][row],
        rows["order"][row],
    )


def reaches_back_s(evidence: Evidence, found: Answers) -> Column:
    """Per request: when the oldest message on its page was taken; an empty page reaches back for
    ever, and so does one that was not shown."""
    oldest_s = np.full(len(evidence.rank), np.inf)
    filled = found.holds != NOTHING
    taken_s = evidence.messages["accepted_s"][found.holds[filled]]
    np.fmin.at(oldest_s, found.request[filled], taken_s)
    oldest_s[np.isinf(oldest_s)] = -np.inf
    return oldest_s


def taken_s(evidence: Evidence) -> Column:
    """Per message: when a server took it; one without saying when is as new as it can be."""
    return np.fmin(evidence.messages["accepted_s"], evidence.messages["told_s"])


def missing(evidence: Evidence, asked: Column, message: Column) -> Column:
    """Those of these pairs of a request and a message whose answer does not hold the message."""
    listed, span = evidence.history.tables["listed"], len(evidence.rank) + 1
    # One more than the number, so that an empty answer is no message of the request before.
    holds = listed["message"].astype("i8") * span + listed["holds"] + 1
    return np.flatnonzero(~np.isin(asked.astype("i8") * span + message + 1, holds))
