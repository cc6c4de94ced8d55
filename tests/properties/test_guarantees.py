"""A clean history is never accused; an anomaly of each kind, planted anywhere, is always found."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from sim.guarantees import GUARANTEES, Evidence, Verdict, outcomes
from sim.history import CAUSES, LIST, NOTHING, SEND, TABLES, History

PEOPLE = 6
ROOMS = ((0, 1, 2, 3, 4), (1, 2, 5))
STARTS_S, ENDS_S, END_S = 10.0, 400.0, 500.0
META: dict[str, Any] = {
    "design": "generated",
    "people": PEOPLE,
    "warmup_s": STARTS_S,
    "measure_s": ENDS_S - STARTS_S,
    "drain_s": END_S - ENDS_S,
    "end_s": END_S,
    "grace_s": 1.0,
    "owed": "present",
}
Reception = tuple[int, int]  # message, person


@dataclasses.dataclass
class Case:
    """A history in the making: when each reception was shown, and rows of the other tables."""

    messages: list[tuple[float, int, int, int]]  # time, actor, room, action
    shown_s: dict[Reception, float]
    extra: list[tuple[int, int, float, int, bool]]  # further deliveries
    listed: list[Reception]
    rows: dict[str, list[tuple[Any, ...]]]
    failed: int = -1  # the one message of which its sender was told that it failed

    def history(self) -> History:
        life = [(t + 0.001, t + 0.01, t + 0.02, math.nan) for t, *_ in self.messages]
        if self.failed >= 0:
            life[self.failed] = (*life[self.failed][:2], math.nan, life[self.failed][2])
        tables: dict[str, list[tuple[Any, ...]]] = {
            "messages": [(*one, 100, *more) for one, more in zip(self.messages, life, strict=True)],
            "deliveries": [(m, p, t, 0, True) for (m, p), t in self.shown_s.items()] + self.extra,
            "members": [(room, person) for room, who in enumerate(ROOMS) for person in who],
            "sessions": [(person, 0.0, END_S) for person in range(PEOPLE)],
            "listed": self.listed,
            **self.rows,
        }
        columns = {
            name: {
                column: [row[at] for row in rows]
                for at, column in enumerate(one for one in TABLES[name] if one != "order")
            }
            for name, rows in tables.items()
        }
        return History.of(columns, META)

    def judged(self, name: str) -> Verdict:
        return GUARANTEES[name].check(self.history())


@st.composite
def clean_cases(draw: st.DrawFn) -> Case:
    """Messages a second or more apart; every reader is shown all, in order, soon and once."""
    count = draw(st.integers(4, 16))
    messages, time_s = [], STARTS_S
    for _ in range(count):
        time_s += draw(st.floats(1.0, 15.0))
        room = draw(st.sampled_from((0, 0, 1)))
        action = draw(st.sampled_from((SEND, SEND, SEND, LIST)))
        messages.append((time_s, draw(st.sampled_from(ROOMS[room])), room, action))
    shown_s: dict[Reception, float] = {}
    extra, listed = [], []
    for number, (sent_s, actor, room, action) in enumerate(messages):
        if action == LIST:
            page = [m for m, one in enumerate(messages[:number]) if one[2:] == (room, SEND)]
            listed += [(number, held) for held in page or [NOTHING]]
            extra.append((number, actor, sent_s + 0.5, 0, True))
            continue
        for person in ROOMS[room]:
            if person != actor:
                shown_s[number, person] = sent_s + draw(st.floats(0.05, 0.9))
                if draw(st.booleans()):
                    later_s = shown_s[number, person] + draw(st.floats(0.0, 50.0))
                    extra.append((number, person, later_s, 1, False))
    gaps = draw(st.lists(st.tuples(st.integers(0, 5), st.floats(20.0, 300.0)), max_size=3))
    episodes = [(who, 0, cut, cut + 5.0, cut + 6.0, cut + 7.0, 0) for who, cut in gaps]
    return Case(messages, shown_s, extra, listed, {"episodes": episodes})


Pick = Callable[[st.SearchStrategy[Any]], Any]


def picked(pick: Pick, candidates: list[Any]) -> Any:
    assume(candidates)
    return pick(st.sampled_from(candidates))


def repeat(case: Case, pick: Pick) -> Reception:
    """Show one reception again."""
    (message, person), time_s = picked(pick, sorted(case.shown_s.items()))
    case.extra.append((message, person, time_s + pick(st.floats(0.001, 99.0)), 1, True))
    return message, person


def lose(case: Case, pick: Pick) -> Reception:
    """Never show one reception, with or without saying why."""
    message, person = picked(pick, sorted(case.shown_s))
    del case.shown_s[message, person]
    case.extra = [row for row in case.extra if row[:2] != (message, person)]
    if pick(st.booleans()):
        cause = pick(st.integers(0, len(CAUSES) - 1))
        whom = pick(st.sampled_from((person, -1)))
        case.rows["drops"] = [(message, whom, case.messages[message][0] + 0.5, cause)]
    return message, person


def hide(case: Case, pick: Pick) -> Reception:
    """Take one reception for a repeat although it is not."""
    (message, person), time_s = picked(pick, sorted(case.shown_s.items()))
    del case.shown_s[message, person]
    case.extra.append((message, person, time_s, 0, False))
    return message, person


def overtake(case: Case, pick: Pick, by: Callable[[int, int, int], bool]) -> Reception:
    """Show a message to one reader only after a later one for which `by` is true."""
    pairs = [
        (early, late, person)
        for early, person in sorted(case.shown_s)
        for late, reader in sorted(case.shown_s)
        if reader == person and late > early and by(early, late, person)
        if case.messages[early][2] == case.messages[late][2]
    ]
    early, late, person = picked(pick, pairs)
    case.extra = [row for row in case.extra if row[:2] != (early, person)]
    case.shown_s[early, person] = case.shown_s[late, person] + pick(st.floats(0.000_01, 0.05))
    return early, person


def swap_own(case: Case, pick: Pick) -> Reception:
    """Two messages of one sender the wrong way round."""
    actor = [one[1] for one in case.messages]
    return overtake(case, pick, lambda early, late, person: actor[early] == actor[late])


def answer_first(case: Case, pick: Pick) -> Reception:
    """An answer before the message that its sender had seen."""
    sent = case.messages

    def knew(early: int, late: int, person: int) -> bool:
        return case.shown_s.get((early, sent[late][1]), math.inf) < sent[late][0]

    return overtake(case, pick, knew)


def disagree(case: Case, pick: Pick) -> Reception:
    """One reader sees two messages the other way round than another reader."""

    def compared(early: int, late: int, person: int) -> bool:
        others = {p for m, p in case.shown_s if m == early} & {
            p for m, p in case.shown_s if m == late
        }
        return len(others) > 1

    return overtake(case, pick, compared)


def leak(case: Case, pick: Pick) -> Reception:
    """Deliver something to somebody outside."""
    message = pick(st.integers(0, len(case.messages) - 1))
    time_s, actor, room, action = case.messages[message]
    inside = (actor,) if action == LIST else ROOMS[room]
    person = pick(st.sampled_from([who for who in range(PEOPLE) if who not in inside]))
    case.extra.append(
        (message, person, time_s + pick(st.floats(0.1, 60.0)), 0, pick(st.booleans()))
    )
    return message, person


def forget(case: Case, pick: Pick) -> Reception:
    """Leave an own message out of a list."""
    mine = [
        (asked, held)
        for asked, held in case.listed
        if held != NOTHING and case.messages[held][1] == case.messages[asked][1]
    ]
    # An older message must remain on the page, or the page does not reach back so far.
    mine = [(a, h) for a, h in mine if any(b == a and o < h for b, o in case.listed)]
    asked, held = picked(pick, mine)
    case.listed.remove((asked, held))
    return held, case.messages[asked][1]


def shrink(case: Case, pick: Pick) -> Reception:
    """Ask for a list once more, and leave out what the last one had held."""
    pages: dict[int, list[int]] = {}
    for asked, held in case.listed:
        pages.setdefault(asked, []).append(held)
    asked = picked(pick, [one for one, held in pages.items() if len(held) > 1])
    gone = pick(st.sampled_from(sorted(pages[asked])[1:]))  # the page still reaches back to it
    _, person, room, _ = case.messages[asked]
    again, time_s = len(case.messages), ENDS_S + 1.0
    case.messages.append((time_s, person, room, LIST))
    case.extra.append((again, person, time_s + 0.5, 0, True))
    case.listed += [(again, held) for held in pages[asked] if held != gone]
    return gone, person


def delay(case: Case, pick: Pick) -> Reception:
    """Show one reception too late."""
    message, person = picked(pick, sorted(case.shown_s))
    late_s = case.messages[message][0] + 0.01 + pick(st.floats(10.001, 70.0))
    case.extra = [row for row in case.extra if row[:2] != (message, person)]
    case.shown_s[message, person] = late_s
    return message, person


def stick(case: Case, pick: Pick) -> Reception:
    """Hold one reception for ever."""
    message, person = picked(pick, sorted(case.shown_s))
    del case.shown_s[message, person]
    case.extra = [row for row in case.extra if row[:2] != (message, person)]
    case.rows["pending"] = [(message, person)]
    return message, person


def fail(case: Case, pick: Pick) -> Reception:
    """Tell a sender that a message failed which somebody was shown."""
    message, _ = picked(pick, sorted(case.shown_s))
    case.failed = message
    seen = [(time_s, person) for (one, person), time_s in case.shown_s.items() if one == message]
    return message, min(seen)[1]


def stay_away(case: Case, pick: Pick) -> Reception:
    """Let somebody be cut off for too long with a working link."""
    person, cut_s = pick(st.integers(0, 5)), pick(st.floats(STARTS_S, 300.0))
    back_s = cut_s + pick(st.floats(60.001, 90.0))
    case.rows["episodes"] = [(person, 0, cut_s, cut_s + 1.0, back_s - 0.0005, back_s, 0)]
    return -1, person


PLANTS = [
    ("at-most-once", repeat),
    ("at-least-once", lose),
    ("at-least-once", hide),
    ("exactly-once", repeat),
    ("exactly-once", lose),
    ("no-loss-after-ok", lose),
    ("fifo", swap_own),
    ("causal-order", swap_own),
    ("causal-order", answer_first),
    ("total-order", disagree),
    ("read-your-writes", forget),
    ("monotonic-reads", shrink),
    ("failed-means-absent", fail),
    ("bounded-staleness", lose),
    ("isolation", leak),
    ("dedup-window", repeat),
    ("bounded-staleness", delay),
    ("bounded-staleness", stick),
    ("eventual-delivery", stick),
    ("bounded-recovery", stay_away),
]
MANY = settings(max_examples=60, deadline=None, derandomize=True)


@MANY
@given(clean_cases())
def test_a_clean_history_is_never_accused(case: Case) -> None:
    evidence = Evidence(case.history())
    verdicts = {name: one.on(evidence) for name, one in GUARANTEES.items()}
    assert [name for name, one in verdicts.items() if one.state == "violated"] == []
    assert all(one.witness is None for one in verdicts.values())
    assert all(one.reason for one in verdicts.values() if one.state == "unknown")
    if case.shown_s:
        assert verdicts["exactly-once"].state == verdicts["no-loss-after-ok"].state == "holds"
    counts = outcomes(evidence)
    assert counts.attempted == counts.shown == len(case.shown_s)
    assert not counts.lost + counts.never_read + counts.duplicated + counts.unexpected


def test_every_guarantee_has_an_anomaly() -> None:
    assert {name for name, _ in PLANTS} == set(GUARANTEES)


@pytest.mark.parametrize(("name", "plant"), PLANTS, ids=[f"{n}, {p.__name__}" for n, p in PLANTS])
@MANY
@given(case=clean_cases(), data=st.data())
def test_a_planted_anomaly_is_always_found(
    name: str, plant: Callable[[Case, Pick], Reception], case: Case, data: st.DataObject
) -> None:
    message, person = plant(case, data.draw)
    verdict = case.judged(name)
    assert verdict.state == "violated"
    assert verdict.witness is not None
    if name == "total-order":
        assert message in (verdict.witness.message, *verdict.witness.others)
    else:
        assert (verdict.witness.message, verdict.witness.person) == (message, person)
    times_s = [moment.time_s for moment in verdict.witness.timeline]
    assert times_s == sorted(times_s)
