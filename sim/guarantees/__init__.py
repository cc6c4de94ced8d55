"""Promises to users, checked on the history of a run.

One file per guarantee, found by being here: whatever file of this folder has a `GUARANTEE` takes
part. A check is a pure function of a history and answers holds, violated with a witness, or unknown
with the reason; what the history cannot show is never taken as held.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib import import_module
from pkgutil import iter_modules
from typing import Final

from sim.guarantees.evidence import Evidence
from sim.guarantees.outcomes import Outcomes, outcomes
from sim.guarantees.verdict import Guarantee, Kind, Moment, Verdict, Witness
from sim.history import History

__all__ = [
    "GUARANTEES",
    "Evidence",
    "Guarantee",
    "Kind",
    "Moment",
    "Outcomes",
    "Verdict",
    "Witness",
    "judge",
    "outcomes",
]

_FIRST: Final = (
    "at_most_once", "at_least_once", "exactly_once", "no_loss_after_ok", "failed_means_absent",
    "fifo", "total_order", "causal_order", "read_your_writes", "monotonic_reads", "isolation",
    "dedup_window", "bounded_staleness", "bounded_recovery", "eventual_delivery",
)  # fmt: skip


def _found() -> list[Guarantee]:
    """Those that every page has known first, in the order of telling; others by name."""
    names = sorted(one.name for one in iter_modules(__path__))
    files = [*_FIRST, *(name for name in names if name not in _FIRST)]
    modules = [import_module(f"{__name__}.{name}") for name in files]
    return [module.GUARANTEE for module in modules if hasattr(module, "GUARANTEE")]


GUARANTEES: Final[Mapping[str, Guarantee]] = {one.name: one for one in _found()}


def judge(history: History, names: Iterable[str] = tuple(GUARANTEES)) -> dict[str, Verdict]:
    """The verdicts of these guarantees with their default bounds, on joins made once."""
    evidence = Evidence(history)
    return {name: GUARANTEES[name].on(evidence) for name in names}
