"""What would bring a crowd back that does not come back: which number, and how far it must go.

One number is changed at a time: doubled or halved until the crowd comes back within the horizon,
then narrowed between the last value that fails and the first that does not. That the effect of a
number is one-sided is assumed. Where nodes share nothing, the search plays a smaller crowd with as
many clients a node; only what it found is played at full size, and what fails there is not told.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from sim.numbers import written
from sim.storms.figures import ENOUGH, comes_back
from sim.storms.question import Fault

if TYPE_CHECKING:
    from sim.scenario.designs import Design
    from sim.scenario.scenario import Scenario
    from sim.storms.outcome import Outcome, Play
    from sim.storms.question import Storm

PRECISION: Final = 0.05
"""How near the told value is to the one that no longer helps, as a share of it."""
FEW: Final = 50_000
"""Clients that a search plays with, where fewer are as good."""
_JITTER_BASE_S: Final = 1.0

World = tuple["Design", "Scenario"]
Change = Callable[["Design", "Scenario", float], World]


@dataclass(frozen=True, slots=True)
class Knob:
    """A number that may be changed: what it is now, how far it may go, and how it is set.

    `now` is None for a rule that another one takes the place of; the search then begins at `start`.
    """

    key: str
    now: float | None
    most: float
    change: Change
    whole: bool = True
    start: float = 1.0

    def steps(self) -> Iterator[tuple[float, float]]:
        """From each value to one of twice or half as much, up to the last that is allowed."""
        value = self.start if self.now is None else self.now
        while value != self.most:
            before = value
            value = min(2.0 * value, self.most) if self.most > value else max(value / 2, self.most)
            value = float(round(value)) if self.whole else value
            yield before, value

    def between(self, fails: float, helps: float) -> float | None:
        """A value to try next; None when these two are near enough."""
        middle = math.sqrt(fails * helps)
        middle = float(round(middle)) if self.whole else float(f"{middle:.3g}")
        near = abs(helps - fails) <= PRECISION * helps
        return None if near or middle in (fails, helps) else middle


@dataclass(frozen=True, slots=True)
class Rescue:
    """With this number the crowd comes back: 99 % of it after `t99_s`."""

    key: str
    now: float | None
    needed: float
    t99_s: float

    @property
    def words(self) -> str:
        """In one line."""
        now = "" if self.now is None else f", now {written(self.now)}"
        return (
            f"It comes back with {self.key} = {written(self.needed)}{now}: 99 % after"
            f" {written(self.t99_s)} s."
        )


def knobs(scenario: Scenario, storm: Storm, patience_s: float) -> Iterator[Knob]:
    """What may be changed of a design with this patience in this scenario."""
    servers = scenario.servers
    for key, most in (("accept_backlog", 1), ("cores", 256), ("connections_limit", 10_000_000)):
        yield Knob(f"servers.{key}", getattr(servers, key), most, _section("servers", key))
    if scenario.authenticator.check_s:
        cores = scenario.authenticator.cores
        yield Knob("authenticator.cores", cores, 4096, _section("authenticator", "cores"))
    yield Knob("connection.connect_timeout_s", patience_s, 3600.0, _patience, whole=False)
    yield Knob("back-off by full jitter, cap_s", None, storm.horizon_s, _jitter, whole=False)


def rescues(
    outcome: Outcome, world: World, play: Play, tell: Callable[[str], None]
) -> list[Rescue]:
    """Every number that alone brings the crowd back, the quickest first. `tell` hears of each."""
    storm, scenario = outcome.storm, world[1]
    shared = bool(scenario.authenticator.check_s) or scenario.store.reads_per_s is not None
    small = storm if shared else smaller(storm, FEW)
    found = []
    for knob in knobs(scenario, storm, outcome.patience_s):
        tell(f"not back: looking for {knob.key}")
        needed = _needed(knob, small, world, play)
        if needed is not None:
            took_s = _took_s(knob, needed, storm, world, play)
            if math.isfinite(took_s):
                found.append(Rescue(knob.key, knob.now, needed, took_s))
    return sorted(found, key=lambda one: one.t99_s)


def smaller(storm: Storm, most: int) -> Storm:
    """Every so manieth node, with as many clients each: at most `most` clients, if that goes."""
    lost = list(dict.fromkeys(one.node for one in sorted(storm.faults)))
    kept = [one for one in range(storm.nodes) if one not in lost]
    part = math.gcd(len(lost), len(kept)) if kept else len(lost)
    parts = [one for one in range(1, part + 1) if part % one == 0]
    times = next((one for one in parts if storm.clients / one <= most), parts[-1])
    chosen = [*lost[::times], *kept[::times]]
    place = {node: number for number, node in enumerate(chosen)}
    faults = tuple(
        Fault(one.at_s, one.what, place[one.node]) for one in storm.faults if one.node in place
    )
    return replace(storm, clients=storm.clients // times, nodes=len(chosen), faults=faults)


def _needed(knob: Knob, storm: Storm, world: World, play: Play) -> float | None:
    """The mildest value that helps, as far as it was looked for; None when none does."""
    for fails, helps in knob.steps():
        if math.isfinite(_took_s(knob, helps, storm, world, play)):
            return _narrowed(knob, (fails, helps), storm, world, play)
    return None


def _narrowed(
    knob: Knob, ends: tuple[float, float], storm: Storm, world: World, play: Play
) -> float:
    fails, helps = ends
    while (middle := knob.between(fails, helps)) is not None:
        if math.isfinite(_took_s(knob, middle, storm, world, play)):
            helps = middle
        else:
            fails = middle
    return helps


def _took_s(knob: Knob, value: float, storm: Storm, world: World, play: Play) -> float:
    outcome = play(storm, *knob.change(*world, value), _unseen)
    return outcome.back_after_s(ENOUGH) if comes_back(outcome) else math.inf


def _unseen(done: int, total: int) -> None:
    """A search has a line of its own."""


def _section(section: str, key: str) -> Change:
    def change(design: Design, scenario: Scenario, value: float) -> World:
        changed = getattr(scenario, section).model_copy(update={key: int(value)})
        return design, scenario.model_copy(update={section: changed})

    return change


def _patience(design: Design, scenario: Scenario, value: float) -> World:
    changes: dict[str, Any] = {"connection": {"connect_timeout_s": value}}
    return design.variant(design.name, changes), scenario


def _jitter(design: Design, scenario: Scenario, value: float) -> World:
    rule = {"kind": "full-jitter", "base_s": _JITTER_BASE_S, "cap_s": value}
    return design.variant(design.name, {"backoff": rule}), scenario
