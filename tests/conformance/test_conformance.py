"""Every design under every fault keeps what all must keep, and what it claims.

One list of checks (`tests.conformance.checks`) for all designs, as scikit-learn has one list for
all estimators: a new design is held to it by being in `sim.designs()`, one of an installed package,
too. A failure is named by design, check and fault.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from models.fit import CLAIMS
from sim.faults import KINDS
from sim.history import CAUSES, TABLES, History
from tests.conformance import checks
from tests.conformance.runs import DESIGNS, FAULTS, Run, run, under

PAIRS = [(design, fault) for design in DESIGNS for fault in FAULTS]


@pytest.mark.parametrize(("design", "fault"), PAIRS, ids=map("/".join, PAIRS))
def test_design(design, fault):
    found = run(design, fault)
    said = {
        f"{design}/{check.__name__}/{fault}": checks.complaints(check, found)
        for check in checks.checks_of(found.design.claims)
    }
    assert {name: complaints for name, complaints in said.items() if complaints} == {}


@pytest.mark.parametrize("excuse", checks.EXCUSES, ids=lambda excuse: excuse.why[:30])
def test_every_excuse_is_needed(excuse):
    runs = (run(design, fault) for design in excuse.designs for fault in excuse.faults)
    assert any(
        excuse.covers(check, found, complaint)
        for found in runs
        for check in excuse.checks
        for complaint in check(found)
    )


def test_every_kind_of_fault_is_tried():
    tried = {fault.kind for name in FAULTS for fault in under(name).faults}
    assert tried == set(KINDS)
    assert any(under(name).networks[0].changes_address for name in FAULTS)
    assert any(under(name).people.sessions.kind == "on-off" for name in FAULTS)


def test_every_claim_is_checked():
    assert {claim for named in checks.CLAIMED.values() for claim in named} == set(CLAIMS)


Tables = dict[str, dict[str, Any]]


def forget_everything(tables: Tables, meta: dict[str, Any]) -> None:
    for name in ("deliveries", "drops", "pending"):
        tables[name] = dict.fromkeys(TABLES[name], ())


def shift_readers(tables: Tables, meta: dict[str, Any]) -> None:
    tables["deliveries"]["person"] = (tables["deliveries"]["person"] + 1) % meta["people"]


def deliver_earlier(tables: Tables, meta: dict[str, Any]) -> None:
    tables["deliveries"]["time_s"] = tables["deliveries"]["time_s"] - 0.01


def cut_a_link(tables: Tables, meta: dict[str, Any]) -> None:
    tables["outages"] = {"person": [1], "start_s": [0.0], "end_s": [meta["end_s"]]}


def close_the_app(tables: Tables, meta: dict[str, Any]) -> None:
    tables["sessions"]["end_s"] = np.full(meta["people"], 50.0)


def notice_before_the_cut(tables: Tables, meta: dict[str, Any]) -> None:
    tables["episodes"] = {name: [9.0] for name in TABLES["episodes"]} | {"noticed_s": [8.0]}


def hold_back(tables: Tables, meta: dict[str, Any]) -> None:
    meta["drained"] = False


def lose_everything(tables: Tables, meta: dict[str, Any]) -> None:
    rows = tables["deliveries"]
    cause = np.full(len(rows["message"]), CAUSES.index("clean session"))
    tables["drops"] = {name: rows[name] for name in ("message", "person", "time_s")}
    tables["drops"]["cause"] = cause
    tables["deliveries"] = dict.fromkeys(TABLES["deliveries"], ())


def show_twice(tables: Tables, meta: dict[str, Any]) -> None:
    tables["deliveries"] = {
        name: np.concatenate([column, column]) for name, column in tables["deliveries"].items()
    }


def turn_time_round(tables: Tables, meta: dict[str, Any]) -> None:
    tables["deliveries"]["time_s"] = meta["end_s"] - tables["deliveries"]["time_s"]
    del tables["deliveries"]["order"]  # made anew, by the turned times


def drop_a_row(tables: Tables, meta: dict[str, Any]) -> None:
    tables["deliveries"] = {name: column[1:] for name, column in tables["deliveries"].items()}


FORGERIES: dict[checks.Check, Callable[[Tables, dict[str, Any]], None]] = {
    checks.happens_again_with_an_event_for_every_delivery: drop_a_row,
    checks.books_balance: forget_everything,
    checks.only_members_receive: shift_readers,
    checks.nothing_comes_before_its_cause: deliver_earlier,
    checks.nothing_passes_a_dead_link: cut_a_link,
    checks.nothing_arrives_at_a_closed_app: close_the_app,
    checks.gaps_have_a_sequence: notice_before_the_cut,
    checks.is_drained: hold_back,
    checks.nothing_is_lost: lose_everything,
    checks.nothing_is_lost_after_ok: lose_everything,
    checks.nothing_is_shown_twice: show_twice,
    checks.each_sender_is_read_in_order: turn_time_round,
}


@pytest.mark.parametrize("check", [*checks.ALWAYS, *checks.CLAIMED], ids=lambda one: one.__name__)
def test_the_check_refuses_a_forged_history(check):
    true = run("full-websocket-acked", "no-fault")
    tables = {name: dict(columns) for name, columns in true.history.tables.items()}
    meta = dict(true.history.meta)
    FORGERIES[check](tables, meta)
    forged: Run = replace(true, history=History.of(tables, meta))
    assert checks.complaints(check, true) == []
    assert checks.complaints(check, forged)
