"""Idea I1: in one replication every design meets the same people, sends, outages and faults.

Whatever a design does with its connections, it must not move anybody else's luck; otherwise paired
differences between designs would compare two different days.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from small import scenario

from models import DESIGNS
from sim.experiment.run import run_replication
from sim.history import SEND, History
from sim.scenario.scenario import Scenario

INTENDED = ("time_s", "actor", "conversation", "action", "size_bytes")
WHOLE = ("members", "sessions", "outages")

RENEWAL = {
    "kind": "renewal",
    "up": {"kind": "exponential", "mean_s": 12},
    "down": {"kind": "lognormal", "median_s": 2, "sigma": 1},
}
BURSTS = {
    "kind": "gilbert-elliott",
    "mean_good_s": 5,
    "mean_bad_s": 1,
    "loss_good": 0.01,
    "loss_bad": 0.5,
}


def eventful(seed: int) -> Scenario:
    """A bit of everything that is drawn: sessions, bursts, tunnels, shared faults."""
    return scenario(
        seed=seed,
        people={"sessions": {"kind": "on-off", "on_mean_s": 20, "off_mean_s": 6}},
        arrivals={"kind": "bursty", "burst_size_mean": 2, "within_burst_s": 3},
        networks=[
            {"share": 0.5, "profile": "4g", "loss": BURSTS, "outages": RENEWAL},
            {"share": 0.5, "profile": "wifi", "outages": RENEWAL, "changes_address": True,
             "delay": {"kind": "gamma", "mean_s": 0.03, "sd_s": 0.01}},
        ],
        faults=[
            {"kind": "shared-outage", "share": 0.4, "start_s": 15, "end_s": 20},
            {"kind": "mass-disconnect", "share": 0.5, "at_s": 25},
            {"kind": "node-crash", "node": 0, "at_s": 30, "restart_s": 2},
            {"kind": "rolling-deploy", "at_s": 34, "drain_s": 1, "restart_s": 0.5},
        ],
    )  # fmt: skip


@cache
def history(design: str, replication: int = 0, seed: int = 7) -> History:
    return run_replication(eventful(seed), DESIGNS[design], replication)


def luck(taken: History) -> dict[str, np.ndarray]:
    """The columns of a history that no design may change."""
    columns = {f"messages.{name}": taken.tables["messages"][name] for name in INTENDED}
    for table in WHOLE:
        columns |= {f"{table}.{name}": column for name, column in taken.tables[table].items()}
    return columns


def differing(one: History, two: History) -> list[str]:
    """Columns that are not equal to the last microsecond."""
    ours, theirs = luck(one), luck(two)
    return [name for name in ours if not np.array_equal(ours[name], theirs[name])]


FIRST, *OTHERS = DESIGNS


@pytest.mark.parametrize("replication", [0, 1])
@pytest.mark.parametrize("design", OTHERS)
def test_every_design_meets_the_same_luck(design, replication):
    assert differing(history(FIRST, replication), history(design, replication)) == []


def test_the_same_luck_is_not_the_same_outcome():
    """The comparison has something to compare: messages, cuts, and designs that part ways."""
    taken = [history(design) for design in DESIGNS]
    assert len(taken[0].tables["messages"]["time_s"]) > 50
    assert len(taken[0].tables["outages"]["person"]) > 8
    assert len({len(each.tables["deliveries"]["time_s"]) for each in taken}) > len(DESIGNS) // 2


# Who is in which conversation is a matter of few people here, and may be dealt the same twice.
ALWAYS_NEW = ("messages.time_s", "messages.actor", "sessions.start_s", "outages.start_s")


@pytest.mark.parametrize(("replication", "seed"), [(1, 7), (2, 7), (0, 8), (1, 8)])
def test_other_replications_and_seeds_bring_other_luck(replication, seed):
    assert set(ALWAYS_NEW) <= set(differing(history(FIRST), history(FIRST, replication, seed)))


def test_who_is_hit_by_a_fault_is_part_of_the_luck():
    """People whose link fails in the shared outage, seen through the record of each design."""

    def victims(taken: History) -> list[int]:
        spans = taken.tables["outages"]
        struck = (spans["start_s"] <= 15.0) & (spans["end_s"] >= 20.0)
        return sorted(set(spans["person"][struck].tolist()))

    usual = victims(history(FIRST))
    assert len(usual) >= 3
    assert all(victims(history(design)) == usual for design in OTHERS)
    assert any(victims(history(FIRST, replication)) != usual for replication in (1, 2, 3))


def test_a_changed_rate_of_one_action_leaves_the_sends_alone():
    """So that a sweep over, say, typing compares like with like."""
    usual = eventful(7)
    actions = usual.actions.model_copy(update={"typing": type(usual.actions.typing)(per_send=0)})
    quiet = run_replication(usual.model_copy(update={"actions": actions}), DESIGNS[FIRST], 0)
    many, few = (taken.tables["messages"] for taken in (history(FIRST), quiet))
    for name in INTENDED:
        sends = [messages[name][messages["action"] == SEND] for messages in (many, few)]
        np.testing.assert_array_equal(*sends)
    assert len(few["time_s"]) < len(many["time_s"])
