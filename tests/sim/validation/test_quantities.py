"""What a small history says: latencies, losses, duplicates, first arrivals, takeovers."""

import numpy as np
import pytest

from sim.history import CAUSES, OUTCOMES, REASONS, SEND, History
from sim.validation.quantities import (
    Outage,
    comebacks,
    kernel,
    latencies_ms,
    messages,
    per_side,
    takeovers,
)

OUTAGE = Outage("tx", start_s=100.0, down_s=10.0, up_s=40.0)
META = {
    "warmup_s": 62.0,
    "measure_s": 300.0,
    "people": 4,
    "kernel": {"RetransSegs": 7},
}


def history(rows, drops=(), episodes=(), attempts=()):
    """`rows`: (sent at, room, arrivals); writers 0 and 1, readers 2 and 3."""
    time_s = [row[0] for row in rows]
    arrivals = [(place, at_s) for place, row in enumerate(rows) for at_s in row[2]]
    nan = [np.nan] * len(rows)
    dropped = [place for place, _ in drops]
    sent_s = [np.nan if place in dropped else one for place, one in enumerate(time_s)]
    tables = {
        "messages": {
            "time_s": time_s,
            "actor": [row[1] for row in rows],
            "conversation": [row[1] for row in rows],
            "action": [SEND] * len(rows),
            "size_bytes": [167] * len(rows),
            "sent_s": sent_s,
            "accepted_s": nan,
            "told_s": nan,
            "failed_s": nan,
        },
        "deliveries": {
            "message": [place for place, _ in arrivals],
            "person": [2 + rows[place][1] for place, _ in arrivals],
            "time_s": [at_s for _, at_s in arrivals],
            "via": [0] * len(arrivals),
            "visible": [True] * len(arrivals),
        },
        "drops": {
            "message": dropped,
            "person": [-1] * len(drops),
            "time_s": [at_s for _, at_s in drops],
            "cause": [CAUSES.index("not connected")] * len(drops),
        },
        "episodes": {
            "person": [one[0] for one in episodes],
            "channel": [0] * len(episodes),
            "cut_s": [one[1] for one in episodes],
            "noticed_s": [one[1] for one in episodes],
            "open_s": [one[2] for one in episodes],
            "synced_s": [one[2] for one in episodes],
            "reason": [REASONS.index("heartbeat")] * len(episodes),
        },
        "attempts": {
            "time_s": [one[0] for one in attempts],
            "person": [2] * len(attempts),
            "node": [0] * len(attempts),
            "outcome": [OUTCOMES.index(one[1]) for one in attempts],
            "took_s": [0.1] * len(attempts),
        },
    }
    return History.of(tables, META)


def test_latency_is_that_of_the_first_arrival_inside_the_window():
    found = history([(50.0, 0, [50.1]), (70.0, 0, [70.2, 70.1]), (71.0, 0, [])])
    assert latencies_ms(found) == pytest.approx([100.0])
    assert messages(found).copies.tolist() == [2, 0]
    assert kernel(found) == {"RetransSegs": 7.0}


def test_an_outage_has_what_was_sent_around_it():
    times_s = np.array([94.9, 95.0, 144.9, 145.0])
    assert OUTAGE.has(times_s).tolist() == [False, True, True, False]
    assert OUTAGE.end_s == 110.0


def test_losses_and_copies_are_counted_per_outage():
    rows = [(99.0, 0, [99.1]), (101.0, 0, []), (102.0, 1, [112.0, 126.0, 127.0]), (200.0, 1, [])]
    (side,) = per_side(history(rows), [OUTAGE]).values()
    assert (side["sent"], side["lost"], side["dup_msgs"], side["dup_copies"]) == (3, 1, 1, 2)


def test_first_arrivals_are_counted_from_the_restoration_and_from_the_first_send():
    rows = [(101.0, 0, [116.5]), (103.0, 1, [112.0]), (111.0, 0, [117.0]), (112.5, 1, [113.0])]
    (side,) = per_side(history(rows), [OUTAGE]).values()
    assert side["first_arrival_after_p50_s"] == pytest.approx((6.5 + 2.0) / 2)
    assert side["first_new_message_after_p50_s"] == pytest.approx((7.0 + 3.0) / 2)
    assert side["first_arrival_p50_s"] == pytest.approx((15.5 + 9.0) / 2)


def test_rooms_that_stay_silent_count_in_no_median():
    (side,) = per_side(history([(101.0, 0, [])]), [OUTAGE]).values()
    assert np.isnan(side["first_arrival_after_p50_s"])


def test_refused_sends_are_those_without_a_connection():
    rows = [(101.0, 0, []), (102.0, 1, [120.0]), (103.0, 1, [121.0])]
    found = history(rows, drops=[(0, 101.0)], episodes=[(1, 101.5, 102.5)])
    (side,) = per_side(found, [OUTAGE]).values()
    assert side["given_up_local"] == 2
    assert (side["disconnects_senders"], side["disconnects_receivers"]) == (1, 0)


def test_sides_are_kept_apart():
    other = Outage("rx", 150.0, 10.0, 40.0)
    sides = per_side(history([(101.0, 0, []), (151.0, 0, [])]), [OUTAGE, other])
    assert {side: found["lost"] for side, found in sides.items()} == {"tx": 1, "rx": 1}


def test_takeovers_are_connections_opened_a_minute():
    attempts = [(61.0, "opened"), (70.0, "opened"), (71.0, "refused"), (80.0, "opened")]
    assert takeovers(history([], attempts=attempts)) == {"takeovers_per_min": 2 * 60 / 300}


def test_comebacks_are_counted_from_the_restoration():
    found = history([], episodes=[(0, 100.0, 112.0), (1, 100.0, 114.0), (2, 100.0, np.nan)])
    assert comebacks(found, 110.0)["back_p50_s"] == pytest.approx(3.0)
    assert np.isnan(comebacks(history([]), 110.0)["back_p95_s"])
