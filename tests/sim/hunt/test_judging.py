"""One schedule, judged by every guarantee."""

from played import target

from sim.hunt.judging import STUCK, judged, play
from sim.hunt.schedule import read
from sim.tape import Tape

LOSES = read("people=2 send=5:0 link=0@5+50")


def test_every_guarantee_that_is_broken_is_named() -> None:
    found = judged(target("full-websocket", "at-most-once"), LOSES)
    assert found.verdict.state != "violated"
    assert {"at-least-once", "exactly-once"} <= set(found.broken)
    assert not found.stuck
    calm = judged(target("full-websocket", "at-most-once"), read("people=2 send=5:0"))
    assert calm.broken == ()


def test_what_never_arrives_is_among_them() -> None:
    found = judged(target("socketio-polling", "fifo"), read("people=2 send=5:1 host=1@5.0252+1"))
    assert found.stuck
    assert STUCK in found.broken


def test_a_tape_changes_no_verdict() -> None:
    wanted, tape = target("full-websocket", "at-least-once"), Tape()
    assert judged(wanted, LOSES, tape) == judged(wanted, LOSES)
    assert tape
    assert play(wanted, LOSES) == judged(wanted, LOSES).verdict
