"""Which cells there are, and how one is measured."""

import math

import pytest

import sim
from sim.bench import cells
from sim.bench.cells import COMPILED, IDIOMATIC_SIMPY, PLAIN, Cell, Sample
from sim.bench.programs import Taken
from sim.errors import InputError

KNOWN = sim.designs()


@pytest.fixture
def runs(monkeypatch):
    """Every process that would be started: what it runs, for whom, and whether uncompiled."""
    started = []

    def fresh(call, *, plain=False):
        started.append((getattr(call, "func", call).__name__, plain))
        if call is cells.bare:
            return Taken(0.001, 1_000)  # a microsecond each
        if call.func is cells.idle_bytes:
            return 1_000 + 400 * call.args[0].people.count
        rate = call.args[0].actions.send.per_person_per_minute
        return Taken(5.0 + rate, int(1_000_000 * rate))  # a microsecond more per delivery

    monkeypatch.setattr(cells, "fresh", fresh)
    return started


def test_idiomatic_simpy_stands_beside_calm_families_only():
    found = cells.deliveries(["hybrid", "sse"], ["calm", "loss"], 84)
    assert [cell.variant for cell in found].count(IDIOMATIC_SIMPY) == 1
    assert Cell(IDIOMATIC_SIMPY, "hybrid", "calm", 84) in found
    assert len(found) == 2 * 2 * 2 + 1
    assert {cell.people for cell in cells.growth("hybrid", 84)} == {84, 840}


def test_what_cancels_out_is_not_counted(runs):
    one = cells.sample(Cell(COMPILED, "hybrid", "calm", 84), KNOWN)
    assert one.delivery_s == pytest.approx(1e-6)
    assert one.events == pytest.approx(1.0)
    assert runs == [("bare", False), ("product", False), ("product", False)]


@pytest.mark.parametrize(
    ("variant", "run"), [(PLAIN, ("product", True)), (IDIOMATIC_SIMPY, ("idiomatic", False))]
)
def test_each_variant_runs_its_own_program(runs, variant, run):
    cells.sample(Cell(variant, "hybrid", "calm", 84), KNOWN)
    assert runs[1:] == [run, run]


def test_too_few_people_to_tell(monkeypatch):
    monkeypatch.setattr(cells, "fresh", lambda call, plain=False: Taken(1.0, 7))
    with pytest.raises(InputError, match="--people 42: no more deliveries"):
        cells.sample(Cell(COMPILED, "hybrid", "calm", 42), KNOWN)


def test_an_idle_person_is_one_more_person(runs):
    assert cells.idle_person_bytes("hybrid", 85, KNOWN) == pytest.approx(400.0)
    assert runs == [("idle_bytes", False)] * 2


def test_a_real_cell_costs_something():
    found = cells.sample(Cell(COMPILED, "full-websocket", "calm", 84), KNOWN)
    assert isinstance(found, Sample)
    assert found.bare_s > 0.0
    assert math.isfinite(found.events)
