"""The client's side of HTTP/2 against the rules of RFC 9113 that it implements."""

from dataclasses import replace
from math import inf

import pytest

from models.protocols.http.http2_client import (
    LAST_STREAM,
    Answered,
    GoAway,
    Heard,
    Http2Client,
    Reset,
    ResetStream,
    SendPing,
    Settings,
    WriteStream,
)
from models.protocols.http.http2_presets import HTTP2_CLIENTS
from models.protocols.http.requests import (
    Cancel,
    CloseConn,
    ConnClosed,
    ConnOpened,
    DialConn,
    Orphaned,
    Request,
)
from models.protocols.machine import TIMEOUT, ProtocolError

CHROMIUM, FIREFOX = HTTP2_CLIENTS["chromium"], HTTP2_CLIENTS["firefox"]
QUIET = replace(CHROMIUM, pings="never")


class Wire:
    """A client whose time is told with each event."""

    def __init__(self, options=CHROMIUM, *asked):
        self.client = Http2Client(options)
        self.now_s = 0.0
        if asked:
            self.hear(*map(Request, asked))
            self.first = self.hear(ConnOpened(0))

    def hear(self, *events, at_s=None):
        self.now_s = self.now_s if at_s is None else at_s
        return [one for event in events for one in self.client.handle(event, self.now_s)]

    def ask(self, request, at_s=None):
        return self.hear(Request(request), at_s=at_s)


def test_one_connection_for_all_requests():
    """Section 9.1: a client should not open more than one to a host and port."""
    wire = Wire()
    assert wire.ask("a") == [DialConn(0)]
    assert wire.ask("b") == []
    assert wire.hear(ConnOpened(0)) == [WriteStream(0, 1, "a"), WriteStream(0, 3, "b")]
    assert wire.ask("c") == [WriteStream(0, 5, "c")]


def test_requests_do_not_wait_for_the_servers_settings():
    """Section 3.4: a client may send right behind its preface."""
    assert Wire(CHROMIUM, "a").first == [WriteStream(0, 1, "a")]


def test_answers_come_in_any_order():
    wire = Wire(CHROMIUM, "a", "b", "c")
    assert wire.hear(Answered(0, 3), Answered(0, 5), Answered(0, 1)) == []
    assert [wire.client.carried(0, stream) for stream in (1, 3, 5)] == [None] * 3


def test_streams_of_a_client_are_odd_and_never_used_twice():
    """Section 5.1.1."""
    wire = Wire(CHROMIUM, "a")
    streams = [wire.hear(Answered(0, one), Request(one))[0].stream for one in range(1, 9, 2)]
    assert streams == [3, 5, 7, 9]


def test_when_no_identifier_is_left_a_new_connection_is_opened():
    """Section 5.1.1."""
    wire = Wire(CHROMIUM, "a")
    wire.client._conns[0].next = LAST_STREAM
    assert wire.ask("last") == [WriteStream(0, LAST_STREAM, "last")]
    assert wire.ask("next") == [DialConn(1)]
    assert wire.hear(Answered(0, 1)) == []
    assert wire.hear(Answered(0, LAST_STREAM)) == [CloseConn(0)]


def test_the_servers_limit_of_streams_is_kept():
    """Sections 5.1.2 and 6.5.2: what is above waits, without an error."""
    wire = Wire(CHROMIUM, "a", "b")
    assert wire.hear(Settings(0, 2.0)) == []
    assert wire.ask("c") == []
    assert wire.hear(Answered(0, 3)) == [WriteStream(0, 5, "c")]
    assert wire.ask("d") == []
    assert wire.hear(Settings(0, 3.0)) == [WriteStream(0, 7, "d")]


def test_a_lower_limit_ends_no_stream():
    """Section 5.1.2: whoever lowers the limit waits for streams to close."""
    wire = Wire(CHROMIUM, "a", "b", "c")
    assert wire.hear(Settings(0, 1.0), Request("d"), Answered(0, 1), Answered(0, 3)) == []
    assert wire.hear(Answered(0, 5)) == [WriteStream(0, 7, "d")]


@pytest.mark.parametrize(
    ("name", "before", "after"), [("chromium", 100, 256), ("firefox", 100, 300), ("httpx", 1, 100)]
)
def test_a_client_has_limits_of_its_own(name, before, after):
    wire = Wire(HTTP2_CLIENTS[name], *range(300))
    assert len(wire.first) == before
    assert len(wire.first + wire.hear(Settings(0, inf))) == after


def test_a_request_that_nobody_waits_for_is_reset():
    """Section 5.4.2; what still comes on the stream is ignored, section 5.1."""
    wire = Wire(CHROMIUM, "a", "b")
    assert wire.hear(Cancel("a")) == [ResetStream(0, 1)]
    assert wire.hear(Answered(0, 1), Reset(0, 1, refused=True)) == []
    assert wire.hear(Cancel("unknown"), Cancel("b")) == [ResetStream(0, 3)]


def test_one_that_was_not_written_yet_is_forgotten():
    wire = Wire()
    wire.hear(Request("a"), Request("b"), Cancel("a"))
    assert wire.hear(ConnOpened(0)) == [WriteStream(0, 1, "b")]


def test_a_refused_stream_is_sent_again():
    """Section 8.7: with REFUSED_STREAM nothing was done, whatever the method."""
    wire = Wire(CHROMIUM, "POST")
    assert wire.hear(Reset(0, 1, refused=True)) == [WriteStream(0, 3, "POST")]
    assert wire.hear(Reset(0, 3, refused=True)) == [WriteStream(0, 5, "POST")]
    assert wire.hear(Reset(0, 5, refused=True)) == [Orphaned("POST")]  # out three times


def test_a_stream_that_is_reset_otherwise_is_not():
    """Section 8.7: it may have been done."""
    wire = Wire(CHROMIUM, "POST")
    assert wire.hear(Reset(0, 1, refused=False)) == [Orphaned("POST")]


def test_goaway_says_what_may_be_sent_again():
    """Sections 6.8 and 8.7: above the last stream nothing was looked at; below, wait."""
    wire = Wire(CHROMIUM, "a", "b", "c")
    assert wire.hear(GoAway(0, 1)) == [DialConn(1)]
    assert wire.client.carried(0, 1) == "a"
    assert wire.hear(ConnOpened(1)) == [WriteStream(1, 1, "b"), WriteStream(1, 3, "c")]
    assert wire.ask("d") == [WriteStream(1, 5, "d")]  # no new stream on the old one
    assert wire.hear(Answered(0, 1)) == [CloseConn(0)]


def test_goaway_twice():
    """Section 6.8: a warning with 2^31 - 1 stops new streams; the last word may only be lower."""
    wire = Wire(CHROMIUM, "a", "b")
    assert wire.hear(GoAway(0, LAST_STREAM)) == []
    assert wire.ask("c") == [DialConn(1)]
    assert wire.hear(GoAway(0, 1), ConnOpened(1)) == [
        WriteStream(1, 1, "b"), WriteStream(1, 3, "c"),
    ]  # fmt: skip
    with pytest.raises(ProtocolError, match="last stream 1"):
        wire.hear(GoAway(0, 3))


def test_goaway_without_open_streams_ends_the_connection():
    wire = Wire(CHROMIUM, "a")
    assert wire.hear(Answered(0, 1), GoAway(0, 1)) == [CloseConn(0)]
    assert wire.ask("b") == [DialConn(1)]


def test_a_lost_connection_loses_all_its_streams_at_once():
    """Section 8.7: without GOAWAY nobody knows what was done."""
    wire = Wire(CHROMIUM, "a", "b", "c")
    wire.hear(Answered(0, 3))
    assert wire.hear(ConnClosed(0)) == [Orphaned("a"), Orphaned("c")]


def test_what_waited_for_room_goes_to_the_next_connection():
    wire = Wire(CHROMIUM, "a")
    wire.hear(Settings(0, 1.0), Request("b"))
    assert wire.hear(ConnClosed(0)) == [Orphaned("a"), DialConn(1)]
    assert wire.hear(ConnOpened(1)) == [WriteStream(1, 1, "b")]


def test_a_dial_that_fails_fails_all_that_wait_for_it():
    wire = Wire()
    wire.hear(Request("a"), Request("b"))
    assert wire.hear(ConnClosed(0)) == [Orphaned("a"), Orphaned("b")]
    assert wire.ask("c") == [DialConn(1)]


def test_chromium_pings_with_a_request_after_ten_seconds_of_silence():
    """Section 6.7: PING says whether an idle connection still works."""
    wire = Wire(CHROMIUM, "a")
    assert wire.ask("b", at_s=10.0) == [WriteStream(0, 3, "b")]
    assert wire.ask("c", at_s=10.1) == [SendPing(0), WriteStream(0, 5, "c")]
    assert wire.ask("d", at_s=15.0) == [WriteStream(0, 7, "d")]  # one at a time
    assert wire.client.deadline_s == pytest.approx(20.1)


def test_whatever_is_read_after_a_ping_is_as_good_as_its_answer():
    wire = Wire(CHROMIUM, "a")
    wire.ask("b", at_s=20.0)
    wire.hear(Heard(0), at_s=29.0)
    assert wire.client.deadline_s == inf


def test_chromium_repeats_everything_when_a_ping_is_not_answered():
    wire = Wire(CHROMIUM, "a")
    wire.ask("b", at_s=20.0)
    assert wire.hear(TIMEOUT, at_s=30.0) == [CloseConn(0), DialConn(1)]
    assert wire.hear(ConnClosed(0)) == []  # known already
    assert wire.hear(ConnOpened(1)) == [WriteStream(1, 1, "a"), WriteStream(1, 3, "b")]


def test_firefox_pings_in_silence_and_gives_up_what_was_open():
    wire = Wire(FIREFOX, "a")
    assert wire.client.deadline_s == 58.0
    assert wire.hear(TIMEOUT, at_s=58.0) == [SendPing(0)]
    assert wire.client.deadline_s == 66.0
    assert wire.hear(TIMEOUT, at_s=66.0) == [CloseConn(0), Orphaned("a")]


def test_an_idle_connection_is_closed_where_the_client_does_that():
    wire = Wire(replace(QUIET, idle_s=170.0), "a")
    assert wire.client.deadline_s == inf  # something is open
    wire.hear(Answered(0, 1), at_s=30.0)
    assert wire.client.deadline_s == 200.0
    assert wire.hear(TIMEOUT, at_s=200.0) == [CloseConn(0)]
    assert wire.ask("b", at_s=201.0) == [DialConn(1)]


def test_a_deadline_that_has_moved_does_nothing():
    wire = Wire(FIREFOX, "a")
    wire.hear(Heard(0), at_s=50.0)
    assert wire.hear(TIMEOUT, at_s=58.0) == []
    assert wire.client.deadline_s == 108.0


@pytest.mark.parametrize("event", [ConnOpened(0), Answered(7, 1), ConnClosed(3), "what"])
def test_what_cannot_be_is_an_error(event):
    wire = Wire(CHROMIUM, "a")
    with pytest.raises(ProtocolError):
        wire.hear(event)


def test_news_of_a_connection_that_was_given_up_is_ignored():
    wire = Wire(CHROMIUM, "a")
    wire.hear(ConnClosed(0))
    news = [Settings(0, 1.0), Answered(0, 1), Heard(0), Reset(0, 1, refused=True), GoAway(0, 1)]
    assert wire.hear(*news) == []


def test_an_answer_that_has_begun_is_not_asked_for_again():
    """http_network_transaction.cc: resent only while no header has come."""
    wire = Wire(CHROMIUM, "stream", "POST")
    wire.hear(Heard(0, 1), at_s=5.0)
    wire.ask("last", at_s=20.0)
    assert wire.hear(TIMEOUT, at_s=30.0) == [CloseConn(0), Orphaned("stream"), DialConn(1)]
    assert wire.hear(ConnOpened(1)) == [WriteStream(1, 1, "POST"), WriteStream(1, 3, "last")]


def test_a_request_is_found_by_its_stream_and_the_stream_by_its_request():
    wire = Wire(CHROMIUM, "a", "b")
    assert wire.client.streams_of(0, "b") == [3]
    assert wire.client.streams_of(0, "c") == wire.client.streams_of(4, "b") == []
