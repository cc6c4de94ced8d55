"""Reassembly against a set of bytes; the acknowledgement policy against Linux's rules."""

import random

import pytest

from sim.transport.segment.receiver import HELD, IN_ORDER, OLD, AckPolicy, Reassembly

HZ, RTO = 250, 63


@pytest.mark.parametrize("seed", range(20))
def test_reassembly_agrees_with_a_set_of_bytes(seed):
    rng, stream, arrived = random.Random(seed), Reassembly(), set()
    for _ in range(200):
        start = rng.randrange(1, 300)
        end = start + rng.randrange(1, 20)
        before, first = stream.next_seq, set(range(start, end)) - arrived
        verdict = stream.take(start, end)
        arrived |= set(range(start, end))
        missing = next(n for n in range(1, 999) if n not in arrived)
        assert stream.next_seq == missing
        assert {n for low, high in stream.held for n in range(low, high)} == {
            n for n in arrived if n > missing
        }
        assert (stream.duplicate is None) == (len(first) == end - start)
        assert verdict == (OLD if end <= before else HELD if start > before else IN_ORDER)


def test_blocks_name_the_freshest_first_and_three_at_most():
    stream = Reassembly()
    for start in (10, 30, 50, 70, 30):
        stream.take(start, start + 5)
    blocks, reported = stream.report()
    assert reported
    assert blocks == ((30, 35), (30, 35), (70, 75))
    assert stream.report() == (((30, 35), (70, 75), (50, 55)), False)


def test_filling_the_hole_clears_the_blocks():
    stream = Reassembly()
    stream.take(10, 20)
    stream.take(1, 10)
    assert (stream.next_seq, stream.blocks, stream.held) == (20, [], [])


@pytest.fixture
def policy():
    return AckPolicy(HZ, 0)


def answer(policy, now):
    policy.data_sent(now)
    policy.ack_sent()


def test_the_first_sixteen_are_acknowledged_at_once(policy):
    for number in range(17):
        policy.data_arrived(200, RTO, 100 + number)
        assert policy.wanted_on_arrival(0) == (number < 16)
        policy.ack_sent()


def test_a_reader_acknowledges_when_it_has_read(policy):
    policy.quick, policy._delay = 0, 10
    policy.data_arrived(200, RTO, 30)
    assert not policy.wanted_on_arrival(200)
    assert policy.wanted_on_read(200)


def test_an_answering_end_waits_for_its_answer(policy):
    policy.data_arrived(200, RTO, 100)
    answer(policy, 101)
    policy.data_arrived(200, RTO, 150)
    assert policy.ping_pong
    assert not policy.wanted_on_arrival(200)
    assert not policy.wanted_on_read(200)
    assert policy.delay(13, 150) == 10  # 40 ms


def test_two_messages_in_a_row_do_not_wait(policy):
    policy.data_arrived(200, RTO, 100)
    answer(policy, 101)
    policy.data_arrived(200, RTO, 150)
    policy.data_arrived(200, RTO, 151)
    assert policy.wanted_on_read(400)


def test_more_than_a_segment_does_not_wait(policy):
    policy.data_arrived(200, RTO, 100)
    answer(policy, 101)
    policy.data_arrived(1448, RTO, 150)
    assert policy.wanted_on_arrival(1449)


def test_a_late_write_is_no_answer(policy):
    policy.data_arrived(200, RTO, 100)
    policy.data_sent(111)
    assert not policy.ping_pong


def test_a_missed_answer_ends_the_conversation(policy):
    policy.data_arrived(200, RTO, 100)
    answer(policy, 101)
    policy.data_arrived(200, RTO, 150)
    policy.delay(13, 150)
    assert policy.timer_fired(RTO)
    assert not policy.ping_pong


def test_nothing_waiting_means_nothing_to_do(policy):
    assert not policy.timer_fired(RTO)


def test_duplicates_make_the_receiver_hurry(policy):
    policy.data_arrived(200, RTO, 100)
    answer(policy, 101)
    policy.hurry()
    assert policy.wanted_on_arrival(0)


def test_an_acknowledgement_nearly_due_is_sent_with_the_next_data(policy):
    policy.data_arrived(200, RTO, 100)
    answer(policy, 101)
    policy.data_arrived(200, RTO, 150)
    assert policy.delay(13, 150) == 10
    assert policy.delay(13, 158) == 0


def test_delays_grow_with_the_gap_between_arrivals_up_to_the_rtt(policy):
    policy.quick = 0
    for now in (100, 108, 116, 124):
        policy.data_arrived(200, RTO, now)
        policy.ack_sent()
    policy.ping_pong = True
    assert policy.delay(13, 124) == 13
