"""A process that dies, and comes back."""

from sim.node import REFUSING, UP
from tests.sim.faults.made_faults import AROUND, Stage, fault


def test_a_crashed_process_refuses_until_it_is_back():
    stage = Stage({"kind": "node-crash", "node": 1, "at_s": 10, "restart_s": 5})
    assert stage.states(9.9, 10.1, 14.9, 15.1) == [
        [UP] * 4, [UP, REFUSING, UP, UP], [UP, REFUSING, UP, UP], [UP] * 4,
    ]  # fmt: skip


def test_a_restart_may_take_its_time_by_luck():
    """The same luck whatever the design; somewhere in the spread, and not always the same."""
    back_s = []
    for seed in (1, 1, 2, 3):
        crash = {"kind": "node-crash", "node": 1, "at_s": 10, "restart_s": 5, "restart_spread_s": 4}
        stage, times_s = Stage(crash, seed=seed), [15.0 + step / 10 for step in range(1, 42)]
        states = [node_states[1] for node_states in stage.states(*times_s)]
        back_s.append(times_s[states.index(UP)])
    assert back_s[0] == back_s[1]
    assert len(set(back_s)) == 3
    assert all(15.0 < at_s <= 19.1 for at_s in back_s)


def test_it_is_over_at_the_latest_moment_that_luck_allows():
    crash = fault("node-crash", node=0, at_s=100.0, restart_s=10.0, restart_spread_s=20.0)
    assert crash.healed(4) == ("restart_s", 130.0)


def test_it_hits_a_node_that_is_there():
    ((key, words),) = fault("node-crash", node=5, at_s=1, restart_s=1).problems(AROUND)
    assert (key, words) == ("node", "there is no node 5; allowed: 0 to 4")
