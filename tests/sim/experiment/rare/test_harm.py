"""One replication with made outages: what is counted for them, what besides."""

from typing import Any

import numpy as np
import pytest
from small import scenario

from models import DESIGNS
from sim.experiment.rare import harm as file
from sim.experiment.rare.forced import Forcing
from sim.experiment.rare.harm import PARTS, harm, replicate
from sim.experiment.run import play, run_replication
from sim.experiment.runner import ReplicationError
from sim.metrics.incidents import Incidents
from sim.metrics.judged import Judged
from sim.world import build_world

RENEWAL: dict[str, Any] = {
    "kind": "renewal",
    "up": {"kind": "exponential", "mean_s": 400.0},
    "down": {"kind": "lognormal", "median_s": 15.0, "sigma": 0.6},
}
WORLD = scenario(networks=[{"share": 1.0, "profile": "4g", "outages": RENEWAL}])


@pytest.mark.parametrize("part", PARTS)
def test_everything_that_went_wrong_is_counted_in_one_place(part: str) -> None:
    forcing = Forcing(WORLD.time.measured_until_s, share=0.5)
    history = play(build_world(WORLD, 2, instead=forcing), DESIGNS["hybrid"])
    judged = Judged(history)
    number, message, person = PARTS[part](judged, Incidents(judged))
    assert len(number) == len(message) == len(person)
    found = harm(history, forcing.made, part)
    assert found.made == len(forcing.made) > 0
    assert found.owed == len(judged.sends.message)
    assert 0 < found.trials < found.owed
    assert found.besides <= len(number)
    kept = harm(history, dict.fromkeys([]), part)
    assert (kept.cost, kept.made, kept.trials) == (0.0, 0, found.owed)


def test_rows_are_those_of_the_table_of_incidents() -> None:
    judged = Judged(run_replication(WORLD, DESIGNS["hybrid"], 3))
    found = Incidents(judged)
    for part, rows in PARTS.items():
        np.testing.assert_array_equal(rows(judged, found)[0], getattr(found, part))


def test_only_outages_of_networks_are_taken_out_of_what_went_wrong_besides() -> None:
    """A crash is the scenario's own and happens in every run: its losses are counted plainly."""
    calm = {"share": 1.0, "profile": "4g"}
    crash = {"kind": "node-crash", "node": 0, "at_s": 20.0, "restart_s": 5.0}
    broken = scenario(networks=[calm], faults=[crash])
    found = harm(run_replication(broken, DESIGNS["full-websocket"], 0), {}, "lost")
    assert found.besides > 0


def test_the_same_number_is_the_same_luck() -> None:
    once, again = (replicate(WORLD, DESIGNS["full-websocket"], 4, "lost") for _ in range(2))
    assert once == again
    assert once.made > 0


def test_a_crash_says_where(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*given: object) -> None:
        raise RuntimeError("boom")

    monkeypatch.setattr(file, "play", broken)
    with pytest.raises(ReplicationError, match="hybrid, replication 3: RuntimeError: boom"):
        replicate(WORLD, DESIGNS["hybrid"], 3, "lost")
