"""What a box does to one connection, told by what the two ends hear and when."""

from __future__ import annotations

from math import inf

import pytest
from boxed import ONE_WAY_S, Bench

from sim.history import REASONS
from sim.path.guard import AGE, IDLE, RELOAD, REMOVED, rules
from sim.path.limits import Limits
from sim.path.spec import Middlebox
from sim.transport.connection import CLIENT, SERVER
from sim.transport.tcp import give_up_after_s

LANES = pytest.mark.parametrize("exact", [False, True], ids=["fast", "exact"])
NGINX = Middlebox(preset="nginx")
TEN = Middlebox(idle_timeout_s=10.0)


def closed(bench, until_s=1000.0):
    """(when, end, how) of the ends' learning that it is over."""
    return [(at_s, end, how) for at_s, end, what, how in bench.run(until_s) if what == "closed"]


def about(time_s):
    return pytest.approx(time_s, abs=1e-6)


# --- idle ----------------------------------------------------------------------------------------


@LANES
def test_nginx_cuts_a_silent_tunnel_after_sixty_seconds(exact):
    """FIN to both; measured at 6 s: 5.9997 s after the last byte in either direction."""
    bench = Bench(NGINX, exact=exact)
    assert closed(bench) == [
        (about(60.0), SERVER, "fin"),
        (about(60.0 + ONE_WAY_S), CLIENT, "fin"),
    ]
    assert (bench.connection.cut.reason, bench.connection.cut.time_s) == (IDLE, about(60.05))


@LANES
@pytest.mark.parametrize(
    ("end", "passes_s"), [(CLIENT, 30.0 + ONE_WAY_S), (SERVER, 30.0)], ids=["client", "server"]
)
def test_a_byte_of_either_end_starts_the_time_anew(end, passes_s, exact):
    bench = Bench(NGINX, exact=exact)
    bench.at(30.0, "send", end, 100, "x")
    assert closed(bench)[0] == (about(passes_s + 60.0), SERVER, "fin")


@LANES
def test_where_only_the_clients_bytes_count_the_servers_do_not(exact):
    bench = Bench(Middlebox(idle_timeout_s=10.0, counts="client"), exact=exact)
    bench.at(5.0, "send", CLIENT, 100, "x")
    bench.at(9.0, "send", SERVER, 100, "y")
    assert closed(bench)[0][0] == about(15.0 + ONE_WAY_S)


def test_posted_deliveries_count():
    bench = Bench(TEN)
    bench.at(9.0, "post", 100, 1, 0)
    assert closed(bench)[0][0] == about(19.0)


@pytest.mark.parametrize("end", [CLIENT, SERVER])
def test_pings_that_are_answered_by_themselves_count_with_their_pongs(end):
    """A ping from the client passes one delay later; one from the server is answered by then."""
    bench = Bench(TEN)
    bench.at(9.0, "echo", end, 6, "ping", lambda: None)
    passes_s = 9.0 + (ONE_WAY_S if end == CLIENT else 2 * ONE_WAY_S)
    assert closed(bench)[0][0] == about(passes_s + 10.0)


@LANES
def test_pings_below_the_limit_keep_it_for_ever(exact):
    bench = Bench(NGINX, exact=exact)
    for beat in range(1, 50):
        bench.at(20.0 * beat, "send", CLIENT, 6, "ping")
    assert closed(bench, 999.0) == []


def test_a_byte_on_its_way_comes_too_late():
    """Sent before the cut, it reaches a closed socket and is lost."""
    bench = Bench(TEN)
    bench.at(10.0 - ONE_WAY_S / 2, "send", CLIENT, 100, "x")
    heard = bench.run()
    assert (10.0, SERVER, "closed", "fin") in heard
    assert [it for _, end, what, it in heard if (end, what) == (CLIENT, "dropped")] == ["x"]


def test_a_ping_on_its_way_comes_too_late():
    bench = Bench(TEN)
    bench.at(10.0 - ONE_WAY_S / 2, "echo", CLIENT, 6, "ping", lambda: pytest.fail("answered"))
    assert closed(bench)[0] == (10.0, SERVER, "fin")


# --- ways of cutting -----------------------------------------------------------------------------


@LANES
def test_haproxy_closes_towards_the_client_and_resets_the_server(exact):
    assert closed(Bench(Middlebox(preset="haproxy"), exact=exact)) == [
        (about(50.0), SERVER, "reset"),
        (about(50.0 + ONE_WAY_S), CLIENT, "fin"),
    ]


@LANES
def test_a_network_balancer_is_silent_and_resets_the_client_that_writes(exact):
    bench = Bench(Middlebox(preset="aws-nlb"), exact=exact)
    bench.at(400.0, "send", CLIENT, 100, "x")
    heard = bench.run()
    assert (about(400.0 + 2 * ONE_WAY_S), CLIENT, "closed", "reset") in heard
    assert [what for at_s, _, what, _ in heard if at_s < 400.0] == []
    assert bench.connection.cut.time_s == about(350.05)


@LANES
def test_a_network_balancer_is_silent_and_resets_the_server_that_writes(exact):
    bench = Bench(Middlebox(preset="aws-nlb"), exact=exact)
    bench.at(400.0, "send", SERVER, 100, "x")
    bench.at(401.0, "send", SERVER, 100, "y")
    assert bench.run(500.0) == [
        (400.0, SERVER, "dropped", "x"),
        (400.0, SERVER, "closed", "reset"),
        (401.0, SERVER, "dropped", "y"),
    ]


@LANES
@pytest.mark.parametrize("end", [CLIENT, SERVER])
def test_behind_a_nat_that_forgot_a_writer_waits_for_its_own_kernel(end, exact):
    bench = Bench(Middlebox(idle_timeout_s=300.0, on_cut="silence"), exact=exact)
    bench.at(400.0, "send", end, 100, "x")
    (at_s, who, how), *rest = closed(bench, 3000.0)
    assert (who, how, rest) == (end, "timeout", [])
    assert at_s == pytest.approx(400.0 + give_up_after_s(), rel=0.05)


def test_whoever_never_writes_never_learns():
    assert Bench(Middlebox(idle_timeout_s=300.0, on_cut="silence")).run(3000.0) == []


def test_what_had_passed_still_arrives():
    bench = Bench(Middlebox(max_age_s=10.0, on_cut="silence"))
    bench.at(10.0 - ONE_WAY_S / 2, "send", SERVER, 100, "x")
    assert bench.run() == [(about(10.0 + ONE_WAY_S / 2), CLIENT, "receive", "x")]


# --- age and reload ------------------------------------------------------------------------------


@LANES
@pytest.mark.parametrize("beat_s", [0.5, 30.0, inf])
def test_age_cuts_whatever_the_traffic(beat_s, exact):
    bench = Bench(Middlebox(max_age_s=100.0), exact=exact)
    for beat in range(1, 400 if beat_s < 1 else 4):
        if beat_s < inf:
            bench.at(beat * beat_s, "send", CLIENT, 6, "ping")
    at_s, end, how = closed(bench)[0]
    assert (at_s, end, how) == (about(100.0), SERVER, "fin")
    assert bench.connection.cut.reason == AGE


@pytest.mark.parametrize(("drain_s", "cut_s"), [(240.0, 290.0), (0.0, None), (None, None)])
def test_tunnels_outlive_a_reload_by_the_drain(drain_s, cut_s):
    """Counted from the start of the run, a round trip before the connection stands."""
    bench = Bench(
        Middlebox(preset="nginx", idle_timeout_s=0, drain_s=drain_s, reload_at_s=(50.05,))
    )
    found = closed(bench)
    assert [at_s for at_s, end, _ in found if end == SERVER] == ([about(cut_s)] if cut_s else [])
    if cut_s:
        assert bench.connection.cut.reason == RELOAD


# --- requests ------------------------------------------------------------------------------------


def exchange(bench, at_s, takes_s=0.1):
    bench.at(at_s, "send", CLIENT, 300, "request")
    bench.at(at_s + ONE_WAY_S + takes_s, "send", SERVER, 300, "answer")


@LANES
def test_an_idle_request_connection_lives_for_the_keep_alive(exact):
    bench = Bench(NGINX, exact=exact, requests=True)
    exchange(bench, 70.0)
    assert closed(bench)[0] == (about(70.0 + ONE_WAY_S + 0.1 + 75.0), SERVER, "fin")


@LANES
def test_an_answer_that_does_not_come_is_cut_earlier(exact):
    """A keep-alive of 75 s was booked; the question has 60 s."""
    bench = Bench(NGINX, exact=exact, requests=True)
    bench.at(5.0, "send", CLIENT, 300, "request")
    assert closed(bench)[0] == (about(5.0 + ONE_WAY_S + 60.0), SERVER, "fin")


def test_tunnel_limits_are_not_for_requests():
    bench = Bench(Middlebox(preset="aws-api-gateway"), requests=True)
    assert closed(bench, 9000.0) == []


def test_layer_four_sees_bytes_only():
    bench = Bench(TEN, requests=True)
    bench.at(5.0, "send", CLIENT, 300, "request")
    assert closed(bench)[0] == (about(15.0 + ONE_WAY_S), SERVER, "fin")


def test_a_reload_closes_idle_request_connections_and_waits_for_answers():
    box = Middlebox(preset="nginx", reload_at_s=(50.05,))
    idle, asking = Bench(box, requests=True), Bench(box, requests=True)
    exchange(idle, 40.0)
    exchange(asking, 49.0, takes_s=10.0)
    assert closed(idle)[0] == (about(50.0), SERVER, "fin")
    heard = asking.run()
    assert (about(59.0 + 2 * ONE_WAY_S), CLIENT, "receive", "answer") in heard
    assert (about(59.0 + ONE_WAY_S), SERVER, "closed", "fin") in heard


# --- the rest ------------------------------------------------------------------------------------


def test_a_connection_that_is_over_is_left_alone():
    bench = Bench(NGINX)
    bench.at(5.0, "close", CLIENT)
    assert closed(bench) == [(about(5.0 + ONE_WAY_S), SERVER, "fin")]
    assert bench.connection.cut is None


def test_a_client_that_vanished_is_cleared_away():
    """The server learns from the proxy what no heartbeat told it."""
    bench = Bench(NGINX)
    bench.at(5.0, "vanish", CLIENT)
    assert closed(bench) == [(60.0, SERVER, "fin")]


@LANES
@pytest.mark.parametrize("preset", ["nginx", "haproxy"])
def test_a_proxy_tells_the_client_of_a_lost_host(preset, exact):
    """Without the proxy it would wait for its own heartbeat or for ever."""
    bench = Bench(Middlebox(preset=preset), exact=exact)
    wait_s = Middlebox(preset=preset).filled().idle_timeout_s
    bench.at(5.0, "vanish", SERVER)
    bench.at(20.0, "send", CLIENT, 6, "x")
    (at_s, end, how), *_ = closed(bench)
    assert (at_s, end, how) == (about(20.0 + ONE_WAY_S + wait_s + ONE_WAY_S), CLIENT, "fin")
    assert bench.connection.cut is None  # the host's loss is the cause


@pytest.mark.parametrize(("on_cut", "told"), [("reset-on-use", ["reset"]), ("silence", [])])
def test_a_silent_box_tells_it_late_or_never(on_cut, told):
    bench = Bench(Middlebox(idle_timeout_s=10.0, on_cut=on_cut))
    bench.at(5.0, "vanish", SERVER)
    bench.at(70.0, "send", CLIENT, 6, "x")
    assert [how for _, end, how in closed(bench, 200.0) if end == CLIENT] == told


def test_there_is_no_event_per_byte():
    """Ten thousand bytes, and the agenda is looked at once per idle time-out."""
    bench = Bench(NGINX)
    woken = []
    guard = bench.connection.passed.__self__
    at = bench.engine.at

    class Counted:
        now_s = property(lambda self: bench.engine.now_s)

        def at(self, time_s, call, *args):
            woken.append(time_s)
            at(time_s, call, *args)

    guard._engine = Counted()
    for number in range(1, 10_000):
        bench.at(number * 0.05, "post", 100, number, 0)
    bench.run(500.0)
    assert len(woken) <= 500.0 / 60.0 + 1


def test_the_reasons_are_the_histories():
    assert {IDLE, AGE, RELOAD, REMOVED} <= set(REASONS)


@pytest.mark.parametrize(
    ("limits", "requests", "waits_s", "age_s"),
    [
        ({"idle_timeout_s": 9, "max_age_s": 8}, False, (9, 9), 8),
        ({"idle_timeout_s": 9, "max_age_s": 8}, True, (9, 9), 8),
        ({"layer": 7, "idle_timeout_s": 9, "keep_alive_s": 5}, True, (inf, 5), inf),
        ({"layer": 7, "idle_timeout_s": 9, "keep_alive_s": 5}, False, (9, 9), inf),
        ({"layer": 7, "answer_timeout_s": 3, "max_age_s": 8}, True, (3, inf), inf),
        ({"idle_timeout_s": 0, "max_age_s": 0}, False, (inf, inf), inf),
    ],
)
def test_which_limit_holds_for_what(limits, requests, waits_s, age_s):
    made = rules(Limits.model_validate(limits), (), requests)
    assert (made.waits_s, made.max_age_s) == (waits_s, age_s)


@LANES
def test_an_answer_is_no_pause_while_another_request_is_under_way(exact):
    """HTTP/2: the time for the next request begins when nothing is open."""
    limits = Middlebox(layer=7, answer_timeout_s=60.0, keep_alive_s=5.0)
    bench = Bench(limits, exact=exact, requests=True)
    bench.connection.under_way = lambda: bench.engine.now_s < 20.0
    bench.at(1.0, "send", CLIENT, 100, "ask")
    bench.at(2.0, "send", SERVER, 100, "answer")
    bench.at(20.0, "send", SERVER, 100, "the other answer")
    assert closed(bench)[0] == (about(25.0), SERVER, "fin")
