"""Requests over HTTP/2, as whoever asks them sees it."""

from math import inf

import pytest
from http2_office import Office, design
from stage import ONE_WAY_S

from models import DESIGNS
from models.connections.http2.requests import Http2Requests, described
from models.connections.http_pool import HttpConnections, WebServer

TRIP_S = 2 * ONE_WAY_S


def test_the_version_says_what_requests_go_over():
    assert type(Office().pool) is Http2Requests
    assert type(Office(version="1.1").pool) is HttpConnections


def test_a_browser_sends_again_what_was_open_on_a_proven_connection():
    office = Office(busy_s=5.0)
    office.ask(1.0, "cold")
    office.ask(2.0, "warm")
    office.stage.at(3.0, office.pool.reset)
    assert office.run(20.0) == ["warm"]
    assert [request for request, _ in office.served] == ["cold", "warm", "warm"]
    assert [request for request, _ in office.broken_ones] == ["cold"]


def test_a_client_that_sends_reads_again_does_so_once():
    office = Office(busy_s=5.0, http={"pool": {"preset": "aiohttp"}})
    office.ask(1.0, "GET", reads=True)
    office.ask(1.0, "POST")
    office.stage.at(2.0, office.pool.reset)
    office.stage.at(3.0, office.pool.reset)
    office.run(20.0)
    assert [request for request, _ in office.broken_ones] == ["POST", "GET"]


def test_a_request_nobody_waits_for_arrives_and_is_reset():
    office = Office(busy_s=inf)
    gone = []
    office.ask(1.0, "a")
    office.ask(1.0, "b")
    office.run(1.5)
    for end in office.ends:
        end.gone = lambda end=end: gone.append((end.stream, office.engine.now_s))
    office.stage.at(2.0, office.pool.cancel, "a")
    office.run(3.0)
    assert gone == [(1, pytest.approx(2.0 + ONE_WAY_S))]
    office.ends[0].reply("a", 400, "late")
    assert [one.request for one in office.lost] == ["a"]
    assert office.open == 1


def test_an_answer_that_crosses_the_reset_is_lost():
    office = Office(busy_s=0.0)
    office.ask(1.0, "a")
    office.stage.at(1.0 + 3.5 * ONE_WAY_S, office.pool.cancel, "a")
    assert office.run(3.0) == []
    assert [one.request for one in office.lost] == ["a"]


def test_what_travels_is_told_to_the_channel_that_asked():
    office = Office()
    other = Http2Requests(
        office.stage.channel("websocket").endpoint, 0, office, WebServer(office.serve)
    )
    office.ask(1.0, "a")
    office.run(1.0 + 2.5 * ONE_WAY_S)
    assert [one.request for one in office.pool.flying()] == ["a"]
    assert office.pool.flying().__next__() in office.endpoint.flying()
    assert list(other.flying()) == []


def test_a_cost_of_making_and_hearing_requests_is_paid():
    office = Office(http={"pool": {"send_cost_s": 0.25, "hear_cost_s": 0.5}})
    office.ask(1.0, "a")
    office.run(5.0)
    assert office.took_s("a", 1.0) == pytest.approx(2 * TRIP_S + 0.75)
    office.ask(6.0, "cancelled")
    office.stage.at(6.1, office.pool.cancel, "cancelled")
    office.run(9.0)
    assert [request for request, _ in office.served] == ["a"]


def test_a_report_says_so():
    assert described(DESIGNS["hybrid"].options) == {}
    said = described(design(http2_server="traefik").options)["HTTP"]
    assert said.startswith("2, one connection, 250 streams at a time (Chromium")
