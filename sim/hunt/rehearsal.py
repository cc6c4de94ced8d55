"""Moments worth a fault: between any two steps of one message on a calm day.

A design has windows far narrower than any grid: a message that is acknowledged and not yet passed
on, taken and not yet stored. One run with a tape tells where they are.
"""

from __future__ import annotations

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
    after_s = sorted({round(mark.time_s - FIRST_SEND_S, 9) for mark in tape})
    steps_s = [0.0, *(time_s for time_s in after_s if 0.0 < time_s < _SPAN_S)]
    return tuple(
        exact((one + other) / 2.0) for one, other in pairwise(steps_s) if other - one > _APART_S
    )
