"""A storm from the question to what is told of it: played, measured, put into words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from sim.storms.figures import answer, figures

if TYPE_CHECKING:
    from sim.scenario.designs import Design
    from sim.scenario.scenario import Scenario
    from sim.storms.outcome import Outcome
    from sim.storms.question import Storm

Progress = Callable[[int, int], None]
Play = Callable[["Storm", "Design", "Scenario", Progress], "Outcome"]


def tell(
    storm: Storm, design: Design, scenario: Scenario, play: Play, progress: Progress
) -> dict[str, Any]:
    """Play it and say what came out: all that is printed and stored. Raises `InputError`."""
    found = figures(play(storm, design, scenario, progress))
    return {
        "design": design.name,
        "scenario": scenario.name,
        "storm": asdict(storm),
        "answer": list(answer(found)),
        "notes": [],
        "command": "",
        "figures": found,
    }
