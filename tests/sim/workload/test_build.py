"""The whole workload: every action where it belongs, every purpose on its own luck."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from sim.streams import Streams
from sim.workload.actions import SEEN_BYTES, TYPING_BYTES, Action
from sim.workload.build import Workload, build
from sim.workload.errors import TraceError
from sim.workload.spec import WorkloadSpec
from tests.shared_data import shared

SURE = 1 - 1e-6


def _build(horizon_s: float = 120.0, seed: int = 5, **sections: Any) -> Workload:
    spec = WorkloadSpec.model_validate({"people": {"count": 200}} | sections)
    return build(spec, Streams(seed, 0), horizon_s)


def _rows(workload: Workload, action: Action) -> NDArray[Any]:
    chosen = workload.action == action
    columns = (workload.time_s, workload.actor, workload.conversation, workload.size_bytes)
    return np.column_stack([column[chosen] for column in columns])


def _trace(folder: Path, *lines: str) -> dict[str, str]:
    file = folder / "chat.csv"
    file.write_text("\n".join(("time_s,sender,conversation,size_bytes", *lines)))
    return {"file": str(file)}


@pytest.mark.parametrize(
    ("action", "key", "per_minute"),
    [(Action.SEND, "send", 3.0), (Action.SEEN, "seen", 2.0), (Action.LIST, "list", 1.0)],
)
def test_rates_are_per_person_and_minute(action: Action, key: str, per_minute: float) -> None:
    found = _build(600.0, actions={key: {"per_person_per_minute": per_minute}})
    low, high = stats.poisson.interval(SURE, 200 * 10 * per_minute)
    assert low <= (found.action == action).sum() <= high


def test_columns_have_the_documented_types() -> None:
    found = _build()
    kinds = [found.time_s, found.actor, found.conversation, found.action, found.size_bytes]
    assert [column.dtype.str[1:] for column in kinds] == ["f8", "i4", "i4", "i1", "i4"]
    assert isinstance(found.members[0][0], int)
    assert isinstance(found.sessions[0][0][0], float)


def test_sizes_per_action() -> None:
    fixed = {"size_bytes": {"kind": "fixed", "bytes": 70}}
    found = _build(actions={"send": fixed, "list": {"reply_bytes": 900}})
    weights = {Action.SEND: 70, Action.LIST: 900, Action.TYPING: TYPING_BYTES}
    for action, size_bytes in (weights | {Action.SEEN: SEEN_BYTES}).items():
        assert set(_rows(found, action)[:, 3]) == {size_bytes}


def test_lognormal_sizes_have_their_median_and_spread() -> None:
    found = _build(600.0, actions={"send": {"per_person_per_minute": 5.0}})
    logs = np.log(_rows(found, Action.SEND)[:, 3])
    # Rounding to whole bytes adds less than the tolerance at a median of 49.
    assert abs(logs.mean() - np.log(49)) < 5 * 0.74 / np.sqrt(len(logs)) + 0.002
    assert logs.std() == pytest.approx(0.74, rel=5 / np.sqrt(2 * len(logs)) + 0.01)


def test_typing_comes_before_its_send() -> None:
    typing = {"per_send": 2.0, "every_s": 4.0}
    found = _build(actions={"typing": typing, "send": {"per_person_per_minute": 1.0}})
    expected = [
        (send[0] - 4.0 * rank, *send[1:3])
        for send in _rows(found, Action.SEND)
        for rank in (1, 2)
        if send[0] - 4.0 * rank >= 0.0
    ]
    assert sorted(expected) == [tuple(row) for row in np.unique(_typing(found), axis=0)]


def _typing(found: Workload) -> NDArray[Any]:
    return _rows(found, Action.TYPING)[:, :3]


def test_a_fractional_number_of_notices_is_a_mean() -> None:
    found = _build(3000.0, actions={"typing": {"per_send": 0.3, "every_s": 0.1}})
    sends = (found.action == Action.SEND).sum()
    low, high = stats.binom.interval(SURE, sends, 0.3)
    assert low <= (found.action == Action.TYPING).sum() <= high


def test_a_burst_stays_in_its_conversation() -> None:
    # Two bursts of one person within 0.1 ms: about one chance in 100,000.
    found = _build(
        actions={"send": {"per_person_per_minute": 5.0}},
        arrivals={"kind": "bursty", "burst_size_mean": 20.0, "within_burst_s": 1e-6},
    )
    sends = _rows(found, Action.SEND)
    steps = np.diff(sends[np.lexsort((sends[:, 0], sends[:, 1]))], axis=0)
    together = (steps[:, 1] == 0) & (steps[:, 0] < 1e-4)
    assert together.sum() > 1000
    assert (steps[together, 2] == 0).all()


def test_opening_the_app_lists() -> None:
    sessions = {"kind": "on-off", "on_mean_s": 20.0, "off_mean_s": 40.0}
    found = _build(
        people={"count": 100, "sessions": sessions},
        actions={"list": {"per_person_per_minute": 0.0}},
    )
    opened = sorted(
        (start_s, person)
        for person, own in enumerate(found.sessions)
        for start_s, _ in own
        if 0.0 < start_s < 120.0
    )
    assert opened == [(row[0], row[1]) for row in _rows(found, Action.LIST)]
    assert len(opened) > 50


def test_sessions_go_on_through_the_drain_and_actions_do_not() -> None:
    found = build(WorkloadSpec(), Streams(1, 0), 60.0, drain_s=30.0)
    assert set(found.sessions) == {((0.0, 90.0),)}
    assert found.time_s.max() < 60.0


@pytest.mark.parametrize(
    "change",
    [
        {"actions": {"seen": {"per_person_per_minute": 9.0}}},
        {"actions": {"list": {"per_person_per_minute": 9.0}}},
        {"actions": {"typing": {"per_send": 9.5}}},
        {"people": {"count": 200, "owed": "members", "grace_s": 1.0}},
    ],
)
def test_other_actions_leave_the_sends_alone(change: dict[str, Any]) -> None:
    changed = _build(**change)
    assert np.array_equal(_rows(_build(), Action.SEND), _rows(changed, Action.SEND))


def test_sizes_leave_the_times_alone() -> None:
    fixed = _build(actions={"send": {"size_bytes": {"kind": "fixed"}}})
    assert np.array_equal(fixed.time_s, _build().time_s)
    assert np.array_equal(fixed.conversation, _build().conversation)


def test_send_rates_leave_conversations_and_background_alone() -> None:
    busy = _build(actions={"send": {"per_person_per_minute": 6.0}})
    assert busy.members == _build().members
    for action in (Action.SEEN, Action.LIST):
        assert np.array_equal(_rows(busy, action), _rows(_build(), action))


def test_replications_differ() -> None:
    spec = WorkloadSpec()
    first, second = (build(spec, Streams(1, replication), 30.0) for replication in (0, 1))
    assert not np.array_equal(first.time_s[:100], second.time_s[:100])


@pytest.mark.parametrize(("horizon_s", "start_s", "drain_s"), [(0, 0, 0), (1, -1, 0), (1, 0, -1)])
def test_impossible_times_are_refused(horizon_s: float, start_s: float, drain_s: float) -> None:
    with pytest.raises(ValueError, match="allowed"):
        build(WorkloadSpec(), Streams(1, 0), horizon_s, start_s, drain_s)


def test_a_trace_replaces_people_and_sends(tmp_path: Path) -> None:
    trace = _trace(tmp_path, "100,b,x,5", "101,a,x,6", "101,b,y,7", "130,c,x,8")
    spec = WorkloadSpec.model_validate({"trace": trace})
    found = build(spec, Streams(1, 0), 60.0, start_s=11.0)
    assert found.people == 3
    assert found.members == ((0, 1, 2), (0,))
    assert found.conversations == ((0, 1), (0,), (0,))
    assert set(found.sessions) == {((0.0, 60.0),)}
    assert _rows(found, Action.SEND).tolist() == [
        [11.0, 0, 0, 5],
        [12.0, 1, 0, 6],
        [12.0, 0, 1, 7],
        [41.0, 2, 0, 8],
    ]
    assert {Action.TYPING, Action.SEEN} <= set(found.action.tolist())


def test_a_trace_is_cut_at_the_horizon(tmp_path: Path) -> None:
    spec = WorkloadSpec.model_validate({"trace": _trace(tmp_path, "0,a,x,5", "9,b,x,6")})
    found = build(spec, Streams(1, 0), 10.0, start_s=1.0)
    assert len(_rows(found, Action.SEND)) == 1


def test_a_bad_trace_is_named(tmp_path: Path) -> None:
    with pytest.raises(TraceError, match=r"chat\.csv:2: size_bytes: 'x'"):
        _build(trace=_trace(tmp_path, "0,a,x,x"))


def test_the_ubuntu_log_is_replayed_whole() -> None:
    spec = WorkloadSpec.model_validate(
        {"trace": {"file": str(shared("data/ubuntu-irc-2008-04-27.csv"))}}
    )
    found = build(spec, Streams(1, 0), 8100.0, start_s=61.0)
    sends = _rows(found, Action.SEND)
    assert len(sends) == 1939
    assert sends[0, 0] == 61.0
    assert found.members == (tuple(range(179)),)


def test_a_script_is_played_as_written() -> None:
    spec = WorkloadSpec.model_validate(
        {
            "people": {"count": 3},
            "script": {
                "rooms": [[0, 1], [2, 1]],
                "sends": [{"at_s": 7.5, "sender": 2, "room": 1}, {"at_s": 5.0, "sender": 0}],
                "lists": [{"at_s": 6.0, "sender": 1, "room": 0}],
            },
        }
    )
    played = build(spec, Streams(1, 0), 20.0, drain_s=5.0)
    assert played.members == ((0, 1), (1, 2))
    assert played.conversations == ((0,), (0, 1), (1,))
    assert played.time_s.tolist() == [5.0, 6.0, 7.5]
    assert played.actor.tolist() == [0, 1, 2]
    assert played.conversation.tolist() == [0, 0, 1]
    assert played.action.tolist() == [Action.SEND, Action.LIST, Action.SEND]
    assert played.size_bytes[1] == spec.actions.list.reply_bytes
    assert played.sessions == (((0.0, 25.0),),) * 3


def test_one_way_pairs_have_writers_and_readers() -> None:
    spec = WorkloadSpec.model_validate(
        {
            "people": {"count": 6},
            "conversations": {"sizes": {"kind": "one-way-pairs"}},
            "arrivals": {"kind": "periodic"},
            "actions": {
                "send": {"per_person_per_minute": 60},
                "typing": {"per_send": 0},
                "seen": {"per_person_per_minute": 0},
                "list": {"per_person_per_minute": 0},
            },
        }
    )
    made = build(spec, Streams(1, 0), 10.0)
    assert made.members == ((0, 3), (1, 4), (2, 5))
    assert set(made.actor.tolist()) == {0, 1, 2}
    for person in range(3):
        own = made.time_s[made.actor == person]
        assert len(own) == 10
        assert np.allclose(np.diff(own), 1.0)
