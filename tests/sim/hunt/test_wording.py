"""What a hunt says is what it did, and no more."""

from models import DESIGNS
from sim.hunt.finding import finding
from sim.hunt.schedule import read
from sim.hunt.search import Quarry, Searched, only
from sim.hunt.space import Limits
from sim.hunt.stage import stage
from sim.hunt.wording import MEANING, broken, unbroken


def quarry(limits=None):
    world = stage("full-websocket", DESIGNS)
    design = DESIGNS["full-websocket"]
    return Quarry(design, "at-least-once", world, limits or Limits())


def test_a_violation_is_told_with_its_witness_and_its_size():
    prey = quarry()
    searched = only(prey, read("people=2 send=5:0 reset=0@5"))
    told = finding(prey, searched.found)
    first, second = broken(told, searched).splitlines()
    assert first == f"full-websocket breaks at-least-once: {told.witness.what}."
    assert "2 people, 1 message, 1 fault (1 schedules tried, 0 more" in second


def test_without_a_finding_it_says_what_was_tried_and_that_it_proves_nothing():
    limits = Limits(("link", "crash"), people=3, messages=2, faults=1)
    said = unbroken(quarry(limits), Searched(1200, 1000, 3000, "nobody was there"))
    assert "1,200 schedules of 2 to 3 people, 1 to 2 messages and up to 1 faults" in said
    assert "(link, crash)" in said
    assert "held in 1,000, over 3,000 " in said
    assert "200 said nothing (nobody was there)" in said
    assert said.endswith(MEANING)
    assert "not a proof" in MEANING


def test_a_guarantee_never_tested_is_not_said_to_hold():
    said = unbroken(quarry(), Searched(7, 0, 0, "nobody was there"))
    assert "never put to the test of at-least-once in 7 schedules: nobody was there" in said
    assert "held" not in said
