"""What answers showed: each once, to whoever asked, and how far back a page reaches."""

import math

import numpy as np
import pytest

from sim.guarantees import monotonic_reads, read_your_writes
from sim.guarantees.evidence import Evidence
from sim.guarantees.listed import answers, missing, reaches_back_s, taken_s
from sim.history import LIST, NOTHING
from tests.sim.metrics.histories import arrival, history, message

ASKED = [message(20.0, action=LIST), message(21.0, actor=1, action=LIST)]
SENT = [message(11.0, accepted_s=11.5), message(12.0, accepted_s=12.5, told_s=12.4)]


def evidence(*rows, listed=((0, 3), (0, 2), (1, NOTHING))):
    return Evidence(history(messages=[*ASKED, *SENT], deliveries=rows, listed=listed))


def test_an_answer_is_shown_once_to_whoever_asked():
    of = evidence(arrival(0, 0, 22.0), arrival(0, 0, 20.5), arrival(0, 1, 20.1))
    found = answers(of)
    assert found.request.tolist() == [0, 0]
    assert sorted(found.holds.tolist()) == [2, 3]
    assert found.time_s.tolist() == [20.5, 20.5]
    assert found.place.tolist() == [0, 0]


def test_what_never_arrived_or_was_hidden_showed_nothing():
    for rows in ((), (arrival(0, 0, 20.5, visible=False),)):
        assert len(answers(evidence(*rows)).request) == 0


def test_a_page_reaches_back_to_its_oldest_message_and_an_empty_one_for_ever():
    of = evidence(arrival(0, 0, 20.5), arrival(1, 1, 21.5))
    assert reaches_back_s(of, answers(of)).tolist() == [11.5, *[-math.inf] * 3]
    assert taken_s(of).tolist()[2:] == [11.5, 12.4]


def test_an_empty_answer_is_no_message_of_the_request_before():
    of = evidence(listed=((0, 2), (1, NOTHING)))
    asked, message = np.array([0, 0, 1]), np.array([2, 3, 3])  # 3 is the last message of all
    assert missing(of, asked, message).tolist() == [1, 2]


@pytest.mark.parametrize("count", [100, 800])
def test_pages_are_looked_through_and_not_all_that_came_before_them(count):
    """Somebody writes and asks for the list in turn; a page has the newest ten."""
    page, every_s = 10, 70.0 / count
    sent = [message(11.0 + n * every_s, accepted_s=11.0 + n * every_s, told_s=11.0 + n * every_s)
            for n in range(count)]  # fmt: skip
    asked = [message(11.0 + (n + 0.5) * every_s, action=LIST) for n in range(count)]
    rows = [arrival(count + n, 0, 11.0 + (n + 0.7) * every_s) for n in range(count)]
    listed = [(count + n, m) for n in range(count) for m in range(max(0, n + 1 - page), n + 1)]
    of = Evidence(history(messages=[*sent, *asked], deliveries=rows, listed=listed))
    found = answers(of)
    requests, reach_s = np.unique(found.request), reaches_back_s(of, found)
    assert len(read_your_writes._before(of, requests, reach_s)[0]) == len(listed)
    assert len(list(monotonic_reads._again(of, found))) == len(listed) - count
    for one in (read_your_writes.GUARANTEE, monotonic_reads.GUARANTEE):
        assert one.on(of).state == "holds"
