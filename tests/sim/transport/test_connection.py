"""A connection's life and the ways it can end, told by what each owner hears and when."""

from __future__ import annotations

from math import inf
from typing import Any

import pytest
from wires import Scripted, ledger, path, recorded

from sim.engine import Engine
from sim.network.path import Path
from sim.tape import ARRIVED, LOST, RESET, SENT
from sim.transport.connection import CLIENT, SERVER, Connection, Passive
from sim.transport.tcp import give_up_after_s

BOTH = pytest.mark.parametrize("end", [CLIENT, SERVER])
RESEND_S = 0.32  # an RTO of 75 ticks, set at 0: the end of its timer-wheel bucket of 8


class Bench:
    """A connection from time 0 and everything its owners hear, in order: (time, end, what, it)."""

    def __init__(self, given: Path | None = None, tls_bytes: int = 0) -> None:
        self.engine = Engine()
        self.ledger = ledger()
        self.connection = Connection(self.engine, given or path(), self.ledger, tls_bytes)
        self.heard: list[tuple[float, int, str, Any]] = []
        for end in (CLIENT, SERVER):
            for what in ("receive", "closed", "dropped"):
                getattr(self.connection, what)[end] = self._hears(end, what)

    def _hears(self, end: int, what: str) -> Any:
        return lambda it: self.heard.append((round(self.engine.now_s, 9), end, what, it))

    def at(self, time_s: float, act: str, *args: Any) -> None:
        self.engine.at(time_s, getattr(self.connection, act), *args)

    def run(self, until_s: float = 100.0) -> list[tuple[float, int, str, Any]]:
        self.engine.run(until_s)
        return self.heard


# --- alive ---------------------------------------------------------------------------------------


@BOTH
def test_writes_arrive_at_the_other_end_after_its_delay(end):
    bench = Bench(path(up_s=0.02, down_s=0.03))
    delay_s = (0.02, 0.03)[end]
    bench.at(1.0, "send", end, 10, "a")
    bench.at(1.001, "send", end, 10, "b")
    assert bench.run() == [
        (1.0 + delay_s, 1 - end, "receive", "a"),
        (1.001 + delay_s, 1 - end, "receive", "b"),
    ]


@BOTH
def test_what_has_not_arrived_waits_in_the_writers_memory(end):
    bench = Bench(path(up_s=0.02, down_s=0.02))
    bench.at(1.0, "send", end, 10, "a")
    bench.at(1.01, "send", end, 30, "b")
    waiting = []
    for time_s in (1.005, 1.015, 1.025, 1.035):
        bench.run(time_s)
        waiting.append(bench.connection.waiting_bytes(end))
        assert bench.connection.waiting_bytes(1 - end) == 0
    assert waiting == [10, 40, 30, 0]


def test_posted_deliveries_wait_too():
    bench = Bench(path(up_s=0.02, down_s=0.02))
    bench.at(1.0, "post", 10, 0, 7)
    bench.at(1.01, "post", 30, 1, 7)
    bench.run(1.015)
    assert bench.connection.waiting_bytes(SERVER) == 40
    bench.run(1.025)
    assert bench.connection.waiting_bytes(SERVER) == 30
    bench.run(1.035)
    assert bench.connection.waiting_bytes(SERVER) == 0


@BOTH
def test_a_loss_holds_back_what_was_written_later(end):
    loss = Scripted({0})
    bench = Bench(path(up=loss) if end == CLIENT else path(down=loss))
    for name in "abc":
        bench.at(0.0, "send", end, 10, name)
    heard = bench.run()
    assert [it for *_, it in heard] == ["a", "b", "c"]
    assert {at_s for at_s, *_ in heard} == {0.175}  # RACK: 1.25 round trips after the first send


@BOTH
def test_what_was_written_behind_a_loss_dies_with_it(end):
    """Its bytes may have got there before the end vanished; without those before, nobody reads."""
    loss = Scripted({0})
    bench = Bench(path(up=loss) if end == CLIENT else path(down=loss))
    for name in "ab":
        bench.at(0.0, "send", end, 10, name)
    bench.at(0.06, "vanish", end)
    assert bench.run() == [(0.06, end, "dropped", "a"), (0.06, end, "dropped", "b")]


def test_the_directions_do_not_wait_for_each_other():
    bench = Bench(path(up=Scripted({0})))
    bench.at(0.0, "send", CLIENT, 10, "up")
    bench.at(0.0, "send", SERVER, 10, "down")
    assert bench.run() == [
        (0.05, CLIENT, "receive", "down"),
        (RESEND_S + 0.05, SERVER, "receive", "up"),
    ]


def test_what_is_under_way_can_be_asked_for():
    bench = Bench()
    bench.at(1.0, "send", CLIENT, 10, "up")
    bench.at(1.01, "send", SERVER, 10, "down")
    bench.at(1.02, "post", 10, 7, 8)
    bench.at(1.03, "close", SERVER)
    bench.engine.run(1.04)
    assert list(bench.connection.flying()) == ["up", "down", Passive(7, 8)]
    bench.engine.run(1.2)
    assert list(bench.connection.flying()) == []


def test_nobody_needs_to_listen():
    engine = Engine()
    connection = Connection(engine, path(), ledger())
    for end in (CLIENT, SERVER):
        engine.at(0.0, connection.send, end, 10, "into the void")
    engine.at(1.0, connection.close, CLIENT)
    engine.at(2.0, connection.send, SERVER, 10, "too late")
    engine.run(3.0)


def test_traffic_counts_packets_and_headers_both_ways():
    """Up: SYN, two writes, an ACK for the one write heard. Down: SYN-ACK, one write, two ACKs."""
    bench = Bench(tls_bytes=22)
    for end, size_bytes in ((CLIENT, 100), (CLIENT, 200), (SERVER, 300)):
        bench.at(1.0, "send", end, size_bytes, "it")
    bench.run()
    data, ack, syn = 52 + 22, 52, 60
    assert bench.connection.traffic(CLIENT) == (4, syn + 300 + 2 * data + ack, 2)
    assert bench.connection.traffic(SERVER) == (4, syn + 300 + data + 2 * ack, 1)


# --- pings ---------------------------------------------------------------------------------------


class Pings(Bench):
    """Pings from an end; the peer answers what reaches it."""

    def ping(self, at_s: float, end: int, size_bytes: int = 6) -> None:
        self.engine.at(at_s, self._ping, end, size_bytes)

    def _ping(self, end: int, size_bytes: int) -> None:
        heard = self._hears(end, "ponged")
        if not self.connection.echo(end, size_bytes, "ping", lambda: heard(None)):
            self._hears(end, "not calm")(None)


@BOTH
def test_a_ping_on_a_calm_connection_is_answered_a_round_trip_later_unseen(end):
    bench = Pings(path(up_s=0.02, down_s=0.03))
    bench.ping(1.0, end)
    assert bench.run() == [(1.05, end, "ponged", None)]
    assert [bench.connection.traffic(each)[2] for each in (CLIENT, SERVER)] == [1, 1]


@BOTH
def test_a_ping_in_trouble_is_left_to_its_owner(end):
    bench = Pings(path(outages=[(1.01, 2.0)]))
    bench.ping(1.0, end)
    assert bench.run() == [(1.0, end, "not calm", None)]
    assert list(bench.connection.flying()) == []


@BOTH
def test_a_ping_whose_answer_will_meet_trouble_arrives_and_the_peer_must_answer(end):
    bench = Pings(path(outages=[(1.12, 2.0)]))
    bench.ping(1.0, end)
    assert bench.run() == [(1.05, 1 - end, "receive", "ping")]


@BOTH
@pytest.mark.parametrize("act", ["close", "abort", "vanish"])
def test_a_ping_dies_with_either_end(end, act):
    """The peer's end before it is heard, or one's own before the answer is back."""
    for dying, at_s in ((1 - end, 1.03), (end, 1.07)):
        bench = Pings()
        bench.ping(1.0, end)
        bench.at(at_s, act, dying)
        assert "ponged" not in [what for _, _, what, _ in bench.run()]


@BOTH
def test_a_ping_that_was_heard_in_time_is_answered(end):
    """The peer closes after it has answered: the pong is ahead of the FIN."""
    bench = Pings()
    bench.ping(1.0, end)
    bench.at(1.06, "close", 1 - end)
    assert bench.run() == [(1.1, end, "ponged", None), (1.11, end, "closed", "fin")]


@BOTH
def test_a_ping_of_a_closed_end_is_declined(end):
    bench = Pings()
    bench.at(1.0, "close", end)
    bench.ping(1.01, end)
    assert bench.run()[0] == (1.01, end, "not calm", None)


@BOTH
def test_a_pong_to_come_holds_nobody_back(end):
    """Neither the order of arrival nor the link, at 1,000 bits a second."""
    arrivals_s = []
    for pinging in (True, False):
        bench = Pings(path(rate_bps=1000.0, up_s=5.0, down_s=5.0))
        if pinging:
            bench.ping(1.0, end)
        bench.at(1.5, "send", 1 - end, 73, "meanwhile")
        arrivals_s += [at_s for at_s, _, what, _ in bench.run() if what == "receive"]
    assert arrivals_s == [7.5, 7.5]


# --- on tape -------------------------------------------------------------------------------------


def test_a_tape_shows_every_write_its_arrival_or_loss_and_the_reset():
    bench = Bench(path(outages=[(3.0, 5.0)]))
    bench.ledger.tape = tape = []
    bench.at(1.0, "send", CLIENT, 10, "a")
    bench.at(4.0, "send", SERVER, 10, "b")
    bench.at(4.5, "abort", SERVER)
    bench.at(6.0, "send", CLIENT, 10, "c")
    bench.run()
    assert [(mark.time_s, mark.kind, *mark[2:5]) for mark in tape] == [
        (1.0, SENT, "client", "server", "a"),
        (1.05, ARRIVED, "client", "server", "a"),
        (4.0, SENT, "server", "client", "b"),
        (4.5, LOST, "server", "client", "b"),
        (4.5, RESET, "server", "client", None),
        (6.0, SENT, "client", "server", "c"),
        (6.05, LOST, "client", "server", "c"),
        (6.05, RESET, "server", "client", None),
    ]


# --- posted --------------------------------------------------------------------------------------


def test_a_posted_delivery_is_on_record_at_once_and_reaches_nobody_else():
    bench = Bench()
    bench.at(1.0, "post", 10, 7, 8)
    bench.engine.run(1.01)
    assert recorded(bench.ledger) == [(1.05, 7, 8)]
    assert bench.run() == []


@pytest.mark.parametrize("first", ["send", "post"])
def test_the_record_keeps_the_order_of_what_arrives_in_one_instant(first):
    bench = Bench()
    bench.connection.receive[CLIENT] = lambda _: bench.ledger.posted(8, 0, 1.05)
    writes = {"send": (SERVER, 10, "an answer that is message 8"), "post": (10, 7, 0)}
    for act in (first, *(other for other in writes if other != first), "post"):
        bench.at(1.0, act, *writes[act])
    bench.run()
    shown = [message for _, message, _ in recorded(bench.ledger)]
    assert shown == ([8, 7, 7] if first == "send" else [7, 8, 7])


def test_a_posted_delivery_in_trouble_is_recorded_when_it_arrives():
    bench = Bench(path(down=Scripted({0})))
    bench.at(0.0, "post", 10, 7, 8)
    bench.engine.run(0.1)
    assert recorded(bench.ledger) == []
    bench.run()
    assert recorded(bench.ledger) == [(pytest.approx(RESEND_S + 0.05), 7, 8)]


@pytest.mark.parametrize(
    ("act", "told"), [("close", [(1.09, SERVER, "closed", "fin")]), ("vanish", [])]
)
def test_a_posted_delivery_dies_with_the_client_it_has_not_reached(act, told):
    bench = Bench()
    bench.at(0.99, "post", 10, 1, 8)
    bench.at(1.01, "post", 10, 2, 8)
    bench.at(1.02, "post", 10, 3, 8)
    bench.at(1.04, act, CLIENT)
    heard = bench.run()
    assert recorded(bench.ledger) == [(pytest.approx(1.04), 1, 8)]
    lost = [(round(at_s + 0.05, 9), SERVER, "dropped", Passive(message, 8))
            for at_s, message in ((1.01, 2), (1.02, 3))]  # fmt: skip
    assert sorted(heard[:2]) == sorted(lost)
    assert heard[2:] == told


@pytest.mark.parametrize("act", ["close", "abort", "vanish"])
def test_what_the_server_posted_before_its_end_still_arrives(act):
    bench = Bench()
    bench.at(1.0, "post", 10, 7, 8)
    bench.at(1.01, act, SERVER)
    bench.run()
    assert recorded(bench.ledger) == [(1.05, 7, 8)]


def test_posting_on_a_closed_connection_is_dropped():
    bench = Bench()
    bench.at(1.0, "close", SERVER)
    bench.at(1.01, "post", 10, 7, 8)
    assert (1.01, SERVER, "dropped", Passive(7, 8)) in bench.run()
    assert recorded(bench.ledger) == []


def test_the_end_of_a_run_strikes_what_has_not_arrived_off_the_record():
    bench = Bench()
    for message, at_s in ((1, 1.0), (2, 1.04)):
        bench.at(at_s, "post", 10, message, 8)
    bench.engine.run(1.06)
    for _ in range(2):  # asking twice changes nothing
        assert list(bench.connection.flying()) == [Passive(2, 8)]
        bench.connection.settle()
    assert recorded(bench.ledger) == [(1.05, 1, 8)]
    bench.run()
    assert [message for _, message, _ in recorded(bench.ledger)] == [1, 2]


# --- the end -------------------------------------------------------------------------------------


@BOTH
def test_close_sends_what_was_written_and_then_a_fin(end):
    bench = Bench()
    bench.at(1.0, "send", end, 10, "before")
    bench.at(1.0, "close", end)
    bench.at(1.0, "send", end, 10, "after")
    assert bench.run() == [
        (1.0, end, "dropped", "after"),
        (1.05, 1 - end, "receive", "before"),
        (1.05, 1 - end, "closed", "fin"),
    ]
    assert not bench.connection.is_open(CLIENT)
    assert not bench.connection.is_open(SERVER)


@BOTH
def test_a_close_takes_as_long_as_the_network_does(end):
    """What was written into the tunnel comes out of it, the FIN behind it."""
    bench = Bench(path(outages=[(1.0, 5.0)]))
    bench.at(1.5, "send", end, 10, "in the tunnel")
    bench.at(1.6, "close", end)
    (first_s, *received), (second_s, *closed) = bench.run()
    assert received == [1 - end, "receive", "in the tunnel"]
    assert closed == [1 - end, "closed", "fin"]
    assert 5.0 < first_s <= second_s < 9.0


@BOTH
def test_both_may_close_at_once(end):
    bench = Bench()
    bench.at(1.0, "send", end, 10, "crossing")
    for closing in (CLIENT, SERVER):
        bench.at(1.0, "close", closing)
    assert bench.run() == [(1.0, end, "dropped", "crossing")]


@BOTH
def test_what_crosses_the_fin_is_lost_and_its_sender_knows(end):
    """Once the FIN is there nobody listens at either end: what still flies is buried."""
    bench = Bench()
    bench.at(1.0, "close", end)
    bench.at(1.04, "send", 1 - end, 10, "crossing")
    assert bench.run() == [
        (1.05, 1 - end, "dropped", "crossing"),
        (1.05, 1 - end, "closed", "fin"),
    ]


@BOTH
def test_an_end_that_has_heard_the_fin_writes_no_more(end):
    bench = Bench()
    bench.at(1.0, "close", end)
    bench.at(1.1, "send", 1 - end, 10, "late")
    assert bench.run()[1:] == [(1.1, 1 - end, "dropped", "late")]


@BOTH
def test_an_abort_kills_what_has_not_left_for_good(end):
    """In the tunnel nothing leaves; what left before it still arrives."""
    bench = Bench(path(outages=[(1.0, 1.5)]))
    bench.at(0.94, "send", end, 10, "gone before")
    bench.at(1.1, "send", end, 10, "in the tunnel")
    bench.at(1.6, "abort", end)
    assert bench.run() == [
        (0.99, 1 - end, "receive", "gone before"),
        (1.6, end, "dropped", "in the tunnel"),
        (1.65, 1 - end, "closed", "reset"),
    ]


@BOTH
def test_a_reset_is_never_repeated_but_every_packet_provokes_one(end):
    """Half-open: the peer learns nothing until it writes."""
    bench = Bench(path(outages=[(1.0, 2.0)]))
    bench.at(1.5, "abort", end)
    bench.at(3.0, "send", 1 - end, 10, "hello?")
    assert bench.run() == [
        (3.05, 1 - end, "dropped", "hello?"),
        (3.1, 1 - end, "closed", "reset"),
    ]


@BOTH
def test_a_reset_can_be_lost_like_any_packet(end):
    bench = Bench(path(up=Scripted({0})) if end == CLIENT else path(down=Scripted({0})))
    bench.at(1.0, "abort", end)
    assert bench.run() == []
    assert bench.connection.is_open(1 - end)


@BOTH
def test_a_vanished_host_says_nothing_and_its_peer_tries_for_a_quarter_of_an_hour(end):
    bench = Bench()
    bench.at(0.99, "send", end, 10, "last words")
    bench.at(1.0, "vanish", end)
    bench.at(1.5, "send", 1 - end, 10, "hello?")
    assert bench.run(2000.0) == [
        (1.04, 1 - end, "receive", "last words"),
        (1.55, 1 - end, "dropped", "hello?"),
        (pytest.approx(1.55 + give_up_after_s()), 1 - end, "closed", "timeout"),
    ]


@BOTH
def test_a_host_that_returns_resets_what_is_sent_again(end):
    """Sent at 1.5 s and repeated with gaps that double: the first repetition after 5 s counts."""
    bench = Bench()
    bench.at(1.0, "vanish", end)
    bench.at(1.5, "send", 1 - end, 10, "hello?")
    bench.at(5.0, "returned", end)
    [_, (at_s, who, what, why)] = bench.run(100.0)
    assert (who, what, why) == (1 - end, "closed", "reset")
    assert 5.0 < at_s < 1.5 + 2 * (5.0 - 1.5) + 1.0


@BOTH
def test_a_host_that_returns_resets_new_words_and_leaves_the_silent_alone(end):
    bench = Bench()
    bench.at(1.0, "vanish", end)
    bench.at(5.0, "returned", end)
    bench.at(50.0, "send", 1 - end, 10, "hello?")
    dropped, closed = bench.run(100.0)
    assert dropped == (50.05, 1 - end, "dropped", "hello?")
    assert closed == (pytest.approx(50.1), 1 - end, "closed", "reset")


@BOTH
def test_a_host_that_returns_is_not_heard_of_where_the_link_never_does(end):
    bench = Bench(path(outages=[(3.0, inf)]))
    bench.at(1.0, "vanish", end)
    bench.at(1.5, "send", 1 - end, 10, "hello?")
    bench.at(5.0, "returned", end)
    assert [what for _, _, what, _ in bench.run(500.0)] == ["dropped"]
    bench.connection.returned(1 - end)
    assert bench.connection.is_open(1 - end)


@BOTH
def test_a_silent_peer_of_a_vanished_host_never_learns(end):
    bench = Bench()
    bench.at(1.0, "vanish", end)
    assert bench.run(1e5) == []
    assert bench.connection.is_open(1 - end)
    assert not bench.connection.is_open(end)


@BOTH
def test_a_vanished_host_takes_its_unsent_words_and_its_fin_along(end):
    bench = Bench(path(outages=[(1.0, 3.0)]))
    bench.at(1.5, "send", end, 10, "in the tunnel")
    bench.at(1.6, "close", end)
    bench.at(2.0, "vanish", end)
    assert bench.run() == [(2.0, end, "dropped", "in the tunnel")]
    assert bench.connection.is_open(1 - end)


@BOTH
def test_a_link_that_never_returns_ends_in_a_time_out(end):
    bench = Bench(path(outages=[(1.0, inf)]))
    bench.at(2.0, "send", end, 10, "a")
    bench.at(3.0, "send", end, 10, "b")
    over_s = 2.0 + give_up_after_s()
    assert bench.run(2000.0) == [
        (pytest.approx(over_s), end, "dropped", "a"),
        (pytest.approx(over_s), end, "dropped", "b"),
        (pytest.approx(over_s), end, "closed", "timeout"),
    ]


def test_what_was_given_up_on_paper_and_repaired_in_time_ends_nothing():
    """Every resend of the first write is doomed, but the second one's SACK saves it."""
    doomed = Scripted(range(17))
    bench = Bench(path(up=doomed))
    bench.at(0.0, "send", CLIENT, 10, "first")
    bench.at(0.1, "send", CLIENT, 10, "second")
    heard = bench.run(5000.0)
    assert [it for *_, it in heard] == ["first", "second"]
    assert bench.connection.is_open(CLIENT)
    assert len(doomed.asked_s) == 17 + 2


@pytest.mark.parametrize("first", ["close", "abort", "vanish"])
@pytest.mark.parametrize("second", ["close", "abort", "vanish"])
def test_only_the_first_end_of_a_connection_counts(first, second):
    bench = Bench()
    bench.at(1.0, first, CLIENT)
    bench.at(2.0, second, CLIENT)
    assert len(bench.run()) == (0 if first == "vanish" else 1)
