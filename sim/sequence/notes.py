"""Notes and bars: what happens at one lane, at a moment or for a while.

Notes come from the history (what people did and were shown, what was given up, when a dead
connection was noticed) and the tape (what nodes took); bars are faults. Leaves out which of them
matter (`story`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from sim.faults import Fault
from sim.faults.base import LINK_DOWN, LINK_UP, Hit, Phrase
from sim.history import CAUSES, EVERYONE, REASONS, Column, History
from sim.sequence.hops import BACKPLANE
from sim.tape import ACCEPTED, DATA, OPENED, TAKEN, Mark, is_person, node_lane, person_lane

NO_MESSAGE: Final = -1
ACTS: Final = "acts"
SHOWN: Final = "shown"
HIDDEN: Final = "hidden"
TOLD: Final = "told"
FAILED: Final = "failed"
TAKES: Final = "takes"
DROPS: Final = "drops"
LINK: Final = "link"
BREAKS: Final = "breaks"  # the guarantee
_LIKE_A_HOP: Final = ("uplink died", "half-open", "backplane down")  # drawn where it died


@dataclass(frozen=True, slots=True)
class Note:
    """Something that happens at one lane; `message` is `NO_MESSAGE` where it is about none.

    `again`: of what is shown, that it was shown before. `up`: of links, that one is connected.
    """

    time_s: float
    lane: str
    text: str
    kind: str
    message: int = NO_MESSAGE
    again: bool = False
    up: bool = False


@dataclass(frozen=True, slots=True)
class Bar:
    """A fault on a lane from `start_s` to `end_s`; without `ends` nothing is said of its end."""

    lane: str
    start_s: float
    end_s: float
    begins: Phrase
    ends: Phrase | None = None


@dataclass(frozen=True, slots=True)
class Focus:
    """What is told about: these messages, and these people's part in them."""

    messages: tuple[int, ...]
    people: tuple[int, ...]


def notes(history: History, tape: Sequence[Mark], focus: Focus) -> list[Note]:
    """Everything there is to note about `focus`, in order of time."""
    found = [*_acts(history, focus), *_shown(history, focus), *_links(history, focus)]
    found += [*_opened(tape), *_taken(tape), *_drops(history, tape, focus)]
    lanes = [person_lane(person) for person in focus.people]
    near = (one for one in found if one.lane in lanes or not is_person(one.lane))
    kept = (one for one in near if one.message in (NO_MESSAGE, *focus.messages))
    return sorted(kept, key=lambda note: note.time_s)


def _rows(table: Mapping[str, Column], kept: Column, *names: str) -> Iterator[tuple[Any, ...]]:
    """The rows that `kept` picks, as plain values, in these columns."""
    return zip(*(table[name][kept].tolist() for name in names), strict=True)


def _acts(history: History, focus: Focus) -> Iterator[Note]:
    table = history.tables["messages"]
    chosen = np.array(focus.messages, dtype=int)
    rows = _rows(table, chosen, "actor", "time_s", "told_s", "failed_s")
    for message, (actor, time_s, told_s, failed_s) in zip(focus.messages, rows, strict=True):
        lane, name = person_lane(actor), f"message {message}"
        yield Note(time_s, lane, f"sends {name}", ACTS, message)
        if not np.isnan(told_s):
            yield Note(told_s, lane, f"is told OK for {name}", TOLD, message)
        if not np.isnan(failed_s):
            yield Note(failed_s, lane, f"is told that {name} failed", FAILED, message)


def _shown(history: History, focus: Focus) -> Iterator[Note]:
    table = history.tables["deliveries"]
    about = np.isin(table["message"], focus.messages)
    seen: set[tuple[int, int]] = set()
    rows = _rows(table, about, "time_s", "order", "message", "person", "visible")
    for time_s, _, message, person, visible in sorted(rows):
        lane, name = person_lane(person), f"message {message}"
        again = (message, person) in seen
        if visible:
            seen.add((message, person))
            text = f"is shown {name}{' again' * again}"
            yield Note(time_s, lane, text, SHOWN, message, again=again)
        else:
            yield Note(time_s, lane, f"hides {name}: a repeat", HIDDEN, message)


def _links(history: History, focus: Focus) -> Iterator[Note]:
    table = history.tables["episodes"]
    theirs = np.isin(table["person"], focus.people)
    for person, noticed_s, reason in _rows(table, theirs, "person", "noticed_s", "reason"):
        text = f"notices: connection over ({REASONS[reason]})"
        yield Note(noticed_s, person_lane(person), text, LINK)


def _opened(tape: Iterable[Mark]) -> Iterator[Note]:
    for mark in tape:
        if mark.kind == OPENED:
            yield Note(mark.time_s, mark.source, f"is connected to {mark.target}", LINK, up=True)


def _taken(tape: Iterable[Mark]) -> Iterator[Note]:
    """What a node did with what it took: accepted it (again), or knew it already."""
    accepted: dict[int, int] = {}
    pending: dict[tuple[str, int], Mark] = {}
    for mark in tape:
        if mark.kind not in (TAKEN, ACCEPTED):
            continue
        (message,) = mark.what.messages
        if mark.kind == TAKEN:
            if message in accepted:
                pending[mark.source, message] = mark
            continue
        again = " once more" if message in accepted else ""
        accepted[message] = accepted.get(message, 0) + 1
        pending.pop((mark.source, message), None)
        yield Note(mark.time_s, mark.source, f"accepts {mark.what.text}{again}", TAKES, message)
    for (lane, message), mark in pending.items():
        yield Note(mark.time_s, lane, f"knows {mark.what.text} already", TAKES, message)


def _drops(history: History, tape: Sequence[Mark], focus: Focus) -> Iterator[Note]:
    sent_s = history.tables["messages"]["sent_s"]
    actor = history.tables["messages"]["actor"]
    table = history.tables["drops"]
    about = np.isin(table["message"], focus.messages)
    about &= np.isin(table["person"], (EVERYONE, *focus.people))
    for message, person, time_s, code in _rows(
        table, about, "message", "person", "time_s", "cause"
    ):
        cause = CAUSES[code]
        if cause in _LIKE_A_HOP:
            continue
        at_client = person < 0 and not sent_s[message] <= time_s
        lane = person_lane(int(actor[message]))
        if not at_client:
            lane = _holder(tape, message, person, time_s)
        if lane:
            yield Note(time_s, lane, f"drops message {message}: {cause}", DROPS, message)


def _holder(tape: Sequence[Mark], message: int, person: int, time_s: float) -> str:
    """The node that had the message last, for this person if there is one; empty for none."""
    reader, lane = person_lane(person), ""
    for mark in tape:
        if mark.time_s > time_s:
            break
        if message in mark.what.messages and mark.what.role == DATA:
            ends = [mark.source] if mark.target == reader else [mark.target, mark.source]
            lane = next((end for end in ends if not is_person(end)), lane)
    return lane


def bars(history: History, faults: Sequence[Fault], focus: Focus) -> list[Bar]:
    """Faults as they hit lanes; a person's own outages whatever caused them."""
    words = {
        (one.whom, one.healed_s(0)): (one.links_before, one.links_after)
        for one in faults
        if one.target == "person" and not one.hit
    }
    table = history.tables["outages"]
    theirs = np.isin(table["person"], focus.people)
    found = []
    for person, start_s, end_s in _rows(table, theirs, "person", "start_s", "end_s"):
        before, after = words.get((person, end_s), (LINK_DOWN, LINK_UP))
        found.append(Bar(person_lane(person), start_s, end_s, before, after))
    lanes = _node_lanes(history)
    for fault in faults:
        if hit := fault.hit:
            end_s = fault.healed_s(0)  # what hits all gateways in turn is not drawn
            found.append(Bar(_lane(hit, lanes), fault.begins_s, end_s, hit.begins, hit.ends))
    return sorted(found, key=lambda bar: (bar.start_s, bar.end_s, bar.lane))


def _lane(hit: Hit, nodes: Sequence[str]) -> str:
    if hit.target == "nobody":
        return hit.lane or BACKPLANE
    return nodes[hit.number] if hit.target == "node" else person_lane(hit.number)


def _node_lanes(history: History) -> list[str]:
    table = history.tables["nodes"]
    kinds = dict(zip(table["node"].tolist(), table["kind"].tolist(), strict=True))
    return [node_lane(node, kinds[node]) for node in sorted(kinds)]
