"""The operating curve of a gate: how often it fails, and how often it cannot tell, were its design
on the limit, at twice and at ten times as much, within the replications that may be spent.

A gate that would not fail a design at ten times its limit protects nobody, whatever it says of
this one. Figures are played by their own rule (`imagined`). A guarantee fails with its first
violation, so its curve is exact where violations have nothing to do with each other; its limit is
what so many facts exclude with the usual confidence.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from sim.experiment.gates.amounts import amount, share
from sim.experiment.gates.decide import pooled
from sim.experiment.gates.imagined import Rule, Said, play
from sim.guarantees import GUARANTEES
from sim.metrics import METRICS
from sim.report.gating.curves import Curve, Point
from sim.scenario.gates import CONFIDENCE, Gate

TIMES: Final = (1, 2, 10)
"""Multiples of the limit."""
_SHARES: Final = tuple(one.name for one in METRICS if one.unit == "share")


def curve(
    gate: Gate, measures: Sequence[Mapping[str, Any]], looks: tuple[int, ...]
) -> Curve | None:
    """The operating curve, given replications of a design like those it would be asked of.

    None where they do not tell how such replications differ.
    """
    if gate.guarantee is not None:
        return _of_guarantee(gate, measures, looks)
    metric = str(gate.metric)
    played = play(metric, measures, Rule(gate.limit, 1 - gate.sure, looks))
    if played is None:
        return None
    most = 1.0 if metric in _SHARES else np.inf
    points = tuple(_point(times, played(times)) for times in TIMES if times * gate.limit <= most)
    return Curve(amount(metric, gate.limit), looks[-1], points)


def _point(times: int, said: Said) -> Point:
    """The first look that decides ends a check."""
    first = np.argmax(said != 0, axis=1)
    last = np.take_along_axis(said, first[:, None], axis=1)[:, 0]
    return Point(times, float((last > 0).mean()), float((last == 0).mean()))


def _of_guarantee(
    gate: Gate, measures: Sequence[Mapping[str, Any]], looks: tuple[int, ...]
) -> Curve | None:
    each = pooled(gate.title, measures).checked / len(measures)
    if not each:
        return None
    enough = [look for look in looks if look * each >= gate.facts]
    facts = each * (enough[0] if enough else looks[-1])
    limit = 1 - (1 - CONFIDENCE) ** (1 / gate.facts)
    points = []
    for times in TIMES:
        unseen = float((1 - times * limit) ** facts) if times * limit < 1 else 0.0
        points.append(Point(times, 1 - unseen, 0.0 if enough else unseen))
    what = f"{share(limit)} of {GUARANTEES[str(gate.guarantee)].facts}"
    return Curve(what, looks[-1], tuple(points))
