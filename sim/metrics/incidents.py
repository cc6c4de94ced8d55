"""Which incident each loss, late delivery and visible repeat belongs to, and what a kind costs.

**Whom an incident touches.** A person whom it hits; whoever was at a node that it hits, which is
who opened a connection to it last among nodes of its kind; or everybody.

**How long.** From its begin until its people can be well again, at the latest of: `FELT_S` after
its end, since what it broke is felt by the next write; as long after its end as it lasted, at most
`TCP_S`, since TCP doubles its wait, so that after a silence of L the next try comes within another
L (RFC 6298 section 5.5; Linux caps the wait at TCP_RTO_MAX, 120 s); and until the person whose
connection was cut in that time has caught up, or is connected again where nothing is fetched.

**Which one.** Looked at is the time in which a healthy system would have done it: a late delivery
until `LATE_S` after its sender meant to send, a loss until it was dropped, a repeat until it was
shown. Of the incidents that touch its reader or its sender, the one that was in force when it was
meant, the latest begun of several; with none in force, the first that begins in that time. With
none at all, the same of overloads, spells of seconds in which a node had no CPU to spare, and of
takeovers, where a newer connection of a person closes one that the client still has. Those are the
design's own, and may follow from an incident, so they explain only the rest. Else it is background.
So an incident explains nothing that went wrong before it, and every row has one explanation. It is
an attribution by time, not a proof: what would have gone wrong anyway is counted with whatever was
in force.

In whole microseconds. Leaves out which incidents there were (`sim.ledger`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np

from sim import history as record
from sim.history import Column
from sim.metrics.judged import LOST, Judged
from sim.metrics.spells import LATE_S
from sim.ordering import starts
from sim.spans import whole_us

FELT_S: Final = 10.0  # three repetitions even of a first time-out (1 s, RFC 6298 section 2.1)
TCP_S: Final = 120.0  # TCP_RTO_MAX, include/net/tcp.h
# Of a node's cores in a second. Where load nears 1 what waits grows without bound: with random
# arrivals load / (1 - load), here 19 pieces of work (M/M/1; Kleinrock, Queueing Systems 1, 1975).
FULL: Final = 0.95
OVERLOAD: Final = "overload"  # as a kind
TAKEOVER: Final = "takeover"
LOOPING: Final = "takeover-loop"
OWN: Final = (OVERLOAD, TAKEOVER, LOOPING)  # that nobody drew: the design's own
LOOP: Final = 3  # takeovers, each soon after the last: the third cannot be an old connection's end
BACKGROUND: Final = -1  # as a number: nothing that went wrong is near
NOTHING_NEAR: Final = "background"  # as a kind


@dataclass(frozen=True, slots=True)
class Touches:
    """Spans [start, reach] in which incidents touch people, by person, begin and number."""

    number: Column
    person: Column
    start_us: Column
    reach_us: Column

    def sorted(self) -> Touches:
        """By person, begin and, latest of all, number downwards: the lowest is met first."""
        order = np.lexsort((-self.number, self.start_us, self.person))
        return self.where(order)

    def where(self, kept: Column) -> Touches:
        """The rows that `kept` picks."""
        columns = (self.number, self.person, self.start_us, self.reach_us)
        return Touches(*(column[kept] for column in columns))

    def in_force(self, person: Column, at_us: Column) -> Column:
        """Row of the latest begun that touches this person at that time; -1 without one.

        Steps back from the last one begun; a person has few that overlap.
        """
        at, furthest_us = self._upto(person, at_us), self._furthest_us()
        found = np.full(len(at), -1)
        open_rows = np.flatnonzero(at >= 0)
        while len(open_rows):
            row = at[open_rows]
            theirs = self.person[row] == person[open_rows]
            holds = theirs & (self.reach_us[row] >= at_us[open_rows])
            found[open_rows[holds]] = row[holds]
            further = theirs & ~holds & (furthest_us[row] >= at_us[open_rows]) & (row > 0)
            open_rows = open_rows[further]
            at[open_rows] -= 1
        return found

    def next(self, person: Column, after_us: Column, until_us: Column) -> Column:
        """Row of the first that begins after one time, at the other at the latest; -1 without."""
        row = self._upto(person, after_us) + 1
        if not len(self.person):
            return np.full(len(row), -1)
        known = np.minimum(row, len(self.person) - 1)
        is_it = (row == known) & (self.person[known] == person) & (self.start_us[known] <= until_us)
        return np.where(is_it, self._upto(self.person[known], self.start_us[known]), -1)

    def _furthest_us(self) -> Column:
        """Up to each row, how far anything of its person reaches."""
        first = np.maximum.accumulate(np.where(starts(self.person), np.arange(len(self.person)), 0))
        step = self.reach_us.max(initial=0) + 1
        return np.asarray(np.maximum.accumulate(self.reach_us + first * step) - first * step)

    def _upto(self, person: Column, at_us: Column) -> Column:
        """Row of the last one begun by then, perhaps of an earlier person."""
        span_us = max(self.start_us.max(initial=0), at_us.max(initial=0)) + 1
        keys = self.person * span_us + self.start_us
        asked = person.astype("i8") * span_us + at_us
        return np.asarray(np.searchsorted(keys, asked, side="right") - 1)


class Incidents:
    """The incidents of one history, and what belongs to them; the design's own are numbered on.

    `lost`, `late` and `twice` have the number of an incident, or `BACKGROUND`, for each row.
    """

    def __init__(self, judged: Judged) -> None:
        self._judged = judged
        self.struck = judged.history.tables["incidents"]

    @cached_property
    def drawn(self) -> int:
        """How many were drawn before the run, or planned."""
        return int(self.struck["number"].max(initial=-1)) + 1

    @cached_property
    def own(self) -> Mapping[str, Column]:
        """What nobody drew, as rows of incidents; `kind` is a place in `OWN`."""
        found = [self._overloads(), *self._takeovers()]
        rows = {name: np.concatenate([one[name] for one in found]) for name in found[0]}
        return {"number": self.drawn + np.arange(len(rows["whom"])), **rows}

    def _overloads(self) -> dict[str, Column]:
        """Spells of seconds in which a node was full."""
        rows, cores = self._judged.history.tables["nodes"], self._judged.history.meta["cores"]
        full = rows["busy_s"] >= FULL * cores
        node, at_us = rows["node"][full], whole_us(rows["time_s"][full])
        order = np.lexsort((at_us, node))
        node, at_us = node[order], at_us[order]
        first = starts(node)
        first[1:] |= np.diff(at_us) > round(1e6)
        begins, ends = np.flatnonzero(first), np.append(first[1:], True)[: len(first)]
        return {
            "kind": np.full(len(begins), OWN.index(OVERLOAD)),
            "target": np.full(len(begins), record.NODE),
            "whom": node[begins],
            "start_s": at_us[begins] / 1e6 - 1.0,  # a sample is taken at the end of its second
            "end_s": at_us[ends] / 1e6,
        }

    def _takeovers(self) -> Iterator[dict[str, Column]]:
        """Connections closed by a newer one of the same person: alone, and one after the other.

        A client that is connected again and loses that connection the same way within `FELT_S` is
        in a loop: the other one comes back, too.
        """
        rows = self._judged.history.tables["episodes"]
        of = np.flatnonzero(rows["reason"] == record.REASONS.index("takeover"))
        of = of[np.lexsort((rows["cut_s"][of], rows["channel"][of], rows["person"][of]))]
        person, channel, cut_s = (rows[name][of] for name in ("person", "channel", "cut_s"))
        back_s = np.fmax(rows["noticed_s"][of], rows["open_s"][of])
        first = starts(person) | starts(channel)
        first[1:] |= cut_s[1:] - back_s[:-1] > FELT_S
        begins = np.flatnonzero(first)
        ends = np.append(begins[1:], len(of))[: len(begins)] - 1
        looping = ends - begins + 1 >= LOOP
        for kind, chosen in ((TAKEOVER, ~looping), (LOOPING, looping)):
            yield {
                "kind": np.full(int(chosen.sum()), OWN.index(kind)),
                "target": np.full(int(chosen.sum()), record.PERSON),
                "whom": person[begins[chosen]],
                "start_s": cut_s[begins[chosen]],
                "end_s": back_s[ends[chosen]],
            }

    @cached_property
    def kind(self) -> Column:
        """By number: the place of its kind among those of the history, then of `OWN`."""
        first = np.unique(self.struck["number"], return_index=True)[1]
        kinds = len(self._judged.history.meta.get("incident_kinds", ()))
        return np.append(self.struck["kind"][first], kinds + self.own["kind"]).astype("i8")

    @cached_property
    def touches(self) -> tuple[Touches, Touches]:
        """Whom each touches, and until when: of those that struck, and of the design's own."""
        of_each = (_touched(self._judged, rows).sorted() for rows in (self.struck, self.own))
        struck, own = (_with_gaps(self._judged, one) for one in of_each)
        return struck, own

    def of(self, message: Column, person: Column, until_us: Column) -> Column:
        """The number of the incident that each reception belongs to, judged until that time."""
        struck, own = self.touches
        number = self._of(struck, message, person, until_us)
        rest = number == BACKGROUND
        number[rest] = self._of(own, message[rest], person[rest], until_us[rest])
        return number

    def _of(self, touches: Touches, message: Column, person: Column, until_us: Column) -> Column:
        messages = self._judged.messages
        meant_us = whole_us(messages["time_s"][message])
        whose = (person.astype("i8"), messages["actor"][message].astype("i8"))
        force = [touches.in_force(one, meant_us) for one in whose]
        first = [touches.next(one, meant_us, until_us) for one in whose]
        row = np.where(
            np.maximum(*force) >= 0,
            _better(touches, *force, latest=True),
            _better(touches, *first, latest=False),
        )
        return np.asarray(np.append(touches.number, BACKGROUND)[row])

    @cached_property
    def lost(self) -> Column:
        """Owed receptions lost for good, in the order of `Judged.sends`."""
        sends, gone = self._judged.sends, self._judged.fate >= LOST
        message, person = sends.message[gone], sends.person[gone]
        return self.of(message, person, self._judged.died_us(np.flatnonzero(gone)))

    @cached_property
    def owed(self) -> Column:
        """All owed receptions: one lost until it was dropped, any other until it was late."""
        sends = self._judged.sends
        due_us = whole_us(sends.intended_s) + round(LATE_S * 1e6)
        number = self.of(sends.message, sends.person, due_us)
        number[self._judged.fate >= LOST] = self.lost
        return number

    @cached_property
    def late(self) -> Column:
        """Owed receptions that came more than `LATE_S` after they were meant."""
        sends = self._judged.sends
        waited_us = whole_us(sends.first_s) - whole_us(sends.intended_s)
        return self.owed[sends.reached & (waited_us > round(LATE_S * 1e6))]

    @cached_property
    def twice(self) -> Column:
        """Times that a message was shown beyond the first."""
        shown = self._judged.arrivals
        again = ~starts(shown["key"])
        message, person = shown["message"][again], shown["person"][again]
        return self.of(message, person, whole_us(shown["time_s"][again]))


def costs(judged: Judged) -> dict[str, dict[str, Any]]:
    """Per kind of incident: how many, how long and whom they touched, and what belongs to them.

    `number` counts incidents that overlap the measured window or have something in it; `lasted_s`
    is their length together, `people` how many people they touched, each for itself; `lost`,
    `late` and `twice` are receptions. "background" is what belongs to none.
    """
    found = judged.once(Incidents)
    rows = {"lost": found.lost, "late": found.late, "twice": found.twice}
    kind, lasted_us, people, matters = _each(judged, found)
    parts = {
        part: np.bincount(number[number >= 0], minlength=len(kind)) for part, number in rows.items()
    }
    matters |= sum(parts.values()) > 0
    told: dict[str, dict[str, Any]] = {}
    for index, name in enumerate([*judged.history.meta.get("incident_kinds", ()), *OWN]):
        chosen = (kind == index) & matters
        if chosen.any():
            told[name] = {
                "number": int(chosen.sum()),
                "lasted_s": float(lasted_us[chosen].sum() / 1e6),
                "people": int(people[chosen].sum()),
                **{part: int(each[chosen].sum()) for part, each in parts.items()},
            }
    told[NOTHING_NEAR] = {part: int((number < 0).sum()) for part, number in rows.items()}
    return told


def _each(judged: Judged, found: Incidents) -> tuple[Column, Column, Column, Column]:
    """By number: kind, length, people touched, whether it overlaps the measured window."""
    struck, own, meta = found.struck, found.own, judged.history.meta
    first = np.unique(struck["number"], return_index=True)[1]
    start_s, end_s = (np.append(struck[name][first], own[name]) for name in ("start_s", "end_s"))
    overlaps = (start_s < record.measured_until_s(judged.history)) & (end_s >= meta["warmup_s"])
    number, person = (
        np.concatenate([getattr(one, name) for one in found.touches])
        for name in ("number", "person")
    )
    pairs = np.unique(number * (judged.people + 1) + person)
    people = np.bincount(pairs // (judged.people + 1), minlength=len(found.kind))
    return found.kind, whole_us(end_s) - whole_us(start_s), people, overlaps


def _touched(judged: Judged, rows: Mapping[str, Column]) -> Touches:
    """As the incidents say, people's gaps left out."""
    start_us, end_us = whole_us(rows["start_s"]), whole_us(rows["end_s"])
    lasts_us = np.minimum(end_us - start_us, round(TCP_S * 1e6))
    reach_us = end_us + np.maximum(lasts_us, round(FELT_S * 1e6))
    of_person = np.flatnonzero(rows["target"] == record.PERSON)
    at_node, visitor = _visitors(judged, rows, (start_us, reach_us))
    everybody = np.flatnonzero(rows["target"] == record.EVERYBODY)
    row = np.concatenate([of_person, at_node, np.repeat(everybody, judged.people)])
    all_people = np.tile(np.arange(judged.people), len(everybody))
    person = np.concatenate([rows["whom"][of_person], visitor, all_people])
    number = rows["number"][row].astype("i8")
    return Touches(number, person.astype("i8"), start_us[row], reach_us[row])


def _better(touches: Touches, one: Column, other: Column, *, latest: bool) -> Column:
    """Of two rows the one begun later, or earlier; the lower number of two begun together."""
    if not len(touches.number):
        return one
    sign = 1 if latest else -1
    start_us = sign * touches.start_us
    later = (start_us[other] > start_us[one]) | (
        (start_us[other] == start_us[one]) & (touches.number[other] < touches.number[one])
    )
    return np.where((other >= 0) & ((one < 0) | later), other, one)


def _visitors(
    judged: Judged, rows: Mapping[str, Column], span: tuple[Column, Column]
) -> tuple[Column, Column]:
    """Rows of incidents of nodes, each with every person who was there meanwhile."""
    start_us, reach_us = span
    stays = _stays(judged)
    found: list[tuple[Column, Column]] = []
    for row in np.flatnonzero(rows["target"] == record.NODE):
        here = stays["node"] == rows["whom"][row]
        near = here & (stays["from_us"] <= reach_us[row]) & (stays["until_us"] >= start_us[row])
        people = np.unique(stays["person"][near])
        found.append((np.full(len(people), row), people))
    empty = np.zeros(0, dtype="i8")
    pairs = [(empty, empty), *found]
    return np.concatenate([row for row, _ in pairs]), np.concatenate([who for _, who in pairs])


def _stays(judged: Judged) -> Mapping[str, Column]:
    """Who was at which node, from opening a connection to it to the next one of the same kind."""
    attempts, nodes = judged.history.tables["attempts"], judged.history.tables["nodes"]
    opened = attempts["outcome"] == record.OUTCOMES.index("opened")
    opened &= attempts["node"] >= 0  # a proxy is no node
    person, node = (attempts[name][opened].astype("i8") for name in ("person", "node"))
    from_us = whole_us((attempts["time_s"] + attempts["took_s"])[opened])
    kinds = np.zeros(max(node.max(initial=0), nodes["node"].max(initial=0)) + 1, dtype="i8")
    kinds[nodes["node"]] = nodes["kind"]
    place = person * 2 + kinds[node]
    order = np.lexsort((from_us, place))
    place, from_us = place[order], from_us[order]
    horizon_us = round(judged.history.meta["horizon_s"] * 1e6)
    until_us = np.append(from_us[1:], horizon_us)[: len(from_us)]
    until_us[np.append(starts(place)[1:], True)[: len(place)]] = horizon_us
    return {
        "person": person[order], "node": node[order], "from_us": from_us, "until_us": until_us,
    }  # fmt: skip


def _with_gaps(judged: Judged, touches: Touches) -> Touches:
    """Reaching on until people whose connection was cut meanwhile are well again, or leave."""
    rows = judged.history.tables["episodes"]
    closes_s = record.session_end_s(judged.history, rows["person"], rows["cut_s"])
    over_s = np.where(np.isnan(rows["synced_s"]), rows["open_s"], rows["synced_s"])
    over_us = whole_us(np.where(np.isnan(over_s), closes_s, over_s))
    row = touches.in_force(rows["person"].astype("i8"), whole_us(rows["cut_s"]))
    reach_us = touches.reach_us.copy()
    np.maximum.at(reach_us, row[row >= 0], over_us[row >= 0])
    return Touches(touches.number, touches.person, touches.start_us, reach_us)
