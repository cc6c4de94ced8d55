"""Tiny histories by the thousand: whatever a run could record, sense or nonsense.

Times are whole seconds and few, so that much happens at one instant, and the screen's order alone
tells it apart. Nothing is shown before it is sent.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from random import Random
from typing import Any

from sim.history import LIST, NOTHING, REASONS, SEND, TABLES, TYPING, History

PEOPLE, ROOMS = 4, ((0, 1, 2), (1, 2, 3))
META: dict[str, Any] = {
    "people": PEOPLE, "warmup_s": 2.0, "measure_s": 20.0, "drain_s": 10.0, "end_s": 32.0,
    "grace_s": 1.0, "owed": "present",
}  # fmt: skip
LAST_CUT_S = 28.0
Row = tuple[Any, ...]
Rows = list[Row]


def tiny(luck: Random) -> History:
    """One of them: of two rooms or one, with few requests for lists or many."""
    rooms = luck.choice((ROOMS, ROOMS[:1]))
    actions = luck.choice(((SEND, SEND, SEND, SEND, LIST, TYPING), (SEND, LIST)))
    messages = [_message(luck, rooms, actions) for _ in range(luck.randint(1, 9))]
    deliveries = _deliveries(luck, messages)
    pending = [(_index(luck, messages), luck.randint(-1, PEOPLE - 1)) for _ in range(_few(luck))]
    outages = [(person, at, at + for_s) for person, at, for_s in _spans(luck)]
    return of_rows(
        messages=messages,
        deliveries=deliveries,
        listed=_listed(luck, messages),
        pending=pending,
        members=[(room, person) for room, who in enumerate(ROOMS) for person in who],
        sessions=_sessions(luck),
        outages=outages,
        episodes=_episodes(luck),
    )


def of_rows(**tables: Rows) -> History:
    """A history from rows; the order on screens is that in which deliveries are given."""
    columns = {
        table: {
            name: [row[at] for row in rows]
            for at, name in enumerate(one for one in TABLES[table] if one != "order")
        }
        for table, rows in tables.items()
    }
    return History.of(columns, META)


def _few(luck: Random) -> int:
    return luck.choice((0, 0, 1, 2, 3))


def _index(luck: Random, rows: Rows) -> int:
    return luck.randrange(len(rows))


def _spans(luck: Random) -> list[tuple[int, float, int]]:
    return [
        (luck.randrange(PEOPLE), float(luck.randint(0, 24)), luck.randint(1, 9))
        for _ in range(_few(luck))
    ]


def _message(luck: Random, rooms: Sequence[Sequence[int]], actions: Sequence[int]) -> Row:
    room = luck.randrange(len(rooms))
    life_s = [luck.choice((math.nan, float(luck.randint(0, 24)))) for _ in range(4)]
    at_s, actor = float(luck.randint(0, 12)), luck.choice(rooms[room])
    return (at_s, actor, room, luck.choice(actions), 100, *life_s)


def _deliveries(luck: Random, messages: Rows) -> Rows:
    """To anybody at all, or to most of a few people."""
    people = luck.choice((range(PEOPLE), range(1, 3)))
    rows: Rows = []
    for _ in range(luck.randint(0, 24)):
        message = _index(luck, messages)
        time_s = messages[message][0] + luck.randint(0, 12)
        rows.append((message, luck.choice(people), time_s, 0, luck.random() < 0.8))
    for number, one in enumerate(messages):
        if one[3] == LIST:
            rows.append((number, one[1], one[0] + luck.randint(0, 3), 0, luck.random() < 0.9))
    luck.shuffle(rows)
    return rows


def _listed(luck: Random, messages: Rows) -> Rows:
    """Pages of what had been sent by then, in whichever room: servers may be wrong."""
    rows: Rows = []
    for number, one in enumerate(messages):
        if one[3] == LIST:
            sent = [
                n for n, other in enumerate(messages) if other[3] == SEND and other[0] <= one[0]
            ]
            page = luck.sample(sent, luck.randint(0, len(sent)))
            rows += [(number, held) for held in page or [NOTHING]]
    return rows


def _sessions(luck: Random) -> Rows:
    """Most stay; some close the app, some of them come back."""
    rows: Rows = []
    for person in range(PEOPLE):
        end_s = luck.choice((6.0, 15.0, 32.0, 32.0))
        rows.append((person, 0.0, end_s))
        if end_s < 20.0 and luck.random() < 0.5:
            rows.append((person, end_s + 3.0, 32.0))
    return rows


def _episodes(luck: Random) -> Rows:
    """Cuts of one connection a person and channel, each after the one before it."""
    rows: Rows = []
    for person in range(PEOPLE):
        for channel in range(2):
            cut_s = 0.0
            for _ in range(_few(luck)):
                cut_s += luck.randint(1, 9)
                if cut_s > LAST_CUT_S:
                    break
                synced_s = luck.choice((math.nan, min(cut_s + luck.randint(0, 12), META["end_s"])))
                reason = luck.choice((0, 1, REASONS.index("app closed")))
                rows.append((person, channel, cut_s, cut_s, cut_s, synced_s, reason))
                cut_s = cut_s if math.isnan(synced_s) else synced_s
    luck.shuffle(rows)
    return rows
