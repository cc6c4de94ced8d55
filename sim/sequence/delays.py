"""Where one message spent its time on the way to one reader: every span has a cause.

Followed backwards from the moment when the reader was shown it: the hop that brought it, what the
node had to do first, the backplane, the store, the hop up, and the wait before. Waiting for a
connection is split into: dead and nobody has noticed, backing off, connecting.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np

from sim.history import OUTCOMES, History
from sim.sequence.hops import BACKPLANE, Hop, hops
from sim.sequence.story import Record
from sim.tape import ACCEPTED, DATA, PROXY_LANE, TAKEN, Mark, is_proxy, person_lane

_NEAR_S: Final = 3e-6  # times of the history are whole microseconds
_SHORT_S: Final = 1e-6
_AT_ONCE_S: Final = 0.05
"""A node that takes longer than this to pass something on has been waiting for the reader."""


@dataclass(frozen=True, slots=True)
class Span:
    """From `start_s` to `end_s` the message was `where`, because of `cause`."""

    start_s: float
    end_s: float
    where: str
    cause: str

    @property
    def lasted_s(self) -> float:
        """How long, in seconds."""
        return self.end_s - self.start_s


def delays(record: Record, message: int, reader: int) -> list[Span]:
    """Spans from the moment of sending until the reader is first shown the message.

    Without gaps, in order of time; empty when the reader is never shown it.
    """
    shown_s = _shown_s(record.history, message, reader)
    if shown_s is None:
        return []
    back = _Backwards(record, message, reader)
    spans = [span for span in back.follow(shown_s) if span.lasted_s > _SHORT_S]
    return _joined(sorted(spans, key=lambda span: span.start_s))


def _shown_s(history: History, message: int, reader: int) -> float | None:
    rows = history.tables["deliveries"]
    theirs = (rows["message"] == message) & (rows["person"] == reader) & rows["visible"]
    return float(rows["time_s"][theirs].min()) if theirs.any() else None


class _Backwards:
    """Follows one message from its reader back to its writer."""

    def __init__(self, record: Record, message: int, reader: int) -> None:
        table = record.history.tables["messages"]
        self._history = record.history
        self._writer = int(table["actor"][message])
        self._reader = reader
        self._begun_s = float(table["time_s"][message])
        about = [mark for mark in record.tape if message in mark.what.messages]
        self._hops = [hop for hop in hops(about) if hop.said.role == DATA]
        self._marks = about

    def follow(self, shown_s: float) -> Iterator[Span]:
        """Spans, the last first."""
        reader = person_lane(self._reader)
        hop = self._last(to=reader, until_s=shown_s)
        if hop is None:
            yield Span(self._begun_s, shown_s, "somewhere", "the tape does not say")
            return
        cause = "held by the client until what comes before it has arrived"
        yield Span(hop.over_s, shown_s, reader, cause)
        yield from _network(hop, self._history, self._reader)
        yield from self._at_node(hop)

    def _last(self, to: str, until_s: float, source: str = "") -> Hop | None:
        """The last hop that arrived at a lane by then; at any proxy with `to` = `PROXY_LANE`."""
        found = [
            hop
            for hop in self._hops
            if (hop.target == to or (to == PROXY_LANE and is_proxy(hop.target)))
            and hop.fate == "arrived"
            and hop.over_s <= until_s + _NEAR_S
            and source in ("", hop.source)
        ]
        return max(found, key=lambda hop: hop.over_s, default=None)

    def _at_node(self, out: Hop) -> Iterator[Span]:
        """Between coming to a node (or being accepted anywhere) and leaving for the reader."""
        node = out.source
        through = self._last(to=node, until_s=out.left_s, source=BACKPLANE)
        until_s = out.left_s
        accepted = self._mark(ACCEPTED, until_s, node) or self._mark(ACCEPTED, until_s)
        accepted = accepted or self._mark(TAKEN, until_s)  # it died with the message stored
        ready_s = accepted.time_s if accepted is not None else self._begun_s
        if through is not None and through.over_s > ready_s:
            ready_s = through.over_s
            accepted = self._mark(ACCEPTED, through.left_s) or accepted
        yield from self._until_sent(ready_s, out)
        if accepted is None:
            return
        if ready_s > accepted.time_s:
            yield Span(accepted.time_s, ready_s, BACKPLANE, "backplane")
        yield from self._to_node(accepted)

    def _until_sent(self, ready_s: float, out: Hop) -> Iterator[Span]:
        if out.left_s - ready_s <= _AT_ONCE_S:
            yield Span(ready_s, out.left_s, out.source, "work and queue")
            return
        default = ("servers", "waiting for the reader to ask")
        yield from _waiting(self._history, self._reader, (ready_s, out.left_s), default)

    def _mark(self, kind: str, until_s: float, lane: str = "") -> Mark | None:
        found = [
            mark
            for mark in self._marks
            if mark.kind == kind and mark.time_s <= until_s + _NEAR_S and lane in ("", mark.source)
        ]
        return found[-1] if found else None

    def _to_node(self, accepted: Mark) -> Iterator[Span]:
        """From the writer to the node that accepted it."""
        node = accepted.source
        taken = self._mark(TAKEN, accepted.time_s, node)
        taken_s = taken.time_s if taken is not None else accepted.time_s
        yield Span(taken_s, accepted.time_s, node, "writing to the store")
        writer = person_lane(self._writer)
        up = self._last(to=node, until_s=taken_s, source=writer)
        passed_on = self._last(to=PROXY_LANE, until_s=taken_s, source=writer)
        if up is None and passed_on is not None:
            up, node = passed_on, f"{passed_on.target} and {node}"
        if up is None:
            return
        yield Span(up.over_s, taken_s, node, "work and queue")
        yield from _network(up, self._history, self._writer)
        earlier = [hop for hop in self._hops if hop.source == up.source and hop.left_s < up.left_s]
        tried = "an earlier try has failed, or is not known to have succeeded"
        default = (up.source, tried if earlier else "waiting in the client")
        yield from _waiting(self._history, self._writer, (self._begun_s, up.left_s), default)


def _network(hop: Hop, history: History, person: int) -> Iterator[Span]:
    """A hop: held back or lost at first, then on its way."""
    where = f"{hop.source} to {hop.target}"
    if np.isnan(hop.again_s):
        yield Span(hop.left_s, hop.over_s, where, "network, and what TCP had to send again")
        return
    yield Span(hop.again_s, hop.over_s, where, "network")
    late = "held back by TCP" if hop.held else "lost, waiting for TCP to send it again"
    for span in _cut(hop.left_s, hop.again_s, _outages(history, person)):
        inside, start_s, end_s = span
        yield Span(start_s, end_s, where, f"{late}, link down" if inside else late)


def _waiting(
    history: History, person: int, span_s: tuple[float, float], default: tuple[str, str]
) -> Iterator[Span]:
    """A wait for a person's connection, by what the connection was going through."""
    lane = person_lane(person)
    states = list(_states(history, person))
    outages = _outages(history, person)
    edges = {*span_s, *(time_s for outage in outages for time_s in outage)}
    edges |= {time_s for start_s, end_s, _ in states for time_s in (start_s, end_s)}
    inside = sorted(time_s for time_s in edges if span_s[0] <= time_s <= span_s[1])
    for start_s, end_s in pairwise(inside):
        middle_s = (start_s + end_s) / 2.0
        found = [cause for one_s, other_s, cause in states if one_s < middle_s < other_s]
        down = any(one_s < middle_s < other_s for one_s, other_s in outages)
        where, cause = (lane, found[0]) if found else default
        yield Span(start_s, end_s, where, f"{cause}, link down" if down else cause)


def _states(history: History, person: int) -> Iterator[tuple[float, float, str]]:
    """What a person's connection went through, the most telling first."""
    dialled_s = []
    for time_s, outcome, took_s in _rows(history, "attempts", person, "outcome", "took_s"):
        ended = OUTCOMES[int(outcome)]
        cause = "connecting" if ended == "opened" else f"connecting in vain ({ended})"
        dialled_s.append(time_s + took_s)
        yield time_s, time_s + took_s, cause
    for cut_s, noticed_s, open_s in _rows(
        history, "episodes", person, "noticed_s", "open_s", first="cut_s"
    ):
        back_s = np.inf if np.isnan(open_s) else open_s
        tried_s = max((end_s for end_s in dialled_s if end_s <= back_s), default=noticed_s)
        yield noticed_s, tried_s, "backing off before the next try"
        yield tried_s, back_s, "asking for what was missed"
        yield cut_s, noticed_s, "connection dead, and nobody has noticed"


def _outages(history: History, person: int) -> list[tuple[float, float]]:
    rows = history.tables["outages"]
    theirs = rows["person"] == person
    return list(zip(rows["start_s"][theirs].tolist(), rows["end_s"][theirs].tolist(), strict=True))


def _rows(
    history: History, table: str, person: int, *names: str, first: str = "time_s"
) -> Iterator[tuple[float, ...]]:
    rows = history.tables[table]
    theirs = rows["person"] == person
    yield from zip(*(rows[name][theirs].tolist() for name in (first, *names)), strict=True)


def _cut(
    start_s: float, end_s: float, outages: Iterable[tuple[float, float]]
) -> Iterator[tuple[bool, float, float]]:
    """The pieces of a span, and whether the link was down in each."""
    at_s = start_s
    for down_s, up_s in outages:
        if down_s < end_s and up_s > at_s:
            if down_s > at_s:
                yield False, at_s, down_s
            yield True, max(at_s, down_s), min(up_s, end_s)
            at_s = min(up_s, end_s)
    if at_s < end_s:
        yield False, at_s, end_s


def _joined(spans: Sequence[Span]) -> list[Span]:
    """Neighbours with the same cause at the same place as one."""
    found: list[Span] = []
    for span in spans:
        if found and (found[-1].where, found[-1].cause) == (span.where, span.cause):
            found[-1] = Span(found[-1].start_s, span.end_s, span.where, span.cause)
        else:
            found.append(span)
    return found
