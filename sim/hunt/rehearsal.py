"""Moments worth a fault: between any two steps, on a calm day and while things are breaking.

A design has windows far narrower than any grid: a message that is acknowledged and not yet passed
on, taken and not yet stored. One run with a tape tells where they are. A run with faults has others
besides: a connection that is being opened again, what was lost being sent a second time.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import Final

from sim.experiment.run import run_replication
from sim.faults.base import exact
from sim.hunt.schedule import FIRST_SEND_S, Schedule, Send
from sim.scenario.designs import Design
from sim.scenario.scenario import Scenario
from sim.tape import Tape

_PEOPLE: Final = 3  # on two gateways, one reader is on the writer's and one is not
_SPAN_S: Final = 0.5
_APART_S: Final = 2e-6


def moments_s(design: Design, stage: Scenario) -> tuple[float, ...]:
    """Seconds after a send, halfway between every two steps that follow each other."""
    tape = Tape()
    calm = Schedule(_PEOPLE, (tuple(range(_PEOPLE)),), (Send(FIRST_SEND_S, 0),))
    run_replication(calm.scenario(stage), design, 0, tape=tape)
    after_s = (mark.time_s - FIRST_SEND_S for mark in tape)
    return _between([0.0, *(time_s for time_s in after_s if 0.0 < time_s < _SPAN_S)])


def steps_s(schedule: Schedule, tape: Tape) -> tuple[float, ...]:
    """Times of a run that was played, halfway between every two steps since its first fault.

    Seconds since the start of the run; all its messages' steps where nothing breaks.
    """
    from_s = min((one.begins_s for one in schedule.faults), default=FIRST_SEND_S)
    return _between([from_s, *(mark.time_s for mark in tape if mark.time_s > from_s)])


def _between(times_s: Iterable[float]) -> tuple[float, ...]:
    in_order_s = sorted({round(time_s, 9) for time_s in times_s})
    return tuple(
        exact((one + other) / 2.0) for one, other in pairwise(in_order_s) if other - one > _APART_S
    )
