"""Before a run: machine code for what it will do most, made once and handed to its workers."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from sim.core.compiled import can_compile, is_wanted, telling
from sim.experiment.estimate import SHORT, brief, is_worth_compiling, load
from sim.experiment.runner import ReplicationError, replicate

if TYPE_CHECKING:
    from sim.experiment.runner import Plan

COMPILING: Final = "compiling the core, once for this machine: up to a minute"
UNCOMPILED: Final = (
    "numba is not installed: the run takes several times as long as with it (pip install numba)"
)


def prepare(plan: Plan, tell: Callable[[str], None]) -> None:
    """Load machine code, or make it and say so, where the run is worth it.

    Workers that are forked afterwards have it. `tell` also hears when a long run has to do without.
    """
    scenario = plan.scenario
    if plan.cluster is not None or not is_worth_compiling(scenario):
        return
    if can_compile():
        with telling(lambda: tell(COMPILING)), suppress(ReplicationError):
            # What is wrong will be said by the run itself.
            replicate(brief(scenario), plan.designs[0], 0, plain=False)
    elif is_wanted() and load(scenario) * len(plan.running) * scenario.replications > SHORT:
        tell(UNCOMPILED)
