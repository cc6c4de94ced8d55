"""Every guarantee once more, the slow way: straight from its sentence, row by row, no joins.

An oracle says which messages violate (for promises about messages), or which pairs of an answer
and a message do. Histories are small, so nothing here is clever.
"""

from __future__ import annotations

import math
from collections import Counter
from itertools import combinations, pairwise
from typing import Any

from sim.history import LIST, NOTHING, REASONS, SEND, History

Rows = list[dict[str, Any]]


class Plain:
    """A history as lists of rows."""

    def __init__(self, of: History) -> None:
        def rows(table: str) -> Rows:
            columns = {name: column.tolist() for name, column in of.tables[table].items()}
            return [
                dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)
            ]

        self.meta = of.meta
        self.end_s = float(of.meta["end_s"])
        self.until_s = float(of.meta["warmup_s"] + of.meta["measure_s"])
        self.messages = rows("messages")
        self.sends = [m for m, one in enumerate(self.messages) if one["action"] == SEND]
        self.deliveries, self.listed = rows("deliveries"), rows("listed")
        self.pending, self.outages, self.sessions = (
            rows("pending"), rows("outages"), rows("sessions")
        )  # fmt: skip
        self.episodes = rows("episodes")
        self.members = {(one["conversation"], one["person"]) for one in rows("members")}
        self.people = range(of.meta["people"])
        self.rank = sorted(range(len(self.messages)), key=lambda m: (self.messages[m]["time_s"], m))
        self.rank = [self.rank.index(m) for m in range(len(self.messages))]

    def shown(self, person: int) -> Rows:
        """What a person's screen showed of others' messages, in its order, repeats too."""
        return sorted(
            (
                row
                for row in self.deliveries
                if row["person"] == person and row["visible"] and row["message"] in self.sends
                if self.messages[row["message"]]["actor"] != person
            ),
            key=lambda row: row["order"],
        )

    def first_shown(self, person: int) -> Rows:
        found: dict[int, dict[str, Any]] = {}
        for row in self.shown(person):
            found.setdefault(row["message"], row)
        return list(found.values())

    def view(self, person: int, room: int) -> list[int]:
        ids = [row["message"] for row in self.first_shown(person)]
        return [m for m in ids if self.messages[m]["conversation"] == room]

    def owed(self) -> list[tuple[int, int]]:
        """Receptions owed, `present` rule."""
        found = []
        for m in self.sends:
            one = self.messages[m]
            if not self.meta["warmup_s"] <= one["time_s"] < self.until_s:
                continue
            for person in self.people:
                needed_s = min(one["time_s"] + self.meta["grace_s"], self.until_s)
                closes_s = self.session_end_s(person, one["time_s"])
                member = (one["conversation"], person) in self.members
                there = closes_s is not None and closes_s >= needed_s
                if member and there and person != one["actor"]:
                    found.append((m, person))
        return found

    def session_end_s(self, person: int, time_s: float) -> float | None:
        for one in self.sessions:
            if one["person"] == person and one["start_s"] <= time_s <= one["end_s"]:
                return float(one["end_s"])
        return None

    def closes_s(self, person: int, time_s: float) -> float | None:
        found = self.session_end_s(person, min(time_s, self.until_s))
        return self.end_s if found is not None and found >= self.until_s else found

    def shown_s(self, m: int, person: int) -> float:
        times_s = [row["time_s"] for row in self.first_shown(person) if row["message"] == m]
        return float(times_s[0]) if times_s else math.inf

    def held(self, m: int, person: int) -> bool:
        return any(row["message"] == m and row["person"] in (person, -1) for row in self.pending)

    def told_failure(self, m: int) -> bool:
        one = self.messages[m]
        return not math.isnan(one["failed_s"]) and math.isnan(one["told_s"])

    def pages(self) -> list[tuple[int, int, int, float, set[int]]]:
        """Answers as the screens showed them: place, request, person, time, contents."""
        found = {}
        for row in sorted(self.deliveries, key=lambda row: row["order"]):
            request = row["message"]
            one = self.messages[request]
            if one["action"] == LIST and row["visible"] and row["person"] == one["actor"]:
                inside = [each["holds"] for each in self.listed if each["message"] == request]
                if inside and request not in found:
                    held = {m for m in inside if m != NOTHING}
                    found[request] = (row["order"], request, row["person"], row["time_s"], held)
        return list(found.values())

    def taken_s(self, m: int) -> float:
        times = (self.messages[m]["accepted_s"], self.messages[m]["told_s"])
        return min((t for t in times if not math.isnan(t)), default=math.nan)

    def reaches(self, held: set[int], m: int) -> bool:
        """Whether a page of these messages would show `m` if nothing were amiss."""
        times = [self.messages[one]["accepted_s"] for one in held]
        times = [t for t in times if not math.isnan(t)]
        return self.taken_s(m) >= min(times, default=-math.inf)


def at_most_once(of: Plain) -> set[int]:
    return {
        row["message"]
        for person in of.people
        for row in of.shown(person)
        if [one["message"] for one in of.shown(person)].count(row["message"]) > 1
    }


def _lost(of: Plain) -> set[tuple[int, int]]:
    return {(m, p) for m, p in of.owed() if of.shown_s(m, p) == math.inf and not of.held(m, p)}


def at_least_once(of: Plain) -> set[int]:
    return {m for m, _ in _lost(of) if not of.told_failure(m)}


def exactly_once(of: Plain) -> set[int]:
    return at_least_once(of) | at_most_once(of)


def no_loss_after_ok(of: Plain) -> set[int]:
    return {m for m, _ in _lost(of) if not math.isnan(of.messages[m]["told_s"])}


def failed_means_absent(of: Plain) -> set[int]:
    seen = {m for m in of.sends for p in of.people if of.shown_s(m, p) < math.inf}
    seen |= {m for page in of.pages() for m in page[4]}
    return {m for m in seen if of.told_failure(m)}


def fifo(of: Plain) -> set[int]:
    found = set()
    for person in of.people:
        shown = [row["message"] for row in of.first_shown(person)]
        for early, late in combinations(shown, 2):
            one, other = of.messages[early], of.messages[late]
            same = one["actor"] == other["actor"] and one["conversation"] == other["conversation"]
            if same and of.rank[late] < of.rank[early]:
                found.add(late)
    return found


def total_order(of: Plain) -> set[int]:
    """Messages on a cycle of "was shown before" that several readers saw."""
    before = {(a, b) for p in of.people for r in (0, 1) for a, b in combinations(of.view(p, r), 2)}
    grown = True
    while grown:
        more = {(a, d) for a, b in before for c, d in before if b == c} - before
        grown = bool(more)
        before |= more
    readers = Counter(m for p in of.people for r in (0, 1) for m in of.view(p, r))
    return {a for a, b in before if a == b and readers[a] > 1}


def _happened_before(of: Plain) -> set[tuple[int, int]]:
    """Pairs (message, one that depends on it), closed."""
    before = set()
    for m in of.sends:
        sender, sent_s = of.messages[m]["actor"], of.messages[m]["time_s"]
        before |= {
            (one, m)
            for one in of.sends
            if of.messages[one]["actor"] == sender and of.rank[one] < of.rank[m]
        }
        shown = {row["message"] for row in of.first_shown(sender) if row["time_s"] < sent_s}
        for _, _, person, time_s, held in of.pages():
            if person == sender and time_s < sent_s:
                shown |= held
        before |= {(one, m) for one in shown}
    for middle in of.sends:
        into = {a for a, b in before if b == middle}
        out = {b for a, b in before if a == middle}
        before |= {(a, b) for a in into for b in out}
    return before


def causal_order(of: Plain) -> set[int]:
    before = _happened_before(of)
    return {
        late
        for person in of.people
        for early, late in combinations([row["message"] for row in of.first_shown(person)], 2)
        if (late, early) in before
    }


def read_your_writes(of: Plain) -> set[tuple[int, int]]:
    found = set()
    for _, request, person, _, held in of.pages():
        asked = of.messages[request]
        for m in of.sends:
            one = of.messages[m]
            mine = one["actor"] == person and one["conversation"] == asked["conversation"]
            if mine and one["told_s"] < asked["time_s"] and of.reaches(held, m) and m not in held:
                found.add((request, m))
    return found


def monotonic_reads(of: Plain) -> set[tuple[int, int]]:
    found = set()
    for earlier, later in combinations(sorted(of.pages()), 2):
        rooms = {of.messages[page[1]]["conversation"] for page in (earlier, later)}
        for one, other in ((earlier, later), (later, earlier)):
            if one[2] == other[2] and len(rooms) == 1 and one[0] < other[0]:
                found |= {
                    (other[1], m) for m in one[4] if of.reaches(other[4], m) and m not in other[4]
                }
    return found


def isolation(of: Plain) -> set[int]:
    found = set()
    for row in of.deliveries:
        inside = [one["holds"] for one in of.listed if one["message"] == row["message"]]
        for m in {row["message"], *inside} - {NOTHING}:
            one = of.messages[m]
            if one["action"] == LIST:
                if row["person"] != one["actor"]:
                    found.add(m)
            elif (one["conversation"], row["person"]) not in of.members:
                found.add(m)
    return found


def dedup_window(of: Plain, window_s: float = 300.0) -> set[int]:
    found = set()
    for m in of.sends:
        for person in of.people:
            copies = [
                row
                for row in of.deliveries
                if (row["message"], row["person"]) == (m, person)
                and of.messages[m]["actor"] != person
            ]
            if not copies:
                continue
            began_s = min(row["time_s"] for row in copies)
            shown = sorted(row["time_s"] for row in copies if row["visible"])
            if any(round(time_s - began_s, 6) <= window_s for time_s in shown[1:]):
                found.add(m)
    return found


def _longest_s(of: Plain, person: int, from_s: float, until_s: float) -> float:
    """The longest stretch without an outage, by looking at every edge in between."""
    down = [(o["start_s"], o["end_s"]) for o in of.outages if o["person"] == person]
    edges = sorted({from_s, until_s, *(t for one in down for t in one if from_s < t < until_s)})
    stretch_s = longest_s = 0.0
    for one_s, other_s in pairwise(edges):
        middle_s = (one_s + other_s) / 2.0
        broken = any(start_s < middle_s < end_s for start_s, end_s in down)
        stretch_s = 0.0 if broken else stretch_s + other_s - one_s
        longest_s = max(longest_s, stretch_s)
    return round(longest_s, 6)


def bounded_staleness(of: Plain, bound_s: float = 10.0) -> set[int]:
    found = set()
    for m, person in of.owed():
        from_s = of.messages[m]["accepted_s"]
        if math.isnan(from_s) or (closes_s := of.closes_s(person, from_s)) is None:
            continue
        until_s = max(from_s, min(of.shown_s(m, person), closes_s))
        if _longest_s(of, person, from_s, until_s) > bound_s:
            found.add(m)
    return found


def gaps(of: Plain) -> list[tuple[int, float, float, bool]]:
    """Person, cut, end, and whether it ended by having caught up; one connection a channel."""
    found = []
    for person, channel in sorted({(one["person"], one["channel"]) for one in of.episodes}):
        begun_s, before_s = None, math.nan
        for one in sorted(of.episodes, key=lambda one: one["cut_s"]):
            closes_s = of.closes_s(person, one["cut_s"])
            mine = (one["person"], one["channel"]) == (person, channel)
            if not mine or REASONS[one["reason"]] == "app closed" or closes_s is None:
                continue
            if begun_s is not None and before_s < one["cut_s"]:  # the app was closed in between
                found.append((person, begun_s, before_s, False))
                begun_s = None
            begun_s, before_s = one["cut_s"] if begun_s is None else begun_s, closes_s
            if not math.isnan(one["synced_s"]):
                done = one["synced_s"] <= closes_s
                found.append((person, begun_s, min(one["synced_s"], closes_s), done))
                begun_s = None
        if begun_s is not None:
            found.append((person, begun_s, before_s, False))
    return found


def bounded_recovery(of: Plain, bound_s: float) -> list[bool]:
    """Of every gap that tells something: whether it was too long."""
    lasted_s = [
        (_longest_s(of, person, cut_s, over_s), done) for person, cut_s, over_s, done in gaps(of)
    ]
    return [one_s > bound_s for one_s, done in lasted_s if done or one_s > bound_s]


def eventual_delivery(of: Plain) -> set[int]:
    def away(m: int, person: int) -> bool:
        def gone(who: int) -> bool:
            return of.session_end_s(who, of.until_s) is None

        unsent = math.isnan(of.messages[m]["accepted_s"])
        return gone(person) or (unsent and gone(of.messages[m]["actor"]))

    return {
        m for m, p in of.owed() if of.shown_s(m, p) == math.inf and of.held(m, p) and not away(m, p)
    }
