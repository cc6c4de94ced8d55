"""A story has the steps that matter, in order, and ends with what breaks the guarantee."""

import pytest
from played import played

from sim.sequence.hops import BACKPLANE
from sim.sequence.notes import BREAKS, Focus
from sim.sequence.story import Broken, tell, when_s

STORIES = [
    ("full-websocket", "at-least-once", "people=2 send=5:0 link=0@5+50"),
    ("hybrid", "at-most-once", "people=2 send=5:0 link=0@5.1+10"),
    ("hybrid", "fifo", "people=2 send=5:0 send=7:0 link=0@3+100"),
    ("mqtt-qos1", "no-loss-after-ok", "people=2 send=5:0 crash=1@5+1"),
    ("mqtt-qos1-clean", "at-least-once", "people=2 send=5:0 link=1@5+100"),
    ("full-websocket", "at-least-once", "people=2 send=5:0 backplane=4+2"),
    ("socketio-retries", "at-most-once", "people=2 send=5:0 link=0@5+5"),
]


@pytest.mark.parametrize(("design", "guarantee", "schedule"), STORIES)
def test_steps_are_in_order_between_known_lanes(design: str, guarantee: str, schedule: str) -> None:
    story = played(design, schedule).story(guarantee)
    times_s = [when_s(step) for step in story.steps]
    assert times_s == sorted(times_s)
    used = {note.lane for note in story.notes} | {bar.lane for bar in story.bars}
    used |= {end for hop in story.hops for end in (hop.source, hop.target)}
    assert used == set(story.lanes)
    assert len(set(story.lanes)) == len(story.lanes)


@pytest.mark.parametrize(("design", "guarantee", "schedule"), STORIES)
def test_it_ends_with_what_breaks_the_guarantee(design: str, guarantee: str, schedule: str) -> None:
    story = played(design, schedule).story(guarantee)
    breaks = [note for note in story.notes if note.kind == BREAKS]
    assert breaks
    assert story.notes[-1] is breaks[-1]
    assert max(when_s(step) for step in story.steps) == breaks[-1].time_s


def test_a_repeat_an_order_and_an_absence_break_in_their_own_ways() -> None:
    def broken(place: int) -> list[str]:
        design, guarantee, schedule = STORIES[place]
        story = played(design, schedule).story(guarantee)
        return [note.text for note in story.notes if note.kind == BREAKS]

    assert broken(0) == ["is never shown message 0"]
    assert broken(1) == ["is shown message 0 again"]
    assert broken(2) == ["is shown message 1", "is shown message 0"]


def test_an_absence_shows_only_when_the_person_is_back() -> None:
    story = played(*_of(STORIES[3])).story("no-loss-after-ok")
    back = next(note for note in story.notes if note.text == "is connected to gateway 0")
    assert story.notes[-1].time_s > back.time_s > 6.0
    assert any(hop.said.text == "CONNACK, no session" for hop in story.hops)


def test_whoever_comes_back_is_followed_until_there_is_a_new_connection() -> None:
    told = played("socketio-recovery", "people=2 send=5:0 address=1@5+1").story("at-least-once")
    texts = [note.text for note in told.notes if note.lane == "person 1"]
    assert texts[-2:] == ["is connected to gateway 0", "is never shown message 0"]
    assert "join" in [hop.said.text for hop in told.hops]


def test_the_writer_is_left_the_reader_right_nodes_between() -> None:
    assert played(*_of(STORIES[1])).story("at-most-once").lanes == (
        "person 0", "api 2", BACKPLANE, "gateway 1", "person 1",
    )  # fmt: skip
    assert played(*_of(STORIES[3])).story("no-loss-after-ok").lanes == (
        "person 0", "gateway 0", "gateway 1", "person 1",
    )  # fmt: skip


def test_handshakes_pings_and_empty_polls_are_left_out() -> None:
    story = played("long-poll", "people=2 send=5:0 link=1@4.9+30").story()
    said = {hop.said.text for hop in story.hops}
    assert not said & {"handshake", "ping", "pong", "empty answer to the poll"}
    assert "answer to the poll: message 0" in said


def test_what_tcp_holds_back_is_written_first_and_leaves_later() -> None:
    story = played(*_of(STORIES[6])).story("at-most-once")
    (written,) = [note for note in story.notes if "TCP holds it back" in note.text]
    assert written.time_s == 10.0
    assert any(hop.held and hop.left_s > 13.0 for hop in story.hops)


def test_a_person_cut_off_for_too_long_breaks_without_a_message() -> None:
    run = played("mqtt-qos1", "people=2 send=5:1 host=1@5+100")
    story = tell(run.record, run.focus, Broken((), 0, 90.0))
    (note,) = [note for note in story.notes if note.kind == BREAKS]
    assert (note.time_s, note.text) == (90.0, "was cut off for too long")


def test_without_a_violation_it_ends_with_the_last_word_about_the_messages() -> None:
    story = played("full-websocket-acked", "people=2 send=5:0 link=1@60+5").story()
    assert max(when_s(step) for step in story.steps) < 6.0
    assert story.bars == ()


def test_people_out_of_focus_do_not_appear() -> None:
    run = played("hybrid", "people=3 send=5:0 link=2@5+1")
    story = tell(run.record, Focus((0,), (0, 1)))
    assert "person 2" not in story.lanes


def _of(story: tuple[str, str, str]) -> tuple[str, str]:
    return story[0], story[2]
