"""What a result folder holds, read once and tolerant of what is missing."""

import json
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
                {"kind": "shared-outage", "start_s": 70, "end_s": 90},
                {"kind": "host-loss", "node": 0, "at_s": 300, "back_s": 60},
            ],
        }
    )
    assert [(mark.letter, mark.kind, mark.start_s, mark.end_s) for mark in marks] == [
        ("A", "mass-disconnect", 50, 50),
        ("B", "shared-outage", 70, 90),
        ("C", "rolling-deploy", 100, 200),
        ("D", "host-loss", 300, 360),
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
