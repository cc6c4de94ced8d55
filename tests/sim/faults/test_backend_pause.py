"""A process behind the nodes that stands still."""

import pytest
from played import played

from sim.sequence.notes import bars
from sim.sequence.story import tell
from sim.sequence.words import words
from tests.sim.faults.made_faults import Stage


@pytest.mark.parametrize("ceiling", [{}, {"writes_per_s": 100}])
def test_what_is_asked_of_it_waits_with_a_ceiling_and_without(ceiling):
    keys = {"kind": "backend-pause", "backend": "store", "at_s": 10, "for_s": 5}
    stage = Stage(keys, store={"write_s": 0.5, **ceiling})
    world, done_s = stage.world, []
    for at_s in (9.0, 12.0, 16.0):
        world.engine.at(at_s, world.write.start, lambda: done_s.append(world.engine.now_s))
    world.engine.run(40.0)
    assert done_s == pytest.approx([9.5, 15.5, 16.5])


def test_others_go_on():
    keys = {"kind": "backend-pause", "backend": "backplane", "at_s": 10, "for_s": 5}
    behind = Stage(keys).world.behind
    behind["store"].engine.run(12.0)
    assert {name: process.start_s() for name, process in behind.items()} == {
        "store": 12.0, "authenticator": 12.0, "backplane": 15.0,
    }  # fmt: skip


def test_it_is_told_and_drawn_on_a_lane_of_its_own():
    run = played("hybrid", "people=2 send=5:0 store-pause=4+3")
    (bar,) = bars(run.history, run.record.faults, run.focus)
    assert (bar.lane, bar.start_s, bar.end_s) == ("store", 4.0, 7.0)
    story = tell(run.record, run.focus)
    assert "store" in story.lanes
    assert "4.000 s  the store stands still" in words(story)
    assert "7.000 s  the store goes on" in words(story)
