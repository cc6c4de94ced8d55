"""A poller asks again after each answer, and after a while when there is none."""

from stage import ONE_WAY_S, Stage

from models import DESIGNS

POLL = DESIGNS["long-poll"]
SOON_S = 5e-3


def down(start_s, end_s, person=0, **more):
    outage = {"kind": "link-outage", "person": person, "start_s": start_s, "end_s": end_s}
    return {"faults": [outage | more]}


def asked(stage, person=0):
    """How many questions this person has sent."""
    return stage.channel("long-poll").client(person).asked


def test_a_question_is_asked_again_after_each_answer_and_after_each_hold():
    stage = Stage(POLL, [(5.0, 1)]).run(4.0)
    assert asked(stage) == 1
    assert asked(stage.run(6.0)) == 2
    held_s = stage.arrivals(0)[0][1] + 2 * ONE_WAY_S + POLL.options.long_poll.hold_s
    assert asked(stage.run(held_s - 2 * SOON_S)) == 2
    assert asked(stage.run(held_s + 2 * SOON_S)) == 3
    assert stage.gaps() == []


def test_a_client_waits_longer_than_the_hold_and_then_tries_again():
    patient_s = POLL.options.long_poll.hold_s + POLL.options.long_poll.patience_s
    stage = Stage(POLL, [(12.0, 1)], **down(10.0, 70.0)).run(100.0)
    [gap] = stage.gaps()
    assert gap["noticed_s"] == patient_s  # from asking at 0 s, connecting included
    assert (gap["cut_s"], gap["reason"]) == (10.0, "heartbeat")
    assert gap["open_s"] == gap["synced_s"] > 70.0
    assert stage.shown(0) == stage.replayed(0) == [0]


def test_a_gap_is_dated_by_what_broke_since_the_last_answer():
    """The outage is over and an answer has come when the node dies; another dies still later."""
    crash = {"kind": "node-crash", "restart_s": 1.0}
    crashes = [crash | {"node": node, "at_s": at_s} for at_s in (20.0, 30.0) for node in (0, 1)]
    faults = down(10.0, 10.5)["faults"] + crashes
    stage = Stage(POLL, [(15.0, 1), (25.0, 1), (35.0, 1)], faults=faults).run(60.0)
    first, second = (gap for gap in stage.gaps() if gap["person"] == 0)
    for gap, died_s in ((first, 20.0), (second, 30.0)):
        assert died_s < gap["cut_s"] == gap["noticed_s"] < died_s + 4 * ONE_WAY_S
    assert second["cut_s"] > first["synced_s"] > first["cut_s"]


def test_a_broken_question_waits_for_the_back_off():
    stage = Stage(POLL, faults=[{"kind": "reset", "person": 0, "at_s": 10.0}]).run(10.9)
    assert asked(stage) == 1
    stage.run(11.2)
    assert asked(stage) == 2
