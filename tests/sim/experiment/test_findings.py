"""A small result folder, written by hand, and every frame that is made of it."""

import json
import math

import pytest

from sim.errors import InputError
from sim.experiment.findings import read_results

BOOKS = {"messages": 5, "receptions_owed": 10, "delivered": 9, "lost": 1, "adds_up": True}


def estimate(value, better="lower"):
    return {
        "value": value, "low": value / 2, "high": 2 * value, "unit": "s", "n": 2, "better": better,
        "kind": "mean", "method": "t",
    }  # fmt: skip


def measure(design, replication):
    metrics = {"latency_p50": 0.1 * (1 + replication), "loss_pressed": [1, 4], "back_t50": None}
    metrics |= {"loss_told": [0, 0], "back_t95": "never"}
    return {"design": design, "replication": replication, "drained": True, "metrics": metrics}


SUMMARY = {
    "scenario": "small",
    "answer": "slow is slower",
    "conservation": {
        "quick": BOOKS | {"causes": {}},
        "slow": BOOKS | {"causes": {"half-open": 1}},
    },
    "incidents": {
        "quick": {"background": {"lost": 0, "late": 1, "twice": 0}},
        "slow": {"reset": {"number": 2, "lasted_s": 0.0, "people": 2, "lost": 5, "late": 0,
                           "twice": 0}},
    },
    "designs": {
        "quick": {"latency_p50": estimate(0.1)},
        "slow": {"latency_p50": estimate(0.3), "gap_mean": estimate(20.0)},
    },
    "comparisons": [
        {
            "metric": "latency_p50", "a": "quick", "b": "slow", "difference": 0.2, "low": 0.1,
            "high": 0.3, "p_corrected": 0.01, "verdict": "worse", "family": "headline",
        }
    ],
    "verdicts": {"quick": {"latency_p50": "reference"}, "slow": {"latency_p50": "worse"}},
    "guarantees": {
        "quick": {
            "fifo": {
                "state": "violated", "claimed": True, "checked": 9, "violations": 2,
                "violated_in": 1, "found": "2 of 9", "witness": {"what": "late"},
            }
        }
    },
    "series": {
        name: {"time_s": [0, 1], "sends": [1.0, None]} for name in ("quick", "slow")
    },
    "ccdf": {
        "quick": {"latency_s": [0.1, 1.0], "share": [0.5, 0.0]},
        "slow": {"latency_s": [0.1, 1.0], "share": [1.0, 0.25]},
    },
    "descriptions": {
        "quick": {"summary": "q", "channels": {"send": "websocket"}, "qos": "1"},
        "slow": {"summary": "s", "channels": {"send": "http"}},
    },
}  # fmt: skip


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "summary.json").write_text(json.dumps(SUMMARY))
    (tmp_path / "scenario.toml").write_text('designs = ["quick", "slow"]\n')
    (tmp_path / "replications").mkdir()
    for design in ("slow", "quick"):
        for replication in (1, 0):
            text = json.dumps(measure(design, replication))
            (tmp_path / "replications" / f"{design}-{replication}.json").write_text(text)
    (tmp_path / "plots").mkdir()
    (tmp_path / "plots" / "latency.svg").write_text("<svg/>")
    return tmp_path


@pytest.fixture
def found(folder):
    return read_results(str(folder))


def test_it_says_what_it_is(found, folder):
    assert repr(found) == f"Findings({folder})"
    assert found.answer == "slow is slower"
    assert found.designs == ["quick", "slow"]


def test_incidents(found):
    frame = found.incidents
    assert frame.index.tolist() == [("quick", "background"), ("slow", "reset")]
    assert frame.loc["slow", "reset"][["number", "lost"]].tolist() == [2, 5]


def test_guarantees(found):
    frame = found.guarantees
    assert list(frame.index) == [("quick", "fifo")]
    row = frame.loc[("quick", "fifo")]
    assert (row["state"], row["claimed"], row["violations"]) == ("violated", True, 2)
    assert list(frame.columns)[-1] == "found"


def test_estimates_and_verdicts(found):
    assert found.estimates.loc[("slow", "latency_p50"), "value"] == 0.3
    assert found.estimates["verdict"].fillna("-").to_list() == ["reference", "worse", "-"]


def test_never_is_infinite_and_refused_has_its_reason(found):
    never = estimate(1.0) | {"value": None, "never": True, "high": None, "high_never": True}
    refused = dict.fromkeys(("value", "low", "high")) | {"refused": "p99 needs 1,000 receptions"}
    found.summary["designs"]["slow"] |= {"back_t95": never, "latency_p99": refused}
    rows = found.estimates.loc["slow"]
    assert (rows.loc["back_t95", "value"], rows.loc["back_t95", "low"]) == (math.inf, 0.5)
    assert math.isnan(rows.loc["latency_p99", "value"])
    assert rows.loc["latency_p99", "refused"].startswith("p99 needs")
    assert rows["refused"].notna().sum() == 1


def test_it_shows_itself_in_a_notebook(found):
    found.summary["answer"] = "a < b"
    assert found._repr_html_().startswith("<p>a &lt; b</p><table")


def test_comparisons(found):
    row = found.comparisons.loc[("latency_p50", "quick", "slow")]
    assert (row["difference"], row["verdict"]) == (0.2, "worse")


def test_books_and_causes(found):
    assert found.conservation["lost"].to_dict() == {"quick": 1, "slow": 1}
    assert found.conservation["adds_up"].all()
    assert found.causes["half-open"].to_dict() == {"quick": 0, "slow": 1}


def test_series_have_a_row_per_design_and_second(found):
    assert found.series.index.names == ["design", "time_s"]
    assert found.series.loc[("quick", 0), "sends"] == 1.0
    assert found.series["sends"].isna().sum() == 2


def test_curves_have_a_column_per_design(found):
    assert list(found.ccdf.columns) == ["quick", "slow"]
    assert found.ccdf.loc[1.0, "slow"] == 0.25


def test_replications_in_order_with_rates_as_shares(found):
    frame = found.replications
    assert list(frame.index) == [("quick", 0), ("quick", 1), ("slow", 0), ("slow", 1)]
    assert frame["latency_p50"].to_list() == [0.1, 0.2, 0.1, 0.2]
    assert (frame["loss_pressed"] == 0.25).all()
    assert frame[["back_t50", "loss_told"]].isna().all(axis=None)
    assert (frame["back_t95"] == math.inf).all()
    assert set(map(str, frame.dtypes)) == {"float64"}


def test_descriptions_lay_channels_beside_the_rest(found):
    assert found.descriptions.loc["send"].to_dict() == {"quick": "websocket", "slow": "http"}
    assert found.descriptions.loc["qos"].to_dict() == {"quick": "1", "slow": ""}
    assert "channels" not in found.descriptions.index


def test_tables_are_in_the_words_of_the_report(found):
    assert found.table("latency_p50").columns.to_list() == ["median latency, ms"]
    assert found.table("latency_p50").loc["slow"].item() == "300 (150 – 600) ✗"
    assert found.table("gap_mean").loc["quick"].item().startswith("—")
    assert "median latency, ms" in found.table().columns


def test_never_is_infinite_in_every_frame(tmp_path):
    never = estimate(1.0) | {"value": None, "never": True, "high": None, "high_never": True}
    designs = {"quick": {"back_t95": never}, "slow": {}}
    (tmp_path / "summary.json").write_text(json.dumps(SUMMARY | {"designs": designs}))
    (tmp_path / "replications").mkdir()
    for at, value in enumerate(("never", 3.0)):
        one = measure("quick", at) | {"metrics": {"back_t95": value}}
        (tmp_path / "replications" / f"{at}.json").write_text(json.dumps(one))
    found = read_results(tmp_path)
    row = found.estimates.loc["quick", "back_t95"]
    assert row[["value", "low", "high"]].to_list() == [math.inf, 0.5, math.inf]
    assert found.replications["back_t95"].to_list() == [math.inf, 3.0]
    assert found.table("back_t95").loc["quick"].item() == "never (0.500 – never)"


def test_a_table_says_what_is_still_held(tmp_path):
    rate = {"unit": "share", "kind": "rate", "trials": 100, "n": 2, "better": "lower"}
    lost = {"value": 0.04, "low": 0.03, "high": 0.06} | rate
    both = {"value": 0.09, "low": 0.08, "high": 0.1} | rate
    designs = {"quick": {"loss_pressed": lost, "not_delivered": both}, "slow": {}}
    (tmp_path / "summary.json").write_text(json.dumps(SUMMARY | {"designs": designs}))
    table = read_results(tmp_path).table("loss_pressed")
    assert table.loc["quick"].item() == "4.00 % (3.00 – 6.00; 9.0 % with held)"


def test_pictures_show_themselves(found):
    assert found.picture("latency")._repr_svg_() == "<svg/>"
    with pytest.raises(InputError, match="no picture 'portrait'; allowed: latency"):
        found.picture("portrait")


def test_another_folder_is_refused(tmp_path):
    with pytest.raises(InputError, match="not a result folder"):
        read_results(tmp_path / "nothing")
