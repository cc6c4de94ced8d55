"""The joins every metric reads, and how their work grows."""

import math

import numpy as np
import pytest

from sim.history import TABLES, History
from sim.metrics import METRICS, measure
from sim.metrics import judged as joined
from sim.metrics.judged import (
    DELIVERED,
    LOST,
    UNDELIVERED,
    UNEXPLAINED,
    Margin,
    Rate,
    number,
    quantile,
)
from tests.sim.metrics.histories import META, arrival, drop, judged, message


def test_first_arrival_is_the_earliest_that_was_shown():
    rows = [
        arrival(0, 1, 14.0),
        arrival(0, 1, 13.5),
        arrival(0, 1, 12.5, visible=False),
        arrival(0, 0, 12.1),
    ]
    of = judged(messages=[message(12.0)], deliveries=rows)
    assert of.sends.delay_s.tolist() == pytest.approx([1.5])
    assert of.sends.reached.tolist() == [True, False]
    assert of.received.tolist() == [13.5]


def test_a_copy_that_was_only_hidden_is_lost_as_a_repeat_unless_still_held():
    rows = [arrival(0, 1, 12.5, visible=False), arrival(1, 1, 13.5, visible=False)]
    of = judged(
        messages=[message(12.0), message(13.0)],
        deliveries=[*rows, arrival(0, 2, 12.5), arrival(1, 2, 13.5)],
        drops=[drop(0, 1, "half-open", 20.0)],
        pending=[(1, 1)],
    )
    assert of.fate.tolist() == [LOST, DELIVERED, UNDELIVERED, DELIVERED]
    assert joined.record.CAUSES[of.cause[0]] == "taken for a repeat"
    assert len(of.received) == 2


def test_a_hidden_repeat_of_what_was_shown_changes_no_fate():
    rows = [arrival(0, 1, 12.5, visible=False), arrival(0, 1, 13.0), arrival(0, 2, 12.5)]
    of = judged(messages=[message(12.0)], deliveries=rows)
    assert of.fate.tolist() == [DELIVERED, DELIVERED]
    assert of.cause.tolist() == [-1, -1]


def test_each_owed_reception_has_one_fate():
    of = judged(
        messages=[message(12.0), message(13.0)],
        deliveries=[arrival(0, 1, 12.5)],
        pending=[(0, 1), (0, 2)],
        drops=[drop(0, 2), drop(1, 1)],
    )
    assert of.fate.tolist() == [DELIVERED, UNDELIVERED, LOST, UNEXPLAINED]


def test_a_drop_for_everyone_covers_all_not_yet_served():
    of = judged(messages=[message(12.0)], deliveries=[arrival(0, 1, 12.5)], drops=[drop(0, -1)])
    assert of.fate.tolist() == [DELIVERED, LOST]


def test_the_last_cause_counts_and_ones_own_before_everyones():
    drops = [
        drop(0, 1, "gave up", 30.0),
        drop(0, 1, "half-open", 20.0),
        drop(0, -1, "node died", 40.0),
    ]
    of = judged(messages=[message(12.0)], drops=drops)
    causes = [joined.record.CAUSES[at] for at in of.cause]
    assert causes == ["gave up", "node died"]


def test_quantile_is_an_observed_value():
    values = np.arange(1.0, 101.0)
    assert [quantile(values, share) for share in (0.5, 0.99, 0.999)] == [50.0, 99.0, 100.0]
    assert quantile(np.array([1.0, math.inf]), 0.5) == 1.0
    assert quantile(np.zeros(0), 0.5) is None


def test_stored_values_as_numbers():
    assert [number(one) for one in (1.5, 2, [1, 4], None, [0, 0])] == [1.5, 2, 0.25, None, None]
    assert number("never") == math.inf


def test_a_margin_is_the_larger_of_two():
    of = Margin(absolute=0.01, relative=0.05)
    assert of.of(0.0558, 0.0563) == 0.01
    assert of.of(1.0, -2.0) == 0.1
    assert of.of(1.0, math.inf) == math.inf


def test_what_is_asked_for_once_is_made_once():
    asked = []
    of = judged(messages=[message(12.0)])
    assert of.once(asked.append) is of.once(asked.append) is None
    assert asked == [of]


def test_nothing_to_count_is_no_rate():
    assert Rate.of(0, 0) is None
    assert Rate.of(np.int64(1), np.int64(2)) == Rate(1, 2)


def crowd(messages: int, seed: int = 5) -> History:
    """Rooms of ten, a thousand people, each message reaching all but one in a hundred."""
    rng = np.random.default_rng(seed)
    people, size = 1000, 10
    rooms = people // size
    room = rng.integers(0, rooms, messages)
    sent = {name: np.full(messages, np.nan) for name in TABLES["messages"]}
    sent["time_s"] = np.sort(rng.uniform(10, 90, messages))
    sent |= {"conversation": room, "actor": room * size, "action": np.ones(messages)}
    sent["size_bytes"] = np.full(messages, 200)
    ids = np.repeat(np.arange(messages), size - 1)
    rows = {"message": ids, "person": room[ids] * size + np.tile(np.arange(1, size), messages)}
    rows["time_s"] = sent["time_s"][ids] + rng.exponential(0.1, len(ids))
    rows |= {"via": np.zeros(len(ids)), "visible": np.ones(len(ids), dtype=bool)}
    missing = rng.uniform(size=len(ids)) < 0.01
    dropped = {name: rows[name][missing] for name in ("message", "person", "time_s")}
    dropped["cause"] = np.zeros(missing.sum())
    everyone = np.arange(people)
    return History.of(
        {
            "messages": sent,
            "deliveries": {name: column[~missing] for name, column in rows.items()},
            "drops": dropped,
            "members": {"conversation": everyone // size, "person": everyone},
            "sessions": {
                "person": everyone,
                "start_s": np.zeros(people),
                "end_s": np.full(people, 100.0),
            },
        },
        META | {"people": people},
    )


def test_a_large_history_adds_up():
    books = measure(crowd(20_000))["conservation"]
    assert books["receptions_owed"] == 180_000
    assert books["adds_up"]
    assert books["delivered"] + books["lost"] == 180_000


def rows_handled(history: History, monkeypatch: pytest.MonkeyPatch) -> int:
    """Rows that went through a sort or a search while measuring."""
    handled = 0

    def counting(call, position):
        def counted(*args, **kwargs):
            nonlocal handled
            handled += np.shape(args[position])[-1] if np.ndim(args[position]) else 1
            return call(*args, **kwargs)

        return counted

    with monkeypatch.context() as patch:
        patch.setattr(np, "lexsort", counting(np.lexsort, 0))
        patch.setattr(np, "searchsorted", counting(np.searchsorted, 1))
        measure(history)
    return handled


def test_work_grows_in_step_with_the_history(monkeypatch):
    small, large = (rows_handled(crowd(count), monkeypatch) for count in (4_000, 32_000))
    assert 7 * small < large < 9 * small  # screens that are in order are not sorted


def test_results_do_not_hang_on_the_order_of_rows():
    before = crowd(500)
    tables = {
        name: rows if name == "messages" else {c: v[::-1] for c, v in rows.items()}
        for name, rows in before.tables.items()
    }
    assert measure(History.of(tables, before.meta)) == measure(before)


def test_metric_names_are_unique():
    assert len({metric.name for metric in METRICS}) == len(METRICS)
