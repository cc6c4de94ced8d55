"""TCP keep-alive meets boxes: packets to a NAT, nothing to a proxy, which answers for others."""

import pytest
from boxed import ONE_WAY_S, Bench

from models.protocols.tcp_keepalive import TCP_KEEPALIVES, TcpKeepAlive
from sim.path.spec import Middlebox
from sim.transport.connection import CLIENT, SERVER
from sim.transport.tcp import timer_fire_s

LANES = pytest.mark.parametrize("exact", [False, True], ids=["fast", "exact"])
CHROMIUM = TCP_KEEPALIVES["chromium"]
NAT = Middlebox(idle_timeout_s=60.0, on_cut="silence")
SIX = TcpKeepAlive(30.0, 5.0, 6)


def ends(bench, until_s=3000.0):
    return [(at_s, end, how) for at_s, end, what, how in bench.run(until_s) if what == "closed"]


def found_s(patience, begins_s):
    """When a kernel whose timer was set then gives up a peer that never answers."""
    at_s = timer_fire_s(begins_s, patience.idle_s)
    for _ in range(patience.probes):
        at_s = timer_fire_s(at_s, patience.interval_s)
    return at_s


@LANES
@pytest.mark.parametrize("end", [CLIENT, SERVER])
def test_probes_below_the_limit_of_a_nat_keep_its_entry(end, exact):
    """Chromium's come every 45 s and a bit, for which a NAT of 60 s is enough and one of 44 not."""
    keepalive = (CHROMIUM, None) if end == CLIENT else (None, CHROMIUM)
    assert ends(Bench(NAT, exact=exact, keepalive=keepalive)) == []
    assert ends(Bench(NAT, exact=exact)) == []  # nobody asks: both believe in it
    short = Middlebox(idle_timeout_s=44.0, on_cut="silence")
    bench = Bench(short, exact=exact, keepalive=keepalive)
    [(_, who, why)] = ends(bench)
    assert (who, why) == (end, "timeout")
    assert bench.connection.cut is not None


@LANES
@pytest.mark.parametrize("end", [CLIENT, SERVER])
def test_an_entry_that_is_gone_is_found_by_probes(end, exact):
    nat = Middlebox(idle_timeout_s=20.0, on_cut="silence")
    bench = Bench(nat, exact=exact, keepalive=(SIX, None) if end == CLIENT else (None, SIX))
    [(at_s, who, why)] = ends(bench)
    assert (who, why) == (end, "timeout")
    assert at_s == pytest.approx(SIX.gives_up_after_s, rel=1.0 / 8.0)


@LANES
@pytest.mark.parametrize("end", [CLIENT, SERVER])
def test_a_box_that_resets_who_sends_next_resets_who_probes(end, exact):
    nlb = Middlebox(idle_timeout_s=20.0, on_cut="reset-on-use")
    bench = Bench(nlb, exact=exact, keepalive=(SIX, None) if end == CLIENT else (None, SIX))
    [(at_s, who, why), *_] = ends(bench)
    assert (who, why) == (end, "reset")
    assert SIX.idle_s <= at_s <= SIX.idle_s * 9.0 / 8.0 + 3 * ONE_WAY_S


def test_where_only_the_clients_packets_count_the_servers_probes_count_by_their_answers():
    nat = Middlebox(idle_timeout_s=60.0, on_cut="silence", counts="client")
    assert ends(Bench(nat, keepalive=(None, CHROMIUM))) == []
    assert ends(Bench(nat, keepalive=(CHROMIUM, None))) == []


@LANES
def test_a_proxy_does_not_take_probes_for_bytes(exact):
    """nginx cuts a silent tunnel after 60 s, whatever the kernels ask each other."""
    for keepalive in ((CHROMIUM, None), (None, CHROMIUM)):
        bench = Bench(Middlebox(preset="nginx"), exact=exact, keepalive=keepalive)
        assert ends(bench, 200.0)[0] == (pytest.approx(60.0), SERVER, "fin")


def test_a_proxy_answers_for_a_host_that_is_lost_behind_it():
    proxy = Middlebox(layer=7, idle_timeout_s=0)
    for end, keepalive in ((CLIENT, (SIX, None)), (SERVER, (None, SIX))):
        bench = Bench(proxy, keepalive=keepalive)
        bench.at(1.0, "vanish", 1 - end)
        assert ends(bench, 500.0) == []
        assert bench.connection.is_open(end)
        direct = Bench(keepalive=keepalive)
        direct.at(1.0, "vanish", 1 - end)
        assert [how for *_, how in ends(direct, 500.0)] == ["timeout"]
