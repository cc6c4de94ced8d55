"""Whatever the scenario: a workload is consistent, and the same every time."""

from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.streams import Streams
from sim.workload.actions import Action
from sim.workload.build import Workload, build
from sim.workload.spec import WorkloadSpec

HORIZON_S = 40.0
RATES = st.sampled_from((0.0, 0.7, 20.0))


def _one_of(*kinds: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.sampled_from(kinds)


SESSIONS = _one_of(
    {"kind": "always"},
    {"kind": "on-off", "on_mean_s": 5.0, "off_mean_s": 15.0},
    {"kind": "on-off", "on_mean_s": 1.0, "off_mean_s": 1e4},
)
SIZES = _one_of(
    {"kind": "zipf", "exponent": 0.5, "max_size": 9},
    {"kind": "fixed", "size": 2},
    {"kind": "list", "sizes": [2, 2, 2]},
)
ARRIVALS = _one_of(
    {"kind": "poisson"},
    {"kind": "bursty", "burst_size_mean": 3.0, "within_burst_s": 2.0},
    {"kind": "diurnal", "period_s": 20.0, "peak_to_mean": 2.0},
)
BYTES = _one_of({"kind": "fixed", "bytes": 0}, {"kind": "lognormal", "median_bytes": 2.0})


@st.composite
def _specs(draw: st.DrawFn) -> WorkloadSpec:
    send = {"per_person_per_minute": draw(RATES), "size_bytes": draw(BYTES)}
    typing = {"per_send": draw(st.floats(0, 4)), "every_s": draw(st.floats(0.1, 30))}
    return WorkloadSpec.model_validate(
        {
            "people": {"count": draw(st.integers(2, 40)), "sessions": draw(SESSIONS)},
            "conversations": {
                "per_person": draw(st.floats(1, 8)),
                "direct_share": draw(st.floats(0, 1)),
                "sizes": draw(SIZES),
            },
            "actions": {
                "send": send,
                "typing": typing,
                "seen": {"per_person_per_minute": draw(RATES)},
                "list": {"per_person_per_minute": draw(RATES)},
            },
            "arrivals": draw(ARRIVALS),
        }
    )


SEEDS = st.integers(0, 2**32)
ANY = settings(max_examples=60, deadline=None, derandomize=True)


def _built(spec: WorkloadSpec, seed: int) -> Workload:
    return build(spec, Streams(seed, 0), HORIZON_S, drain_s=10.0)


@ANY
@given(_specs(), SEEDS)
def test_rows_are_sorted_and_their_ids_exist(spec: WorkloadSpec, seed: int) -> None:
    found = _built(spec, seed)
    columns = (found.actor, found.conversation, found.action, found.size_bytes)
    assert {len(column) for column in columns} == {len(found.time_s)}
    assert (np.diff(found.time_s) >= 0).all()
    assert ((found.time_s >= 0) & (found.time_s < HORIZON_S)).all()
    assert found.people == spec.people.count == len(found.sessions) == len(found.conversations)
    assert set(found.action.tolist()) <= set(Action) - {Action.RECEIVE}
    assert (found.size_bytes >= 0).all()


@ANY
@given(_specs(), SEEDS)
def test_actors_are_members_and_in_session(spec: WorkloadSpec, seed: int) -> None:
    found = _built(spec, seed)
    rows = zip(
        found.time_s.tolist(), found.actor.tolist(), found.conversation.tolist(), strict=True
    )
    for time_s, actor, conversation in rows:
        assert actor in found.members[conversation]
        assert any(start_s <= time_s < end_s for start_s, end_s in found.sessions[actor])


@ANY
@given(_specs(), SEEDS)
def test_membership_agrees_from_both_sides(spec: WorkloadSpec, seed: int) -> None:
    found = _built(spec, seed)
    pairs = {(room, who) for room, members in enumerate(found.members) for who in members}
    assert pairs == {(room, who) for who, own in enumerate(found.conversations) for room in own}
    assert sum(map(len, found.members)) == sum(map(len, found.conversations)) == len(pairs)
    for ids in (*found.members, *found.conversations):
        assert list(ids) == sorted(set(ids))
    assert min(map(len, found.members)) >= 2
    assert min(map(len, found.conversations)) >= 1


@ANY
@given(_specs(), SEEDS)
def test_places_are_dealt_evenly(spec: WorkloadSpec, seed: int) -> None:
    counts = [len(own) for own in _built(spec, seed).conversations]
    largest = min(9, spec.people.count)
    assert max(counts) - min(counts) <= 2
    # Off by half a group, half a pair, and the pairing up of people left over.
    assert abs(sum(counts) - spec.conversations.per_person * spec.people.count) <= largest + 3


@ANY
@given(_specs(), SEEDS)
def test_typing_never_outnumbers_its_sends(spec: WorkloadSpec, seed: int) -> None:
    found = _built(spec, seed)
    sends = (found.action == Action.SEND).sum()
    assert (found.action == Action.TYPING).sum() <= np.ceil(spec.actions.typing.per_send) * sends


@ANY
@given(_specs(), SEEDS)
def test_the_same_seed_gives_the_same_workload(spec: WorkloadSpec, seed: int) -> None:
    first, second = _built(spec, seed), _built(spec, seed)
    for name in Workload.__slots__:
        assert np.array_equal(_as_array(first, name), _as_array(second, name)), name


def _as_array(workload: Workload, name: str) -> Any:
    value = getattr(workload, name)
    return np.array(value, dtype=object) if isinstance(value, tuple) else value


@ANY
@given(_specs(), SEEDS, st.floats(0, 50))
def test_sends_owe_nothing_to_other_rates(spec: WorkloadSpec, seed: int, rate: float) -> None:
    plain = spec.model_dump()
    plain["actions"]["seen"]["per_person_per_minute"] = rate
    plain["actions"]["list"]["per_person_per_minute"] = rate
    plain["actions"]["typing"]["per_send"] = rate
    one, other = _built(spec, seed), _built(WorkloadSpec.model_validate(plain), seed)
    assert one.sessions == other.sessions
    for name in ("time_s", "actor", "conversation", "size_bytes"):
        columns = (getattr(w, name)[w.action == Action.SEND] for w in (one, other))
        assert np.array_equal(*columns), name
