"""A process at work, and what became of the work."""

from __future__ import annotations

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

    def _give(self, cost_s: float, name: object, turn: int | None) -> None:
        engine = self.engine
        self.process.work(
            cost_s,
            lambda *args: self.done.append((engine.now_s, *args)),
            name,
            lost=lambda: self.lost.append((engine.now_s, name)),
            turn=turn,
        )
