"""Opening a connection on either lane: what it costs in round trips, and how it can fail.

The exact lane rounds its timers as the kernel does, so its retries come up to 5 % later.
"""

from __future__ import annotations

from dataclasses import replace
from math import inf
from typing import Any

import pytest
from wires import Scripted, ledger, path

from sim.engine import Engine
from sim.history import GATEWAY
from sim.network.path import Path
from sim.node import Node
from sim.tape import OPENED
from sim.transport.connection import CLIENT, SERVER
from sim.transport.handshake import Dial, Exchange, Setup, tls_exchanges
from sim.transport.stream import Caller
from sim.transport.tcp import Kernel, synack_delays_s, timer_fire_s
from sim.transport.wire import TLS

RTT_S = 0.1
BARE = Setup()
UPGRADE = Setup((Exchange(300, 200, 0.01),))
TLS12 = Setup((*tls_exchanges(TLS["1.2", False], 0.01), Exchange(300, 200, 0.02)))
LANES = pytest.mark.parametrize("exact", [False, True], ids=["fast", "exact"])


def about(time_s: float) -> Any:
    return pytest.approx(time_s, rel=0.05)


class Bench:
    """A person, a node, and the outcome of every dial: (time_s, who, outcome)."""

    def __init__(self, given: Path | None = None, setup: Setup = BARE, exact: bool = False) -> None:
        self.engine = Engine()
        self.node = Node(self.engine, 0, GATEWAY, 1)
        self.path = given or path()
        self.setup = replace(setup, exact=exact)
        self.told: list[tuple[float, str, str]] = []
        self.open: list[Any] = []

    def dial(self, at_s: float = 0.0, who: str = "me") -> Dial:
        dial = Dial(self.engine, ledger(), self.path, self.node, self.setup)
        caller = Caller(
            opened=lambda connection: self._opened(connection, who),
            failed=lambda outcome: self._tell(who, outcome),
            accepted=lambda connection: self._tell(who, "accepted"),
        )
        self.engine.at(at_s, dial.start, caller)
        return dial

    def _tell(self, who: str, outcome: str) -> None:
        self.told.append((round(self.engine.now_s, 6), who, outcome))

    def _opened(self, connection: Any, who: str) -> None:
        self.open.append(connection)
        self._tell(who, "opened")

    def run(self, until_s: float = 300.0) -> list[tuple[float, str, str]]:
        self.engine.run(until_s)
        return self.told

    @property
    def empty(self) -> bool:
        """Whether the node has forgotten every attempt."""
        return self.node.waiting == 0 and not self.node.connections


# --- what it costs -------------------------------------------------------------------------------


@LANES
def test_tcp_alone_takes_one_round_trip(exact):
    bench = Bench(exact=exact)
    bench.dial()
    assert bench.run() == [(RTT_S, "me", "accepted"), (RTT_S, "me", "opened")]
    assert bench.empty


@LANES
@pytest.mark.parametrize(("setup", "trips", "cpu_s"), [(UPGRADE, 2, 0.01), (TLS12, 4, 0.03)])
def test_every_exchange_takes_another_and_its_work(setup, trips, cpu_s, exact):
    """The server knows when its last answer leaves, the client when it arrives."""
    bench = Bench(setup=setup, exact=exact)
    bench.dial()
    open_s = trips * RTT_S + cpu_s
    assert bench.run() == [
        (about(open_s - 0.05), "me", "accepted"),
        (about(open_s), "me", "opened"),
    ]
    assert bench.empty


@pytest.mark.parametrize(
    ("version", "resumed", "trips"),
    [("1.3", False, 1), ("1.3", True, 1), ("1.2", False, 2), ("1.2", True, 1)],
)
def test_tls_costs_its_round_trips_and_its_work_once(version, resumed, trips):
    tls = TLS[version, resumed]
    exchanges = tls_exchanges(tls, 0.5)
    assert len(exchanges) == trips
    assert sum(exchange.cost_s for exchange in exchanges) == 0.5
    assert (exchanges[0].up_bytes, exchanges[0].down_bytes) == (tls.up_bytes, tls.down_bytes)
    assert tls_exchanges(None, 0.5) == ()


def test_a_tape_shows_the_opening():
    bench = Bench()
    taken = ledger()
    taken.tape = []
    dial = Dial(bench.engine, taken, bench.path, bench.node, bench.setup, person=3)
    dial.start(Caller(opened=lambda connection: None, failed=pytest.fail))
    bench.run()
    assert [mark[:4] for mark in taken.tape] == [(RTT_S, OPENED, "person 3", "gateway 0")]


@LANES
def test_a_storm_queues_for_the_server_s_cpu(exact):
    bench = Bench(setup=UPGRADE, exact=exact)
    for who in "abc":
        bench.dial(who=who)
    opened_s = [at_s for at_s, _, outcome in bench.run() if outcome == "opened"]
    assert opened_s == [about(2 * RTT_S + 0.01 * place) for place in (1, 2, 3)]


@LANES
def test_an_open_connection_carries_payloads_both_ways(exact):
    bench = Bench(setup=UPGRADE, exact=exact)
    bench.dial()
    bench.engine.run(1.0)
    (connection,) = bench.open
    got: list[tuple[int, str]] = []
    for end in (CLIENT, SERVER):
        connection.receive[end] = lambda it, end=end: got.append((end, it))
    connection.send(CLIENT, 10, "up")
    connection.send(SERVER, 10, "down")
    bench.run(2.0)
    assert sorted(got) == [(CLIENT, "down"), (SERVER, "up")]


# --- SYNs in vain --------------------------------------------------------------------------------

SINCE_6_5 = [0, 1, 2, 3, 4, 5, 7, 11, 19, 35, 67]
UP_TO_6_4 = [0, 1, 3, 7, 15, 31, 63]


@LANES
@pytest.mark.parametrize(
    ("kernel", "tries_s", "failed_s"),
    [(Kernel.LINEAR_SYN, SINCE_6_5, 131), (Kernel.EXPONENTIAL_SYN, UP_TO_6_4, 127)],
)
def test_syns_into_silence_follow_the_kernel_s_schedule(kernel, tries_s, failed_s, exact):
    loss = Scripted(range(100))
    bench = Bench(path(up=loss), Setup(kernel=kernel), exact)
    bench.dial()
    ((at_s, _, outcome),) = bench.run()
    assert (at_s, outcome) == (about(failed_s), "timeout")
    assert loss.asked_s == [about(try_s) for try_s in tries_s]
    assert bench.empty


@LANES
@pytest.mark.parametrize("end_s", [0.5, 1.5, 4.5, 6.0, 30.0])
def test_the_first_syn_after_an_outage_opens(end_s, exact):
    bench = Bench(path(outages=[(0.0, end_s)]), exact=exact)
    bench.dial()
    due_s = next(try_s for try_s in SINCE_6_5 if try_s > end_s)
    assert bench.run()[-1] == (about(due_s + RTT_S), "me", "opened")


@LANES
def test_a_lost_answer_costs_a_second(exact):
    bench = Bench(path(down=Scripted({0})), exact=exact)
    bench.dial()
    assert bench.run()[-1] == (about(1.0 + RTT_S), "me", "opened")
    assert bench.empty


@LANES
def test_a_full_accept_queue_swallows_the_syn(exact):
    """A process that stands still takes nothing: one fits, the others' ACKs come again.

    The server asks for them after 1 and 3 s; packet by packet it is the client's own
    retransmissions that knock, at its own times.
    """
    bench = Bench(setup=UPGRADE, exact=exact)
    bench.node.backlog = 1
    bench.node.pause(1.5)
    for who in "abc":
        bench.dial(who=who)
    opened = {who: at_s for at_s, who, outcome in bench.run() if outcome == "opened"}
    assert 1.5 < opened["a"] < 1.7
    assert 1.5 < opened["b"] < (3.0 if exact else 3.0 + 3 * RTT_S)
    assert max(opened["b"], opened["c"]) > 2.0
    assert bench.empty


def test_the_server_asks_six_times_and_then_forgets():
    """1 + 2 + 4 + 8 + 16 + 32 s by the kernel's timers: the client's data then meets a reset."""
    bench = Bench(setup=UPGRADE)
    bench.node.backlog = 1
    bench.node.pause(200.0)
    bench.dial(who="first")
    bench.dial(0.01, who="second")
    bench.run(150.0)
    [(at_s, who, outcome)] = bench.told
    assert (who, outcome) == ("second", "lost")
    asked_again_s = 0.01
    for delay_s in synack_delays_s():
        asked_again_s = timer_fire_s(asked_again_s, delay_s)
    assert asked_again_s < at_s < asked_again_s + 0.5
    assert len(bench.node.connections) == 1


@LANES
def test_an_idle_process_takes_many_at_once(exact):
    """The accept queue holds a connection for as long as the process is busy, not for a trip."""
    bench = Bench(setup=UPGRADE, exact=exact)
    bench.node.backlog = 2
    for place, who in enumerate("abc"):
        bench.dial(0.002 * place, who=who)
    opened = [at_s for at_s, _, outcome in bench.run() if outcome == "opened"]
    assert len(opened) == 3
    assert max(opened) < 0.25


# --- nodes that are not there ---------------------------------------------------------------------


@LANES
def test_a_crashed_process_refuses_after_a_round_trip(exact):
    bench = Bench(exact=exact)
    bench.node.crash()
    bench.dial()
    assert bench.run() == [(RTT_S, "me", "refused")]
    assert bench.empty


@LANES
def test_a_lost_host_is_silent_until_it_is_back(exact):
    bench = Bench(exact=exact)
    bench.node.lose_host()
    bench.dial()
    bench.engine.at(2.5, bench.node.restart)
    assert bench.run()[-1] == (about(3.0 + RTT_S), "me", "opened")


@LANES
def test_a_node_at_its_limit_turns_newcomers_away(exact):
    bench = Bench(exact=exact)
    bench.node.connections_limit = 0
    bench.dial()
    ((at_s, _, outcome),) = bench.run()
    assert (at_s, outcome) == (RTT_S, "full")
    assert bench.empty


@LANES
def test_a_node_that_lets_in_few_turns_the_others_away(exact):
    bench = Bench(exact=exact)
    bench.node.admission_s = 10.0
    for one in range(8):
        bench.dial(who=str(one))
    outcomes = [outcome for _, _, outcome in bench.run()]
    assert [outcomes.count(one) for one in ("opened", "full")] == [5, 3]


# --- interrupted ----------------------------------------------------------------------------------


@LANES
@pytest.mark.parametrize("at_s", [0.06, 0.12, 0.155, 0.17])
def test_a_crash_in_the_middle_fails_the_attempt(at_s, exact):
    """While the SYN-ACK travels, the request travels, the server works, the answer travels."""
    bench = Bench(setup=Setup((UPGRADE.exchanges[0],) * 2), exact=exact)
    bench.dial()
    bench.engine.at(at_s, bench.node.crash)
    ((lost_s, _, outcome),) = bench.run()
    assert outcome == "lost"
    assert lost_s <= at_s + 2 * RTT_S
    bench.node.restart()
    bench.dial(at_s=bench.engine.now_s, who="again")
    assert bench.run(400.0)[-1][1:] == ("again", "opened")
    assert bench.empty


@LANES
def test_a_host_lost_in_the_middle_leaves_the_client_waiting(exact):
    bench = Bench(setup=UPGRADE, exact=exact)
    dial = bench.dial()
    bench.engine.at(0.12, bench.node.lose_host)
    assert bench.run(60.0) == []
    dial.cancel()
    assert bench.run(3000.0) == []
    assert bench.empty


@LANES
@pytest.mark.parametrize("setup", [BARE, UPGRADE], ids=["bare", "upgrade"])
def test_a_host_lost_while_its_answer_travels_is_noticed_when_it_is_back(setup, exact):
    """The client takes the SYN-ACK: half-open from the first, until what it writes is reset."""
    bench = Bench(setup=setup, exact=exact)
    bench.dial()
    bench.engine.at(0.07, bench.node.lose_host)
    bench.engine.at(0.11, lambda: [one.send(CLIENT, 10, "hello?") for one in bench.open])
    bench.engine.at(2.0, bench.node.restart)
    bench.run(10.0)
    if setup is BARE:
        assert bench.told == [(RTT_S, "me", "opened")]
        assert not bench.open[0].is_open(CLIENT)
    else:
        ((at_s, _, outcome),) = bench.told
        assert outcome == "lost"
        assert 2.0 < at_s < 5.0
    assert bench.empty


@LANES
def test_a_host_that_is_back_before_its_answer_arrives_refuses_what_it_forgot(exact):
    bench = Bench(setup=UPGRADE, exact=exact)
    bench.dial()
    bench.engine.at(0.07, bench.node.lose_host)
    bench.engine.at(0.08, bench.node.restart)
    ((at_s, _, outcome),) = bench.run(10.0)
    assert (outcome, bench.empty) == ("lost", True)
    assert at_s < 4 * RTT_S


@LANES
def test_a_draining_server_turns_an_attempt_away(exact):
    bench = Bench(setup=UPGRADE, exact=exact)
    bench.dial()
    bench.engine.at(0.155, bench.node.drain, 0.0)
    assert bench.run() == [(about(0.205), "me", "lost")]
    assert bench.empty


@LANES
@pytest.mark.parametrize("at_s", [0.0, 0.03, 0.07, 0.12, 0.155, 0.18])
def test_a_cancelled_attempt_reports_nothing_to_the_client_and_leaves_nothing(at_s, exact):
    bench = Bench(setup=UPGRADE, exact=exact)
    dial = bench.dial()
    bench.engine.at(at_s, dial.cancel)
    bench.engine.at(at_s + 1.0, dial.cancel)
    assert all(outcome == "accepted" for _, _, outcome in bench.run())
    assert bench.open == []
    assert bench.empty


@LANES
def test_a_server_that_accepted_a_client_that_gave_up_hears_a_reset(exact):
    bench = Bench(setup=UPGRADE, exact=exact)
    heard: list[str] = []
    dial = Dial(bench.engine, ledger(), bench.path, bench.node, bench.setup)

    def accepted(connection: Any) -> None:
        connection.closed[SERVER] = heard.append

    dial.start(Caller(opened=pytest.fail, failed=pytest.fail, accepted=accepted))
    bench.engine.at(0.18, dial.cancel)  # the last answer is under way
    bench.run()
    assert heard == ["reset"]


@LANES
@pytest.mark.parametrize("start_s", [0.02, 0.07, 0.12, 0.18])
@pytest.mark.parametrize("end_s", [1.0, inf])
def test_a_link_that_dies_in_the_middle_delays_or_defeats(start_s, end_s, exact):
    """However it ends, the node does not keep the attempt waiting for ever."""
    bench = Bench(path(outages=[(start_s, end_s)]), UPGRADE, exact)
    dial = bench.dial()
    bench.engine.at(30.0, dial.cancel)  # the patience of a client library
    told = bench.run(3000.0)
    assert [outcome for *_, outcome in told].count("opened") == (end_s == 1.0)
    assert bench.empty


@LANES
def test_attempts_in_vain_do_not_fill_the_accept_queue(exact):
    """SYNs get through, then every link dies: as many newcomers as the queue holds, and more."""
    bench = Bench(path(outages=[(0.12, 50.0)]), UPGRADE, exact)
    bench.node.backlog = 4
    for who in "abcd":
        bench.engine.at(20.0, bench.dial(who=who).cancel)
    bench.dial(at_s=60.0, who="later")
    assert bench.run()[-1] == (about(60.21), "later", "opened")
