"""The card of self-checks."""

import copy
from pathlib import Path

import fake_results
from fake_results import KINDS, summary_of

from models import DESIGNS
from models.traits import Trait
from sim.report import stored, trust


def test_books_of_every_design() -> None:
    rows = trust.conservation_rows(stored.from_summary(summary_of(KINDS)))
    assert [row[0] for row in rows] == list(KINDS)
    assert rows[0][2] == ["20,131", "180,000", "178,539", "1,458", "3", "0"]
    assert all(adds_up for *_, adds_up in rows)


def test_books_that_do_not_add_up_ask_for_attention() -> None:
    summary = summary_of(KINDS) | {"checks": []}
    summary["conservation"]["hybrid"]["adds_up"] = False
    found = {check.name: check for check in trust.checks(stored.from_summary(summary))}
    assert found["conservation"].state == "attention"
    assert "hybrid" in found["conservation"].detail


def test_missing_books_do_not_add_up() -> None:
    summary = summary_of(KINDS) | {"checks": []}
    del summary["conservation"]
    found = {check.name: check.state for check in trust.checks(stored.from_summary(summary))}
    assert found["conservation"] == "attention"


def test_that_no_client_is_told_of_dead_links_is_said_where_links_die() -> None:
    summary, names = summary_of(KINDS), list(KINDS)
    deaf = DESIGNS["hybrid"].traits()
    told = (
        DESIGNS["hybrid"].variant("told", {"client": "chromium", "heartbeat": "uvicorn"}).traits()
    )

    def said(kind: str, *clients: dict[str, Trait]) -> list[str]:
        part = dict(zip(names, clients, strict=False))
        incidents = {name: {kind: {}} for name in names}
        changed = summary | {"incidents": incidents, "traits": part}
        return trust.untold(stored.from_summary(changed))

    assert "is dead in every design. " in said("outage", *[deaf] * len(names))[0]
    assert f"is dead in {names[1]}. " in said("outage", told, deaf)[0]
    assert said("outage", told, told) == []
    assert said("node-crash", deaf, deaf) == []
    assert said("outage", {}, {}) == []  # as in summaries that have no traits


def test_an_undrained_run_is_named(tmp_path: Path) -> None:
    folder = fake_results.write(tmp_path / "run", checks=[])
    found = {check.name: check for check in trust.checks(stored.read(folder))}
    assert found["drained"].state == "attention"
    assert "long-poll (replication 1)" in found["drained"].detail


def test_what_the_run_noted_wins() -> None:
    found = {check.name: check for check in trust.checks(stored.from_summary(summary_of(KINDS)))}
    assert found["drained"].detail == "1 run was cut off before it was quiet"


def test_precision_names_the_least_precise_design() -> None:
    summary = copy.deepcopy(summary_of(KINDS))
    summary["designs"]["hybrid"]["latency_p50"] |= {"value": 1.0, "low": 0.4, "high": 1.6}
    rows = {words: (width, design) for words, width, design in precision_of(summary)}
    assert rows["median delivery latency"] == ("± 60 %", "hybrid")


def precision_of(summary: dict[str, object]) -> list[tuple[str, str, str]]:
    return trust.precision(stored.from_summary(summary))


def test_what_was_not_measured_is_grouped_by_who() -> None:
    rows = dict(trust.not_measured(stored.from_summary(summary_of(KINDS))))
    assert "median time until the sender is told OK" in rows["full-websocket"]
    assert "median latency of seen" in rows["mqtt-qos1"]


def test_causes_of_loss() -> None:
    causes, rows = trust.cause_table(stored.from_summary(summary_of(KINDS)))
    assert causes == ["half-open", "node died"]
    assert rows[0] == ("full-websocket", 0, ["1,166", "292"])
    assert rows[1] == ("full-websocket-acks", 1, ["", ""])
