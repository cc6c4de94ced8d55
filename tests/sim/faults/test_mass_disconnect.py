"""Many connections that are reset at once."""

from tests.sim.faults.made_faults import Stage


def test_a_mass_disconnect_resets_its_share_at_one_instant():
    stage = Stage({"kind": "mass-disconnect", "share": 0.5, "at_s": 10})
    stage.world.engine.run(45.0)
    assert [(at_s, what) for at_s, what, _ in stage.notes] == [(10.0, "disconnect")] * 4
    assert len({person for *_, person in stage.notes}) == 4
