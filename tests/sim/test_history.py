"""The record of a run: recorder, digest, Parquet round trip, and who is owed what."""

import math
from dataclasses import dataclass, field

import numpy as np
import pytest

from sim import history as record
from sim.history import TABLES, History, Recorder, in_session, owed
from tests.sim.metrics.histories import META, arrival, drop, episode, history, message


@dataclass
class TwoActions:
    members: tuple = ((0, 1), (1, 2))
    sessions: tuple = (((0.0, 100.0),), ((0.0, 40.0), (50.0, 100.0)), ())
    time_s: np.ndarray = field(default_factory=lambda: np.array([12.0, 13.5]))
    actor: np.ndarray = field(default_factory=lambda: np.array([0, 1]))
    conversation: np.ndarray = field(default_factory=lambda: np.array([0, 1]))
    action: np.ndarray = field(default_factory=lambda: np.array([record.SEND, record.TYPING]))
    size_bytes: np.ndarray = field(default_factory=lambda: np.array([200, 20]))


def recorded() -> History:
    recorder = Recorder(TwoActions())
    recorder.sent_s[0] = 12.25
    recorder.once(recorder.told_s, 0, 12.5)
    recorder.once(recorder.told_s, 0, 99.0)
    recorder.deliveries.extend((0, 1, 12.4, record.LIVE, True))
    recorder.deliveries.extend((0, 1, 12.9, record.REPLAYED, False))
    recorder.listed.extend((1, 0))
    recorder.listed.extend((1, record.NOTHING))
    recorder.drops.extend((1, -1, 13.75, 2))
    recorder.episodes.extend((1, 0, 20.0, 21.0, math.nan, math.nan, 3))
    recorder.nodes.extend((1.0, 0, 1, 0.25, 7, 3))
    recorder.traffic.extend((0, 1, 10**10, 10**12, 5))
    return recorder.history(META)


def test_recorder_turns_flat_rows_into_columns():
    tables = recorded().tables
    assert tables["deliveries"]["time_s"].tolist() == [12.4, 12.9]
    assert tables["deliveries"]["visible"].tolist() == [True, False]
    assert tables["listed"]["holds"].tolist() == [0, -1]
    assert tables["drops"]["person"].tolist() == [-1]
    assert tables["messages"]["told_s"][0] == 12.5
    assert np.isnan(tables["messages"]["told_s"][1])
    assert tables["traffic"]["bytes"].tolist() == [10**12]
    assert tables["members"]["person"].tolist() == [0, 1, 1, 2]
    assert tables["sessions"]["end_s"].tolist() == [100.0, 40.0, 100.0]
    assert len(tables["attempts"]["time_s"]) == 0


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
        ({"outages": {"person": [0], "start_s": [1.0], "end_s": [math.inf]}}, "infinite"),
    ],
)
def test_malformed_tables_are_refused(tables, words):
    with pytest.raises(ValueError, match=words):
        History.of(tables, META)


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
