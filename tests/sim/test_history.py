"""The record of a run: digest, order on the screen, Parquet round trip, and who is owed what."""

import math

import numpy as np
import pyarrow.parquet as pq
import pytest
from taken import recorded

from sim import history as record
from sim.history import HIDDEN, TABLES, History, in_session, owed
from tests.sim.metrics.histories import META, arrival, drop, episode, history, message


def test_every_column_has_the_type_of_the_schema():
    for name, columns in recorded().tables.items():
        assert {c: v.dtype for c, v in columns.items()} == {
            c: np.dtype(kind) for c, kind in TABLES[name].items()
        }


def test_reading_gives_back_what_was_written(tmp_path):
    before = recorded()
    before.write(tmp_path)
    after = History.read(tmp_path)
    assert after.meta == before.meta
    for name, columns in before.tables.items():
        for column, values in columns.items():
            np.testing.assert_array_equal(after.tables[name][column], values)
    assert after.digest() == before.digest()


def test_writing_twice_gives_the_same_bytes(tmp_path):
    recorded().write(tmp_path / "a")
    recorded().write(tmp_path / "b")
    for file in sorted((tmp_path / "a").iterdir()):
        assert file.read_bytes() == (tmp_path / "b" / file.name).read_bytes()


def test_deliveries_store_in_at_most_nine_bytes_each(tmp_path):
    rng = np.random.default_rng(3)
    count = 200_000
    rows = {
        "message": np.sort(rng.integers(0, count // 5, count)),
        "person": rng.integers(0, 1000, count),
        "time_s": np.sort(rng.uniform(0, 100, count)),
        "via": np.zeros(count),
        "visible": np.ones(count, dtype=bool),
    }
    sent = {name: np.zeros(count // 5) for name in TABLES["messages"]}
    History.of({"messages": sent, "deliveries": rows}, META).write(tmp_path)
    assert (tmp_path / "deliveries.parquet").stat().st_size < 9 * count


def orders(of: History) -> list[int]:
    return of.tables["deliveries"]["order"].tolist()


def test_the_screen_shows_by_time_then_in_the_order_of_rows_and_no_hidden_copies():
    rows = [
        arrival(2, 1, 14.0),
        arrival(1, 1, 14.0),
        arrival(0, 1, 13.0, visible=False),
        arrival(0, 2, 14.0),
        arrival(0, 1, 13.5),
    ]
    sent = [message(12.0), message(12.1), message(12.2)]
    assert orders(history(messages=sent, deliveries=rows)) == [1, 2, HIDDEN, 0, 0]


def test_times_that_only_rounding_makes_equal_keep_their_order():
    rows = [arrival(0, 1, 14.0000003), arrival(1, 1, 14.0000001)]
    of = history(messages=[message(12.0), message(12.1)], deliveries=rows)
    assert of.tables["deliveries"]["time_s"].tolist() == [14.0, 14.0]
    assert orders(of) == [1, 0]


def test_the_order_is_part_of_the_digest_and_of_the_file(tmp_path):
    rows = [arrival(0, 1, 14.0), arrival(1, 1, 14.0)]
    sent = [message(12.0), message(12.1)]
    one, other = (history(messages=sent, deliveries=given) for given in (rows, rows[::-1]))
    assert one.digest() != other.digest()
    other.write(tmp_path)
    assert orders(History.read(tmp_path)) == orders(other) == [0, 1]


def test_a_file_without_the_order_is_read_by_time_and_row(tmp_path):
    recorded().write(tmp_path)
    table = pq.read_table(tmp_path / "deliveries.parquet")
    pq.write_table(table.drop_columns(["order"]), tmp_path / "deliveries.parquet")
    assert History.read(tmp_path).digest() == recorded().digest()


def test_what_people_meant_to_do_has_a_digest_of_its_own():
    meant = history(messages=ROWS["messages"]).intended()
    assert history(**ROWS).intended() == meant
    told = [message(12.0, told_s=12.5), message(13.0)]
    assert history(messages=told).intended() == meant
    for other in ([message(12.0), message(13.0, actor=1)], [message(12.0)], ROWS["messages"][::-1]):
        assert history(messages=other).intended() != meant


ROWS = {
    "messages": [message(12.0), message(13.0)],
    "deliveries": [arrival(0, 1, 12.5), arrival(0, 2, 12.5), arrival(1, 1, 14.0)],
    "drops": [drop(1, 2)],
    "episodes": [episode(2, 13.5, 14.0), episode(1, 13.5, 14.0)],
}


def test_digest_ignores_the_order_of_rows():
    turned = {name: rows[::-1] for name, rows in ROWS.items() if name != "messages"}
    assert history(**ROWS).digest() == history(**(ROWS | turned)).digest()


@pytest.mark.parametrize(
    "change",
    [
        {"deliveries": [*ROWS["deliveries"][:2], arrival(1, 1, 14.000001)]},
        {"deliveries": [*ROWS["deliveries"][:2], arrival(1, 1, 14.0, visible=False)]},
        {"deliveries": ROWS["deliveries"][:2]},
        {"deliveries": [*ROWS["deliveries"], arrival(1, 1, 14.0)]},
        {"drops": [drop(1, 2, "gave up")]},
        {"messages": [message(12.0), message(13.0, told_s=13.1)]},
        {"messages": ROWS["messages"][::-1]},
        {"episodes": [*ROWS["episodes"][:1], episode(1, 13.5)]},
        {"pending": [(1, 2)]},
        {"listed": [(1, 0)]},
        {"meta": {"drained": False}},
    ],
)
def test_digest_notices_every_difference(change):
    assert history(**ROWS).digest() != history(**(ROWS | change)).digest()


def test_digest_ignores_less_than_half_a_microsecond_and_volatile_meta():
    moved = ROWS | {"drops": [drop(1, 2, time_s=50.0000004)]}
    assert history({"wall_s": 3.2}, **moved).digest() == history(**ROWS).digest()


@pytest.mark.parametrize(
    ("tables", "words"),
    [
        ({"deliverys": {}}, "deliverys"),
        ({"members": {"person": [1]}}, "members has columns"),
        ({"members": {"person": [1], "conversation": []}}, "unequal length"),
        ({"pending": {"message": [0], "person": [1]}}, "outside"),
        ({"listed": {"message": [0], "holds": [-1]}}, "listed name messages outside"),
        (
            {"deliveries": {"message": [0], "person": [1], "time_s": [1.0]}},
            "deliveries has columns",
        ),
        ({"deliveries": {"message": [], "person": [1], "time_s": [1.0]}}, "deliveries has"),
        ({"outages": {"person": [0], "start_s": [1.0], "end_s": [math.inf]}}, "infinite"),
    ],
)
def test_malformed_tables_are_refused(tables, words):
    with pytest.raises(ValueError, match=words):
        History.of(tables, META)


def test_an_order_that_contradicts_what_was_shown_is_refused():
    rows = {"message": [0], "person": [1], "time_s": [12.5], "via": [0]}
    sent = {name: [0] for name in TABLES["messages"]}
    for order, visible in ((HIDDEN, True), (0, False)):
        shown = rows | {"order": [order], "visible": [visible]}
        with pytest.raises(ValueError, match="not -1 for hidden copies"):
            History.of({"messages": sent, "deliveries": shown}, META)


def test_an_answer_holds_known_messages_or_nothing():
    assert len(history(messages=[message(12.0)], listed=[(0, 0), (0, -1)]).tables["listed"]) == 2
    for held in (-2, 1):
        with pytest.raises(ValueError, match=r"listed\.holds name messages outside"):
            history(messages=[message(12.0)], listed=[(0, held)])


def pairs(of: History, action: int = record.SEND) -> list[tuple[int, int]]:
    return list(zip(*(column.tolist() for column in owed(of, action)), strict=True))


def test_a_message_is_owed_to_every_other_member():
    assert pairs(history(messages=[message(12.0), message(13.0, 3, 1)])) == [(0, 1), (0, 2), (1, 2)]


def test_only_messages_of_the_measured_window_are_owed():
    sent = [message(t) for t in (9.999, 10.0, 89.999, 90.0)]
    assert pairs(history(messages=sent)) == [(1, 1), (1, 2), (2, 1), (2, 2)]


def test_each_action_has_its_own_receptions():
    of = history(messages=[message(12.0), message(13.0, action=record.TYPING)])
    assert pairs(of, record.TYPING) == [(1, 1), (1, 2)]


def test_the_absent_are_owed_only_when_members_are():
    # Person 1 leaves within the grace of 1 s; person 2 comes back just in time.
    apart = {
        "messages": [message(12.0)],
        "sessions": [(1, 0.0, 12.9), (2, 0.0, 11.0), (2, 12.0, 50.0)],
    }
    assert pairs(history(**apart)) == [(0, 2)]
    assert pairs(history({"owed": "members"}, **apart)) == [(0, 1), (0, 2)]


def test_nobody_is_present_without_sessions():
    assert pairs(history(messages=[message(12.0)], sessions=[])) == []


def test_nobody_is_held_to_the_time_after_measuring():
    of = history(sessions=[(1, 0.0, 90.0), (2, 0.0, 89.0)])
    person, start_s = np.array([1, 1, 2, 0]), np.array([89.5, 5.0, 88.5, 5.0])
    assert in_session(of, person, start_s, start_s + 8.0).tolist() == [True, True, False, False]


def test_person_numbers_do_not_run_into_each_other():
    of = history(sessions=[(0, 0.0, 10.0), (1, 50.0, 60.0), (2, 0.0, 10.0)])
    person, start_s = np.array([0, 1, 1, 1, 2]), np.array([5.0, 49.0, 50.0, 61.0, 0.0])
    assert in_session(of, person, start_s, start_s).tolist() == [True, False, True, False, True]


def test_incidents_are_kept_and_no_part_of_the_digest(tmp_path):
    """They follow from the luck, which other tables show; older files have none."""
    hit = [(0, 0, record.PERSON, 1, 20.0, 25.0)]
    of = history({"incident_kinds": ["outage"]}, incidents=hit, **ROWS)
    assert of.digest() == history(**ROWS).digest()
    of.write(tmp_path)
    assert History.read(tmp_path).tables["incidents"]["end_s"].tolist() == [25.0]
    (tmp_path / "incidents.parquet").unlink()
    assert len(History.read(tmp_path).tables["incidents"]["number"]) == 0
