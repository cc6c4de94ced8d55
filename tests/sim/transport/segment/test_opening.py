"""The handshake: retries, refusal, silence, and what it teaches the estimator."""

import pytest

from sim.transport.segment.connection import CLIENT, SERVER
from sim.transport.segment.opening import ACCEPT, IGNORE, REFUSE, Caller
from sim.transport.segment.options import SegmentOptions
from sim.transport.tcp import Kernel


def dial(one, answer=ACCEPT):
    seen = []

    def note(what):
        return lambda *more: seen.append((one.engine.now_s, what, *more))

    verdict = answer if callable(answer) else lambda: answer
    one.connection.open(Caller(verdict, note("opened"), note("failed"), note("accepted")))
    return seen


def test_opening_takes_one_round_trip_and_the_server_half_more(lab):
    one = lab(established=False)
    seen = dial(one)
    one.engine.run(9)
    assert seen == [(0.05, "opened"), (pytest.approx(0.075), "accepted")]
    assert one.connection.is_open(CLIENT)
    assert one.connection.is_open(SERVER)
    assert (one.client.bytes, one.server.bytes) == (60 + 52, 60)


@pytest.mark.parametrize(("losses", "seconds"), [([1], 1), ([1, 2], 2), ([1, 2, 3, 4, 5], 5)])
def test_lost_syns_cost_a_second_each_at_first(lab, losses, seconds):
    one = lab(up=losses, established=False)
    seen = dial(one)
    one.engine.run(30)
    assert seconds + 0.05 <= seen[0][0] <= seconds * 1.032 + 0.05
    assert one.client.retransmitted == len(losses)


def test_older_kernels_double_from_the_first(lab):
    options = SegmentOptions(kernel=Kernel.EXPONENTIAL_SYN)
    one = lab(up=[1, 2], options=options, established=False)
    seen = dial(one)
    one.engine.run(30)
    assert 3.05 <= seen[0][0] <= 3.2


def test_closed_port_refuses_after_one_round_trip(lab):
    one = lab(established=False)
    seen = dial(one, REFUSE)
    one.engine.run(9)
    assert seen == [(0.05, "failed", "refused")]


@pytest.mark.parametrize(
    ("kernel", "seconds"), [(Kernel.LINEAR_SYN, 131), (Kernel.EXPONENTIAL_SYN, 127)]
)
def test_silence_fails_when_all_tries_are_used(lab, kernel, seconds):
    one = lab(options=SegmentOptions(kernel=kernel), established=False)
    seen = dial(one, IGNORE)
    one.engine.run(200)
    [(time_s, what, reason)] = seen
    assert (what, reason) == ("failed", "timeout")
    assert seconds <= time_s <= seconds * 1.04


def test_full_queue_is_felt_as_the_syn_timer(lab):
    one = lab(established=False)
    verdicts = iter([IGNORE, ACCEPT])
    seen = dial(one, lambda: next(verdicts))
    one.engine.run(9)
    assert 1.05 <= seen[0][0] <= 1.09


def test_lost_synack_makes_the_first_rtt_a_second(lab):
    one = lab(down=[1], established=False)
    dial(one)
    one.engine.run(9)
    estimators = [socket.sender.rtt for socket in one.connection._sockets]
    assert estimators[CLIENT].srtt_s == pytest.approx(1.06, abs=0.03)
    assert estimators[SERVER].srtt_s == pytest.approx(0.05, abs=0.002)


def test_lost_syn_does_not_spoil_the_first_rtt(lab):
    one = lab(up=[1], established=False)
    dial(one)
    one.engine.run(9)
    assert one.connection._sockets[CLIENT].sender.rtt.srtt_s == pytest.approx(0.05, abs=0.002)


def test_two_lost_syns_shrink_the_first_window(lab):
    one = lab(up=[1, 2], established=False)
    dial(one)
    one.engine.run(9)
    assert one.connection._sockets[CLIENT].sender.window.cwnd == 1


def test_lost_last_acknowledgement_is_made_up_by_data(lab):
    one = lab(up=[2], established=False)
    seen = dial(one)
    one.send(0.2, CLIENT, "a")
    one.engine.run(9)
    assert [what for _, what, *_ in seen] == ["opened", "accepted"]
    assert one.arrivals(SERVER)["a"] == pytest.approx(0.225)


def test_lost_last_acknowledgement_is_asked_for_again(lab):
    one = lab(up=[2], established=False)
    seen = dial(one)
    one.engine.run(9)
    assert seen[1][1] == "accepted"
    assert 1.0 < seen[1][0] < 1.2
    assert one.server.retransmitted == 1


def test_a_client_that_gives_up_is_not_called_back(lab):
    one = lab(up=[1], established=False)
    seen = dial(one)
    one.engine.at(0.5, one.connection.abort, CLIENT)
    one.engine.run(9)
    assert seen == []


def test_a_full_accept_queue_drops_what_would_complete_the_handshake(lab):
    """The client thinks it is connected; its data knocks again with its own retransmissions."""
    one = lab(established=False)
    seen, room = [], [False, True]
    one.connection.open(
        Caller(
            lambda: ACCEPT,
            lambda: one.connection.send(CLIENT, 100, "data"),
            pytest.fail,
            lambda: seen.append(one.engine.now_s),
            has_room=lambda: one.engine.now_s > 0.2 and bool(room),
        )
    )
    one.engine.run(9)
    (accepted_s,) = seen
    assert 0.05 + 0.252 + 0.025 <= accepted_s <= 0.05 + 0.284 + 0.03
