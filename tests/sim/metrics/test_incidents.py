"""Which incident a loss, a late delivery or a repeat belongs to."""

from __future__ import annotations

import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small import scenario

from models import DESIGNS
from sim.experiment.run import run_replication
from sim.history import EVERYBODY, NOBODY, NODE, OUTCOMES, PERSON
from sim.metrics.incidents import BACKGROUND, FELT_S, TCP_S, Incidents, costs
from sim.metrics.judged import LOST, Judged
from tests.sim.metrics.histories import arrival, drop, episode, judged, message

KINDS = {"incident_kinds": ["crash", "outage"]}
CRASH, OUTAGE = 0, 1


def outage(number, person, start_s, end_s):
    return (number, OUTAGE, PERSON, person, start_s, end_s)


def opened(person, node, time_s):
    return (time_s - 0.5, person, node, OUTCOMES.index("opened"), 0.5)


def lost(incidents, meant_s, died_s=None, **tables):
    """Whose is the loss of one message from person 0 to person 1?"""
    of = judged(
        KINDS,
        messages=[message(meant_s)],
        deliveries=[arrival(0, 2, meant_s + 0.1)],
        drops=[drop(0, 1, time_s=meant_s if died_s is None else died_s)],
        incidents=incidents,
        **tables,
    )
    [number] = Incidents(of).lost
    return number


def test_a_loss_belongs_to_the_outage_of_its_reader_or_its_sender():
    assert lost([outage(0, 1, 20.0, 30.0)], 25.0) == 0
    assert lost([outage(0, 0, 20.0, 30.0)], 25.0) == 0
    assert lost([outage(0, 2, 20.0, 30.0)], 25.0) == BACKGROUND
    assert lost([], 25.0) == BACKGROUND


def test_an_incident_explains_nothing_that_went_wrong_before_it():
    spans = [outage(0, 1, 20.0, 30.0)]
    assert lost(spans, 19.0, died_s=19.9) == BACKGROUND
    assert lost(spans, 19.0, died_s=20.1) == 0


def test_of_those_in_force_the_latest_begun_and_the_first_of_those_to_come():
    spans = [outage(0, 1, 20.0, 40.0), outage(1, 0, 22.0, 41.0), outage(2, 1, 50.0, 52.0)]
    assert lost(spans, 25.0, died_s=60.0) == 1
    assert lost(spans, 21.0, died_s=60.0) == 0
    assert lost([outage(0, 1, 30.0, 31.0), outage(1, 0, 35.0, 36.0)], 25.0, died_s=60.0) == 0


def test_of_two_that_begin_together_the_lower_number():
    both = [outage(0, 1, 20.0, 30.0), outage(1, 1, 20.0, 40.0), outage(1, 0, 20.0, 40.0)]
    assert lost(both, 25.0) == lost(both, 15.0, died_s=22.0) == 0


@pytest.mark.parametrize(
    ("end_s", "reach_s"), [(21.0, 21.0 + FELT_S), (40.0, 60.0), (20.0, 20.0 + FELT_S)]
)
def test_an_incident_is_felt_as_long_again_as_it_lasted_and_ten_seconds_at_least(end_s, reach_s):
    spans = [outage(0, 1, 20.0, end_s)]
    assert lost(spans, reach_s) == 0
    assert lost(spans, reach_s + 0.000001) == BACKGROUND


def test_no_kernel_waits_longer_than_its_cap():
    long = {"measure_s": 800.0, "horizon_s": 900.0, "end_s": 900.0}
    for late_s, number in ((TCP_S, 0), (TCP_S + 0.1, BACKGROUND)):
        of = judged(
            KINDS | long,
            messages=[message(420.0 + late_s)],
            drops=[drop(0, 1)],
            deliveries=[arrival(0, 2, 800.0)],
            incidents=[outage(0, 1, 20.0, 420.0)],
            sessions=[(person, 0.0, 900.0) for person in range(4)],
        )
        assert Incidents(of).lost.tolist() == [number]


def test_until_its_people_are_well_again():
    spans, cut = [outage(0, 1, 20.0, 30.0)], 29.0
    for gap, until_s in (
        (episode(1, cut, 50.0, 60.0, 70.0), 70.0),
        (episode(1, cut, 50.0, 60.0), 60.0),
        (episode(1, cut, 50.0), 95.0),  # the app closes
    ):
        sessions = [(1, 0.0, 95.0), (0, 0.0, 100.0), (2, 0.0, 100.0)]
        for meant_s, number in ((min(until_s, 89.9), 0), (until_s + 0.1, BACKGROUND)):
            if meant_s < 90.0:
                assert lost(spans, meant_s, episodes=[gap], sessions=sessions) == number
    assert lost(spans, 65.0, episodes=[episode(2, cut, 50.0, 60.0, 70.0)]) == BACKGROUND


def test_an_incident_of_a_node_touches_who_is_there():
    down = [(0, CRASH, NODE, 3, 20.0, 25.0)]
    for attempts, number in (
        ([opened(1, 3, 5.0)], 0),
        ([opened(1, 3, 5.0), opened(1, 2, 15.0)], BACKGROUND),
        ([opened(1, 2, 5.0), opened(1, 3, 24.0)], 0),
        ([opened(1, 3, 5.0), opened(0, 2, 15.0)], 0),
        ([opened(0, 3, 5.0)], 0),
        ([opened(2, 3, 5.0)], BACKGROUND),
        ([(5.0, 1, 3, OUTCOMES.index("refused"), 0.5)], BACKGROUND),
    ):
        assert lost(down, 26.0, attempts=attempts) == number


def test_a_connection_to_the_api_does_not_end_one_to_a_gateway():
    down = [(0, CRASH, NODE, 0, 20.0, 25.0)]
    nodes = [(1.0, 0, 0, 0.0, 0, 0), (1.0, 1, 1, 0.0, 0, 0)]
    attempts = [opened(1, 0, 5.0), opened(1, 1, 15.0)]
    assert lost(down, 26.0, attempts=attempts, nodes=nodes) == 0


def test_an_incident_of_everybody_touches_everybody():
    assert lost([(0, CRASH, EVERYBODY, NOBODY, 20.0, 25.0)], 24.0) == 0


def test_late_is_what_was_in_the_way_in_the_first_second():
    for start_s, number in ((12.5, 0), (13.1, BACKGROUND)):
        of = judged(
            KINDS,
            messages=[message(12.0)],
            deliveries=[arrival(0, 1, 20.0), arrival(0, 2, 13.0)],
            incidents=[outage(0, 1, start_s, 19.0)],
        )
        assert Incidents(of).late.tolist() == [number]
        assert Incidents(of).lost.tolist() == []


def test_a_repeat_belongs_to_what_was_in_the_way_until_it_was_shown():
    of = judged(
        KINDS,
        messages=[message(12.0)],
        deliveries=[arrival(0, 1, 12.1), arrival(0, 1, 30.0), arrival(0, 2, 12.1),
                    arrival(0, 2, 12.3), arrival(0, 1, 31.0, visible=False)],
        incidents=[outage(0, 1, 20.0, 29.0)],
    )  # fmt: skip
    assert Counter(Incidents(of).twice.tolist()) == {0: 1, BACKGROUND: 1}


def test_what_was_wrongly_hidden_died_when_it_came():
    of = judged(
        KINDS,
        messages=[message(12.0)],
        deliveries=[arrival(0, 1, 15.0, visible=False), arrival(0, 1, 40.0, visible=False),
                    arrival(0, 2, 12.1)],
        incidents=[outage(0, 1, 20.0, 29.0)],
    )  # fmt: skip
    assert Incidents(of).lost.tolist() == [BACKGROUND]


def test_what_each_kind_costs():
    of = judged(
        KINDS,
        messages=[message(22.0), message(41.0), message(60.0)],
        deliveries=[arrival(0, 2, 22.1), arrival(1, 1, 43.0), arrival(1, 2, 41.1),
                    arrival(2, 1, 60.2), arrival(2, 2, 61.1)],
        drops=[drop(0, 1, time_s=22.0)],
        incidents=[
            outage(0, 1, 20.0, 25.0), outage(1, 1, 40.0, 42.5), outage(2, 3, 95.0, 96.0),
            (3, CRASH, PERSON, 0, 1.0, 2.0),
        ],
    )  # fmt: skip
    assert costs(of) == {
        "outage": {"number": 2, "lasted_s": 7.5, "people": 2, "lost": 1, "late": 1, "twice": 0},
        "background": {"lost": 0, "late": 1, "twice": 0},
    }


def test_a_history_without_incidents_has_background_alone():
    assert costs(judged(messages=[message(12.0)], drops=[drop(0, 1), drop(0, 2)])) == {
        "background": {"lost": 2, "late": 0, "twice": 0}
    }


def busy(node, *seconds, busy_s=1.95):
    """Of two cores; a sample stands at the end of its second."""
    return [(second + 1.0, node, 0, busy_s, 0, 0) for second in seconds]


def test_an_overload_explains_what_nothing_else_does():
    at = {"attempts": [opened(1, 3, 5.0), opened(0, 2, 5.0)]}
    full = {"nodes": busy(3, 20, 21), **at}
    assert lost([], 22.0, **full) == 0
    assert lost([], 22.0 + FELT_S, **full) == 0
    assert lost([], 22.1 + FELT_S, **full) == BACKGROUND
    assert lost([], 19.9, **full) == BACKGROUND
    assert lost([], 19.9, died_s=20.1, **full) == 0
    assert lost([], 21.0, nodes=busy(4, 20, 21), **at) == BACKGROUND
    assert lost([], 21.0, nodes=busy(3, 20, 21, busy_s=1.89), **at) == BACKGROUND
    assert lost([outage(0, 1, 10.0, 12.0)], 21.0, **full) == 0  # still felt
    assert lost([outage(0, 1, 5.0, 6.0)], 21.0, **full) == 1


def test_an_overload_lasts_from_full_second_to_full_second_of_one_node():
    of = judged(
        KINDS,
        messages=[message(21.0)],
        deliveries=[arrival(0, 1, 23.0), arrival(0, 2, 21.1)],
        nodes=[*busy(3, 21, 20, 22, 30), *busy(2, 23)],
        attempts=[opened(1, 3, 5.0), opened(2, 3, 6.0), opened(3, 2, 6.0)],
    )
    assert Incidents(of).late.tolist() == [1]
    assert costs(of) == {
        "overload": {"number": 3, "lasted_s": 5.0, "people": 5, "lost": 0, "late": 1, "twice": 0},
        "background": {"lost": 0, "late": 0, "twice": 0},
    }


def kicked(person, *cuts_s, channel=0):
    """Connections that a newer one closed, each back after 0.5 s."""
    return [
        episode(person, at_s, at_s + 0.1, at_s + 0.5, channel=channel, reason="takeover")
        for at_s in cuts_s
    ]


def test_a_connection_taken_over_explains_what_nothing_else_does():
    gaps = {"episodes": kicked(1, 20.0)}
    assert lost([], 20.3, **gaps) == 0
    assert lost([], 19.0, died_s=20.1, **gaps) == 0
    assert lost([], 20.6 + FELT_S, **gaps) == BACKGROUND
    assert lost([outage(0, 1, 15.0, 19.0)], 20.3, **gaps) == 0  # that is still felt
    assert lost([], 20.3, episodes=[episode(1, 20.0, 20.1, 20.5, reason="reset")]) == BACKGROUND


def test_takeovers_in_turn_are_a_loop():
    """Three on one channel are one; two, or two and one elsewhere, or too far apart, are none."""
    far = 0.5 + FELT_S + 0.1
    gaps = [
        *kicked(1, 20.0, 21.0, 30.0), *kicked(2, 20.0, 21.0), *kicked(2, 22.0, channel=1),
        *kicked(3, 20.0, 20.0 + far, 20.0 + 2 * far),
    ]  # fmt: skip
    told = costs(judged(KINDS, messages=[message(20.0)], episodes=gaps))
    found = {kind: (of["number"], of["people"]) for kind, of in told.items() if "number" in of}
    assert found == {"takeover-loop": (1, 1), "takeover": (5, 5)}
    assert told["takeover-loop"]["lasted_s"] == pytest.approx(10.5)


# --- by hand, on drawn histories -----------------------------------------------------------------

TIMES = st.integers(20, 90).map(lambda half: half / 2.0)  # close together: they overlap
PEOPLE = st.integers(0, 3)
SPANS = st.tuples(
    st.sampled_from([(CRASH, NODE), (OUTAGE, PERSON), (CRASH, EVERYBODY)]),
    PEOPLE, TIMES, st.sampled_from((0.0, 0.5, 14.0, 25.0)),
)  # fmt: skip
SENDS = st.tuples(TIMES, PEOPLE)
FATES = st.one_of(
    st.lists(st.sampled_from((0.1, 0.4, 1.5, 6.0, 30.0)), min_size=1, max_size=3),
    st.sampled_from((0.0, 0.4, 2.0, 11.0)),
)
GAPS = st.tuples(
    PEOPLE, TIMES, st.sampled_from((0.0, 15.0, 30.0)), st.sampled_from((math.nan, 4.0))
)
STAYS = st.tuples(PEOPLE, st.integers(0, 2), TIMES)


@st.composite
def drawn(draw: st.DrawFn) -> Judged:
    """People, three nodes, what went wrong, and what became of every message at every reader."""
    spans = sorted(draw(st.lists(SPANS, min_size=3, max_size=8)), key=lambda one: one[2])
    incidents = [
        (number, kind, target, NOBODY if target == EVERYBODY else whom, start_s, start_s + long_s)
        for number, ((kind, target), whom, start_s, long_s) in enumerate(spans)
    ]
    sends = sorted(draw(st.lists(SENDS, min_size=4, max_size=8)))
    deliveries, drops = [], []
    for number, (meant_s, actor) in enumerate(sends):
        for reader in range(4):
            fate = draw(FATES)
            if reader == actor:
                continue
            if isinstance(fate, list):
                deliveries += [arrival(number, reader, meant_s + after_s) for after_s in fate]
            else:
                drops.append(drop(number, reader, time_s=meant_s + fate))
    return judged(
        KINDS | {"owed": "members", "horizon_s": 300.0, "end_s": 300.0},
        members=[(0, person) for person in range(4)],
        messages=[message(meant_s, actor) for meant_s, actor in sends],
        deliveries=deliveries,
        drops=drops,
        incidents=incidents,
        episodes=[
            episode(who, cut_s, cut_s, cut_s + open_s, cut_s + open_s + synced_s)
            for who, cut_s, open_s, synced_s in draw(st.lists(GAPS, max_size=4))
        ],
        attempts=[opened(*one) for one in draw(st.lists(STAYS, max_size=6))],
    )


def rows_of(of: Judged, table: str) -> list[dict]:
    columns = of.history.tables[table]
    count = len(next(iter(columns.values())))
    return [{name: column[at].item() for name, column in columns.items()} for at in range(count)]


def spans_by_hand(of: Judged) -> list[tuple[int, int, float, float]]:
    """(number, person, start, reach), one by one as the words say."""
    stays = []
    connected = rows_of(of, "attempts")
    for place, one in enumerate(connected):
        since_s = one["time_s"] + one["took_s"]
        later = [
            (other["time_s"] + other["took_s"], index)
            for index, other in enumerate(connected)
            if other["person"] == one["person"]
        ]
        after = [at_s for at_s, index in later if (at_s, index) > (since_s, place)]
        stays.append((one["person"], one["node"], since_s, min(after, default=300.0)))
    found = []
    for row in rows_of(of, "incidents"):
        start_s, long_s = row["start_s"], row["end_s"] - row["start_s"]
        reach_s = row["end_s"] + max(min(long_s, 120.0), 10.0)
        for person in range(4):
            here = any(
                who == person and node == row["whom"] and since_s <= reach_s and until_s >= start_s
                for who, node, since_s, until_s in stays
            )
            hit = row["target"] == PERSON and row["whom"] == person
            if hit or row["target"] == EVERYBODY or (row["target"] == NODE and here):
                found.append((row["number"], person, start_s, reach_s))
    reach = list(found)
    for gap in rows_of(of, "episodes"):
        over_s = gap["open_s"] if math.isnan(gap["synced_s"]) else gap["synced_s"]
        mine = [
            (start_s, -number, place)
            for place, (number, person, start_s, reach_s) in enumerate(found)
            if person == gap["person"] and start_s <= gap["cut_s"] <= reach_s
        ]
        if mine:
            number, person, start_s, reach_s = reach[max(mine)[2]]
            reach[max(mine)[2]] = (number, person, start_s, max(reach_s, over_s))
    return reach


def by_hand(spans, meant_s: float, people: tuple[int, int], until_s: float) -> int:
    near = [one for one in spans if one[1] in people]
    force = [(start_s, -number) for number, _, start_s, reach_s in near
             if start_s <= meant_s <= reach_s]  # fmt: skip
    if force:
        return -max(force)[1]
    coming = [(start_s, number) for number, _, start_s, _ in near if meant_s < start_s <= until_s]
    return min(coming)[1] if coming else BACKGROUND


@settings(max_examples=150, deadline=None, derandomize=True)
@given(drawn())
def test_every_row_has_the_incident_that_the_words_give_it(of):
    found, spans, sends = Incidents(of), spans_by_hand(of), of.sends
    actors, meant = of.messages["actor"], of.messages["time_s"]
    gone = {(one["message"], one["person"]): one["time_s"] for one in rows_of(of, "drops")}
    expected: dict[str, list[int]] = {"lost": [], "late": [], "twice": []}
    for at, (number, reader) in enumerate(zip(sends.message, sends.person, strict=True)):
        both, meant_s = (int(reader), int(actors[number])), float(meant[number])
        if of.fate[at] >= LOST:
            until_s = gone[int(number), int(reader)]
            expected["lost"].append(by_hand(spans, meant_s, both, until_s))
        elif sends.first_s[at] - meant_s > 1.0000001:
            expected["late"].append(by_hand(spans, meant_s, both, meant_s + 1.0))
        shown_s = sorted(
            one["time_s"] for one in rows_of(of, "deliveries")
            if (one["message"], one["person"]) == (number, reader)
        )  # fmt: skip
        if 10.0 <= meant_s < 90.0:
            again = [by_hand(spans, meant_s, both, at_s) for at_s in shown_s[1:]]
            expected["twice"] += again
    assert found.lost.tolist() == expected["lost"]
    assert found.late.tolist() == expected["late"]
    assert Counter(found.twice.tolist()) == Counter(expected["twice"])


@settings(max_examples=50, deadline=None, derandomize=True)
@given(drawn())
def test_nothing_is_counted_twice_or_not_at_all(of):
    told = costs(of)
    again = of.arrivals["key"]
    whole = {
        "lost": int((of.fate >= LOST).sum()),
        "late": int((of.sends.delay_s > 1.0).sum()),
        "twice": len(again) - len(np.unique(again)),
    }
    for part, count in whole.items():
        assert sum(kind[part] for kind in told.values()) == count
    numbers = [one["number"] for kind, one in told.items() if kind != "background"]
    assert sum(numbers) <= len(rows_of(of, "incidents"))


# --- in runs -------------------------------------------------------------------------------------

TUNNEL = {
    "kind": "link-outage", "person": 2, "start_s": 15.0, "end_s": 25.0, "changes_address": True,
}  # fmt: skip
TOWN = {
    "people": {"count": 12},
    "actions": {"send": {"per_person_per_minute": 20}},
    "networks": [{"share": 1.0, "profile": "4g", "loss": {"kind": "none"}}],
}
FAULTS = [
    {"kind": "node-crash", "node": 0, "at_s": 12.0, "restart_s": 2.0, "restart_spread_s": 3.0},
    {"kind": "shared-outage", "share": 0.4, "start_s": 20.0, "end_s": 24.0},
    {"kind": "backplane-outage", "start_s": 30.0, "end_s": 31.0},
    {"kind": "rolling-deploy", "at_s": 33.0, "drain_s": 1.0, "restart_s": 2.0},
]
RENEWAL = {
    "kind": "renewal",
    "up": {"kind": "exponential", "mean_s": 20.0},
    "down": {"kind": "exponential", "mean_s": 3.0},
}


def test_a_planted_outage_explains_exactly_its_losses():
    design = DESIGNS["full-websocket"]
    calm = Judged(run_replication(scenario(**TOWN), design, 0))
    assert costs(calm) == {"background": {"lost": 0, "late": 0, "twice": 0}}
    hit = Judged(run_replication(scenario(**TOWN, faults=[TUNNEL]), design, 0))
    told = costs(hit)
    assert told["background"] == {"lost": 0, "late": 0, "twice": 0}
    assert told["link-outage"]["number"] == told["link-outage"]["people"] == 1
    assert told["link-outage"]["lasted_s"] == 10.0
    assert told["link-outage"]["lost"] == (hit.fate >= LOST).sum() > 0
    gone = hit.fate >= LOST
    whose = np.stack([hit.sends.person[gone], hit.messages["actor"][hit.sends.message[gone]]])
    assert (whose == 2).any(axis=0).all()


def test_designs_of_one_replication_meet_the_same_incidents():
    network = {"share": 1.0, "profile": "4g", "outages": RENEWAL}
    world = scenario(people={"count": 12}, networks=[network], faults=FAULTS)
    found = [
        run_replication(world, DESIGNS[name], 1)
        for name in ("full-websocket", "hybrid-cursor", "long-poll", "mqtt-qos1", "socketio")
    ]
    first = found[0].tables["incidents"]
    assert len(first["number"]) > 12
    for other in found[1:]:
        assert other.meta["incident_kinds"] == found[0].meta["incident_kinds"]
        for name, column in other.tables["incidents"].items():
            np.testing.assert_array_equal(column, first[name])


@pytest.mark.parametrize("name", ["full-websocket", "hybrid", "mqtt-qos0"])
def test_every_loss_of_a_run_is_in_one_incident_or_in_the_background(name):
    network = {"share": 1.0, "profile": "4g", "outages": RENEWAL}
    world = scenario(people={"count": 12}, networks=[network], faults=FAULTS)
    of = Judged(run_replication(world, DESIGNS[name], 0))
    found = Incidents(of)
    assert len(found.lost) == (of.fate >= LOST).sum() > 0
    told = costs(of)
    assert sum(kind["lost"] for kind in told.values()) == len(found.lost)
    assert set(found.lost.tolist()) <= {BACKGROUND, *range(found.drawn)}
