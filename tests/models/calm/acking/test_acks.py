"""What is acknowledged, in rows: packet ids, windows, and runs that need no objects."""

import pytest
from counted import left_of
from small import scenario

from models.calm import rows
from models.calm.acking import acks
from models.calm.acking.acks import FLIGHTS, FLIGHTS_MAX, ID_MASK, LAST_ID, LIVE, ROOM, WIDTH
from models.protocols.mqtt.packets import ID_MAX

CABLE = [{"share": 1.0, "profile": "cable", "loss": {"kind": "none"}}]
QUIET = {"typing": {"per_send": 0}, "list": {"per_person_per_minute": 0, "reply_bytes": 500}}


def session(room=FLIGHTS_MAX, last_id=0):
    row = [0] * WIDTH
    row[acks.IN_ROWS], row[acks.NUMBER], row[ROOM], row[LAST_ID] = 1, 7, room, last_id
    return row


def launched(row, message):
    what = acks.next_of(row, 0, message)
    acks.launch(row, 0, what)
    return what


def test_rows_of_two_sessions_a_person_are_apart():
    begins = [begin(person) for person in range(3) for begin in (acks.client_of, acks.broker_of)]
    assert begins == list(range(0, 6 * WIDTH, WIDTH))
    assert [acks.person_of(at) for at in begins] == [0, 0, 1, 1, 2, 2]
    assert len(acks.acking(3).views.row) == 6 * WIDTH


def test_a_window_takes_as_many_as_fit_on_its_connection_alone():
    row = session(room=2)
    assert not acks.takes(row, 0, 8)
    for message in range(2):
        assert acks.takes(row, 0, 7)
        launched(row, message)
    assert not acks.takes(row, 0, 7)


def test_an_acknowledgement_frees_its_place_and_the_others_stay_in_order():
    row = session()
    whats = [launched(row, message) for message in (30, 31, 32)]
    assert acks.complete(row, 0, whats[1])
    assert not acks.complete(row, 0, whats[1])
    assert list(row[FLIGHTS : FLIGHTS + row[LIVE]]) == [whats[0], whats[2]]
    assert [what >> rows.ID_BITS for what in whats] == [30, 31, 32]


def test_packet_ids_go_round_and_leave_out_those_in_flight():
    row = session(last_id=ID_MAX - 1)
    whats = [launched(row, message) for message in range(3)]
    assert [what & ID_MASK for what in whats] == [ID_MAX, 1, 2]
    row[LAST_ID] = ID_MAX - 1
    assert launched(row, 3) & ID_MASK == 3


@pytest.mark.parametrize("design", ["mqtt-qos1", "mqtt-qos1-clean"])
def test_calm_people_send_receive_and_acknowledge_in_rows(monkeypatch, design):
    left, history = left_of(monkeypatch, scenario(networks=CABLE, actions=QUIET), design)
    table = history.tables["messages"]
    assert len(history.tables["deliveries"]["time_s"]) > 100
    assert (table["told_s"] > table["sent_s"]).sum() > 30
    carried = {
        rows.ACT_NOW, rows.TAKE, rows.FAN_OUT, rows.PUSH, rows.TROUBLED, rows.ARRIVED,
        rows.ACK_LEFT, rows.ACK_HEARD, rows.ACK_TAKE,
    }  # fmt: skip
    assert sum(left[code] for code in carried) < 0.1 * len(table["time_s"])


def test_what_is_lost_is_repaired_in_rows(monkeypatch):
    lossy = [{"share": 1.0, "profile": "cable", "loss": {"kind": "bernoulli", "ratio": 0.1}}]
    left, history = left_of(monkeypatch, scenario(networks=lossy, actions=QUIET), "mqtt-qos1")
    deliveries = len(history.tables["deliveries"]["time_s"])
    left_to_objects = (rows.PUSH, rows.TROUBLED, rows.RECEIVED, rows.ACK_HEARD)
    assert sum(left[code] for code in left_to_objects) < 0.3 * deliveries
