"""The collector looks less often during a run, and as often as before after it."""

import gc

import pytest

from models import DESIGNS
from sim.experiment.collecting import rarely_collecting
from sim.experiment.run import play, run_replication


def test_thresholds_are_put_back_whatever_happens():
    before = gc.get_threshold()
    with rarely_collecting():
        assert gc.get_threshold()[0] > 10 * before[0]
    assert gc.get_threshold() == before
    with pytest.raises(ZeroDivisionError), rarely_collecting():
        raise ZeroDivisionError
    assert gc.get_threshold() == before


def test_runs_that_overlap_put_back_what_was_before_all_of_them():
    before = gc.get_threshold()
    first, second = rarely_collecting(), rarely_collecting()
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    assert gc.get_threshold() != before
    second.__exit__(None, None, None)
    assert gc.get_threshold() == before


def test_a_run_is_made_under_it_and_is_the_same_without(monkeypatch):
    from small import scenario

    seen = []
    system = DESIGNS["hybrid"].build

    class Watched:
        name, claims = "hybrid", ()

        def build(self, world):
            seen.append(gc.get_threshold())
            return system(world)

    world = scenario(people={"count": 6})
    under = run_replication(world, Watched(), 0)
    monkeypatch.setattr("sim.experiment.run.play", play.__wrapped__)
    plain = run_replication.__wrapped__(world, Watched(), 0)
    assert seen[0] != seen[1] == gc.get_threshold()
    assert under.digest() == plain.digest()
