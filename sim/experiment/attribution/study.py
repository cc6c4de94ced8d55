"""What an attribution runs: the designs between two, beside these two themselves.

They are designs of one plan, so that every replication gives all of them the same luck, workers
share them, and an interrupted run is gone on with. Leaves out what an aspect is: whoever knows
designs says which there are, and mixes them (`Between`).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Protocol

from sim.errors import InputError
from sim.experiment import request
from sim.experiment.attribution import shapley
from sim.experiment.attribution.shares import Game, attributed
from sim.metrics import METRICS, Measure
from sim.scenario.designs import Design
from sim.streams import Streams

if TYPE_CHECKING:
    from sim.experiment.request import Request
    from sim.experiment.runner import Plan


class Between(Protocol):
    """The designs between two: the first with some aspects of the second."""

    @property
    def aspects(self) -> Sequence[str]: ...
    @property
    def bound(self) -> Collection[str]: ...
    def mixed(self, taken: Collection[str]) -> Design: ...
    def said(self, aspect: str) -> tuple[str, str]: ...


@dataclass(frozen=True, slots=True)
class Study:
    """An attribution that is to be run; `designs` are those that it needs beside the two."""

    game: Game
    designs: tuple[Design, ...]
    margins: Mapping[str, float]

    @property
    def name(self) -> str:
        """What tells its results from a comparison's."""
        return self.game.metric

    def part(
        self, summary: Mapping[str, Any], measures: Mapping[str, Sequence[Measure]]
    ) -> dict[str, Any]:
        """What it adds to the summary. Raises `InputError` where the metric has no shares and
        others do: what was run is kept, and serves to ask for those."""
        del summary  # a difference has its shares whatever else is compared
        found = attributed(self.game, measures, self.margins)
        part = found["attribution"]
        if part["reason"] and part["instead"]:
            which = ", ".join(part["instead"])
            kept = "the replications are kept: the same with another metric goes on from them"
            message = f"{self.name}: has no shares, {part['reason']}; allowed: {which}; {kept}"
            raise InputError([message])
        return found


def planned(
    names: tuple[str, str],
    metric: str,
    scenario: str,
    asked: Request,
    known: Mapping[str, Design],
    mix: Callable[[Design, Design], Between],
) -> Plan:
    """What is to run so that the difference between two designs is told in shares.

    `mix` makes the designs between them. Raises `InputError`.
    """
    require_known(metric)
    two = request.planned("attribute", scenario, replace(asked, designs=names, typed=False), known)
    found = two.scenario
    command = f"attribute {' '.join(names)}"
    repeat = request.command_line(command, scenario, replace(asked, designs=None), found.seed)
    repeat = f"{repeat} --metric {metric}"
    return replace(
        two,
        command=repeat,
        resume=request.resume_line(repeat, asked),
        study=study(mix(*two.designs), metric, found.seed, found.margins),
    )


def study(between: Between, metric: str, seed: int, margins: Mapping[str, float]) -> Study:
    """All coalitions of up to `shapley.MOST_EXACT` aspects, of more those in sampled orders.

    The orders come from the seed. Raises `InputError` for an unknown metric.
    """
    require_known(metric)
    players = len(between.aspects)
    orders = None
    steps = shapley.exact_steps(players)
    if players > shapley.MOST_EXACT:
        orders = shapley.sampled_orders(players, Streams(seed, 0).generator("orders of aspects"))
        steps = shapley.sampled_steps(orders)
    mixed = {one: between.mixed(_taken(between, one)) for one in shapley.coalitions(steps)}
    game = Game(
        metric,
        {aspect: between.said(aspect) for aspect in between.aspects},
        sorted(between.bound),
        {one: design.name for one, design in mixed.items()},
        orders,
    )
    beside = {one.name: one for one in mixed.values() if one.name not in (game.a, game.b)}
    return Study(game, tuple(beside.values()), margins)


def require_known(metric: str) -> None:
    """Raises `InputError` for what is no metric."""
    known = [one.name for one in METRICS]
    if metric not in known:
        near = get_close_matches(metric, known, 1)
        hint = f"; did you mean '{near[0]}'?" if near else ""
        raise InputError([f"metric: unknown '{metric}'; allowed: {', '.join(known)}{hint}"])


def _taken(between: Between, coalition: int) -> list[str]:
    return [aspect for at, aspect in enumerate(between.aspects) if coalition >> at & 1]
