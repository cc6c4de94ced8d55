"""All readers of a room see its messages in one order.

Each reader's view is a chain, and one order that all views follow exists exactly when the chains
together have no cycle. Strongly connected components find cycles in time linear in the number of
receptions. Leaves out a sender's view of its own messages: when those are shown is up to the
client.
"""

from __future__ import annotations

from collections import deque
from typing import Final

import numpy as np

from sim.guarantees.evidence import Evidence
from sim.guarantees.timeline import between
from sim.guarantees.verdict import Guarantee, Verdict, Witness
from sim.history import Column
from sim.ordering import starts

Step = tuple[int, int, int]  # this reader was shown this message before that one


def judge(evidence: Evidence, bound_s: float = 0.0) -> Verdict:
    """Counts messages on which views can be compared, and those of them that fit in no order."""
    del bound_s
    readers = np.bincount(evidence.views.message, minlength=len(evidence.rank))
    component = _components(evidence)
    tangled = (np.bincount(component)[component] > 1) & (readers > 1)
    knots = np.where(tangled, component, -1)
    return Verdict.of(
        (_compared(evidence, readers) | tangled).sum(),
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
    one, other = message[:-1][together], message[1:][together]
    key = np.sort(np.minimum(one, other).astype("i8") * len(readers) + np.maximum(one, other))
    twice = key[~starts(key)]
    compared = np.zeros(len(readers), dtype=bool)
    compared[twice // len(readers)] = compared[twice % len(readers)] = True
    return compared


def _components(evidence: Evidence) -> Column:
    """Per message, the number of its strongly connected component."""
    views, count = evidence.views, len(evidence.rank)
    follows = np.flatnonzero(~views.first)
    before, after = _tangling(evidence, views.message[follows - 1], views.message[follows])
    if not len(before):
        return np.arange(count)
    # Late: most records have nothing to tangle, and this takes long to import.
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    ones = np.ones(len(before), dtype=bool)
    graph = coo_array((ones, (before, after)), shape=(count, count)).tocsr()
    _, component = connected_components(graph, directed=True, connection="strong")
    return np.asarray(component)


def _tangling(evidence: Evidence, before: Column, after: Column) -> tuple[Column, Column]:
    """Those of these steps that a cycle can be made of.

    A cycle crosses every gap between two messages of its room, in the order of sending, that it
    spans both forth and back; so it stays within a stretch where some step back crosses each gap.
    """
    count = len(evidence.rank)
    place = np.empty(count, dtype="i8")
    place[np.lexsort((evidence.rank, evidence.messages["conversation"]))] = np.arange(count)
    start, end = place[before], place[after]
    back = end < start
    begun, ended = (np.bincount(one[back], minlength=count) for one in (end, start))
    crossed = np.cumsum(begun - ended) > 0  # the gap after each place
    stretch: Column = np.cumsum(~crossed) - ~crossed
    kept: Column = stretch[start] == stretch[end]
    return before[kept], after[kept]


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


def _views_of(evidence: Evidence, message: int) -> dict[int, list[int]]:
    """Every view of the room of `message`: reader -> messages in the order shown."""
    views = evidence.views
    kept = views.room == evidence.messages["conversation"][message]
    found: dict[int, list[int]] = {}
    columns = (views.person[kept].tolist(), views.message[kept].tolist())
    for person, shown in zip(*columns, strict=True):
        found.setdefault(person, []).append(shown)
    return found


def _cycle(views: dict[int, list[int]], start: int) -> list[Step]:
    """A shortest cycle of "was shown before" through `start`, one reader a step."""
    places: dict[int, list[tuple[int, int]]] = {}
    for reader, shown in views.items():
        for place, message in enumerate(shown):
            places.setdefault(message, []).append((reader, place))
    reached = {reader: len(shown) for reader, shown in views.items()}
    came: dict[int, Step] = {}
    queue = deque([start])
    while queue:
        message = queue.popleft()
        for reader, place in places[message]:
            # What follows up to where this view was followed already.
            for other in views[reader][place + 1 : reached[reader]]:
                step = (reader, message, other)
                if other == start:
                    return _walk(came, step, start)
                if other not in came:
                    came[other] = step
                    queue.append(other)
            reached[reader] = min(reached[reader], place + 1)
    raise AssertionError(f"message {start} is on no cycle")


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
