"""The server's stream: replay from its window, comments, its end."""

import math
from dataclasses import replace

import pytest

from models.protocols.machine import TIMEOUT, ProtocolError
from models.protocols.sse.event_stream import (
    SERVERS,
    STREAM,
    Asked,
    Comment,
    End,
    EventStream,
    Gone,
    Greet,
    Logged,
    Server,
    Skip,
    StreamState,
    Write,
    oldest_kept,
)

STARLETTE, NCHAN, MERCURE = (SERVERS[name] for name in ("sse-starlette", "nchan", "mercure"))
TOLD = replace(NCHAN, tells_gap=True)


def test_without_replay_nothing_is_written_of_what_was():
    stream = EventStream(STARLETTE)
    assert stream.handle(Asked(None, 1, 9), 0.0) == (Greet(0),)
    assert stream.handle(Logged(10), 1.0) == ()


@pytest.mark.parametrize(
    ("last_id", "oldest", "actions"),
    [
        (9, 8, (Greet(0),)),
        (8, 8, (Write(9, 9), Greet(0))),
        (7, 8, (Write(8, 9), Greet(0))),  # the window begins with the next one: nothing is missing
        (6, 8, (Skip(7, 7), Write(8, 9), Greet(1))),
        (0, 10, (Skip(1, 9), Greet(9))),  # all is too old
    ],
)
def test_what_the_window_holds_behind_the_last_id_is_written(last_id, oldest, actions):
    assert EventStream(TOLD).handle(Asked(last_id, oldest, 9), 0.0) == actions
    silent = [Greet(0) if isinstance(one, Greet) else one for one in actions]
    assert list(EventStream(NCHAN).handle(Asked(last_id, oldest, 9), 0.0)) == silent


def test_then_each_event_is_written_once():
    stream = EventStream(NCHAN)
    assert stream.handle(Logged(9), 0.0) == ()  # the window is still being read
    stream.handle(Asked(7, 1, 9), 0.1)
    assert stream.handle(Logged(9), 1.0) == ()
    assert stream.handle(Logged(11), 1.0) == (Write(10, 11),)
    assert stream.handle(Logged(11), 1.0) == ()


def test_a_comment_comes_every_so_often_whatever_else_is_written():
    stream = EventStream(STARLETTE)
    stream.handle(Asked(None, 1, 0), 10.0)
    assert stream.deadline_s == 25.0
    stream.handle(Logged(1), 24.0)
    assert stream.handle(TIMEOUT, 25.0) == (Comment(),)
    assert stream.deadline_s == 40.0


def test_nchan_writes_no_comments():
    stream = EventStream(NCHAN)
    stream.handle(Asked(0, 1, 0), 10.0)
    assert stream.deadline_s == math.inf


def test_mercure_ends_each_stream_after_ten_minutes():
    stream = EventStream(MERCURE)
    stream.handle(Asked(0, 1, 0), 0.0)
    comments = 0
    while stream.deadline_s < 600.0:
        assert stream.handle(TIMEOUT, stream.deadline_s) == (Comment(),)
        comments += 1
    assert comments == 14
    assert stream.handle(TIMEOUT, 600.0) == (End(),)
    assert (stream.state, stream.deadline_s) == (StreamState.OVER, math.inf)


def test_a_stream_that_is_over_writes_nothing():
    stream = EventStream(STARLETTE)
    stream.handle(Asked(0, 1, 0), 0.0)
    stream.handle(Gone(), 1.0)
    assert stream.deadline_s == math.inf
    assert stream.handle(Logged(3), 2.0) == ()
    early = EventStream(STARLETTE)
    early.handle(Gone(), 1.0)
    assert early.handle(Asked(0, 1, 3), 2.0) == ()  # the window was read for nobody


def test_what_cannot_happen_is_refused():
    made = {Asked: Asked(0, 1, 0), Logged: Logged(1), Gone: Gone(), type(TIMEOUT): TIMEOUT}
    assert {kind for row in STREAM.values() for kind in row} == set(made)
    for state, row in STREAM.items():
        for kind in set(made) - set(row):
            stream = EventStream(STARLETTE)
            stream.state = state
            with pytest.raises(ProtocolError):
                stream.handle(made[kind], 0.0)


@pytest.mark.parametrize(
    ("messages", "within_s", "oldest"),
    [(math.inf, math.inf, 1), (2, math.inf, 3), (0, math.inf, 5), (9, math.inf, 1),
     (math.inf, 5.0, 3), (math.inf, 4.9, 4), (1, 5.0, 4), (math.inf, 0.5, 5)],
)  # fmt: skip
def test_the_window_is_bounded_in_number_and_in_age(messages, within_s, oldest):
    server = replace(NCHAN, window_messages=messages, window_s=within_s)
    assert oldest_kept([0.0, 2.0, 5.0, 9.0], 10.0, server) == oldest


def test_an_empty_log_has_no_oldest_event():
    assert oldest_kept([], 10.0, NCHAN) == 1


@pytest.mark.parametrize(
    "wrong",
    [{"keepalive_s": 0.0}, {"retry_s": -1.0}, {"window_messages": -1.0}, {"window_s": 0.0},
     {"age_s": 0.0}],
)  # fmt: skip
def test_impossible_numbers_are_refused(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        replace(NCHAN, **wrong)


def test_every_server_has_a_source():
    assert all(isinstance(one, Server) and len(one.source) > 20 for one in SERVERS.values())
