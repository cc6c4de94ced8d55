"""What answers showed: each once, to whoever asked, and how far back a page reaches."""

import math

from sim.guarantees.evidence import Evidence
from sim.guarantees.listed import answers, reaches_back_s, taken_s
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
