"""Server-sent events on stage: streams, replay and its edge, silence, and who notices what."""

import math
from itertools import pairwise

import pytest
from stage import ONE_WAY_S, Stage

from models import DESIGNS
from models.channels.sse.channel import Event, Greeting, Ping
from models.protocols.sse.event_source import BROWSERS
from models.protocols.sse.wire import comment_bytes, event_bytes
from sim.history import SEEN, TYPING
from sim.transport.connection import SERVER

PLAIN, RESUME = DESIGNS["sse"], DESIGNS["sse-resume"]
SET_UP_S = 4 * ONE_WAY_S  # TCP, and the fetch
WAIT_S = BROWSERS["chromium-mobile"].reconnect_s
SOON_S = 5e-3
RESET = {"faults": [{"kind": "reset", "person": 0, "at_s": 10.0}]}


def variant(**changes):
    """`server` and `browser` as a preset or numbers on what is there."""
    return RESUME.variant("mine", {"sse": changes})


def down(start_s, end_s, person=0, **more):
    outage = {"kind": "link-outage", "person": person, "start_s": start_s, "end_s": end_s}
    return {"faults": [outage | more]}


def lost_host(back_s):
    return {"faults": [{"kind": "host-loss", "node": 0, "at_s": 10.0, "back_s": back_s}]}


LONG = {"time": {"warmup_s": 0.0, "measure_s": 3000.0, "drain_s": 0.0}}


def client(stage, person=0):
    return stage.channel("sse").client(person)


@pytest.mark.parametrize("design", [PLAIN, RESUME])
def test_an_event_is_one_transit_away(design):
    stage = Stage(design, [(5.0, 1)]).run(10.0)
    for person in (0, 2):
        [(_, at_s)] = stage.arrivals(person)
        assert at_s == pytest.approx(stage.accepted_s(0) + ONE_WAY_S, abs=SOON_S)
    assert stage.arrivals(1) == []
    assert stage.attempts(0) == [(0.0, 0, "opened", pytest.approx(SET_UP_S, abs=2e-3))]


@pytest.mark.parametrize(
    ("browser", "wait_s"), [("chromium", 3.0), ("firefox", 5.0), ("fetch-event-source", 1.0)]
)
def test_after_an_error_it_comes_back_by_itself(browser, wait_s):
    stage = Stage(variant(browser=browser), **RESET).run(20.0)
    [gap] = stage.gaps()
    assert gap["noticed_s"] == pytest.approx(10.0 + ONE_WAY_S)
    assert gap["open_s"] - gap["noticed_s"] == pytest.approx(wait_s + SET_UP_S, abs=SOON_S)


def test_the_server_can_set_the_time():
    stage = Stage(variant(server={"retry_s": 0.5}), **RESET).run(20.0)
    [gap] = stage.gaps()
    assert gap["open_s"] - gap["noticed_s"] == pytest.approx(0.5 + SET_UP_S, abs=SOON_S)


@pytest.mark.parametrize(("design", "shown"), [(RESUME, [0, 1]), (PLAIN, [1])])
def test_what_happens_in_between_is_replayed_or_gone(design, shown):
    stage = Stage(design, [(11.0, 1), (15.0, 1)], **RESET).run(20.0)
    assert stage.shown(0) == shown
    assert stage.replayed(0) == [message for message in shown if message == 0]
    mine = [drop for drop in stage.drops() if drop[1] == 0]
    assert mine == ([] if design is RESUME else [(0, 0, "not connected")])
    assert stage.held() == set()


@pytest.mark.parametrize(
    ("sends", "shown", "gone"),
    [
        (2, [0, 1], []),  # the window's edge
        (3, [1, 2], [(0, 0, "queue overflow")]),
        (4, [2, 3], [(0, 0, "queue overflow"), (1, 0, "queue overflow")]),
    ],
)
def test_a_window_of_two_brings_two_and_loses_what_is_before(sends, shown, gone):
    told = [(11.0 + place / 10, 1) for place in range(sends)]
    stage = Stage(variant(server={"window_messages": 2}), told, **RESET).run(20.0)
    assert stage.shown(0) == shown
    assert stage.drops() == gone
    assert stage.held() == set()
    assert stage.shown(2) == list(range(sends))  # whoever listens needs no window


def test_a_window_has_an_age_too():
    stage = Stage(variant(server={"window_s": 2.0}), [(10.5, 1), (12.0, 1)], **RESET).run(20.0)
    assert stage.shown(0) == [1]
    assert stage.drops() == [(0, 0, "session expired")]


@pytest.mark.parametrize(("server", "missing"), [("mercure", 1), ("nchan", 0)])
def test_a_client_that_comes_too_late_is_told_by_some_servers(server, missing):
    mine = variant(server={"preset": server, "window_messages": 2})
    stage = Stage(mine, [(11.0 + place / 10, 1) for place in range(3)], **RESET)
    stage.run(12.0)
    heard = []
    receive = client(stage).received
    client(stage).reconnecting._owner = Overheard(client(stage), heard, receive)
    stage.run(20.0)
    greetings = [payload for payload in heard if type(payload) is Greeting]
    assert greetings == [Greeting(missing, 0.0)]


class Overheard:
    """An owner that writes down what the client receives."""

    def __init__(self, one, heard, receive):
        self.opened, self.lost = one.opened, one.lost
        self._heard, self._receive = heard, receive

    def received(self, payload):
        self._heard.append(payload)
        self._receive(payload)


def test_nobody_who_never_comes_back_keeps_more_than_the_window():
    stage = Stage(variant(server={"window_messages": 2}), [(10.0 + place, 1) for place in range(4)])
    stage.at(5.0, stage.system.leave, 0)
    stage.run(20.0)
    assert stage.held() == {(2, 0), (3, 0)}
    stage.system.finish()
    assert stage.drops() == [(0, 0, "queue overflow"), (1, 0, "queue overflow")]
    assert stage.held() == {(2, 0), (3, 0)}


def test_typing_and_read_receipts_have_no_number_and_are_not_replayed():
    stage = Stage(RESUME, [(5.0, 1), (11.0, 1), (11.1, 1)], kinds=[TYPING, TYPING, SEEN], **RESET)
    assert stage.run(20.0).shown(0) == [0]
    assert stage.drops() == [(2, 0, "not connected")]


def test_an_app_that_opens_anew_asks_behind_what_it_has_shown():
    stage = Stage(RESUME, [(3.0, 1), (10.0, 1)])
    stage.at(5.0, stage.system.leave, 0)
    stage.at(15.0, stage.system.join, 0)
    assert stage.run(20.0).shown(0) == [0, 1]
    assert len(stage.arrivals(0)) == 2


@pytest.mark.parametrize("design", [PLAIN, RESUME])
def test_a_short_silence_is_noticed_by_nobody(design):
    """TCP repeats what was written: nothing is lost, nothing is reconnected."""
    stage = Stage(design, [(12.0, 1)], **down(10.0, 20.0)).run(60.0)
    assert stage.shown(0) == [0]
    assert stage.gaps() == []
    assert len(stage.attempts(0)) == 1


def test_a_phone_that_only_reads_stays_half_open_for_ever():
    """The host is back after 5 s, but nobody writes to it: no reset, no error event."""
    stage = Stage(RESUME, [(20.0, 1)], **lost_host(5.0)).run(3000.0)
    assert client(stage).reconnecting.up
    assert stage.gaps() == []
    assert stage.held() == {(0, 0), (0, 2)}


def test_desktop_chromium_s_tcp_asks_and_is_reset():
    stage = Stage(variant(browser="chromium"), [(20.0, 1)], **lost_host(5.0)).run(120.0)
    [gap, _] = stage.gaps()
    assert 40.0 < gap["noticed_s"] < 10.0 + 46.0
    assert gap["reason"] == "reset"
    assert stage.shown(0) == [0]
    assert stage.held() == set()


def test_and_gives_up_after_nine_probes():
    gone = Stage(variant(browser="chromium"), **lost_host(2000.0), **LONG).run(600.0)
    [gap, _] = gone.gaps()
    assert gap["noticed_s"] == pytest.approx(450.0, abs=46.0)
    assert gap["open_s"] - gap["noticed_s"] == pytest.approx(WAIT_S + SET_UP_S, abs=SOON_S)


def test_a_watchdog_of_the_application_s_own_finds_it_sooner():
    stage = Stage(variant(watch_s=40.0), [(20.0, 1)], **lost_host(500.0), **LONG).run(120.0)
    [gap, _] = stage.gaps()
    assert (gap["reason"], gap["cut_s"]) == ("heartbeat", 10.0)
    assert 10.0 < gap["noticed_s"] < 50.0  # the last comment is at most 15 s old
    assert gap["open_s"] - gap["noticed_s"] < WAIT_S  # a new object does not wait
    assert stage.shown(0) == [0]


@pytest.mark.parametrize("kind", [TYPING, SEEN])
def test_whatever_is_heard_keeps_the_watchdog_quiet(kind):
    """Comments every 15 s are too rare for 10 s; events without a number count as well."""
    sends = [(place * 4.0, 1) for place in range(1, 10)]
    quiet = Stage(variant(watch_s=10.0), sends, kinds=[kind] * 9).run(40.0)
    assert {gap["person"] for gap in quiet.gaps()} == {1}  # who acts is not told of it
    assert len(quiet.shown(0)) == 9


def test_the_server_learns_of_a_dead_client_from_what_it_writes():
    """A new address: the old stream is written to in vain until TCP gives up."""
    stage = Stage(RESUME, **down(10.0, 12.0, changes_address=True))
    stage.run(60.0)
    assert len(stage.channel("sse").streams[0]) == 2
    assert stage.channel("sse").home(0) is stage.channel("sse").streams[0][1].end.node
    stage.run(1200.0)  # tcp_retries2: 924 s after the first comment that nobody acknowledged
    assert len(stage.channel("sse").streams[0]) == 1


def test_a_crash_is_a_network_error_and_the_next_node_answers():
    crash = {"faults": [{"kind": "node-crash", "node": 0, "at_s": 10.0, "restart_s": 30.0}]}
    stage = Stage(RESUME, [(12.0, 1)], **crash).run(40.0)
    assert {gap["person"] for gap in stage.gaps()} == {0, 2}
    assert stage.shown(0) == stage.shown(2) == [0]


def test_a_proxy_s_502_is_the_end():
    """Whoever answers it: without anything in the path only refusals and resets occur."""
    stage = Stage(RESUME, [(20.0, 1)], **RESET)
    stage.at(13.1, client(stage).answered, 502, "text/html")
    stage.run(3000.0)
    assert not client(stage).reconnecting.up
    assert not client(stage).reconnecting.dialling
    assert stage.shown(0) == []
    assert stage.held() == {(0, 0)}


def test_mercure_s_streams_end_after_ten_minutes_and_come_back():
    stage = Stage(variant(server="mercure")).run(700.0)
    gaps = [gap for gap in stage.gaps() if gap["person"] == 0]
    assert [gap["reason"] for gap in gaps] == ["server close"]
    assert gaps[0]["noticed_s"] == pytest.approx(600.0, abs=1.0)
    assert gaps[0]["open_s"] - gaps[0]["noticed_s"] == pytest.approx(WAIT_S + SET_UP_S, abs=0.01)


@pytest.mark.parametrize(("keepalive_s", "comments"), [(15.0, 6), (40.0, 2)])
def test_comments_are_written_every_so_often(keepalive_s, comments):
    stage = Stage(variant(server={"keepalive_s": keepalive_s})).run(100.0)
    connection = stage.channel("sse").streams[0][0].end.connection
    greeting, header, hello = 1, 1, 0
    assert connection.traffic(SERVER)[2] == comments + greeting + header + hello


def test_what_the_backplane_lost_is_found_with_the_next_comment():
    outage = {"faults": [{"kind": "backplane-outage", "start_s": 5.0, "end_s": 9.0}]}
    stage = Stage(RESUME, [(6.0, 1)], **outage).run(14.0)
    assert stage.shown(0) == []
    assert stage.held() == {(0, 0), (0, 2)}
    stage.run(20.0)
    assert stage.shown(0) == stage.shown(2) == [0]


def test_sizes_are_those_of_events():
    stage = Stage(RESUME, [(5.0, 1)])
    channel = stage.channel("sse")
    text = channel.size_bytes[0] + 20  # {"text":...} and a name
    assert channel.event_bytes(0, 1) == event_bytes(text, 1)
    assert channel.event_bytes(0, None) < channel.event_bytes(0, 1)
    assert comment_bytes() < 20


def test_a_stream_carries_nothing_up():
    with pytest.raises(ValueError, match="person 1: message 4 cannot be sent on a stream"):
        Stage(RESUME).channel("sse").submit(1, 4)


def test_the_bill_of_a_stream_is_one_connection_and_no_handshake_but_http():
    stage = Stage(RESUME).run(3.0)
    assert [len(gateway.connections) for gateway in stage.gateways] == [2, 1]
    assert math.isclose(stage.attempts(0)[0][3], SET_UP_S, abs_tol=2e-3)


def test_words_of_a_stream():
    stage = Stage(RESUME, [(1.0, 0), (2.0, 1)])
    said = stage.system.said
    gateway, person = "gateway 0", "person 0"
    assert said(Event(7, 1, 0), gateway, person).text == "event 7: message 1"
    assert said(Event(None, 1, 0), gateway, person).messages == (1,)
    assert said(Greeting(0, 0.0), gateway, person).text == "stream is open"
    assert said(Greeting(3, 0.0), gateway, person).text == "stream is open, 3 events are gone"
    assert said(Ping(), gateway, person).text == "comment"


BUSY_S = 0.2  # of CPU, for every write: a queue that can be seen


def slow(design=RESUME, **changes):
    costs = {"message_out_s": BUSY_S, "open_s": 0.0, "wake_share": 0.0}
    return design.variant("slow", {"sse": {"costs": costs, **changes}})


def test_a_replay_is_written_one_event_after_the_other():
    """A reset at 10 s, three messages until person 0 is back: the node pays for each write."""
    sends = [(11.0, 1), (11.5, 1), (12.0, 1)]
    stage = Stage(slow(), sends, **RESET).run(40.0)
    times_s = [at_s for _, at_s in stage.arrivals(0)]
    assert stage.replayed(0) == [0, 1, 2]
    apart_s = [after - before for before, after in pairwise(times_s)]
    assert apart_s == pytest.approx([BUSY_S, BUSY_S], abs=1e-6)
    [gap] = stage.gaps()
    assert gap["synced_s"] == pytest.approx(times_s[-1] + BUSY_S)  # the greeting is a write, too


def test_what_was_paid_by_the_fan_out_is_not_paid_again():
    """Two of three live on gateway 0: one piece of work for two writes, and no more."""
    stage = Stage(slow(server={"keepalive_s": 300.0}), [(20.0, 1)]).run(30.0)
    busy_s = sum(gateway.busy_s.get(20, 0.0) for gateway in stage.gateways)
    assert busy_s == pytest.approx(2 * BUSY_S, abs=0.01)
    assert stage.shown(0) == stage.shown(2) == [0]


def test_a_comment_is_a_write_of_the_process_and_waits_for_it():
    """A pause from 14 s to 20 s: the comment of 15 s comes after it, at the price of a write."""
    stage = Stage(slow(watch_s=3600.0), joins=False)
    stage.at(0.0, stage.system.join, 0)
    stage.at(14.0, stage.gateways[0].pause, 20.0)
    written = stage.run(19.9).channel("sse").streams[0][0].end.connection.traffic
    assert written(SERVER)[2] == 2  # header, greeting
    stage.run(21.0)
    assert written(SERVER)[2] == 3
    assert sum(stage.gateways[0].busy_s.get(second, 0.0) for second in range(20, 22)) >= BUSY_S


def test_probes_are_answered_by_the_kernel_of_a_process_that_stands_still():
    """A heartbeat of the application would find this node dead; TCP's asks another question."""
    stage = Stage(variant(browser="chromium", server="nchan"))
    stage.at(10.0, stage.gateways[0].pause, 900.0)
    stage.run(800.0)
    assert stage.gaps() == []
    assert len(stage.attempts(0)) == 1


def test_a_process_that_dies_before_it_comes_to_a_write_loses_it_and_the_window_has_it():
    crash = {"faults": [{"kind": "node-crash", "node": 0, "at_s": 20.3, "restart_s": 1.0}]}
    stage = Stage(slow(), [(20.0, 1)], **crash).run(60.0)
    assert stage.shown(0) == stage.shown(2) == [0]
    assert stage.held() == set()


def test_where_there_is_no_window_it_is_gone():
    crash = {"faults": [{"kind": "node-crash", "node": 0, "at_s": 20.3, "restart_s": 1.0}]}
    stage = Stage(slow(PLAIN), [(20.0, 1)], **crash).run(60.0)
    assert stage.shown(0) == stage.shown(2) == []
    assert stage.drops() == [(0, 0, "node died"), (0, 2, "node died")]


def test_a_reader_that_falls_too_far_behind_is_cut_and_resumes():
    """Ten seconds of dead link fill the server's buffer; the window has what did not fit."""
    sends = [(11.0 + place, 1) for place in range(4)]
    limit = {"gateways": 2, "api_nodes": 1, "session_reads": 0, "token_check_s": 0.0}
    limit["buffer_limit_bytes"] = 1200
    cut = down(10.0, 20.0)
    stage = Stage(RESUME, sends, size_bytes=300, servers=limit, **cut).run(60.0)
    assert [gap["person"] for gap in stage.gaps()] == [0]
    assert stage.shown(0) == [0, 1, 2, 3]


@pytest.mark.parametrize(("server", "cuts"), [("nchan", 4), ({"keepalive_s": 15.0}, 0)])
def test_a_proxy_s_limit_on_silence_ends_a_stream_without_comments(server, cuts):
    """It closes after 60 s, the browser is back in 3 s; comments every 15 s keep it open."""
    stage = Stage(variant(server=server), path=[{"layer": 7, "idle_timeout_s": 60.0}]).run(280.0)
    gaps = [gap for gap in stage.gaps() if gap["person"] == 0]
    assert [gap["reason"] for gap in gaps] == ["idle time-out"] * cuts
    assert all(gap["open_s"] - gap["noticed_s"] < WAIT_S + 1.0 for gap in gaps)
