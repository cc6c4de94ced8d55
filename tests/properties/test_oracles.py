"""Checkers agree with oracles that take their sentences literally, on small histories of any kind.

Times are few, so that much happens at one instant, and the screen's order alone tells it apart.
"""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.guarantees import GUARANTEES
from sim.history import LIST, NOTHING, SEND, TABLES, TYPING, History
from tests.properties import oracles
from tests.properties.oracles import Plain

PEOPLE, ROOMS = 4, ((0, 1, 2), (1, 2, 3))
META: dict[str, Any] = {
    "people": PEOPLE, "warmup_s": 2.0, "measure_s": 20.0, "drain_s": 10.0, "end_s": 32.0,
    "grace_s": 1.0, "owed": "present",
}  # fmt: skip
TIMES_S = st.integers(0, 24).map(float)
MAYBE_S = st.one_of(st.just(math.nan), TIMES_S)
WHOLE = settings(max_examples=60, deadline=None, derandomize=True)


@st.composite
def histories(draw: st.DrawFn) -> History:
    """Anything that a run could record, sense or nonsense; nothing is shown before it is sent."""
    messages: list[tuple[Any, ...]] = []
    for _ in range(draw(st.integers(1, 7))):
        room = draw(st.integers(0, 1))
        action = draw(st.sampled_from((SEND, SEND, SEND, SEND, LIST, TYPING)))
        time_s, actor = draw(st.integers(0, 12).map(float)), draw(st.sampled_from(ROOMS[room]))
        life_s = [draw(MAYBE_S) for _ in range(4)]
        messages.append((time_s, actor, room, action, 100, *life_s))
    numbers = st.integers(0, len(messages) - 1)
    deliveries = []
    for _ in range(draw(st.integers(0, 14))):
        message, person = draw(numbers), draw(st.integers(0, PEOPLE - 1))
        time_s = messages[message][0] + draw(st.integers(0, 12))
        deliveries.append((message, person, time_s, 0, draw(st.sampled_from((True, True, False)))))
    asked = [m for m, one in enumerate(messages) if one[3] == LIST]
    deliveries += [(m, messages[m][1], messages[m][0] + 1.0, 0, True) for m in asked]
    listed = []
    for m in asked:
        sent = [n for n, one in enumerate(messages) if one[3] == SEND and one[0] <= messages[m][0]]
        page = draw(st.lists(st.sampled_from(sent), unique=True)) if sent else []
        listed += [(m, one) for one in page or [NOTHING]]
    pending = draw(st.lists(st.tuples(numbers, st.integers(-1, PEOPLE - 1)), max_size=4))
    ends_s = [draw(st.sampled_from((6.0, 15.0, 32.0, 32.0))) for _ in range(PEOPLE)]
    outages = draw(
        st.lists(st.tuples(st.integers(0, PEOPLE - 1), TIMES_S, st.integers(1, 9)), max_size=3)
    )
    rows = {
        "messages": messages,
        "deliveries": draw(st.permutations(deliveries)),
        "listed": listed,
        "pending": pending,
        "members": [(room, person) for room, who in enumerate(ROOMS) for person in who],
        "sessions": [(person, 0.0, end_s) for person, end_s in enumerate(ends_s)],
        "outages": [(person, start_s, start_s + for_s) for person, start_s, for_s in outages],
    }
    columns = {
        table: {
            name: [row[at] for row in given]
            for at, name in enumerate(one for one in TABLES[table] if one != "order")
        }
        for table, given in rows.items()
    }
    return History.of(columns, META)


OF_MESSAGES = (
    "at-most-once", "at-least-once", "exactly-once", "no-loss-after-ok", "failed-means-absent",
    "fifo", "total-order", "causal-order", "isolation", "dedup-window", "bounded-staleness",
    "eventual-delivery",
)  # fmt: skip
OF_PAIRS = ("read-your-writes", "monotonic-reads")


def oracle(name: str) -> Any:
    return getattr(oracles, name.replace("-", "_"))


@pytest.mark.parametrize("name", OF_MESSAGES)
@WHOLE
@given(of=histories())
def test_as_many_messages_violate_as_the_oracle_finds(name: str, of: History) -> None:
    verdict, expected = GUARANTEES[name].check(of), oracle(name)(Plain(of))
    if expected:
        assert verdict.violations == len(expected)
        assert verdict.checked >= verdict.violations
        assert verdict.witness is not None
        assert verdict.witness.message in expected
    else:
        assert verdict.state != "violated"


@pytest.mark.parametrize("name", OF_PAIRS)
@WHOLE
@given(of=histories())
def test_an_answer_lacks_a_message_if_and_only_if_the_oracle_says_so(
    name: str, of: History
) -> None:
    verdict, expected = GUARANTEES[name].check(of), oracle(name)(Plain(of))
    assert (verdict.state == "violated") == bool(expected)
    if verdict.witness is not None:
        request = verdict.witness.others[-1]
        assert (request, verdict.witness.message) in expected
        assert 1 <= verdict.violations <= len(expected)


def test_every_guarantee_but_that_of_recovery_has_an_oracle() -> None:
    """Gaps have a simulation of their own (`test_a_planted_anomaly_is_always_found`)."""
    assert {*OF_MESSAGES, *OF_PAIRS} == set(GUARANTEES) - {"bounded-recovery"}
