"""The books must balance, and notice when they do not."""

from sim.metrics.conservation import conservation
from tests.sim.metrics.histories import arrival, drop, judged, message

SENT = [message(12.0), message(13.0)]


def test_every_reception_accounted_for():
    of = judged(
        messages=[*SENT, message(5.0)],
        deliveries=[arrival(0, 1, 12.5), arrival(0, 2, 12.5), arrival(0, 2, 12.6)],
        pending=[(1, 1)],
        drops=[drop(1, 2, "node died")],
    )
    assert conservation(of) == {
        "messages": 2,
        "receptions_owed": 4,
        "delivered": 2,
        "lost": 1,
        "undelivered": 1,
        "unexplained": 0,
        "too_early": 0,
        "adds_up": True,
        "causes": {"node died": 1},
    }


def test_a_reception_without_a_trace_does_not_add_up():
    books = conservation(judged(messages=SENT, drops=[drop(0, -1)], pending=[(1, 2)]))
    assert books["unexplained"] == 1
    assert not books["adds_up"]


def test_what_the_client_wrongly_hid_is_lost_and_the_books_add_up():
    rows = [arrival(0, 1, 12.5, visible=False), arrival(0, 2, 12.5), arrival(0, 2, 12.6)]
    books = conservation(judged(messages=SENT[:1], deliveries=rows))
    assert (books["delivered"], books["lost"], books["unexplained"]) == (1, 1, 0)
    assert books["adds_up"]
    assert books["causes"] == {"taken for a repeat": 1}


def test_a_delivery_before_its_sender_acted_does_not_add_up():
    books = conservation(
        judged(messages=SENT, deliveries=[arrival(m, p, 12.9) for m in (0, 1) for p in (1, 2)])
    )
    assert books["too_early"] == 2
    assert not books["adds_up"]


def test_an_empty_run_adds_up():
    assert conservation(judged())["adds_up"]
