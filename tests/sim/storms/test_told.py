"""What is told names what was asked."""

import itertools

from stormy import crash, small, world

import sim
from sim.registry import play_storm
from sim.storms.question import Storm
from sim.storms.told import NO_NODE, NO_WAY, Telling, tell


def unseen(done, total):
    """Nobody looks."""


def notes_of(faults):
    storm, design = Storm(60, 2, faults, horizon_s=10), sim.designs()["full-websocket"]
    heard = []
    told = tell(storm, design, world(), Telling(play_storm, unseen, heard.append))
    return told["notes"], heard


def test_where_no_node_is_left_nothing_is_looked_for():
    assert notes_of(crash(2, None)) == ([NO_NODE], [])


def test_where_nothing_helps_it_says_so():
    notes, heard = notes_of(crash(2, 8.9))  # back a tenth of a second before nobody looks any more
    assert notes == [NO_WAY]
    assert heard


def test_an_estimate_of_the_search_comes_before_it():
    storm, design = Storm(60, 2, crash(2, 8.9), horizon_s=10), sim.designs()["full-websocket"]
    heard, moments_s = [], itertools.count()
    telling = Telling(play_storm, unseen, heard.append, lambda: float(next(moments_s)))
    tell(storm, design, world(), telling)
    assert heard[0].startswith("not back: a search for what helps, at most ")
    assert heard[0].endswith(" s")
    assert heard[1] == "looking for servers.accept_backlog (trial 1 of 55)"


def test_it_says_what_was_asked_and_what_came_out():
    found = small()
    assert found["design"] == "full-websocket"
    assert found["storm"]["clients"] == found["figures"]["clients"] == 100
    assert len(found["answer"]) == 2
