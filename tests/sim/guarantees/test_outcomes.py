"""The counts of Jepsen's set checkers, on one message of each kind."""

from dataclasses import asdict

from sim.guarantees.evidence import Evidence
from sim.guarantees.outcomes import outcomes
from tests.sim.metrics.histories import arrival, drop, history, message


def counts(**tables):
    return asdict(outcomes(Evidence(history(**tables))))


def pair(time_s, **life_s):
    """A message between persons 2 and 3: one reception owed."""
    return message(time_s, actor=2, conversation=1, **life_s)


def test_every_kind_is_counted_under_its_name():
    messages = [
        pair(12.0, sent_s=12.0, told_s=12.2),  # acknowledged and shown
        pair(13.0, sent_s=13.0, told_s=13.2),  # acknowledged and lost
        pair(14.0, sent_s=14.0),  # nobody was told anything, yet shown
        pair(15.0, sent_s=15.0, failed_s=25.0),  # timed out, yet shown
        pair(16.0, failed_s=16.0),  # refused at once
        pair(17.0, sent_s=17.0, told_s=17.2),  # shown twice
        pair(18.0, sent_s=18.0, told_s=18.2),  # shown late
        pair(19.0, sent_s=19.0, told_s=19.2),  # still held
    ]
    shown = {0: 12.5, 2: 14.5, 3: 15.5, 5: 17.5, 6: 30.0}
    rows = [arrival(number, 3, time_s) for number, time_s in shown.items()]
    found = counts(
        messages=messages,
        deliveries=[*rows, arrival(5, 3, 20.0)],
        drops=[drop(1, 3), drop(4, -1, "not connected")],
        pending=[(7, 3)],
    )
    assert found == {
        "attempted": 8,
        "acknowledged": 5,
        "definite": 1,
        "indefinite": 1,
        "shown": 5,
        "recovered": 2,
        "lost": 1,
        "never_read": 2,
        "duplicated": 1,
        "stale": 1,
        "unexpected": 0,
    }
    assert found["attempted"] == found["shown"] + found["lost"] + found["never_read"]


def test_the_unexpected_is_what_cannot_have_been_added():
    early = counts(messages=[pair(12.0)], deliveries=[arrival(0, 3, 11.0)])
    outside = counts(messages=[pair(12.0)], deliveries=[arrival(0, 1, 13.0)])
    refused = counts(messages=[pair(12.0, failed_s=12.0)], deliveries=[arrival(0, 3, 13.0)])
    assert [one["unexpected"] for one in (early, outside, refused)] == [1, 1, 1]
    at_once = counts(messages=[pair(12.0)], deliveries=[arrival(0, 3, 12.0)])
    assert at_once["unexpected"] == 0


def test_an_error_is_told_apart_by_whether_the_message_left_the_device():
    left = counts(messages=[pair(12.0, sent_s=12.0, failed_s=22.0)])
    stayed = counts(messages=[pair(12.0, failed_s=12.0)])
    after_ok = counts(messages=[pair(12.0, sent_s=12.0, told_s=13.0, failed_s=22.0)])
    assert (left["indefinite"], left["definite"]) == (1, 0)
    assert (stayed["indefinite"], stayed["definite"]) == (0, 1)
    assert (after_ok["indefinite"], after_ok["definite"]) == (0, 0)
