"""What a result folder holds, read once and tolerant of what is missing."""

import json
import math
from pathlib import Path

import fake_results
import pytest
from fake_results import KINDS

from sim.errors import InputError
from sim.report import stored
from sim.report.stored import Estimate


def test_a_folder_is_read_in_the_order_of_the_run(tmp_path: Path) -> None:
    results = stored.read(fake_results.write(tmp_path / "run"))
    assert list(results.designs) == list(KINDS)
    assert results.reference == "full-websocket"
    assert results.undrained == (("long-poll", 1),)
    assert results.estimate("hybrid", "latency_p50").unit == "s"
    assert results.verdict("hybrid", "latency_p50") == "worse"


def test_without_a_scenario_the_reference_comes_first() -> None:
    summary = json.loads(json.dumps(fake_results.summary_of(KINDS), sort_keys=True))
    summary["verdicts"] = {"hybrid": {"latency_p50": "reference"}}
    assert next(iter(stored.from_summary(summary).designs)) == "hybrid"


def test_missing_parts_are_empty() -> None:
    results = stored.from_summary({"designs": {"a": {"latency_p50": None}}})
    assert results.part("ccdf") == {}
    assert results.estimate("a", "latency_p50").value is None
    assert results.estimate("a", "loss_pressed").reason == "does not apply"
    assert results.estimate("nobody", "loss_pressed").value is None
    assert results.reference == "a"
    assert results.unit("latency_p50") == ""


def test_a_folder_without_a_summary_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="No such file"):
        stored.read(tmp_path)


def test_a_rate_without_a_hit_is_a_bound() -> None:
    assert Estimate(value=0.0, low=0.0, high=1e-4, kind="rate").is_bound
    assert not Estimate(value=0.0, kind="rate").is_bound
    assert not Estimate(value=0.0, low=0.0, high=1.0, kind="mean").is_bound


def test_faults_are_lettered_in_order_with_their_whole_length() -> None:
    marks = stored.fault_marks(
        {
            "servers": {"gateways": 4},
            "faults": [
                {"kind": "rolling-deploy", "at_s": 100, "drain_s": 15.0, "restart_s": 10.0},
                {"kind": "mass-disconnect", "at_s": 50.0, "share": 0.5},
                {"kind": "shared-outage", "share": 0.5, "start_s": 70, "end_s": 90},
                {"kind": "host-loss", "node": 0, "at_s": 300, "back_s": 60},
                {
                    "kind": "node-crash",
                    "node": 0,
                    "at_s": 400,
                    "restart_s": 10,
                    "restart_spread_s": 20,
                },
                {"kind": "unheard-of", "at_s": 500.0},
            ],
        }
    )
    assert [(mark.letter, mark.kind, mark.start_s, mark.end_s) for mark in marks] == [
        ("A", "mass-disconnect", 50, 50),
        ("B", "shared-outage", 70, 90),
        ("C", "rolling-deploy", 100, 200),
        ("D", "host-loss", 300, 360),
        ("E", "node-crash", 400, 430),  # at the latest
        ("F", "unheard-of", 500, 500),
    ]


@pytest.mark.parametrize(
    ("entry", "state"),
    [
        ({"name": "x", "state": "ok"}, "ok"),
        ({"name": "x", "state": "attention", "detail": "why"}, "attention"),
        ({"name": "x", "ok": True}, "ok"),
        ({"name": "x", "ok": False}, "attention"),
        ({"name": "x", "state": "something new"}, "unknown"),
        ("only words", "unknown"),
    ],
)
def test_unknown_is_never_a_pass(entry: object, state: str) -> None:
    results = stored.from_summary({"designs": {}, "checks": [entry]})
    assert results.checks[0].state == state


def test_never_is_infinite_and_a_refusal_has_its_reason() -> None:
    never = {"value": None, "never": True, "low": 3.0, "high": None, "high_never": True}
    refused = {"value": None, "low": None, "high": None, "refused": "needs 10,000 receptions"}
    results = stored.from_summary({"designs": {"a": {"back_t95": never, "latency_p999": refused}}})
    back = results.estimate("a", "back_t95")
    assert back.is_never
    assert (back.value, back.low, back.high) == (math.inf, 3.0, math.inf)
    held = results.estimate("a", "latency_p999")
    assert (held.value, held.refused, held.reason) == (None, True, "needs 10,000 receptions")
    assert not held.is_never


def test_a_comparison_says_what_it_could_have_seen() -> None:
    row = {"metric": "late_1s", "a": "a", "b": "b", "verdict": "too few runs"}
    row |= {"margin": 0.01, "detectable": 0.04, "needs": 30}
    (found,) = stored.from_summary({"designs": {}, "comparisons": [row]}).comparisons
    assert (found.margin, found.detectable, found.needs) == (0.01, 0.04, 30)


def test_verdicts_are_those_of_comparisons_with_the_reference() -> None:
    rows = [
        {"metric": "late_1s", "a": "a", "b": "b", "verdict": "worse"},
        {"metric": "late_1s", "a": "b", "b": "c", "verdict": "better"},
        {"metric": "gap_p50", "a": "a", "b": "b", "verdict": None},
    ]
    said = {"a": {"late_1s": "reference"}, "b": {"late_1s": "better", "gap_p50": "better"}}
    results = stored.from_summary({"designs": {}, "comparisons": rows, "verdicts": said})
    assert results.verdict("a", "late_1s") == "reference"
    assert results.verdict("b", "late_1s") == "worse"
    assert results.verdict("c", "late_1s") == ""
    assert results.verdict("b", "gap_p50") == ""


def test_figures_that_were_not_recomputed_are_no_pass(tmp_path: Path) -> None:
    folder = fake_results.write(tmp_path / "run")
    found = stored.read(folder, "replications/ lacks hybrid-2").checks[-1]
    assert (found.name, found.state, found.detail) == (
        stored.FIGURES,
        "unknown",
        "replications/ lacks hybrid-2",
    )
    assert all(check.name != stored.FIGURES for check in stored.read(folder).checks)
