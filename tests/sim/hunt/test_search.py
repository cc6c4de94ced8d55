"""A hunt finds the same violation whatever the workers, shrinks it, and counts what it tried."""

from pathlib import Path

import pytest
from played import target

from models.servers.store import Store
from sim.guarantees import Verdict
from sim.hunt import rounds as rounds_module
from sim.hunt import search as search_module
from sim.hunt.draws import Draws
from sim.hunt.judging import STUCK, DesignCrashed, Played, play
from sim.hunt.schedule import read
from sim.hunt.search import Searched, hunt, only


def test_a_violation_is_found_and_made_small() -> None:
    searched = hunt(target("full-websocket", "at-least-once", "link"), 500, workers=1)
    found = searched.found
    assert found is not None
    assert str(found.schedule) == "people=2 send=5:0 link=0@5+50"
    assert found.first.size >= found.schedule.size
    assert found.verdict.state == "violated"
    assert found.shrinking > 0
    assert searched.schedules <= 250


def test_what_was_found_breaks_the_guarantee_again() -> None:
    wanted = target("hybrid", "at-most-once", "link")
    found = hunt(wanted, 500, workers=1).found
    assert found is not None
    assert play(wanted, found.schedule) == found.verdict
    assert play(wanted, read(str(found.schedule))) == found.verdict


def test_the_seed_decides_the_number_of_workers_does_not() -> None:
    wanted = target("mqtt-qos1", "at-most-once", "pause,host")
    assert hunt(wanted, 280, workers=1) == hunt(wanted, 280, workers=2)


def test_without_a_violation_all_is_counted() -> None:
    searched = hunt(target("full-websocket-acked", "fifo", "reset"), 120, workers=1)
    assert searched.found is None
    assert searched.schedules == 120
    assert 0 < searched.held < 120
    assert searched.facts >= searched.held
    assert searched.reason == "nobody was shown two messages of one sender in one room"


STUCK_S = "people=2 send=5:1 host=1@5.0252+1"  # a poll that nobody answers, and nothing repairs


def test_what_never_arrives_is_found_by_a_hunt_for_safety() -> None:
    searched = only(target("socketio-polling", "at-most-once", "host"), read(STUCK_S))
    assert searched.stuck == 1
    assert searched.found is not None
    assert searched.found.broken == STUCK
    assert "still on its way" in searched.found.verdict.witness.what  # type: ignore[union-attr]
    calm = only(target("socketio-polling", "at-most-once", "host"), read("people=2 send=5:1"))
    assert (calm.found, calm.stuck) == (None, 0)


def test_the_smallest_schedule_that_stops_for_ever_is_looked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    wanted = target("socketio-polling", "at-most-once", "host")
    large = read("people=3 send=5:1 send=9:2 host=1@5.0252+1 host=0@30+2 luck=3")
    halted = Searched(10, 9, 30, stuck=1, halted=large)
    totals = [halted, Searched(15, 14, 39, stuck=1, halted=large)]
    monkeypatch.setattr(search_module, "_totals", lambda *_: iter(totals))
    searched = hunt(wanted, 15, workers=1)
    assert (searched.schedules, searched.held, searched.stuck) == (15, 14, 1)
    found = searched.found
    assert found is not None
    assert found.broken == STUCK
    schedule = found.schedule
    assert (schedule.people, len(schedule.sends), len(schedule.faults)) == (2, 1, 1)
    assert play(wanted.stuck, schedule).state == "violated"


def test_what_is_undecided_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    verdicts = {5.0: Verdict(0, undecided=1, reason="open"), 6.0: Verdict(0, reason="nothing")}
    monkeypatch.setattr(
        rounds_module, "judged", lambda _, one, __: Played(verdicts[one.sends[0].at_s], ())
    )
    wanted = target("hybrid", "exactly-once", "link")
    draws = [read("send=5:0"), read("send=6:0")]
    monkeypatch.setattr(Draws, "talk", lambda _: draws.pop(0))
    monkeypatch.setattr(Draws, "worse", lambda _, schedule, *__: schedule)
    both = hunt(wanted, 2, workers=1)
    assert (both.schedules, both.held, both.undecided, both.untested) == (2, 0, 1, 1)
    assert (both.doubt, both.reason) == ("open", "nothing")


def test_progress_is_told_after_every_round_and_can_end_the_hunt() -> None:
    heard: list[int] = []

    def progress(so_far: Searched) -> bool:
        heard.append(so_far.schedules)
        return len(heard) < 2

    searched = hunt(target("full-websocket-acked", "exactly-once", "pause"), 10**9, 1, progress)
    assert searched.found is None
    assert searched.schedules == heard[-1]
    assert len(heard) == 2


def test_one_schedule_can_be_tried_alone() -> None:
    wanted = target("hybrid", "at-most-once")
    assert only(wanted, read("send=5:0")).found is None
    found = only(wanted, read("people=3 send=5:0 reset=0@5.08")).found
    assert found is not None
    assert found.schedule.people == 3  # as it was given
    assert found.shrinking == 0


def test_a_crash_names_the_design_and_the_schedule() -> None:
    wanted = target("hybrid", "at-most-once")
    with pytest.raises(DesignCrashed, match=r"hybrid under --schedule 'people=2 send=5:0 crash=9"):
        play(wanted, read("send=5:0 crash=9@5+1"))


def test_a_hunt_leaves_no_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    hunt(target("full-websocket", "fifo", "link"), 20, workers=1)
    assert list(tmp_path.iterdir()) == []


def test_a_page_without_the_newest_message_is_found_by_asking(monkeypatch) -> None:
    """A store that answers lists from a copy that is one write behind."""
    right = target("hybrid", "read-your-writes", "link")
    assert hunt(right, 60, workers=1).found is None

    def stale(self: Store, message: int) -> None:
        self._turn_pages()
        room = self._messages.conversation[message]
        held = self._pages.get(room)
        newest = held.pop() if held else None
        note_page(self, message)
        if held is not None and newest is not None:
            held.append(newest)

    note_page = Store.note_page
    monkeypatch.setattr(Store, "note_page", stale)
    found = hunt(right, 60, workers=1).found
    assert found is not None
    assert found.schedule.ask_s > 0.0
    assert len(found.schedule.sends) == 1
    assert "did not find it there" in (found.verdict.witness.what if found.verdict.witness else "")
