"""What the loop over calm connections leaves to objects in a run."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from models import DESIGNS
from models.calm.calm import Calm
from sim.experiment.run import run_replication
from sim.history import History
from sim.scenario.scenario import Scenario


def left_of(
    monkeypatch: pytest.MonkeyPatch, scenario: Scenario, design: str
) -> tuple[Counter[int], History]:
    """How often each answer was given by the loop as it stands, and the history."""
    left: Counter[int] = Counter()

    class Counted(dict[int, Any]):
        def __getitem__(self, code: int) -> Any:
            left[code] += 1
            return super().__getitem__(code)

    made = Calm.__init__

    def count(calm: Calm, *args: Any) -> None:
        made(calm, *args)
        calm.left = Counted(calm.left)

    monkeypatch.setattr(Calm, "__init__", count)
    return left, run_replication(scenario, DESIGNS[design], 0, plain=True)
