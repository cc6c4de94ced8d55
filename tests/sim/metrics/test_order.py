"""Who sees whose messages in which order."""

import numpy as np
import pytest
from small import scenario

from models import DESIGNS
from models.channels.long_poll.client import PollClient
from models.channels.long_poll.shared import Batch
from sim.experiment.run import run_replication
from sim.metrics.judged import Judged, Rate
from sim.metrics.order import METRICS
from tests.sim.metrics.histories import arrival, judged, message, value

MINE = [message(12.0 + k, accepted_s=12.1 + k) for k in range(4)]


def to_one(order, sent=MINE, **more):
    """Person 1 sees messages in this order, one every 0.1 s."""
    rows = [arrival(m, 1, 20.0 + k / 10) for k, m in enumerate(order)]
    return judged(messages=sent, deliveries=rows, **more)


def test_the_senders_order_has_no_inversions():
    assert value(METRICS, "inversions", to_one([0, 1, 2, 3])) == Rate(0, 3)
    assert value(METRICS, "room_inversions", to_one([0, 1, 2, 3])) == Rate(0, 3)


def test_neighbours_shown_backwards_count():
    assert value(METRICS, "inversions", to_one([1, 0, 3, 2])) == Rate(2, 3)
    assert value(METRICS, "inversions", to_one([3, 2, 1, 0])) == Rate(3, 3)


def test_another_senders_message_between_does_not_hide_an_inversion():
    sent = [message(12.0), message(13.0, actor=2), message(14.0)]
    assert value(METRICS, "inversions", to_one([2, 1, 0], sent)) == Rate(1, 1)


def test_between_senders_the_servers_order_counts():
    sent = [message(12.0, accepted_s=15.0), message(13.0, actor=2, accepted_s=14.0)]
    assert value(METRICS, "inversions", to_one([1, 0], sent)) is None
    assert value(METRICS, "room_inversions", to_one([1, 0], sent)) == Rate(0, 1)
    assert value(METRICS, "room_inversions", to_one([0, 1], sent)) == Rate(1, 1)


def test_what_no_server_accepted_has_no_place_in_the_room():
    sent = [message(12.0, accepted_s=12.5), message(13.0), message(14.0, accepted_s=14.5)]
    assert value(METRICS, "room_inversions", to_one([2, 1, 0], sent)) == Rate(1, 1)


def test_readers_and_conversations_are_apart():
    sent = [message(12.0, 2, 0), message(13.0, 2, 1)]
    rows = [arrival(1, 3, 14.0), arrival(0, 1, 15.0), arrival(0, 0, 16.0)]
    assert value(METRICS, "inversions", judged(messages=sent, deliveries=rows)) is None


def test_only_the_first_visible_arrival_counts():
    rows = [
        arrival(1, 1, 20.0, visible=False),
        arrival(0, 1, 21.0),
        arrival(1, 1, 22.0),
        arrival(0, 1, 23.0),
    ]
    assert value(METRICS, "inversions", judged(messages=MINE, deliveries=rows)) == Rate(0, 1)


@pytest.mark.parametrize("page", [[0, 1, 2, 3], [3, 2, 1, 0]])
def test_a_page_shown_in_one_instant_has_an_order(page):
    rows = [arrival(m, 1, 20.0) for m in page]
    of = judged(messages=MINE, deliveries=rows)
    back = Rate(0 if page[0] == 0 else 3, 3)
    assert value(METRICS, "inversions", of) == back
    assert value(METRICS, "room_inversions", of) == back


LINK = {
    "share": 1.0,
    "profile": "lan",
    "delay": {"kind": "constant", "delay_s": 0.05},
    "rate": {"kind": "none"},
}


def after_a_tunnel(design, passive=True):
    """A reader comes out of a tunnel to a page of messages that all arrive in one instant."""
    given = scenario(
        people={"count": 2, "owed": "members"},
        conversations={"sizes": {"kind": "fixed", "size": 2}},
        script={
            "rooms": [[0, 1]],
            "sends": [{"at_s": 10.0 + k / 5, "sender": 0, "room": 0} for k in range(30)],
        },
        networks=[LINK],
        time={"warmup_s": 5.0, "measure_s": 100.0, "drain_s": 60.0},
        faults=[{"kind": "link-outage", "person": 1, "start_s": 11.03, "end_s": 14.03}],
    )
    return Judged(run_replication(given, DESIGNS[design], 0, passive))


def at_one_instant(of):
    """Neighbours on the reader's screen that no time tells apart."""
    shown = of.arrivals
    return int((np.diff(shown["time_s"][np.argsort(shown["order"])]) == 0).sum())


PAGES = [name for name in DESIGNS if name != "long-poll-unbuffered"]  # it keeps no page


@pytest.mark.parametrize("design", PAGES)
def test_a_page_of_every_design_has_the_order_in_which_it_was_shown(design):
    of = after_a_tunnel(design)
    assert at_one_instant(of) > 10
    assert value(METRICS, "inversions", of) == Rate(0, 29)
    assert after_a_tunnel(design, passive=False).history.digest() == of.history.digest()


def test_a_client_that_shows_its_pages_newest_first_is_found_out(monkeypatch):
    answered = PollClient.answered

    def turned(self, request, body):
        numbers = [number for number, _ in body.numbered]
        newest_first = tuple(zip(numbers, body.messages[::-1], strict=True))
        answered(self, request, Batch(body.person, body.last, newest_first))

    monkeypatch.setattr(PollClient, "answered", turned)
    of = after_a_tunnel("long-poll")
    assert value(METRICS, "inversions", of).hits == at_one_instant(of) > 10
