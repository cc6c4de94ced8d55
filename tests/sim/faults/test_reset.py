"""One person's connections are reset."""

from tests.sim.faults.made_faults import Stage


def test_a_reset_hits_one_person():
    stage = Stage({"kind": "reset", "person": 5, "at_s": 10})
    stage.world.engine.run(45.0)
    assert stage.notes == [(10.0, "disconnect", 5)]
