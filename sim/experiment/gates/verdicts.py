"""All guarantees judged on the history of one replication, with every bound that is asked for."""

from collections.abc import Iterable
from typing import Any

from sim.guarantees import GUARANTEES, Evidence
from sim.history import History
from sim.scenario.gates import Gate, key


def verdicts(history: History, gates: Iterable[Gate]) -> dict[str, dict[str, Any]]:
    """Every guarantee's verdict by its `key`: with default bounds, and with those of `gates`."""
    evidence = Evidence(history)
    asked: list[tuple[str, float | None]] = [(name, None) for name in GUARANTEES]
    asked += [(one.guarantee, one.within_s) for one in gates if one.guarantee is not None]
    return {
        key(name, within_s): GUARANTEES[name].on(evidence, within_s).plain()
        for name, within_s in dict.fromkeys(asked)
    }
