"""Recovery from a stream: any server restores a session, once, as far as the stream goes back."""

import pytest

from models.protocols.socketio.recovery import RECOVERABLE
from models.protocols.socketio.streams import LENGTH, StreamLog


def log(messages=5, length=LENGTH):
    """A stream of messages to rooms a and b in turn, and a session in room a."""
    made = StreamLog(length=length)
    for at in range(messages):
        made.add(at, ("a", "b")[at % 2], float(at))
    made.save(7, ("a",), RECOVERABLE[0], 10.0)
    return made


def found(recovered):
    return None if recovered is None else [entry.message for entry in recovered.missed]


def test_what_came_after_the_offset_for_rooms_of_the_session_is_replayed():
    assert found(log().restore(7, 1, 20.0)) == [2, 4]
    assert found(log().restore(7, 3, 20.0)) == [4]


def test_a_session_is_restored_once():
    made = log()
    assert found(made.restore(7, 5, 20.0)) == []
    assert made.restore(7, 5, 20.0) is None


@pytest.mark.parametrize("offset", [0, 6])
def test_an_offset_that_is_not_in_the_stream_restores_nothing(offset):
    assert log().restore(7, offset, 20.0) is None


def test_an_offset_that_was_trimmed_restores_nothing():
    assert log(6, length=3).restore(7, 3, 20.0) is None
    assert found(log(6, length=3).restore(7, 4, 20.0)) == [4]


def test_a_session_ends_by_its_age_and_entries_do_not():
    assert log().restore(7, 1, 130.1) is None
    assert found(log().restore(7, 1, 130.0)) == [2, 4]


def test_an_end_for_another_reason_leaves_no_session():
    made = StreamLog()
    made.add(0, "a", 0.0)
    made.save(7, ("a",), "client namespace disconnect", 1.0)
    assert made.restore(7, 1, 2.0) is None


def test_a_server_emits_with_the_offset_of_the_entry():
    made = log(6, length=3)
    assert [made.append(at, "a", 20.0) for at in range(6)] == [None, None, None, 4, 5, 6]
    assert made.append(5, "a", 20.0, lasting=False) is None
    assert made.append("never sent", "a", 20.0) is None


def test_a_stream_holds_something():
    with pytest.raises(ValueError, match="length = 0"):
        StreamLog(length=0)
