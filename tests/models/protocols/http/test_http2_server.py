"""The server's side of HTTP/2 against the rules of RFC 9113 that it implements."""

from math import inf

import pytest

from models.protocols.http.http2_presets import HTTP2_SERVERS, Http2ServerOptions
from models.protocols.http.http2_server import (
    Arrived,
    Close,
    Drain,
    Http2Server,
    Left,
    Opened,
    Refuse,
    Replied,
    SendGoAway,
    SendSettings,
    Serve,
    Stop,
)
from models.protocols.machine import TIMEOUT, ProtocolError


class Wire:
    """A server's end that stands, whose time is told with each event."""

    def __init__(self, streams_max=128, keep_alive_s=75.0):
        self.server = Http2Server(Http2ServerOptions(streams_max), keep_alive_s)
        self.first = self.hear(Opened())

    def hear(self, *events, at_s=0.0):
        return [one for event in events for one in self.server.handle(event, at_s)]


def test_the_first_word_is_settings():
    """Sections 3.4 and 6.5.2."""
    assert Wire(HTTP2_SERVERS["nginx"].streams_max).first == [SendSettings(128)]


def test_streams_are_served_as_they_come():
    wire = Wire()
    assert wire.hear(Arrived(1), Arrived(3), Arrived(9)) == [Serve(1), Serve(3), Serve(9)]
    assert [wire.server.is_open(one) for one in (1, 5, 9)] == [True, False, True]
    assert wire.hear(Replied(3), Arrived(11)) == [Serve(11)]


@pytest.mark.parametrize("stream", [2, 1, 3])
def test_a_stream_of_the_wrong_number_is_an_error(stream):
    """Section 5.1.1: odd, and above all before it."""
    wire = Wire()
    wire.hear(Arrived(3))
    with pytest.raises(ProtocolError, match="last stream 3"):
        wire.hear(Arrived(stream))


def test_above_the_limit_streams_are_refused():
    """Section 5.1.2."""
    wire = Wire(streams_max=2)
    assert wire.hear(Arrived(1), Arrived(3), Arrived(5)) == [Serve(1), Serve(3), Refuse(5)]
    assert wire.hear(Replied(1), Arrived(7)) == [Serve(7)]


def test_a_stream_that_the_client_resets_makes_room():
    wire = Wire(streams_max=1)
    assert wire.hear(Arrived(1), Left(1), Arrived(3)) == [Serve(1), Stop(1), Serve(3)]
    assert wire.hear(Left(1)) == []  # long over


def test_what_stays_without_a_stream_is_closed_with_a_word():
    """Section 9.1: a server should send GOAWAY before it closes."""
    wire = Wire(keep_alive_s=75.0)
    assert wire.server.deadline_s == 75.0
    wire.hear(Arrived(1), at_s=10.0)
    assert wire.server.deadline_s == inf
    assert wire.hear(TIMEOUT, at_s=75.0) == []
    wire.hear(Replied(1), at_s=80.0)
    assert wire.server.deadline_s == 155.0
    assert wire.hear(TIMEOUT, at_s=155.0) == [SendGoAway(1), Close()]
    assert wire.server.deadline_s == inf


def test_who_drains_finishes_what_it_has_named():
    """Section 6.8: streams above the last one are ignored."""
    wire = Wire()
    wire.hear(Arrived(1), Arrived(3))
    assert wire.hear(Drain()) == [SendGoAway(3)]
    assert wire.hear(Drain(), Arrived(5)) == []
    assert wire.hear(Replied(3)) == []
    assert wire.hear(Replied(1)) == [Close()]


def test_a_drain_without_streams_closes_at_once():
    assert Wire().hear(Drain()) == [SendGoAway(0), Close()]


def test_a_client_that_leaves_ends_a_drain_too():
    wire = Wire()
    wire.hear(Arrived(1), Drain())
    assert wire.hear(Left(1)) == [Stop(1), Close()]


def test_an_unknown_event_is_an_error():
    with pytest.raises(ProtocolError):
        Wire().hear("what")
