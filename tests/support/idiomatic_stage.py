"""A room of 21 for the idiomatic programs, with nobody in it yet."""

import sim
from sim.bench.scenario import ROOM, scenario
from sim.world import build_world


def stage(program, per_minute=3.0):
    """The program in a calm world of one room."""
    return program(build_world(scenario(sim.designs(), ROOM, "calm", per_minute), 0))


def played(chat, *steps):
    """Let these processes run for a while, and return the time."""
    for one in steps:
        chat.env.process(one)
    chat.env.run(until=chat.env.now + 1.0)
    return chat.env.now
