"""A storm from what is asked to what came out, for programs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, TypedDict

from sim.errors import InputError
from sim.scenario.designs import nearest, pick
from sim.storms.figures import figures
from sim.storms.picture import picture
from sim.storms.question import CRASHES, Failure, Spread, Storm, lost_nodes
from sim.storms.question import What as How
from sim.storms.several import named
from sim.storms.told import Telling, tell

if TYPE_CHECKING:
    import pandas as pd

    from sim.report.canvas import Picture
    from sim.scenario.designs import Design
    from sim.scenario.scenario import Scenario
    from sim.storms.outcome import Play
    from sim.storms.several import Storms

MOST_RUNS: Final = 1_000


class What(TypedDict, total=False):
    """What happens to whom; the flags of `rtcsim storm` in Python. Times in seconds.

    rescue: look for what would bring a crowd back that does not come back. runs: play it so often,
    with `seed` and those after it. name: what it is called beside others; its design's by default.
    """

    clients: int
    nodes: int
    lose: int
    zones: int
    lose_zone: int | None
    how: How
    at_s: float
    back_after_s: float | None
    stages: int
    stage_s: float
    spread: Spread
    ttl_s: float
    horizon_s: int
    seed: int
    rescue: bool
    runs: int
    name: str


@dataclass(frozen=True, slots=True, eq=False)
class Stormed:
    """What came out: `figures` as they are stored, `answer` in lines, what is worth a note.

    Of several runs they are those of the first; `again` has the figures of the others.
    """

    figures: dict[str, Any]
    answer: tuple[str, ...]
    notes: tuple[str, ...] = ()
    name: str = ""
    again: tuple[dict[str, Any], ...] = ()

    @property
    def comes_back(self) -> bool:
        """Whether 99 % of those cut off are back within the horizon."""
        return bool(self.figures["comes_back"])

    @property
    def series(self) -> pd.DataFrame:
        """The storm second by second."""
        import pandas as pd

        return pd.DataFrame(self.figures["series"]).set_index("time_s")

    def picture(self) -> Picture:
        """The first run over time, as the command draws it; a notebook shows it by itself."""
        return picture(self.figures)

    def beside(self, *others: Stormed) -> Storms:
        """This one and others side by side. Raises `InputError` where two have one name."""
        return named((one.name, (one.figures, *one.again)) for one in (self, *others))


def design_of(world: Scenario, name: str | None, known: Mapping[str, Design]) -> Design:
    """A design or a variant of the scenario; its first one for None. Raises `InputError`."""
    wanted = world.designs[0] if name is None else name
    if wanted not in known and wanted not in world.variants:
        names = ", ".join((*known, *world.variants))
        hint = nearest(wanted, (*known, *world.variants))
        raise InputError([f"design '{wanted}' does not exist; allowed: {names}{hint}"])
    (found,) = pick((wanted,), known, world.variants)
    return found


def asked(world: Scenario, what: What) -> Storm:
    """The question, with the usual answers to what is left open. Raises `InputError`."""
    nodes = what.get("nodes", 40)
    zones, zone = what.get("zones", 3), what.get("lose_zone")
    if zone is not None and "lose" in what:
        both = f"lose = {what['lose']} and lose_zone = {zone}"
        raise InputError([f"{both}; allowed: one of them"])
    lost = lost_nodes(nodes, what.get("lose", 1), zones, zone)
    fails = Failure(
        what.get("how", CRASHES),
        what.get("at_s", 1.0),
        what.get("back_after_s"),
        what.get("stages", 1),
        what.get("stage_s", 10.0),
    )
    storm = Storm(
        clients=what.get("clients", 1_000_000),
        nodes=nodes,
        faults=fails.of(lost),
        spread=what.get("spread", world.servers.balancer),
        ttl_s=what.get("ttl_s", 60.0),
        horizon_s=what.get("horizon_s", 600),
        seed=what.get("seed", world.seed),
    )
    storm.require_room(world.servers.connections_limit)
    return storm


def stormed(what: What, design: Design, world: Scenario, play: Play) -> Stormed:
    """Play it; with `rescue`, look for what would bring the crowd back. Raises `InputError`."""
    first, runs = asked(world, what), what.get("runs", 1)
    if not 1 <= runs <= MOST_RUNS:
        raise InputError([f"runs = {runs}; allowed: 1 to {MOST_RUNS}"])
    search = _unheard if what.get("rescue", True) else None
    told = tell(first, design, world, Telling(play, _unseen, search))
    seeds = range(first.seed + 1, first.seed + runs)
    again = [figures(play(replace(first, seed=one), design, world, _unseen)) for one in seeds]
    name = what.get("name", design.name)
    return Stormed(told["figures"], tuple(told["answer"]), tuple(told["notes"]), name, (*again,))


def _unseen(done: int, total: int) -> None:
    """Nobody looks."""


def _unheard(line: str) -> None:
    """Nobody listens."""
