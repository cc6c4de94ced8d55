"""Connection state recovery: what comes back, and each of its holes."""

import pytest

from models.protocols.socketio.recovery import RECOVERABLE, RecoveryLog


def log_with(*messages: str, room: str = "r", now_s: float = 0.0) -> RecoveryLog:
    log = RecoveryLog()
    for message in messages:
        log.append(message, room, now_s)
    return log


def missed(log: RecoveryLog, pid: int, offset: int, now_s: float = 0.0) -> list[str] | None:
    found = log.restore(pid, offset, now_s)
    return None if found is None else [entry.message for entry in found.missed]


def test_what_came_after_the_offset_comes_back() -> None:
    log = log_with("a", "b", "c")
    log.save(1, ("r",), "transport close", 0.0)
    assert missed(log, 1, 1) == ["b", "c"]
    assert missed(log, 1, 3) == []
    assert log.restore(1, 1, 0.0).rooms == ("r",)


def test_offsets_and_ids_count_up() -> None:
    log = RecoveryLog()
    assert [log.append("a", "r", 0.0), log.append("b", "r", 0.0)] == [1, 2]
    assert [log.new_pid(), log.new_pid()] == [1, 2]


def test_only_the_rooms_of_the_connection_and_what_went_to_everyone() -> None:
    log = log_with("a")
    for room in ("q", "r", None):
        log.append(f"to {room}", room, 0.0)
    log.save(1, ("r",), "transport close", 0.0)
    assert missed(log, 1, 1) == ["to r", "to None"]


def test_what_does_not_last_is_not_logged() -> None:
    log = log_with("a")
    assert log.append("b", "r", 0.0, lasting=False) is None
    assert log.append("c", "r", 0.0) == 2
    log.save(1, ("r",), "transport close", 0.0)
    assert missed(log, 1, 1) == ["c"]


def test_an_end_the_server_has_not_noticed_is_not_recovered() -> None:
    assert missed(log_with("a", "b"), 1, 1) is None


@pytest.mark.parametrize(
    ("reason", "kept"),
    [
        *[(reason, True) for reason in RECOVERABLE],
        ("client namespace disconnect", False),
        ("server namespace disconnect", False),
        ("parse error", False),
    ],
)
def test_the_reason_of_the_end_decides(reason: str, kept: bool) -> None:
    log = log_with("a", "b")
    log.save(1, ("r",), reason, 0.0)
    assert (missed(log, 1, 1) == ["b"]) is kept


def test_a_session_is_kept_two_minutes() -> None:
    log = RecoveryLog()
    log.append("a", "r", 50.0)
    log.save(1, ("r",), "transport close", 50.0)
    log.append("b", "r", 60.0)
    assert missed(log, 1, 1, now_s=170.0) == ["b"]
    assert missed(log, 1, 1, now_s=170.1) is None


def test_the_offset_must_still_be_in_the_log() -> None:
    log = log_with("a", "b", "c")
    log.save(1, ("r",), "transport close", 0.0)
    assert missed(log, 1, 0) is None
    assert missed(log, 1, 4) is None
    assert missed(log, 1, 3) == []
    empty = RecoveryLog()
    empty.save(1, ("r",), "transport close", 0.0)
    assert missed(empty, 1, 0) is None


def test_old_events_go_in_a_sweep_once_a_minute() -> None:
    log = RecoveryLog()
    log.append("a", "r", 10.0)
    log.append("b", "r", 60.0)
    log.save(1, ("r",), "transport close", 100.0)
    assert missed(log, 1, 1, now_s=179.9) == ["b"]
    assert missed(log, 1, 1, now_s=180.0) is None
    assert missed(log, 1, 2, now_s=180.0) == []


def test_sweeps_keep_their_beat_however_late_they_are() -> None:
    log = RecoveryLog(max_s=120.0, now_s=5.0)
    log.append("a", "r", 40.0)
    log.append("b", "r", 50.0)
    log.save(1, ("r",), "transport close", 130.0)
    assert missed(log, 1, 1, now_s=184.9) == ["b"]
    assert missed(log, 1, 1, now_s=190.0) is None


def test_swept_sessions_are_gone() -> None:
    log = RecoveryLog(max_s=1.0)
    log.save(1, ("r",), "transport close", 0.0)
    log.append("a", "r", 60.0)
    assert log._sessions == {}


def test_an_impossible_duration_is_refused() -> None:
    with pytest.raises(ValueError, match="max_s"):
        RecoveryLog(max_s=0.0)
