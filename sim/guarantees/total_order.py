"""All readers of a room see its messages in one order.

Each reader's view is a chain of instants, and one order that all views follow exists exactly when
the chains together have no cycle. Strongly connected components find cycles in time linear in the
number of receptions. What one reader was shown in the same instant is in no order there. Leaves
out a sender's view of its own messages: when those are shown is up to the client.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Final

import numpy as np

from sim.guarantees.evidence import Evidence, starts
from sim.guarantees.timeline import between
from sim.guarantees.verdict import Guarantee, Verdict, Witness
from sim.history import Column

Step = tuple[int, int, int]  # this reader was shown this message before that one


def judge(evidence: Evidence, bound_s: float = 0.0) -> Verdict:
    """Counts messages on which views can be compared, and those of them that fit in no order."""
    del bound_s
    readers = np.bincount(evidence.views.message, minlength=len(evidence.rank))
    component = _components(evidence)
    tangled = (np.bincount(component)[component] > 1) & (readers > 1)
    knots = np.where(tangled, component, -1)
    return Verdict.of(
        len(np.union1d(_compared(evidence, readers), np.flatnonzero(tangled))),
        tangled.sum(),
        lambda: _witness(evidence, knots),
        untested="no two readers of a room were shown the same two messages",
    )


def _compared(evidence: Evidence, readers: Column) -> Column:
    """Messages that two readers were shown next to each other, leaving out what only one saw."""
    views = evidence.views
    several = readers[views.message] > 1
    message, person, room = (c[several] for c in (views.message, views.person, views.room))
    together = (person[1:] == person[:-1]) & (room[1:] == room[:-1])
    pairs = np.sort([message[:-1][together], message[1:][together]], axis=0).astype("i8")
    key = np.sort(pairs[0] * len(readers) + pairs[1])
    twice = np.unique(key[~starts(key)])
    return np.concatenate([twice // len(readers), twice % len(readers)])


def _components(evidence: Evidence) -> Column:
    """Per message, the number of its strongly connected component."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    sources, targets, count = _edges(evidence)
    ones = np.ones(len(sources), dtype=bool)
    graph = coo_array((ones, (sources, targets)), shape=(count, count)).tocsr()
    _, component = connected_components(graph, directed=True, connection="strong")
    return np.asarray(component[: len(evidence.rank)])


def _edges(evidence: Evidence) -> tuple[Column, Column, int]:
    """A graph of messages and instants: every instant of a view comes after what was shown in it
    and before the next instant and what is shown in that."""
    views, count = evidence.views, len(evidence.rank)
    opens = views.first.copy()  # rows that open an instant
    opens[1:] |= views.time_s[1:] > views.time_s[:-1]
    instant = count + np.cumsum(opens) - 1
    heads = np.flatnonzero(views.first)
    rows = np.diff(np.append(heads, len(instant)))
    preceded = instant > np.repeat(instant[heads], rows)
    next_to = preceded & opens
    sources = [views.message, instant[preceded] - 1, instant[next_to] - 1]
    targets = [instant, views.message[preceded], instant[next_to]]
    return np.concatenate(sources), np.concatenate(targets), count + int(opens.sum())


def _witness(evidence: Evidence, knots: Column) -> Witness:
    """The fewest views that contradict each other, from the smallest knot of messages."""
    tangled = np.flatnonzero(knots >= 0)
    sizes = np.bincount(knots[tangled])[knots[tangled]]
    start = tangled[np.lexsort((evidence.rank[tangled], sizes))[0]]
    steps = _cycle(_views_of(evidence, int(start)), int(start))
    what = "; ".join(f"person {who} was shown {one} before {other}" for who, one, other in steps)
    (reader, message, _), others = steps[0], tuple(one for _, one, _ in steps[1:])
    readers = list(dict.fromkeys(who for who, _, _ in steps))
    timeline = between(evidence, [message, *others], readers)
    return Witness(message, reader, others, what, "", timeline)


def _views_of(evidence: Evidence, message: int) -> dict[int, list[list[int]]]:
    """Every view of the room of `message`: reader -> instants -> messages."""
    views = evidence.views
    kept = views.room == evidence.messages["conversation"][message]
    columns = (column[kept].tolist() for column in (views.person, views.time_s, views.message))
    found: dict[int, list[list[int]]] = {}
    latest_s: dict[int, float] = {}
    for person, time_s, shown in zip(*columns, strict=True):
        instants = found.setdefault(person, [])
        if latest_s.get(person) == time_s:
            instants[-1].append(shown)
        else:
            instants.append([shown])
        latest_s[person] = time_s
    return found


def _cycle(views: dict[int, list[list[int]]], start: int) -> list[Step]:
    """A shortest cycle of "was shown before" through `start`, one reader a step."""
    places: dict[int, list[tuple[int, int]]] = {}
    for reader, instants in views.items():
        for place, shown in enumerate(instants):
            for message in shown:
                places.setdefault(message, []).append((reader, place))
    reached = {reader: len(instants) for reader, instants in views.items()}
    came: dict[int, Step] = {}
    queue = deque([start])
    while queue:
        message = queue.popleft()
        for reader, place in places[message]:
            for other in _later(views[reader], place, reached[reader]):
                step = (reader, message, other)
                if other == start:
                    return _walk(came, step, start)
                if other not in came:
                    came[other] = step
                    queue.append(other)
            reached[reader] = min(reached[reader], place + 1)
    raise AssertionError(f"message {start} is on no cycle")


def _later(instants: list[list[int]], place: int, reached: int) -> Iterator[int]:
    """What a view shows after `place`, up to where it was followed already."""
    for shown in instants[place + 1 : reached]:
        yield from shown


def _walk(came: dict[int, Step], last: Step, start: int) -> list[Step]:
    steps = [last]
    while steps[0][1] != start:
        steps.insert(0, came[steps[0][1]])
    return steps


GUARANTEE: Final = Guarantee(
    "total-order",
    "safety",
    "In each room there is one order of messages that everybody's view follows.",
    "messages seen by several people",
    judge,
)
