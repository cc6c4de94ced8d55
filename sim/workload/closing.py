"""Apps that are closed, or out of sight, for a while: nothing is done in between.

The sessions of those that are closed are in pieces; those of the others go on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from sim.workload.build import Workload

Span = tuple[float, float]


def closed(workload: Workload, spans: Mapping[int, Iterable[Span]]) -> Workload:
    """The same with the apps of some people closed: `spans` by person, in order, (start_s, end_s).

    >>> from sim.workload.closing import _left
    >>> list(_left([(0.0, 9.0)], [(2.0, 3.0), (8.0, 20.0)]))
    [(0.0, 2.0), (3.0, 8.0)]
    """
    if not spans:
        return workload
    sessions = list(workload.sessions)
    for person, away in spans.items():
        sessions[person] = tuple(_left(sessions[person], list(away)))
    return replace(idle(workload, spans), sessions=tuple(sessions))


def idle(workload: Workload, spans: Mapping[int, Iterable[Span]]) -> Workload:
    """The same with nothing done by some people for a while: `spans` by person."""
    done = np.ones(len(workload.time_s), dtype=bool)
    for person, away in spans.items():
        for start_s, end_s in away:
            meanwhile = (workload.time_s >= start_s) & (workload.time_s < end_s)
            done &= ~(meanwhile & (workload.actor == person))
    if done.all():
        return workload
    return replace(
        workload,
        time_s=workload.time_s[done],
        actor=workload.actor[done],
        conversation=workload.conversation[done],
        action=workload.action[done],
        size_bytes=workload.size_bytes[done],
    )


def _left(sessions: Iterable[Span], away: Sequence[Span]) -> Iterator[Span]:
    """What is left of the sessions."""
    for begin_s, end_s in sessions:
        from_s = begin_s
        for gone_s, back_s in away:
            if from_s < gone_s < end_s:
                yield from_s, gone_s
            if from_s < back_s and gone_s < end_s:
                from_s = back_s
        if from_s < end_s:
            yield from_s, end_s
