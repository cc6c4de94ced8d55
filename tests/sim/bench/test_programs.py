"""What is timed does what it says; how long it takes is for the benchmarks."""

import subprocess
from functools import partial

import pytest

import sim
from sim.bench import programs
from sim.bench.fresh import fresh
from sim.bench.scenario import scenario

DESIGNS = sim.designs()
SMALL = scenario(DESIGNS, 42, "calm", 3.0)


def test_bare_is_one_time_out_after_the_other():
    took = programs.bare()
    assert took.count == programs.BARE_EVENTS
    assert 0.0 < took.each_s == took.cpu_s / took.count < 1e-4


def test_product_and_idiomatic_count_the_same_deliveries():
    ours = programs.product(SMALL, DESIGNS["full-websocket"])
    theirs = programs.idiomatic(SMALL, "full-websocket")
    assert ours.count == theirs.count > 2_000
    assert ours.cpu_s > 0.0 < theirs.cpu_s


def test_memory_is_seen_when_all_are_there():
    def of(people: int) -> int:
        world = scenario(DESIGNS, people, "loss", 0.0)
        return fresh(partial(programs.idle_bytes, world, DESIGNS["hybrid"]))

    few, many = of(21), of(63)
    assert many > few > 0


def test_a_command_costs_cpu_time_and_its_failure_is_told():
    words = ("compare", "--set", "people.count=4", "--set", "time.measure_s=5",
             "--designs", "hybrid", "--replications", "1", "--workers", "1")  # fmt: skip
    assert programs.command_cpu_s(words) > 0.1
    with pytest.raises(subprocess.CalledProcessError):
        programs.command_cpu_s(("compare", "no-such-scenario"))
