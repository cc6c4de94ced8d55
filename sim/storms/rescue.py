"""What would bring a crowd back that does not come back: which number, and how far it must go.

One number is changed at a time: doubled or halved until the crowd comes back within the horizon,
then narrowed between the last value that fails and the first that does not. That the effect of a
number is one-sided is assumed. The search plays a smaller crowd (`scaled`), each time until 99 %
are back; what it found is played at full size, and where that fails the search goes on there.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from sim.numbers import written
from sim.storms.trials import Trials

if TYPE_CHECKING:
    from sim.scenario.designs import Design
    from sim.scenario.scenario import Scenario
    from sim.storms.outcome import Outcome, Play
    from sim.storms.question import Storm
    from sim.storms.trials import Hearing

PRECISION: Final = 0.05
"""How near the told value is to the one that no longer helps, as a share of it."""
_NARROWINGS: Final = 4
"""Trials until a value between one and its double is as near as that."""
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

    @property
    def most_trials(self) -> int:
        """When none helps, or the last one does; one of all clients is among them."""
        return sum(1 for _ in self.steps()) + _NARROWINGS + 1

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
    room = max(servers.connections_limit, storm.clients)  # more than that nobody needs
    for key, most in (("accept_backlog", 1), ("cores", 256), ("connections_limit", room)):
        yield Knob(f"servers.{key}", getattr(servers, key), most, _section("servers", key))
    if scenario.authenticator.check_s:
        cores = scenario.authenticator.cores
        yield Knob("authenticator.cores", cores, 4096, _section("authenticator", "cores"))
    yield Knob("connection.connect_timeout_s", patience_s, 3600.0, _patience, whole=False)
    yield Knob("back-off by full jitter, cap_s", None, storm.horizon_s, _jitter, whole=False)


def rescues(outcome: Outcome, world: World, play: Play, hearing: Hearing) -> list[Rescue]:
    """Every number that alone brings the crowd back, the quickest first, told as it goes on."""
    tried = [*knobs(world[1], outcome.storm, outcome.patience_s)]
    trials = Trials(outcome, play, hearing, sum(knob.most_trials for knob in tried))
    hearing.tell(f"not back: a search for what helps, {trials.estimate(world[1], len(tried))}")
    found = []
    for knob in tried:
        hearing.tell(f"looking for {knob.key} (trial {trials.done + 1} of {trials.most})")
        needed = _needed(knob, world, trials)
        if needed is None:
            continue
        took_s = trials.took_s(*knob.change(*world, needed), whole=True)
        if math.isinf(took_s):  # a search of few was too mild: all go on from there
            needed = _needed(replace(knob, now=needed), world, trials, whole=True)
            if needed is None:
                continue
            took_s = trials.took_s(*knob.change(*world, needed), whole=True)
        found.append(Rescue(knob.key, knob.now, needed, took_s))
    return sorted(found, key=lambda one: one.t99_s)


def _needed(knob: Knob, world: World, trials: Trials, whole: bool = False) -> float | None:
    """The mildest value that helps, as far as it was looked for; None when none does."""

    def helps(value: float) -> bool:
        return math.isfinite(trials.took_s(*knob.change(*world, value), whole))

    for ends in knob.steps():
        if helps(ends[1]):
            return _narrowed(knob, ends, helps)
    return None


def _narrowed(knob: Knob, ends: tuple[float, float], is_enough: Callable[[float], bool]) -> float:
    fails, helps = ends
    while (middle := knob.between(fails, helps)) is not None:
        if is_enough(middle):
            helps = middle
        else:
            fails = middle
    return helps


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
