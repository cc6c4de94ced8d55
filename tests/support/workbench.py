"""A process at work, and what became of the work."""

from __future__ import annotations

from collections.abc import Sequence

from sim.engine import Engine
from sim.process import Process


class Bench:
    """A process and what became of the work given to it, with the times."""

    def __init__(self, cores: int = 1) -> None:
        self.engine = Engine()
        self.process = Process(self.engine, cores)
        self.done: list[tuple[float, object]] = []
        self.lost: list[tuple[float, object]] = []

    def give(self, at_s: float, cost_s: float, name: object, turn: int | None = None) -> None:
        self.engine.at(at_s, self._give, cost_s, name, turn)

    def give_all(self, at_s: float, each_s: float, names: Sequence[object]) -> None:
        self.engine.at(at_s, self._give_all, each_s, names)

    def _give_all(self, each_s: float, names: Sequence[object]) -> None:
        self.process.work_off(
            each_s,
            names,
            lambda name: self.done.append((self.engine.now_s, name)),
            lambda rest: self.lost.append((self.engine.now_s, rest)),
            turn=0,
        )

    def _give(self, cost_s: float, name: object, turn: int | None) -> None:
        engine = self.engine
        self.process.work(
            cost_s,
            lambda *args: self.done.append((engine.now_s, *args)),
            name,
            lost=lambda: self.lost.append((engine.now_s, name)),
            turn=turn,
        )
