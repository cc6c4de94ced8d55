"""Clients that are told of their link: when, and what they make of it, to the millisecond."""

import math

import pytest
from stage import ONE_WAY_S, Stage

from models import DESIGNS
from models.connections.links import told
from models.design import Design, DesignError
from models.protocols.software import CLIENTS, Software
from tests.properties.small_worlds import small_world
from tests.properties.three_ways import digests

DOWN = {"faults": [{"kind": "link-outage", "person": 0, "start_s": 30.0, "end_s": 50.0}]}
SET_UP_S = 4 * ONE_WAY_S  # TCP and upgrade
OFFLINE = {"offline_after_s": 1.0, "listens": "offline"}
BOTH = {"offline_after_s": 1.0, "online_after_s": 0.5, "listens": "both"}


def told_of(base: str, client, **changes) -> Design:
    return DESIGNS[base].variant("told", {"client": client, **changes})


def first_gap(stage, person=0):
    return next(gap for gap in stage.gaps() if gap["person"] == person)


def test_an_outage_that_is_over_before_it_is_told_is_not_told_of():
    one = Software(offline_after_s=1.0, online_after_s=0.5)
    assert told([(10.0, 11.0), (20.0, 21.5)], one) == [(21.0, 22.0)]


def test_a_link_that_dies_before_its_return_is_told_is_still_gone():
    one = Software(offline_after_s=1.0, online_after_s=0.5)
    assert told([(10.0, 20.0), (20.4, 30.0)], one) == [(11.0, math.inf), (21.4, 30.5)]


def test_a_page_that_does_not_listen_is_told_nothing_but_firefox_gives_up():
    outage = [(10.0, 60.0)]
    assert told(outage, Software(1.0, 0.5, "no")) == []
    gives_up_s = CLIENTS["firefox"].gives_up_after_s
    firefox = Software(1.0, 1.0, "no", gives_up_after_s=gives_up_s)
    assert told(outage, firefox) == [(10.0 + gives_up_s, math.inf)]


def test_a_client_gives_up_at_the_notice_and_waits_as_after_any_loss():
    design = told_of("full-websocket", OFFLINE, backoff="fixed-1s")
    gap = first_gap(Stage(design, **DOWN).run(100.0))
    assert (gap["cut_s"], gap["noticed_s"], gap["reason"]) == (30.0, 31.0, "link")
    # tries of 10 s with 1 s between them from 32 s on; of that at 43 s the SYN of 50 s gets through
    assert gap["open_s"] == pytest.approx(50.0 + SET_UP_S, abs=0.2)


def test_one_that_listens_to_both_dials_when_the_link_is_told_of():
    design = told_of("full-websocket", BOTH, backoff={"kind": "fixed", "wait_s": 300.0})
    one = Stage(design, **DOWN).run(100.0)
    assert first_gap(one)["open_s"] == pytest.approx(50.5 + SET_UP_S, abs=2e-3)
    waits = told_of("full-websocket", OFFLINE, backoff={"kind": "fixed", "wait_s": 80.0})
    gap = first_gap(Stage(waits, **DOWN).run(130.0))
    assert gap["open_s"] == pytest.approx(31.0 + 80.0 + SET_UP_S, abs=2e-3)


def test_a_dial_under_way_is_given_up_for_a_new_one():
    design = told_of("full-websocket", BOTH, backoff="fixed-1s", connect_timeout_s=60.0)
    one = Stage(design, **DOWN).run(100.0)
    tries = one.attempts(0)[1:]
    assert [(round(at_s, 6), outcome) for at_s, _, outcome, _ in tries] == [
        (32.0, "lost"), (50.5, "opened"),
    ]  # fmt: skip


def test_who_is_not_connected_or_has_closed_the_app_is_told_in_vain():
    one = Stage(told_of("full-websocket", BOTH), joins=False, **DOWN).run(60.0)
    assert one.attempts(0) == []
    one = Stage(told_of("full-websocket", BOTH), **DOWN)
    one.at(20.0, one.system.leave, 0)
    assert len(one.run(60.0).attempts(0)) == 1


def test_what_is_sent_after_the_notice_is_known_to_be_lost():
    """The trade: nothing more is written into a dead connection that might have come back."""
    plain = Stage("full-websocket", [(40.0, 0)], **DOWN).run(120.0)
    notice = Stage(told_of("full-websocket", OFFLINE), [(40.0, 0)], **DOWN).run(120.0)
    assert plain.drops() == []  # TCP repeats it when the link is back, before a heartbeat gives up
    assert notice.drops() == [(0, -1, "not connected")]


def test_a_long_poll_is_given_up_and_asked_again_at_once():
    design = told_of("long-poll", BOTH, backoff={"kind": "fixed", "wait_s": 300.0})
    gap = first_gap(Stage(design, **DOWN).run(100.0))
    assert (gap["cut_s"], gap["noticed_s"], gap["reason"]) == (30.0, 31.0, "link")
    # TCP and the question, which is held for 25 s: only its answer says that polling works again
    assert gap["open_s"] == pytest.approx(50.5 + SET_UP_S + 25.0, abs=0.01)
    assert Stage("long-poll", **DOWN).run(299.0).gaps() == []  # TCP repeats the empty answer


def test_a_browser_cannot_play_a_client_that_pings_by_frames():
    said = r"heartbeat\.preset = 'websockets'; allowed: none, uvicorn, aiohttp, "
    with pytest.raises(DesignError, match=said):
        told_of("full-websocket", "chromium")
    assert told_of("full-websocket", "chromium", heartbeat="uvicorn").options.client
    assert told_of("full-websocket", "chromium", heartbeat="phoenix").options.client
    with pytest.raises(DesignError, match="since no page in firefox can send WebSocket pings"):
        told_of("hybrid", "firefox", heartbeat={"preset": "websockets", "interval_s": 5.0})
    assert told_of("mqtt-qos0", "chromium", heartbeat="websockets").options.client  # PINGREQ


def test_an_event_stream_has_a_browser_of_its_own():
    with pytest.raises(DesignError, match="client = 'chromium'; allowed: left out, since only"):
        told_of("sse", "chromium")


@pytest.mark.parametrize(
    "base", ["full-websocket-acked", "hybrid-cursor", "mqtt-qos1", "socketio", "socketio-polling",
             "long-poll"],
)  # fmt: skip
def test_three_ways_through_a_run_are_one(base):
    scenario, design = small_world(base, 3)
    ways = digests(scenario, design.variant("told", {"client": BOTH}))
    assert len(set(ways.values())) == 1, ways
    assert {*ways.values()} != {*digests(scenario, design).values()}
