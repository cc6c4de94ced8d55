"""The summary of a finished sweep: points, figures, comparisons, curves, what moves them, answer.

Everything comes from the stored cells, so it is the same however they were computed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Any

from sim.experiment.statistics.entries import entry
from sim.experiment.sweep import sensitivity
from sim.experiment.sweep.answer import answer, notes
from sim.experiment.sweep.curves import along, curves, front
from sim.experiment.sweep.figures import Compared, Found, compared, found_figures
from sim.experiment.sweep.plan import Plan
from sim.experiment.sweep.points import SENSITIVITY, Sample
from sim.experiment.sweep.run import Finished, by_point
from sim.metrics import rounded

Json = Mapping[str, Any]


def summarise(plan: Plan, finished: Finished) -> dict[str, Any]:
    """The whole of sweep.json."""
    found = found_figures(by_point(plan, finished), plan.metrics)
    designs = [one.name for one in plan.designs]
    count = len(plan.points.values)
    margins = plan.scenario.margins
    each = {name: compared(found, name, designs, count, margins) for name in plan.metrics}
    lines = along(plan.axes, plan.sample, plan.points.values)
    is_log = plan.axes[0].is_log
    summary: dict[str, Any] = {
        "digest": digest(plan, finished),
        "scenario": plan.scenario.name,
        "question": plan.scenario.question,
        "seed": plan.scenario.seed,
        "replications": plan.scenario.replications,
        "sample": plan.sample.value,
        "axes": [{"key": one.key, "given": one.given, "log": one.is_log} for one in plan.axes],
        "designs": designs,
        "metrics": list(plan.metrics),
        "points": [*_points(plan, found, each)],
        "comparisons": [row for of in each.values() for row in of.rows.values()],
        "curves": [
            one
            for name, of in each.items()
            for one in curves(found, of, name, lines, designs, is_log)
        ],
        "sensitivity": [*_sensitivity(plan, found)],
        "conservation": _books(finished),
    }
    summary = rounded(summary)
    summary["answer"] = answer(summary)
    summary["notes"] = notes(summary)
    return summary


def digest(plan: Plan, finished: Finished) -> str:
    """One digest of all cells and of what is asked of them."""
    rows = (f"{cell} {finished.measures[cell]['digest']}\n" for cell in sorted(finished.measures))
    return sha256("".join([plan.key, *rows]).encode()).hexdigest()


def _points(plan: Plan, found: Found, each: Mapping[str, Compared]) -> Iterator[dict[str, Any]]:
    designs = [one.name for one in plan.designs]
    for place, values in enumerate(plan.points.values):
        figures = {
            name: {metric: entry(found[place, name][metric]) for metric in plan.metrics
                   if metric in found[place, name]}
            for name in designs
        }  # fmt: skip
        yield {
            "values": list(values),
            "figures": figures,
            "front": {name: front(found, of, name, place, designs) for name, of in each.items()},
        }


def _sensitivity(plan: Plan, found: Found) -> Iterator[dict[str, Any]]:
    if plan.sample not in SENSITIVITY:
        return
    keys = [one.key for one in plan.axes]
    for metric in plan.metrics:
        for design in plan.designs:
            values = [_value(found, place, design.name, metric)
                      for place in range(len(plan.points.values))]  # fmt: skip
            is_morris = plan.sample is Sample.MORRIS
            rows = sensitivity.moved(is_morris, keys, plan.points.shares, values)
            yield {"metric": metric, "design": design.name, "rows": rows}


def _value(found: Found, point: int, design: str, metric: str) -> float:
    figure = found[point, design].get(metric)
    return float("nan") if figure is None or figure.refused else figure.interval.value


def _books(finished: Finished) -> dict[str, Any]:
    """Whether every cell accounts for every reception it owed."""
    books: Sequence[Json] = [one["conservation"] for one in finished.measures.values()]
    return {
        "receptions_owed": sum(one["receptions_owed"] for one in books),
        "unexplained": sum(one["unexplained"] for one in books),
        "adds_up": all(one["adds_up"] for one in books),
    }
