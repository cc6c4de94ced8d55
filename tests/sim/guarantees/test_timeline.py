"""What is said of a message: everything recorded, in order, in words."""

import pytest

from sim.guarantees.evidence import Evidence
from sim.guarantees.timeline import about_message, about_person, between, cause
from sim.history import LIST
from tests.sim.metrics.histories import arrival, drop, episode, history, message

LIFE = message(12.0, sent_s=12.1, accepted_s=12.2, told_s=12.3)


def test_the_life_of_a_message():
    of = Evidence(
        history(
            messages=[LIFE],
            deliveries=[arrival(0, 1, 12.4), arrival(0, 1, 13.0, visible=False, via=1)],
            drops=[drop(0, -1, "node died", 12.35)],
            pending=[(0, 2)],
        )
    )
    moments = between(of, [0], [1])
    assert [(moment.time_s, moment.what) for moment in moments] == [
        (12.0, "person 0 acts: message 0 in conversation 0"),
        (12.1, "0 is handed to a channel"),
        (12.2, "a server takes 0"),
        (12.3, "person 0 is told OK for 0"),
        (12.35, "0 is lost for everyone not yet served: node died"),
        (12.4, "0 is shown to person 1"),
        (13.0, "0 arrives as a repeat and is hidden from person 1 (replayed)"),
    ]
    assert between(of, [0], [2])[-1].what == "0 is still held for person 2"


def test_connections_of_sender_and_reader_are_in_it_while_the_message_lives():
    of = Evidence(
        history(
            messages=[LIFE, message(15.0, action=LIST)],
            deliveries=[arrival(0, 1, 30.0)],
            episodes=[
                episode(0, 11.0, 25.0, 26.0, 27.0),
                episode(1, 31.0, 32.0),
                episode(1, 2.0, 3.0, 4.0, 5.0),
                episode(2, 20.0, 21.0),
            ],
            outages=[(1, 28.0, 29.0), (1, 40.0, 41.0)],
        )
    )
    said = [moment.what for moment in between(of, [0], [1])]
    assert said[0] == "person 0's connection stops working (link)"
    assert "person 0 has caught up" in said
    assert said[-3:] == [
        "person 1's network goes down",
        "person 1's network is up again",
        "0 is shown to person 1",
    ]
    assert len(said) == 11
    asked = [moment.what for moment in between(of, [1], [0])]
    assert "person 0 acts: request 1 in conversation 0" in asked


@pytest.mark.parametrize(
    ("tables", "why"),
    [
        ({}, ""),
        ({"drops": [drop(0, 1, "gave up", 30.0), drop(0, 1, "half-open", 20.0)]}, "gave up"),
        ({"drops": [drop(0, -1, "node died", 40.0)]}, "node died"),
        ({"drops": [drop(0, 1), drop(0, -1, "node died")]}, "half-open"),
        ({"drops": [drop(0, 1)], "deliveries": [arrival(0, 1, 13.0)]}, ""),
        ({"deliveries": [arrival(0, 1, 13.0, visible=False)]}, "the client hid it as a repeat"),
    ],
)
def test_the_cause_is_the_last_one_recorded(tables, why):
    assert cause(Evidence(history(messages=[LIFE], **tables)), 0, 1) == why


def test_witnesses():
    of = Evidence(
        history(messages=[LIFE, message(14.0)], drops=[drop(0, 1)], episodes=[episode(1, 20.0)])
    )
    witness = about_message(of, 0, 1, "it broke", [1])
    assert (witness.message, witness.person, witness.others) == (0, 1, (1,))
    assert (witness.what, witness.cause) == ("it broke", "half-open")
    gap = about_person(of, 1, (20.0, 30.0), "it took long", "link")
    assert (gap.message, gap.person, gap.cause) == (-1, 1, "link")
    assert [moment.time_s for moment in gap.timeline] == [20.0]
