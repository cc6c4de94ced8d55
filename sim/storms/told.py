"""A storm from the question to what is told of it: played, measured, put into words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

from sim.storms.figures import answer, figures
from sim.storms.rescue import rescues
from sim.storms.trials import Hearing

if TYPE_CHECKING:
    from sim.scenario.designs import Design
    from sim.scenario.scenario import Scenario
    from sim.storms.outcome import Play, Progress
    from sim.storms.question import Storm

NO_NODE: Final = "Every node is gone for good: there is nothing to come back to."
NO_WAY: Final = "No single number of those that were tried brings it back within the horizon."


@dataclass(frozen=True, slots=True)
class Telling:
    """Who plays a storm, who hears how far it is, and who hears of the search for a way back.

    `search` None: a crowd that does not come back is not looked after. `clock_s` is read around the
    storm, for an estimate of that search; without it there is none.
    """

    play: Play
    progress: Progress
    search: Callable[[str], None] | None = None
    clock_s: Callable[[], float] = float  # always 0


def tell(storm: Storm, design: Design, scenario: Scenario, how: Telling) -> dict[str, Any]:
    """Play it and say what came out: all that is printed and stored. Raises `InputError`."""
    watch = _Watch(how)
    outcome = how.play(storm, design, scenario, watch.passes)
    found = figures(outcome)
    found["rescues"] = []
    notes = []
    if not storm.nodes_left:
        notes = [NO_NODE]
    elif not found["comes_back"] and how.search is not None:
        hearing = Hearing(how.search, how.progress, watch.took_s)
        ways = rescues(outcome, (design, scenario), how.play, hearing)
        found["rescues"] = [asdict(one) for one in ways]
        notes = [one.words for one in ways] or [NO_WAY]
    return {
        "design": design.name,
        "scenario": scenario.name,
        "storm": asdict(storm),
        "answer": list(answer(found)),
        "notes": notes,
        "command": "",
        "figures": found,
    }


@dataclass(slots=True)
class _Watch:
    """How long a storm takes from its first second on; before that code may be compiled."""

    how: Telling
    begun_s: float | None = None
    took_s: float = 0.0

    def passes(self, done: int, total: int) -> None:
        now_s = self.how.clock_s()
        self.begun_s = now_s if self.begun_s is None else self.begun_s
        self.took_s = now_s - self.begun_s
        self.how.progress(done, total)
