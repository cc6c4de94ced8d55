"""EventSource against the rules of WHATWG HTML section 9.2, rule by rule."""

import math
from dataclasses import replace

import pytest

from models.protocols.link import Dial, GaveUp, HangUp, Lost, Opened, Refused, Start, Stop
from models.protocols.machine import TIMEOUT, ProtocolError
from models.protocols.sse.event_source import (
    BROWSERS,
    SOURCE,
    Answered,
    Blank,
    Block,
    Browser,
    Dispatch,
    EventSource,
    Field,
    State,
    client_side,
)

CHROMIUM = BROWSERS["chromium"]


def opened(browser=CHROMIUM, watched=False):
    source = EventSource(browser, watched)
    assert source.handle(Start(), 0.0) == (Dial(0),)
    assert source.handle(Answered(200), 1.0) == ()
    assert source.state is State.OPEN
    return source


@pytest.mark.parametrize(
    ("name", "wait_s"),
    [("chromium", 3.0), ("chromium-mobile", 3.0), ("firefox", 5.0), ("safari", 3.0),
     ("eventsource", 3.0), ("fetch-event-source", 1.0)],
)  # fmt: skip
@pytest.mark.parametrize("why", [Lost("reset"), Lost("server close"), Lost("link")])
def test_after_a_network_error_or_the_end_it_waits_and_fetches_again(name, wait_s, why):
    source = opened(BROWSERS[name])
    assert source.handle(why, 10.0) == ()
    assert (source.state, source.deadline_s) == (State.WAITING, 10.0 + wait_s)
    assert source.handle(TIMEOUT, source.deadline_s) == (Dial(0),)
    assert (source.state, source.deadline_s) == (State.FETCHING, math.inf)


def test_a_refused_connection_is_a_network_error_however_often():
    """The wait neither grows nor varies."""
    source = EventSource(CHROMIUM)
    source.handle(Start(), 0.0)
    for at_s in (1.0, 10.0, 100.0):
        assert source.handle(Refused("refused"), at_s) == ()
        assert source.deadline_s == at_s + 3.0
        assert source.handle(TIMEOUT, at_s + 3.0) == (Dial(0),)


@pytest.mark.parametrize("status", [204, 301, 401, 429, 500, 502, 503, 504])
def test_any_status_but_200_closes_it_for_good(status):
    source = EventSource(CHROMIUM)
    source.handle(Start(), 0.0)
    assert source.handle(Answered(status), 1.0) == (HangUp("answer"), GaveUp(0))
    assert (source.state, source.deadline_s) == (State.CLOSED, math.inf)


def test_so_does_a_wrong_type():
    source = EventSource(CHROMIUM)
    source.handle(Start(), 0.0)
    assert source.handle(Answered(200, "text/html"), 1.0) == (HangUp("answer"), GaveUp(0))


def test_a_library_may_take_it_for_an_error_like_any_other():
    source = EventSource(BROWSERS["fetch-event-source"])
    source.handle(Start(), 0.0)
    assert source.handle(Answered(502), 1.0) == (HangUp("answer"),)
    assert (source.state, source.deadline_s) == (State.WAITING, 2.0)


def test_the_server_sets_the_reconnection_time_at_once():
    source = opened()
    source.handle(Field("retry", 250), 2.0)
    source.handle(Lost("reset"), 3.0)
    assert source.deadline_s == 3.25


def test_firefox_has_a_floor():
    source = opened(BROWSERS["firefox"])
    source.handle(Field("retry", 10), 2.0)
    source.handle(Lost("reset"), 3.0)
    assert source.deadline_s == 3.5


def test_a_new_object_begins_with_the_browser_s_own_time():
    source = opened()
    source.handle(Field("retry", 250), 2.0)
    source.handle(Stop(), 3.0)
    source.handle(Start(), 4.0)
    source.handle(Opened(), 5.0)
    source.handle(Lost("reset"), 6.0)
    assert source.deadline_s == 9.0


def test_an_id_counts_when_its_event_is_dispatched():
    source = opened()
    assert source.handle(Field("id", 7), 2.0) == ()
    assert source.last_id == 0
    source.handle(Field("data", "x"), 2.0)
    assert source.last_id == 0
    assert source.handle(Blank(), 2.0) == (Dispatch(7, "x"),)
    assert source.last_id == 7


def test_an_event_cut_before_its_blank_line_is_dropped_with_its_id():
    source = opened()
    source.handle(Block(6, "w"), 2.0)
    source.handle(Field("id", 7), 2.0)
    source.handle(Field("data", "x"), 2.0)
    source.handle(Lost("reset"), 3.0)
    source.handle(TIMEOUT, 6.0)
    assert source.last_id == 6  # Last-Event-ID of this fetch
    source.handle(Answered(200), 6.1)
    assert source.handle(Blank(), 6.2) == ()
    assert source.last_id == 6


def test_an_id_without_data_counts_and_shows_nothing():
    source = opened()
    source.handle(Field("id", 7), 2.0)
    assert source.handle(Blank(), 2.0) == ()
    assert source.last_id == 7


def test_an_event_without_an_id_leaves_the_last_one():
    source = opened()
    source.handle(Block(7, "x"), 2.0)
    assert source.handle(Block(None, "typing"), 2.0) == (Dispatch(7, "typing"),)
    assert source.last_id == 7


@pytest.mark.parametrize("number", [7, None])
def test_a_block_is_its_lines(number):
    whole, lines = opened(), opened()
    shown = whole.handle(Block(number, "x"), 2.0)
    for line in [Field("id", number)] * (number is not None):
        lines.handle(line, 2.0)
    lines.handle(Field("data", "x"), 2.0)
    assert lines.handle(Blank(), 2.0) == shown
    assert lines.last_id == whole.last_id


def test_its_id_outlives_the_page():
    source = opened()
    source.handle(Block(7, "x"), 2.0)
    assert source.handle(Stop(), 3.0) == (HangUp("app closed"),)
    source.handle(Start(), 4.0)
    assert source.last_id == 7


def test_closing_while_it_waits_needs_no_hanging_up():
    source = opened()
    source.handle(Lost("reset"), 2.0)
    assert source.handle(Stop(), 3.0) == ()
    assert (source.state, source.deadline_s) == (State.CLOSED, math.inf)


def test_a_watchdog_s_new_object_does_not_wait():
    source = opened(watched=True)
    assert source.handle(Lost("heartbeat"), 40.0) == (Dial(0),)
    assert source.state is State.FETCHING
    assert opened(watched=True).handle(Lost("reset"), 40.0) == ()


def test_a_connection_that_tcp_gave_up_is_a_network_error():
    source = opened()
    assert source.handle(Lost("heartbeat"), 450.0) == ()
    assert source.deadline_s == 453.0


def test_what_cannot_happen_is_refused():
    every = {kind for row in SOURCE.values() for kind in row}
    made = {
        Start: Start(), Stop: Stop(), Answered: Answered(200), Opened: Opened(), Lost: Lost("x"),
        Refused: Refused("x"), Block: Block(1, "x"), Field: Field("id", 1), Blank: Blank(),
        type(TIMEOUT): TIMEOUT,
    }  # fmt: skip
    assert every == set(made)
    for state, row in SOURCE.items():
        for kind in every - set(row):
            source = EventSource(CHROMIUM)
            source.state = state
            with pytest.raises(ProtocolError):
                source.handle(made[kind], 0.0)


def test_a_phone_s_browser_does_nothing_while_it_only_listens():
    assert client_side(BROWSERS["chromium-mobile"], 0.0) is None
    assert client_side(BROWSERS["safari"], 0.0) is None


def test_tcp_probes_and_watchdogs_are_the_client_s_heartbeat():
    probing = client_side(CHROMIUM, 0.0)
    assert probing.watch is None
    assert (probing.ping.interval_s, probing.ping.timeout_s) == (45.0, 405.0)
    assert probing.ping.next_from == "heard"
    watched = client_side(BROWSERS["safari"], 40.0)
    assert watched.ping is None
    assert watched.watch.limit_s == 40.0


@pytest.mark.parametrize(
    "wrong",
    [{"reconnect_s": 0.0}, {"floor_s": -1.0}, {"keepalive_s": 0.0}, {"give_up_s": 0.0}],
)
def test_impossible_numbers_are_refused(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        replace(CHROMIUM, **wrong)


def test_every_browser_has_a_source():
    assert all(isinstance(one, Browser) and len(one.source) > 20 for one in BROWSERS.values())
