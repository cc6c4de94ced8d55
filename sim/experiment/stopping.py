"""Runs that end when they know enough: replications are added until then, or to a budget.

Enough is a precision of the figures that decide the scenario's question, or that in each of them
one design is the best, or as good as it within the difference worth caring about. Intervals and
verdicts are made at the error of one look of many (`sim.experiment.statistics.sequential`), here
and in the stored result, so that stopping when it suits does not flatter them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sim.errors import InputError
from sim.experiment.gates.looks import next_look

if TYPE_CHECKING:
    from sim.experiment.summary import Measures
    from sim.scenario.scenario import Scenario

BUDGET_RATIO: Final = 10
"""Replications to spend at most, over those of the scenario."""
DECIDED: Final = "decided"


@dataclass(frozen=True, slots=True)
class Stop:
    """What is enough: half an interval at most `precision` of its figure, or all that decides the
    question `decided`; both when both are asked for. `budget`: most replications, by default
    `BUDGET_RATIO` times those of the scenario.

    >>> Stop(precision=0.1).precision
    0.1
    """

    precision: float | None = None
    decided: bool = False
    budget: int | None = None

    def __post_init__(self) -> None:
        if self.precision is not None and not 0 < self.precision < 1:
            raise InputError([f"precision: {self.precision:g}; allowed: between 0 and 1"])
        if self.precision is None and not self.decided:
            raise InputError(["budget: nothing to stop at; allowed: with a precision or decided"])
        if self.budget is not None and self.budget < 1:
            raise InputError([f"budget: {self.budget}; allowed: from 1"])

    def grow(
        self, scenario: Scenario, tables: Sequence[Sequence[str]]
    ) -> Callable[[Measures], int]:
        """How many replications there shall be, given those that there are: until each of these
        tables of designs is enough."""
        budget = self.budget or BUDGET_RATIO * scenario.replications

        def wanted(measures: Measures) -> int:
            taken = len(next(iter(measures.values())))
            each = ({name: measures[name] for name in names} for names in tables)
            enough = all(self.enough(scenario, table) for table in each)
            return taken if enough else next_look(taken, budget)

        return wanted

    def enough(self, scenario: Scenario, measures: Measures) -> bool:
        """Whether these replications say what was asked for."""
        from sim.experiment import statistics
        from sim.metrics import HEADLINE

        count = len(next(iter(measures.values())))
        if count < statistics.LEAST:
            return False
        level = statistics.level_of_look(count)
        found = statistics.summarise(measures, level, scenario.margins)
        deciding = scenario.decides or HEADLINE
        precise = self.precision is None or _precise(found["designs"], deciding, self.precision)
        return precise and (not self.decided or not _open(found, deciding))


def _precise(
    designs: Mapping[str, Mapping[str, Any]], deciding: Sequence[str], target_ratio: float
) -> bool:
    """Whether every figure is known so well, as `more_replications` counts."""
    from sim.experiment.statistics import more_replications

    known = [of[name] for of in designs.values() for name in deciding if name in of]
    endless = any(one["value"] and one["high"] is None for one in known)
    return not endless and not any(more_replications(one, target_ratio) for one in known)


def _open(found: Mapping[str, Any], deciding: Sequence[str]) -> bool:
    """Whether more replications may still tell which design is best in some figure."""
    return any(
        one["open"] or (one["within"] is not None and one["within"] > one["margin"])
        for one in found["selected"]
        if one["metric"] in deciding
    )
