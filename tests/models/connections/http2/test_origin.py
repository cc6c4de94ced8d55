"""One HTTP/2 connection for all that asks an origin: shared, held back, and lost together."""

import pytest
from http2_office import Office
from stage import ONE_WAY_S
from wires import Scripted, path

from models.protocols.http import http2_wire as wire
from sim.transport.connection import CLIENT, SERVER

TRIP_S = 2 * ONE_WAY_S


@pytest.mark.parametrize(("tls", "trips"), [("none", 2), ("1.3", 3), ("1.2", 4)])
@pytest.mark.parametrize("version", ["1.1", "2"])
def test_a_cold_request_takes_as_many_round_trips_as_over_http_1(version, tls, trips):
    """ALPN goes with TLS, the preface with the request."""
    office = Office(version=version, tls={"version": tls})
    office.ask(1.0, "cold")
    office.ask(5.0, "warm")
    assert office.run(10.0) == ["cold", "warm"]
    assert office.took_s("cold", 1.0) == pytest.approx(trips * TRIP_S, abs=3e-3)
    assert office.took_s("warm", 5.0) == pytest.approx(TRIP_S, abs=1e-3)


def test_eight_requests_need_one_connection_and_no_turns():
    office = Office(busy_s=1.0)
    for request in range(8):
        office.ask(1.0, request)
    assert office.run(10.0) == list(range(8))
    assert [at_s for _, at_s in office.served] == [pytest.approx(1.0 + 3 * ONE_WAY_S)] * 8
    assert (office.open, len(office.stage.attempts(0))) == (1, 1)


def test_above_the_servers_limit_requests_wait_for_their_turn():
    office = Office(busy_s=1.0, http={"http2_server": {"streams_max": 2}})
    office.ask(1.0, "first")
    for request in ("second", "third"):
        office.ask(1.3, request)
    office.run(10.0)
    first_s = 1.0 + 3 * ONE_WAY_S
    assert office.served == [
        ("first", pytest.approx(first_s)),
        ("second", pytest.approx(1.3 + ONE_WAY_S)),
        ("third", pytest.approx(first_s + 1.0 + TRIP_S)),
    ]


def test_requests_before_the_servers_settings_are_refused_and_sent_again():
    office = Office(busy_s=1.0, http={"http2_server": {"streams_max": 1}})
    office.ask(1.0, "first")
    office.ask(1.0, "second")
    assert office.run(10.0) == ["first", "second"]
    assert [request for request, _ in office.served] == ["first", "second"]
    assert office.broken_ones == []


def bytes_of(office):
    [connection] = office.endpoint.connections
    return [connection.directions[end].bytes for end in (CLIENT, SERVER)]


def test_what_goes_over_the_wire_is_frames_and_header_blocks():
    office = Office()
    office.ask(1.0, "a")
    office.run(2.0)
    settings = wire.settings_bytes(4) + wire.settings_bytes(0) + wire.WINDOW_UPDATE_BYTES
    first = wire.PREFACE_BYTES + settings + 9 + 691 + 9 + 200
    answer = wire.settings_bytes(3) + wire.WINDOW_UPDATE_BYTES + 9 + 145 + 9 + 70
    assert bytes_of(office) == [first, answer]
    office.ask(3.0, "b")
    office.run(4.0)
    assert bytes_of(office) == [first + 9 + 24 + 9 + 200, answer + 9 + 36 + 9 + 70]


def test_after_a_reconnection_headers_are_said_in_full_again():
    office = Office()
    for at_s in (1.0, 3.0):
        office.ask(at_s, at_s)
    office.stage.at(2.0, office.pool.reset)
    assert office.run(5.0) == [1.0, 3.0]
    sizes = [one.directions[CLIENT].bytes for one in office.endpoint.connections]
    assert len(sizes) == 2
    assert sizes[0] == sizes[1]


def staggered(version, lost):
    """Six requests a millisecond apart on warm connections; that packet of the client is lost."""
    office = Office(version=version)
    office.stage.world.paths[0] = path(up=lost)
    for request in range(6):
        office.ask(1.0, f"warm {request}")
        office.ask(5.0 + request / 1000, request)
    office.run(10.0)
    return [office.took_s(request, 5.0 + request / 1000) for request in range(6)]


class LostAt(Scripted):
    """Loses what is sent within half a millisecond of that time."""

    def __init__(self, time_s):
        super().__init__()
        self.time_s = time_s

    def lost(self, time_s, packet):
        return abs(time_s - self.time_s) < 5e-4


def test_a_lost_packet_holds_back_all_streams_and_one_of_six_connections():
    six, one = staggered("1.1", LostAt(5.0)), staggered("2", LostAt(5.0))
    assert sum(took_s > 1.5 * TRIP_S for took_s in six) == 1
    assert sum(took_s > 1.5 * TRIP_S for took_s in one) == 6


def test_a_lost_connection_fails_all_at_once():
    crash = {"kind": "node-crash", "node": 2, "at_s": 2.0, "restart_s": 100.0}
    office = Office(busy_s=5.0, http={"pool": {"resends": "never"}}, faults=[crash])
    for request in "abc":
        office.ask(1.0, request)
    office.run(3.0)
    assert office.broken_ones == [(one, pytest.approx(2.0 + ONE_WAY_S)) for one in "abc"]


def test_a_request_that_crosses_the_servers_close_is_sent_again_and_done_once():
    """GOAWAY names the last stream: over HTTP/1.1 nobody knows (and `node` gives it up)."""
    close_s = 1.0 + 3 * ONE_WAY_S + 5.0
    found = {}
    for version in ("1.1", "2"):
        office = Office(keep_alive_s=5.0, version=version, http={"pool": "node"})
        office.ask(1.0, "a")
        office.ask(close_s + ONE_WAY_S / 2, "b")
        done = [one for one in office.run(20.0) if one == "b"]
        found[version] = (len(done), len(office.broken_ones), len(office.served))
    assert found == {"1.1": (0, 1, 1), "2": (1, 0, 2)}


def test_a_dead_link_is_noticed_by_chromiums_ping_and_everything_is_repeated():
    """10 s of silence, a request with a ping, 10 s without an answer: a new connection."""
    outage = {"kind": "link-outage", "person": 0, "start_s": 5.0, "end_s": 34.0}
    office = Office(faults=[outage])
    office.ask(1.0, "before")
    office.ask(20.0, "a")
    office.ask(25.0, "b")
    assert office.run(60.0) == ["before", "a", "b"]
    starts = [at_s for at_s, *_ in office.stage.attempts(0)]
    assert starts == [1.0, 30.0]


def test_a_move_ends_the_connection_and_nothing_goes_out_again():
    office = Office(busy_s=5.0)
    office.ask(1.0, "a")
    office.stage.at(2.0, office.pool.move)
    office.stage.at(2.0, office.pool.move)
    office.run(3.0)
    assert office.broken_ones == [("a", 2.0)]
    office.ask(3.0, "b")
    assert "b" in office.run(20.0)


def test_a_move_during_a_dial():
    office = Office()
    office.ask(1.0, "a")
    office.stage.at(1.0 + ONE_WAY_S, office.pool.move)
    office.run(3.0)
    assert [request for request, _ in office.broken_ones] == ["a"]


def test_an_unreachable_server_breaks_what_waited():
    crash = {"kind": "node-crash", "node": 2, "at_s": 0.5, "restart_s": 100.0}
    office = Office(faults=[crash])
    office.ask(1.0, "a")
    office.ask(1.0, "b")
    office.run(5.0)
    assert [request for request, _ in office.broken_ones] == ["a", "b"]
    assert [outcome for *_, outcome, _ in office.stage.attempts(0)] == ["refused"]


def test_a_node_that_drains_answers_and_takes_nothing_new():
    office = Office(busy_s=2.0, http={"pool": {"resends": "never"}})
    office.ask(1.0, "a")
    office.stage.at(2.0, office.stage.world.apis[0].drain, 10.0)
    office.ask(2.0 + ONE_WAY_S / 2, "b")
    office.run(20.0)
    assert "a" in [request for request, *_ in office.answers]
    assert next(request for request, _ in office.served) == "a"
    assert office.open == 0
