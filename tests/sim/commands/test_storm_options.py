"""What is typed has the defaults of what is asked."""

from dataclasses import fields

from sim.commands.storm_options import StormOptions
from sim.storms.question import Storm


def test_defaults_are_those_of_a_storm():
    usual, typed = {one.name: one.default for one in fields(Storm)}, StormOptions()
    assert (typed.ttl, typed.horizon) == (usual["ttl_s"], usual["horizon_s"])
