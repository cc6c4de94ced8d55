"""Defaults of `bench` are what its help says."""

from sim.bench.rounds import PARTS
from sim.bench.scenario import ROOM, WEATHERS
from sim.commands.bench_options import LEAST_PEOPLE, BenchOptions


def test_the_defaults_exist():
    import sim

    options = BenchOptions()
    assert set(options.designs.split(",")) <= set(sim.designs())
    assert options.worlds.split(",") == list(WEATHERS)
    assert options.parts is options.people is options.rounds is options.out is None
    assert PARTS[-1] == "default"  # what --quick leaves out


def test_half_of_the_people_fill_a_room():
    assert LEAST_PEOPLE // 2 == ROOM
