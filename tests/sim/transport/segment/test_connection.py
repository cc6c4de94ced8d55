"""Whole connections against what a calm 50 ms path makes Linux do."""

import random

import pytest

from sim.engine import Engine
from sim.network.delay import constant_delay, gamma_delay
from sim.network.loss import Bernoulli
from sim.network.outages import Outages
from sim.network.path import Path, Way
from sim.network.rate import ConstantRate
from sim.streams import Streams
from sim.transport.segment.connection import CLIENT, SERVER, SegmentConnection
from sim.transport.segment.options import SegmentOptions

DELAY_S = 0.025
PROBE_S = (0.252, 0.284)  # SRTT + 200 ms, a tick, and a bucket of 32 ms
NAGLE = SegmentOptions(nodelay=(False, False))


def within(value, low_high):
    return low_high[0] - 1e-9 <= value <= low_high[1] + 1e-9


def test_calm_message_takes_one_way_and_one_acknowledgement(lab):
    one = lab()
    one.send(1.0, CLIENT, "a")
    one.engine.run(9)
    assert one.log == [(pytest.approx(1.025), SERVER, "a")]
    assert (one.client.packets, one.server.packets) == (1, 1)
    assert (one.client.bytes, one.server.bytes) == (252, 52)


def test_lone_loss_is_repaired_by_the_probe(lab):
    one = lab(up=[1])
    one.send(1.0, CLIENT, "a")
    one.engine.run(9)
    assert within(one.arrivals(SERVER)["a"] - 1.025, PROBE_S)
    assert (one.client.probes, one.client.timeouts, one.client.retransmitted) == (1, 0, 1)


def test_second_loss_costs_a_full_timeout_more(lab):
    one = lab(up=[1, 2])
    one.send(1.0, CLIENT, "a")
    one.engine.run(9)
    assert within(one.arrivals(SERVER)["a"] - 1.025, (2 * 0.252, 2 * 0.284))
    assert (one.client.probes, one.client.timeouts) == (1, 1)


def test_third_loss_doubles_the_timeout(lab):
    one = lab(up=[1, 2, 3])
    one.send(1.0, CLIENT, "a")
    one.engine.run(9)
    assert within(one.arrivals(SERVER)["a"] - 1.025, (4 * 0.252, 4 * 0.284))


def test_lost_acknowledgement_costs_a_duplicate_and_no_time(lab):
    one = lab(down=[1])
    one.send(1.0, CLIENT, "a")
    one.send(2.0, CLIENT, "b")
    one.engine.run(9)
    assert one.arrivals(SERVER) == {"a": pytest.approx(1.025), "b": pytest.approx(2.025)}
    assert (one.client.probes, one.client.duplicates_reported) == (1, 1)


def test_after_a_repairing_probe_the_next_loss_waits_for_a_timeout(lab):
    one = lab(up=[1, 3])
    one.send(1.0, CLIENT, "a")
    one.send(2.0, CLIENT, "b")
    one.engine.run(9)
    assert (one.client.probes, one.client.timeouts) == (1, 1)


def test_after_a_needless_probe_the_next_loss_is_probed_again(lab):
    one = lab(up=[3], down=[1])
    one.send(1.0, CLIENT, "a")
    one.send(2.0, CLIENT, "b")
    one.engine.run(9)
    assert (one.client.probes, one.client.timeouts) == (2, 0)


def test_later_data_makes_the_repair_fast(lab):
    one = lab(up=[1])
    one.send(1.0, CLIENT, "a")
    one.send(1.1, CLIENT, "b")
    one.engine.run(9)
    arrivals = one.arrivals(SERVER)
    assert arrivals["a"] == arrivals["b"] == pytest.approx(1.1 + 3 * DELAY_S)
    assert (one.client.fast_retransmitted, one.client.timeouts) == (1, 0)


def test_later_data_too_close_waits_for_the_reordering_window(lab):
    one = lab(up=[1])
    one.send(1.0, CLIENT, "a")
    one.send(1.005, CLIENT, "b")
    one.engine.run(9)
    assert 1.005 + 3 * DELAY_S < one.arrivals(SERVER)["a"] < 1.005 + 3 * DELAY_S + 0.025
    assert one.client.fast_retransmitted == 1


def test_window_of_one_after_a_timeout_holds_back_then_joins(lab):
    one = lab(up=[1, 2, 3])
    for number in range(8):
        one.send(1.0 + 0.1 * number + (number > 0) * 0.6, CLIENT, number)
    one.engine.run(9)
    arrivals = one.arrivals(SERVER)
    assert list(arrivals) == list(range(8))
    assert one.client.packets < 4 + 7  # some left together


def test_nagle_holds_the_second_small_message_until_the_acknowledgement(lab):
    times = {}
    for name, options in (("nagle", NAGLE), ("nodelay", SegmentOptions())):
        one = lab(options=options)
        for number in range(3):
            one.send(1.0 + 0.01 * number, CLIENT, number)
        one.engine.run(9)
        times[name] = list(one.arrivals(SERVER).values())
    assert times["nodelay"] == pytest.approx([1.025, 1.035, 1.045])
    assert times["nagle"] == pytest.approx([1.025, 1.075, 1.075])


def test_nagle_lets_full_segments_go(lab):
    one = lab(options=NAGLE)
    one.send(1.0, CLIENT, "small", 100)
    one.send(1.001, CLIENT, "full", 1448)
    one.engine.run(9)
    assert one.arrivals(SERVER)["full"] == pytest.approx(1.026)


def test_large_message_arrives_with_its_last_segment(lab):
    one = lab()
    one.send(1.0, CLIENT, "large", 20 * 1448)
    one.engine.run(9)
    assert one.arrivals(SERVER)["large"] == pytest.approx(1.025 + 2 * DELAY_S)  # window of ten
    assert one.client.packets == 20


def test_answering_end_lets_its_answer_carry_the_acknowledgement(lab):
    one = lab()
    one.connection.receive[SERVER] = lambda number: one.connection.send(SERVER, 20, number)
    for number in range(10):
        one.send(1.0 + number, CLIENT, number)
    one.engine.run(20)
    # The first answers come while the server still acknowledges at once (quick ACKs) ...
    assert one.server.packets <= 10 + 2
    assert one.client.packets == 10 + 10  # ... and the client, who never answers, always does.


def test_delayed_acknowledgement_after_the_answers_stop(lab):
    one = lab()
    one.connection.receive[SERVER] = lambda payload: (
        one.connection.send(SERVER, 20, payload) if payload != "last" else None
    )
    one.send(1.0, CLIENT, "first")
    one.send(2.0, CLIENT, "last")
    one.engine.run(2.05 + 0.039)
    assert one.connection._sockets[CLIENT].sender.queue  # the ACK of "last" is still held back
    one.engine.run(2.05 + 0.05)
    assert not one.connection._sockets[CLIENT].sender.queue


def test_outage_ends_at_the_next_step_of_the_back_off(lab):
    for down_s in (1.0, 3.0, 10.0, 40.0):
        one = lab(outages=Outages([(5.0, 5.0 + down_s)]))
        for number in range(120):
            one.send(4.6 + number, CLIENT, number)
        one.engine.run(200)
        first_s = next(t for t, _, _ in one.log if t >= 5.0 + down_s)
        tries_s = [0.26 * 2**k for k in range(10)]
        expected_s = next(t for t in tries_s if 5.6 + t + DELAY_S >= 5.0 + down_s)
        assert first_s - 5.6 == pytest.approx(expected_s, rel=0.06)
        assert [what for _, _, what in one.log] == list(range(120))


def test_fin_comes_after_what_was_written(lab):
    one = lab(up=[1])
    one.send(1.0, CLIENT, "a")
    one.engine.at(1.0, one.connection.close, CLIENT)
    one.engine.run(60)
    assert [what for _, end, what in one.log if end == SERVER] == ["a", ("closed", "fin")]
    assert one.dropped == []
    assert not one.connection.is_open(SERVER)


def test_close_survives_an_outage(lab):
    one = lab(outages=Outages([(0.5, 20.0)]))
    one.send(1.0, CLIENT, "a")
    one.engine.at(1.0, one.connection.close, CLIENT)
    one.engine.run(100)
    assert [what for _, end, what in one.log if end == SERVER] == ["a", ("closed", "fin")]


def test_writing_to_a_closed_peer_is_answered_with_a_reset(lab):
    one = lab()
    one.engine.at(1.0, one.connection.close, SERVER)
    one.send(1.01, CLIENT, "a")
    one.engine.run(60)
    assert one.dropped == ["a"]
    assert ("closed", "fin") in [what for _, end, what in one.log if end == CLIENT]


def test_abort_kills_what_was_not_acknowledged(lab):
    one = lab(up=[1])
    one.send(1.0, CLIENT, "a")
    one.engine.at(1.1, one.connection.abort, CLIENT)
    one.engine.run(60)
    assert one.log == [(pytest.approx(1.175), SERVER, ("closed", "reset"))]  # once challenged
    assert one.dropped == ["a"]


def test_abort_lets_what_travels_arrive(lab):
    one = lab()
    one.send(1.0, CLIENT, "a")
    one.engine.at(1.01, one.connection.abort, CLIENT)
    one.engine.run(60)
    assert [what for _, _, what in one.log] == ["a", ("closed", "reset")]
    assert one.dropped == []


def test_lost_reset_leaves_the_peer_half_open_until_it_writes(lab):
    one = lab(up=[1])
    one.engine.at(1.0, one.connection.abort, CLIENT)
    one.send(5.0, SERVER, "a")
    one.engine.run(60)
    assert one.log == [(pytest.approx(5.05), SERVER, ("closed", "reset"))]
    assert one.dropped == ["a"]


def test_vanished_host_is_noticed_after_tcp_retries2(lab):
    one = lab()
    one.engine.at(1.0, one.connection.vanish, SERVER)
    one.send(2.0, CLIENT, "a")
    one.engine.run(3000)
    [(time_s, end, what)] = one.log
    assert (end, what) == (CLIENT, ("closed", "timeout"))
    assert 924.6 <= time_s - 2.0 <= 924.6 + 130
    assert one.dropped == ["a"]


def test_a_host_that_returns_resets_what_is_sent_again(lab):
    one = lab()
    one.engine.at(1.0, one.connection.vanish, SERVER)
    one.engine.at(5.0, one.connection.returned, SERVER)
    one.send(2.0, CLIENT, "a")
    one.engine.run(100)
    [(time_s, end, what)] = one.log
    assert (end, what) == (CLIENT, ("closed", "reset"))
    assert 5.0 < time_s < 10.0
    assert one.dropped == ["a"]


def test_user_timeout_bounds_it(lab):
    one = lab(options=SegmentOptions(user_timeout_s=(5.0, 0.0)))
    one.engine.at(1.0, one.connection.vanish, SERVER)
    one.send(2.0, CLIENT, "a")
    one.engine.run(100)
    [(time_s, _, what)] = one.log
    assert what == ("closed", "timeout")
    assert 5.0 <= time_s - 2.25 <= 5.5


def test_sending_on_a_closed_end_drops_at_once(lab):
    one = lab()
    one.connection.close(CLIENT)
    one.connection.send(CLIENT, 10, "a")
    assert one.dropped == ["a"]


def lossy(seed, *, nodelay=(True, True), rate=None, jitter=False, ahead=0.0):
    streams, engine = Streams(seed, 0), Engine()

    def way(side):
        jittery = gamma_delay(streams.draws("delay", side), 0.03, 0.01)
        delay = jittery if jitter else constant_delay(0.025)
        return Way(delay, Bernoulli(0.1, streams.draws("loss", side)), rate)

    ways = way(CLIENT), way(SERVER)
    options = SegmentOptions(nodelay=nodelay, ahead_share=ahead)
    luck = streams.draws("wheel").uniform
    connection = SegmentConnection(engine, Path(*ways), options, True, luck)
    got = ([], [])
    for end in (CLIENT, SERVER):
        connection.receive[end] = got[end].append
    rng = random.Random(seed)
    for number in range(400):
        end, size = rng.randrange(2), rng.choice([3, 190, 1448, 5000])
        engine.at(rng.random() * 40, connection.send, end, size, (end, number))
    engine.run(2000)
    return got, connection.counters


@pytest.mark.parametrize("seed", range(8))
def test_every_message_arrives_once_whatever_is_lost(seed):
    traits = {"nodelay": (seed % 2 == 0, seed % 3 == 0), "jitter": seed % 4 == 3}
    rate = ConstantRate(500_000) if seed % 4 == 2 else None
    got, _ = lossy(seed, rate=rate, ahead=0.4 * (seed % 2), **traits)
    assert sorted(got[CLIENT] + got[SERVER]) == sorted({*got[CLIENT], *got[SERVER]})
    assert len(got[CLIENT]) + len(got[SERVER]) == 400
    assert {end for end, _ in got[SERVER]} == {CLIENT}


def test_same_luck_gives_the_same_run():
    assert lossy(3) == lossy(3)
    assert lossy(3) != lossy(4)


def test_wheel_ahead_needs_luck():
    path = Path(*[Way(constant_delay(0.1), Bernoulli(0.1, Streams(1, 1).draws("x")))] * 2)
    with pytest.raises(ValueError, match="luck is None"):
        SegmentConnection(Engine(), path, SegmentOptions(ahead_share=0.1))
