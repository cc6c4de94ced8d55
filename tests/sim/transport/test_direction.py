"""The recursion, write by write, against what Linux does with a lone small segment.

Times of retransmissions are worked out from the constants by hand: with a calm round trip of
100 ms the RTO is 100 + 200 ms = 75 ticks of 4 ms, which falls into the timer wheel's buckets of
8 ticks (32 ms). A timer set at tick n therefore fires at the end of the bucket of tick n + 75.
"""

from __future__ import annotations

from itertools import pairwise
from math import floor, inf, nextafter

import pytest
from wires import Scripted, path

from sim.network.delay import Delay, lognormal_delay
from sim.network.loss import GilbertElliott, NoLoss
from sim.network.path import Path
from sim.network.rate import PiecewiseRate
from sim.streams import Streams
from sim.transport.direction import Direction, Segment
from sim.transport.names import ACK, ATTEMPT, SEGMENT
from sim.transport.tcp import give_up_after_s
from sim.transport.wire import mss_bytes

RTT_S = 0.1
ONE_WAY_S = 0.05
HEADER = 52
TICK_S = 0.004


def direction(given: Path) -> Direction:
    """Client to server over a path, as a connection sets it up."""
    rtt_s = given.up.delay.mean_s + given.down.delay.mean_s
    return Direction(given.up, given.down, given.outages, HEADER, rtt_s)


def sent(line: Direction, at_s: float, size_bytes: int = 100) -> Segment:
    return line.slow(at_s, at_s, size_bytes)[0]


def fires_s(set_s: float, ticks: int) -> float:
    """The wheel by hand: one-tick buckets below 63 ticks, then 8, 64, 512 times coarser."""
    bucket = 1 if ticks < 63 else 8 if ticks < 504 else 64 if ticks < 4032 else 512
    return (floor((floor(set_s / TICK_S + 1e-6) + ticks) / bucket) + 1) * bucket * TICK_S


# --- the calm path -----------------------------------------------------------------------------


def test_a_calm_write_arrives_one_delay_later_and_is_counted():
    line = direction(path())
    assert line.fast(3.0, 100) == 3.05
    assert (line.packets, line.messages, line.bytes) == (1, 1, 100)


def test_a_calm_write_asks_for_its_packet_when_it_leaves_and_for_its_ack_when_that_does():
    up, down = Scripted(), Scripted()
    line = direction(path(up=up, down=down, rate_bps=1000.0))
    assert line.fast(0.0, 73, 4) == pytest.approx(1.05)
    assert list(up.numbers) == [(1.0, 4)]
    assert list(down.numbers) == [(1.05, 4 + ACK)]


def test_a_path_that_never_loses_is_not_asked():
    class Deaf(NoLoss):
        def lost(self, time_s, packet):
            raise AssertionError

    assert direction(path(up=Deaf(), down=Deaf())).fast(0.0, 1) == ONE_WAY_S


def test_the_link_serialises_writes_one_after_the_other():
    """1,000 bits a second, 52 bytes of headers: 73 bytes take a second to leave."""
    line = direction(path(rate_bps=1000.0))
    arrivals_s = [line.fast(0.0, 73), line.fast(0.5, 73), line.fast(10.0, 73)]
    assert arrivals_s == pytest.approx([1.05, 2.05, 11.05])
    assert line.out.free_s == pytest.approx(11.0)


def shaky() -> list[tuple[str, Path, int]]:
    """Paths and sizes that the fast answer must decline at time 1."""
    jitter = path()
    jitter.up.delay = lognormal_delay(Streams(1, 0).draws("delay"), 0.05, 0.5)
    jitter_back = path()
    jitter_back.down.delay = lognormal_delay(Streams(1, 0).draws("delay"), 0.05, 0.5)
    varying = path()
    varying.up.rate = PiecewiseRate([0.0, 1.0], [1e6, 2e6], 2.0)
    return [
        ("it is lost", path(up=Scripted({0})), 1),
        ("its acknowledgement is lost", path(down=Scripted({0})), 1),
        ("the link is down", path(outages=[(0.5, 2.0)]), 1),
        ("the link dies while it is under way", path(outages=[(1.02, 2.0)]), 1),
        ("the link dies under the acknowledgement", path(outages=[(1.1, 2.0)]), 1),
        ("delays vary", jitter, 1),
        ("delays vary on the way back", jitter_back, 1),
        ("the rate varies", varying, 1),
        ("more than a segment", path(), mss_bytes() + 1),
    ]


@pytest.mark.parametrize(("why", "given", "size_bytes"), shaky(), ids=lambda value: str(value)[:40])
def test_the_fast_answer_declines_what_is_not_calm_and_leaves_no_trace(why, given, size_bytes):
    line = direction(given)
    assert line.fast(1.0, size_bytes) == -1.0
    assert (line.packets, line.messages, line.bytes) == (0, 0, 0)
    assert given.up.free_s == 0.0


def test_an_exchange_that_ends_before_the_outage_is_calm():
    line = direction(path(outages=[(1.2, 2.0), (5.0, 6.0)]))
    assert line.fast(1.099, 1) == pytest.approx(1.149)
    assert line.fast(1.1, 1) == -1.0
    assert line.fast(3.0, 1) == 3.05  # the cached next outage is looked up again


def test_a_full_segment_is_still_one_packet():
    assert direction(path()).fast(0.0, mss_bytes()) == 0.05


@pytest.mark.parametrize("rate_bps", [None, 1e4])
def test_slow_and_fast_agree_where_all_is_calm(rate_bps):
    times_s = [0.0, 0.01, 0.011, 0.4, 7.0]
    quick, thorough = direction(path(rate_bps=rate_bps)), direction(path(rate_bps=rate_bps))
    fast_s = [quick.fast(at_s, 80) for at_s in times_s]
    slow = [thorough.slow(at_s, at_s, 80) for at_s in times_s]
    assert fast_s == pytest.approx([segment.arrive_s for segment, _ in slow], abs=1e-12)
    assert all(revised == [] for _, revised in slow)
    assert quick.packets == thorough.packets
    assert (quick.messages, quick.bytes) == (thorough.messages, thorough.bytes)


def test_after_trouble_the_fast_answer_waits_for_the_acknowledgement():
    loss = Scripted({0})
    line = direction(path(up=loss))
    late = sent(line, 0.0)
    assert line.fast(nextafter(late.acked_s, 0), 1) == -1.0
    assert line.fast(late.acked_s, 1) == pytest.approx(late.acked_s + ONE_WAY_S)


# --- a lone loss -------------------------------------------------------------------------------


def resends_s(first_s: float, gaps: list[int]) -> list[float]:
    """Departures when timers of so many ticks are set one after the other."""
    times_s = [first_s]
    for ticks in gaps:
        times_s.append(fires_s(times_s[-1], ticks))
    return times_s


PROBED = [75, 75, 150, 300, 600, 1200]  # the probe is due at the RTO and does not double it
UNPROBED = [75, 150, 300, 600, 1200, 2400]


@pytest.mark.parametrize("losses", range(6))
@pytest.mark.parametrize("start_s", [0.0, 1.234, 17.0071])
def test_a_lone_loss_is_resent_at_R_2R_4R_8R(losses, start_s):
    loss = Scripted(range(losses))
    segment = sent(direction(path(up=loss)), start_s)
    times_s = resends_s(start_s, PROBED[:losses])
    assert loss.asked_s == pytest.approx(times_s)
    assert segment.depart_s == pytest.approx(times_s[-1])
    assert segment.arrive_s == pytest.approx(times_s[-1] + ONE_WAY_S)
    assert segment.acked_s == pytest.approx(times_s[-1] + RTT_S)


def test_after_a_repaired_loss_the_next_lone_loss_gets_no_probe():
    loss = Scripted({0, 2, 3, 4, 6})
    line = direction(path(up=loss))
    sent(line, 0.0)  # packets 0 and 1
    sent(line, 100.0)  # packets 2 to 5: R, 3R, 7R
    sent(line, 200.0)  # packets 6 and 7
    expected_s = [*resends_s(0.0, [75]), *resends_s(100.0, UNPROBED[:3]), *resends_s(200.0, [75])]
    assert loss.asked_s == pytest.approx(expected_s)


def test_a_write_without_loss_allows_the_probe_again():
    """Told apart by the second resend: 2R with the probe, 3R without."""
    loss = Scripted({0, 3, 4})
    line = direction(path(up=loss))
    for at_s in (0.0, 100.0, 200.0):
        sent(line, at_s)
    assert loss.asked_s[3:] == pytest.approx(resends_s(200.0, PROBED[:2]))


def test_a_lost_acknowledgement_delays_nobody_but_costs_packets():
    line = direction(path(down=Scripted({0, 1})))
    segment = sent(line, 0.0)
    assert segment.arrive_s == ONE_WAY_S
    assert segment.acked_s == pytest.approx(resends_s(0.0, PROBED[:2])[-1] + RTT_S)
    assert (line.packets, line.hole) == (3, None)
    assert sent(line, 0.2).arrive_s == pytest.approx(0.25)


def test_the_back_off_stops_at_two_minutes_and_the_kernel_gives_up():
    loss = Scripted(range(1000))
    segment = sent(direction(path(up=loss)), 0.0)
    gaps_s = [later - earlier for earlier, later in pairwise(loss.asked_s)]
    assert max(gaps_s) < 120.0 + 2.1  # the wheel's coarsest bucket at this length is 2.048 s
    assert gaps_s[-1] >= 120.0
    assert loss.asked_s[-1] < give_up_after_s()
    assert (segment.arrive_s, segment.acked_s, segment.depart_s) == (inf, inf, inf)


# --- outages -----------------------------------------------------------------------------------


@pytest.mark.parametrize("end_s", [0.2, 1.0, 3.3, 20.0, 75.0])
def test_the_first_arrival_after_an_outage_is_the_first_resend_into_the_live_link(end_s):
    segment = sent(direction(path(outages=[(0.0, end_s)])), 0.0)
    times_s = resends_s(0.0, [*PROBED, 2400, 4800, 9600])
    assert segment.depart_s == pytest.approx(next(at_s for at_s in times_s if at_s >= end_s))


def test_a_dead_link_swallows_at_entry_and_at_exit():
    line = direction(path(outages=[(1.04, 1.1)]))
    assert sent(line, 1.0).arrive_s == pytest.approx(fires_s(1.0, 75) + ONE_WAY_S)  # dies under way
    line = direction(path(outages=[(1.02, 1.04)]))
    assert sent(line, 1.0).arrive_s == 1.05  # neither end of its way is touched
    line = direction(path(outages=[(1.0, 1.01)]))
    assert sent(line, 1.0).arrive_s > 1.25  # died at the door


def test_an_outage_can_take_the_acknowledgement_alone():
    segment = sent(direction(path(outages=[(1.07, 1.2)])), 1.0)
    assert segment.arrive_s == 1.05
    assert segment.acked_s == pytest.approx(fires_s(1.0, 75) + RTT_S)


# --- what is written behind a loss ---------------------------------------------------------------


def test_what_is_written_behind_a_hole_brings_the_repair_forward():
    """RACK: one SACK of something sent a round trip later has the hole resent at once."""
    line = direction(path(up=Scripted({0})))
    hole = sent(line, 0.0)
    planned_s = hole.arrive_s
    follower, revised = line.slow(0.1, "behind", 100)
    assert revised == [hole]
    assert hole.depart_s == pytest.approx(0.1 + RTT_S)  # when the SACK is back
    assert follower.arrive_s == hole.arrive_s == pytest.approx(0.1 + RTT_S + ONE_WAY_S)
    assert hole.arrive_s < planned_s


def test_the_repair_waits_a_quarter_round_trip_for_mere_reordering():
    line = direction(path(up=Scripted({0})))
    hole = sent(line, 0.0)
    line.slow(0.001, "behind", 100)
    assert hole.depart_s == pytest.approx(1.25 * RTT_S)


def test_a_repair_that_the_planned_resend_overtakes_changes_nothing():
    given = path(up=Scripted({0}))
    delays_s = iter([0.05, 0.05, 0.05, 9.0])  # the last one is the repair's
    given.up.delay = Delay(0.05, 0.05, False, delays_s.__next__)
    line = direction(given)
    hole = sent(line, 0.0)
    planned_s = hole.arrive_s
    follower, revised = line.slow(0.1, "behind", 100)
    assert (revised, hole.arrive_s, follower.arrive_s) == ([], planned_s, planned_s)


def test_everything_that_waited_is_revised_with_the_hole():
    line = direction(path(up=Scripted({0, 3})))
    hole = sent(line, 0.0)  # packet 0, and 1 the resend that is planned
    planned_s = hole.arrive_s
    first, nothing = line.slow(0.05, "first", 100)  # packet 2, and 3 the repair: lost as well
    assert (nothing, first.arrive_s) == ([], planned_s)
    second, revised = line.slow(0.06, "second", 100)
    assert revised == [hole, first]
    assert hole.arrive_s == first.arrive_s == second.arrive_s < planned_s


def test_a_follower_that_was_lost_itself_holds_back_what_is_behind_it():
    line = direction(path(up=Scripted({0, 2})))
    hole = sent(line, 0.0)  # packets 0 and 1
    lost, _ = line.slow(0.1, "lost too", 100)  # packets 2 and 3: planned later than the hole
    assert lost.arrive_s > hole.arrive_s
    last, revised = line.slow(0.11, "last", 100)
    assert revised == [hole]
    assert hole.arrive_s < lost.arrive_s <= last.arrive_s


def test_after_a_time_out_writes_wait_for_its_acknowledgement_and_leave_together():
    line = direction(path(outages=[(0.0, 2.0)]))
    hole = sent(line, 0.0)
    waiting = [sent(line, at_s) for at_s in (1.0, 1.1, hole.acked_s - 0.001)]
    assert {segment.depart_s for segment in waiting} == {hole.acked_s}
    assert {segment.arrive_s for segment in waiting} == {hole.acked_s + ONE_WAY_S}
    later = sent(line, hole.acked_s + 0.2)
    assert later.arrive_s == pytest.approx(hole.acked_s + 0.2 + ONE_WAY_S)


def test_a_batch_that_is_lost_is_a_hole_and_its_parts_stay_together():
    loss = Scripted({0, 1, 3})
    line = direction(path(up=loss))
    hole = sent(line, 0.0)  # packets 0, 1, 2: two resends, so the window is one segment
    batch, joined = sent(line, hole.rto_s), sent(line, hole.rto_s + 0.01)
    assert batch.depart_s == joined.depart_s > hole.acked_s
    follower, revised = line.slow(hole.acked_s + 0.05, "behind", 100)
    assert revised == [batch, joined]
    assert batch.arrive_s == joined.arrive_s == follower.arrive_s
    assert batch.depart_s == joined.depart_s


def test_waiting_writes_leave_the_link_free_for_other_connections():
    given = path(outages=[(0.0, 2.0)], rate_bps=1e6)
    line = direction(given)
    hole = sent(line, 0.0)
    sent(line, hole.rto_s)
    assert given.up.free_s < 0.1


@pytest.mark.parametrize("seed", range(20))
def test_arrivals_keep_the_order_of_writing_under_jitter_and_bursts(seed):
    streams = Streams(seed, 0)
    given = path()
    for side, way in (("up", given.up), ("down", given.down)):
        way.delay = lognormal_delay(streams.draws(f"delay-{side}"), 0.05, 1.5)
        way.loss = GilbertElliott(2.0, 1.0, 0.05, 0.6, streams.draws(f"loss-{side}"))
    line, times_s = direction(given), streams.generator("times").uniform(0, 60, 300)
    segments = [sent(line, float(at_s)) for at_s in sorted(times_s)]
    arrivals_s = [segment.arrive_s for segment in segments]
    assert arrivals_s == sorted(arrivals_s)
    assert all(segment.depart_s >= segment.payload for segment in segments)


# --- bulk and the estimator ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("segments", "rounds"), [(1, 0), (2, 0), (10, 0), (11, 1), (30, 1), (31, 2), (70, 2), (71, 3)]
)
def test_a_long_reply_takes_the_rounds_of_slow_start(segments, rounds):
    """Windows of 10, 20, 40, ... segments carry 10, 30, 70, ... in so many rounds."""
    line = direction(path())
    segment = sent(line, 0.0, segments * mss_bytes())
    assert segment.arrive_s == pytest.approx(ONE_WAY_S + rounds * RTT_S)
    assert (line.packets, line.bytes) == (segments, segments * mss_bytes())


def test_each_loss_inside_a_long_reply_costs_one_round_trip():
    loss = Scripted({1, 3})
    segment = sent(direction(path(up=loss)), 0.0, 8 * mss_bytes())
    assert len(loss.asked_s) == 8
    assert segment.arrive_s == pytest.approx(ONE_WAY_S + 2 * RTT_S)


def test_the_estimator_hears_of_the_calm_round_trips_before_trouble():
    """A slow handshake is forgotten: forty calm samples later the RTO is that of the path."""
    given = path()
    line = Direction(given.up, given.down, given.outages, HEADER, 1.0)
    before_s = line.rtt.rto_s
    for index in range(50):
        line.fast(float(index), 1)
    sent(line, 60.0)
    assert before_s == pytest.approx(3.0)
    assert line.rtt.rto_s < 0.5
    assert line.rtt.srtt_s == pytest.approx(RTT_S, rel=0.05)


@pytest.mark.parametrize(("up", "down"), [(Scripted({0}), Scripted()), (Scripted(), Scripted({0}))])
def test_the_hot_path_and_the_recursion_ask_about_the_same_packets(up, down):
    """What is declined is sent with the luck that it was declined for."""
    line = direction(path(up=up, down=down))
    assert line.fast(1.0, 1, 8) == -1.0
    asked = [*up.numbers, *down.numbers]
    line.slow(1.0, None, 1, 8)
    assert set(asked) <= {*up.numbers, *down.numbers}
    assert (1.0, 8) in up.numbers
    assert {packet for _, packet in up.numbers} == {8, 8 + ATTEMPT}


def test_segments_of_a_long_write_are_packets_of_their_own():
    up = Scripted()
    direction(path(up=up)).slow(1.0, None, 3 * mss_bytes(), 8)
    assert {packet for _, packet in up.numbers} == {8, 8 + SEGMENT, 8 + 2 * SEGMENT}


def test_a_line_is_steady_where_delay_and_rate_never_change():
    vary = [direction(given) for why, given, _ in shaky() if "var" in why]
    assert direction(path()).steady
    assert [line.steady for line in vary] == [False, False, False]
