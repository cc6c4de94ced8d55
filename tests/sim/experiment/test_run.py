"""One run from the outside: who is told what and when, how it ends, what is written down."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
from small import scenario

from models import DESIGNS
from sim.experiment.run import run_replication
from sim.history import API, GATEWAY, SEND, History
from sim.world import World

ON_OFF = {"sessions": {"kind": "on-off", "on_mean_s": 12, "off_mean_s": 6}}


@dataclass
class Dummy:
    """A design and a system in one: it notes what it is told; `held(now_s)` is what is pending."""

    name: str = "dummy"
    claims: tuple[str, ...] = ("fifo",)
    held: Callable[[float], list[tuple[int, int]]] = lambda now_s: []
    setup: Callable[[World], None] = lambda world: None
    channels: dict[str, Any] = field(default_factory=lambda: {"smoke": None, "drums": None})
    notes: list[tuple[float, str, int]] = field(default_factory=list)

    def build(self, world: World) -> Dummy:
        self.world = world
        self.setup(world)
        return self

    def _note(self, what: str, who: int = -1) -> None:
        self.notes.append((self.world.engine.now_s, what, who))

    def join(self, person: int) -> None:
        self._note("join", person)

    def leave(self, person: int) -> None:
        self._note("leave", person)

    def act(self, message: int) -> None:
        self._note("act", message)

    def play(self) -> None:
        for message, time_s in enumerate(self.world.workload.time_s.tolist()):
            self.world.engine.at(time_s, self.act, message)

    def disconnect(self, person: int) -> None:
        self._note("disconnect", person)

    def move(self, person: int) -> None:
        self._note("move", person)

    def pending(self) -> Iterator[tuple[int, int]]:
        return iter(self.held(self.world.engine.now_s))

    def finish(self) -> None:
        self._note("finish")

    def kernel(self) -> dict[str, int]:
        return {"RetransSegs": 3}

    def traffic(self) -> list[tuple[int, int, int, int, int]]:
        self._note("traffic")
        return [(0, 1, 10, 1000, 5)]

    def told(self, what: str) -> list[tuple[float, int]]:
        return [(at_s, who) for at_s, kind, who in self.notes if kind == what]


def run(dummy: Dummy, **changes: Any) -> History:
    return run_replication(scenario(**changes), dummy, 0)


def rows(history: History, table: str) -> list[tuple[Any, ...]]:
    columns = history.tables[table].values()
    return list(zip(*(column.tolist() for column in columns), strict=True))


def first_send(dummy: Dummy) -> int:
    return int(np.flatnonzero(dummy.world.workload.action == SEND)[0])


# --- people --------------------------------------------------------------------------------------


def test_everybody_acts_once_at_the_intended_time_in_order():
    dummy = Dummy()
    history = run(dummy)
    times_s = dummy.world.workload.time_s.tolist()
    assert dummy.told("act") == list(zip(times_s, range(len(times_s)), strict=True))
    assert len(times_s) == len(history.tables["messages"]["time_s"]) > 50


def test_those_present_from_the_start_come_one_by_one_in_a_tenth_of_the_warm_up():
    dummy = Dummy()
    run(dummy, time={"warmup_s": 20})
    joined = dummy.told("join")
    assert sorted(person for _, person in joined) == list(range(8))
    assert 0.0 <= min(joined)[0] < max(joined)[0] < 2.0
    assert dummy.told("leave") == []


@pytest.mark.parametrize("replication", range(5))
def test_those_present_from_the_start_may_come_together_before_the_measuring(replication):
    dummy = Dummy()
    given = scenario(time={"warmup_s": 60}, people={"arrive_within_s": 2})
    run_replication(given, dummy, replication)
    times_s = [at_s for at_s, _ in dummy.told("join")]
    assert len(times_s) == 8
    assert max(times_s) - min(times_s) < 2.0
    assert max(times_s) < 60.0


def test_sessions_open_and_close_the_app_until_measuring_ends():
    dummy = Dummy()
    run(dummy, people=ON_OFF)
    sessions = dummy.world.workload.sessions
    starts = sorted((start_s, p) for p, spans in enumerate(sessions) for start_s, _ in spans)
    ends = sorted((end_s, p) for p, spans in enumerate(sessions) for _, end_s in spans)
    assert [one for one in dummy.told("join") if one[0] >= 0.5] == [
        one for one in starts if 0.5 <= one[0] < 45.0
    ]
    assert dummy.told("leave") == [one for one in ends if one[0] < 45.0]


def test_joins_and_leaves_of_a_person_alternate():
    dummy = Dummy()
    run(dummy, people={"count": 40, **ON_OFF})
    for person in range(40):
        own = [what for _, what, who in dummy.notes if who == person]
        steps = [what for what in own if what in ("join", "leave")]
        assert steps == [("join", "leave")[place % 2] for place in range(len(steps))]


def test_the_app_is_open_before_its_first_action_of_the_same_instant():
    dummy = Dummy()
    run(dummy, people={"count": 40, **ON_OFF})
    joined = {(at_s, who): place for place, (at_s, what, who) in enumerate(dummy.notes)
              if what == "join"}  # fmt: skip
    actor = dummy.world.workload.actor
    opening = 0
    for place, (at_s, what, who) in enumerate(dummy.notes):
        if what == "act" and (at_s, actor[who]) in joined:
            opening += 1
            assert place > joined[at_s, actor[who]]
    assert opening > 10


def test_faults_strike():
    dummy = Dummy()
    run(dummy, faults=[{"kind": "mass-disconnect", "share": 1.0, "at_s": 30}])
    assert dummy.told("disconnect") == [(30.0, person) for person in range(8)]


# --- nodes ---------------------------------------------------------------------------------------


def test_nodes_are_sampled_at_the_end_of_every_second():
    def load(world: World) -> None:
        world.engine.at(2.5, world.gateways[0].busy, 0.125)
        world.engine.at(3.0, world.apis[1].busy, 0.25)
        world.engine.at(10.25, setattr, world.gateways[1], "waiting", 7)

    history = run(Dummy(setup=load))
    found = rows(history, "nodes")
    seconds = sorted({row[0] for row in found})
    assert seconds == [float(second) for second in range(1, 46)]
    assert [row[1:3] for row in found[:4]] == [(0, GATEWAY), (1, GATEWAY), (2, API), (3, API)]
    busy = [(row[0], row[1], row[3]) for row in found if row[3]]
    assert busy == [(3.0, 0, 0.125), (4.0, 3, 0.25)]
    assert {row[0] for row in found if row[5] == 7} == {float(second) for second in range(11, 46)}


def test_new_nodes_are_sampled_from_when_they_join():
    history = run(Dummy(), faults=[{"kind": "add-nodes", "at_s": 20.5, "count": 1}])
    assert min(row[0] for row in rows(history, "nodes") if row[1] == 4) == 21.0


# --- the end -------------------------------------------------------------------------------------


def test_with_nothing_under_way_a_run_ends_a_second_after_measuring():
    history = run(Dummy())
    assert (history.meta["end_s"], history.meta["drained"]) == (46.0, True)


def test_the_drain_waits_until_nothing_is_held():
    dummy = Dummy()
    dummy.held = lambda now_s: [(first_send(dummy), 1)] if now_s < 50.5 else []
    history = run(dummy)
    assert (history.meta["end_s"], history.meta["drained"]) == (51.0, True)
    assert rows(history, "pending") == []


def test_the_drain_is_bounded_and_says_so():
    dummy = Dummy()
    dummy.held = lambda now_s: [(first_send(dummy), 1), (first_send(dummy), -1)]
    history = run(dummy, time={"drain_s": 7.5})
    assert (history.meta["end_s"], history.meta["drained"]) == (52.5, False)
    assert rows(history, "pending") == [(first_send(dummy), 1), (first_send(dummy), -1)]


@pytest.mark.parametrize(("held", "drained"), [(False, True), (True, False)])
def test_without_a_drain_the_run_ends_with_the_measuring(held, drained):
    dummy = Dummy()
    dummy.held = lambda now_s: [(first_send(dummy), 1)] * held
    history = run(dummy, time={"drain_s": 0})
    assert (history.meta["end_s"], history.meta["drained"]) == (45.0, drained)


def test_only_messages_are_waited_for():
    dummy = Dummy()
    dummy.held = lambda now_s: [
        (int(np.flatnonzero(dummy.world.workload.action == action)[0]), 1) for action in (0, 2, 3)
    ]
    history = run(dummy)
    assert (history.meta["end_s"], history.meta["drained"]) == (46.0, True)
    assert len(rows(history, "pending")) == 3


def test_the_books_are_closed_after_the_system_has_finished():
    dummy = Dummy()
    history = run(dummy)
    assert [what for _, what, _ in dummy.notes[-2:]] == ["finish", "traffic"]
    assert rows(history, "traffic") == [(0, 1, 10, 1000, 5)]


def test_the_history_says_what_was_run():
    meta = run(Dummy(), people={"owed": "members", "grace_s": 3}, servers={"cores": 3}).meta
    assert {key: meta[key] for key in meta if key != "end_s"} == {
        "design": "dummy", "scenario": "small", "seed": 7, "replication": 0, "people": 8,
        "warmup_s": 5.0, "measure_s": 40.0, "drain_s": 30.0, "horizon_s": 75.0,
        "drained": True, "grace_s": 3.0, "owed": "members", "channels": ["smoke", "drums"],
        "cores": 3, "backplane_messages": 0, "claims": ["fifo"], "exact_people": 0,
        "kernel": {"RetransSegs": 3},
        "memory_peak_bytes": 0,
        "behind_peak": {"store": 0.0, "authenticator": 0.0, "backplane": 0.0},
        "faults": [], "incident_kinds": [],
        "fault_cuts": [],
    }  # fmt: skip


def test_the_history_says_which_faults_struck_and_when():
    faults = [
        {"kind": "shared-outage", "share": 0.5, "start_s": 10.0, "end_s": 12.5},
        {"kind": "mass-disconnect", "share": 0.5, "at_s": 15.0},
        {"kind": "node-crash", "node": 0, "at_s": 16.0, "restart_s": 2.0, "restart_spread_s": 1.0},
        {"kind": "rolling-deploy", "at_s": 20.0, "drain_s": 2.0, "restart_s": 1.0},
    ]
    of = run_replication(scenario(faults=faults), DESIGNS["full-websocket"], 0)
    spans = [(fault["kind"], fault["start_s"], fault["end_s"]) for fault in of.meta["faults"]]
    assert spans == [
        ("shared-outage", 10.0, 12.5),
        ("mass-disconnect", 15.0, 15.0),
        ("node-crash", 16.0, 19.0),
        ("rolling-deploy", 20.0, 32.0),  # two gateways, two API nodes
    ]


def test_outages_and_sessions_are_on_record():
    dummy = Dummy()
    cut = {"kind": "link-outage", "person": 3, "start_s": 11.0, "end_s": 20.0}
    history = run(dummy, people=ON_OFF, faults=[cut])
    assert rows(history, "outages") == [(3, 11.0, 20.0)]
    assert len(rows(history, "sessions")) == sum(map(len, dummy.world.workload.sessions))


@pytest.mark.parametrize("passive", [True, False])
def test_the_design_is_told_whether_deliveries_may_be_posted(passive):
    dummy = Dummy()
    run_replication(scenario(), dummy, 0, passive)
    assert dummy.world.passive is passive


# --- with real designs ---------------------------------------------------------------------------

CALM = {"time": {"warmup_s": 5, "measure_s": 15, "drain_s": 10}}


@pytest.mark.parametrize("design", DESIGNS.values(), ids=lambda design: design.name)
def test_a_run_is_determined_by_scenario_design_and_replication(design):
    one, same, other = (run_replication(scenario(**CALM), design, r) for r in (0, 0, 1))
    assert one.digest() == same.digest() != other.digest()
    assert one.meta["design"] == design.name
    assert one.meta["drained"]


def test_different_designs_leave_different_histories():
    histories = [run_replication(scenario(**CALM), design, 0) for design in DESIGNS.values()]
    assert len({history.digest() for history in histories}) == len(DESIGNS)


def arrivals_s(within_s, replication=0):
    people = {"count": 8} | ({} if within_s is None else {"arrive_within_s": within_s})
    found = Dummy()
    run_replication(scenario(people=people, time={"warmup_s": 30.0}), found, replication)
    return [at_s for at_s, what, _ in found.notes if what == "join"]


def test_people_may_come_together_at_a_moment_that_differs_by_replication():
    apart, together = arrivals_s(None), arrivals_s(0.3)
    assert max(apart) <= 3.0
    assert max(together) - min(together) <= 0.3
    moments = [min(arrivals_s(0.3, replication)) for replication in range(8)]
    assert 0.0 <= min(moments) < max(moments) <= 30.0 - 2.0
    assert max(moments) - min(moments) > 5.0
