"""The pictures of a comparison."""

import copy
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from fake_results import KINDS, SCENARIO, summary_of

from sim.report import plots, stored
from sim.report.canvas import Picture
from sim.report.stored import Results

SUMMARY = summary_of(KINDS)
SMALL = summary_of({name: KINDS[name] for name in ("full-websocket", "hybrid", "long-poll")})
NAMES = ["latency", "rates", "differences", "recovery", "gap", "load"]


@pytest.fixture(scope="module")
def pictures() -> tuple[Picture, ...]:
    return plots.pictures(results_of(SUMMARY))


def results_of(summary: dict[str, Any]) -> Results:
    return stored.from_summary(summary, scenario_text=SCENARIO)


def texts(svg: str) -> set[str | None]:
    return {node.text for node in ET.fromstring(svg).iter() if node.tag.endswith("text")}


def test_every_picture_is_well_formed_small_and_worded(pictures: tuple[Picture, ...]) -> None:
    assert [picture.name for picture in pictures] == NAMES
    for picture in pictures:
        assert len(picture.caption) > 100
        for svg in (picture.wide, picture.narrow):
            ET.fromstring(svg)
            assert len(svg) < 70_000


def test_pictures_are_the_same_every_time(pictures: tuple[Picture, ...]) -> None:
    assert plots.pictures(results_of(SUMMARY)) == pictures


def test_every_design_is_in_every_picture(pictures: tuple[Picture, ...]) -> None:
    others = set(KINDS) - {"full-websocket"}
    for picture in pictures:
        expected = others if picture.name == "differences" else set(KINDS)
        assert expected <= texts(picture.wide), picture.name
        assert expected <= texts(picture.narrow), picture.name


def test_nothing_stored_gives_no_picture() -> None:
    assert plots.pictures(results_of({"designs": {"a": {}}})) == ()


@pytest.mark.parametrize("metric", ["gap_mean", "detect_mean", "loss_pressed", "latency_p99"])
def test_a_missing_metric_is_tolerated(metric: str) -> None:
    summary = copy.deepcopy(SMALL)
    for metrics in summary["designs"].values():
        metrics.pop(metric, None)
    assert [one.name for one in plots.pictures(results_of(summary))] == NAMES


def test_one_replication_has_no_intervals_and_no_differences() -> None:
    summary = copy.deepcopy(SMALL) | {"comparisons": []}
    for metrics in summary["designs"].values():
        for entry in metrics.values():
            entry["low"] = entry["high"] = None
    names = [picture.name for picture in plots.pictures(results_of(summary))]
    assert names == [name for name in NAMES if name != "differences"]


def test_differences_do_not_depend_on_the_direction_of_a_pair() -> None:
    forward = results_of(SMALL)
    turned = tuple(
        replace(
            pair,
            a=pair.b,
            b=pair.a,
            difference=None if pair.difference is None else -pair.difference,
            low=None if pair.high is None else -pair.high,
            high=None if pair.low is None else -pair.low,
        )
        for pair in forward.comparisons
    )
    assert plots.differences(replace(forward, comparisons=turned)) == plots.differences(forward)


def test_many_designs_with_long_and_odd_names() -> None:
    kinds = {f"design-{n}-" + "x" * n * 4 + "$&<": KINDS["hybrid"] for n in range(9)}
    for picture in plots.pictures(stored.from_summary(summary_of(kinds))):
        ET.fromstring(picture.narrow)
