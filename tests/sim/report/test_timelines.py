"""The pictures over time."""

import copy
import math
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest
from fake_results import KINDS, SCENARIO, summary_of

from sim.report import stored, timelines

SUMMARY = summary_of(KINDS)


def texts(svg: str) -> set[str | None]:
    return {node.text for node in ET.fromstring(svg).iter() if node.tag.endswith("text")}


@pytest.mark.parametrize(
    ("keep", "expected"), [("mean", [2.5, 6.5]), ("low", [1, 5]), ("high", [4, 8])]
)
def test_thinning_keeps_what_matters(keep: str, expected: list[float]) -> None:
    times, values = timelines.thin(list(range(8)), [1, 2, 3, 4, 5, 6, 7, 8], 2, keep)
    assert (times, values) == ([1.5, 5.5], expected)


def test_thinning_drops_level_pieces_and_keeps_gaps() -> None:
    times, values = timelines.thin(list(range(6)), [3, 3, 3, 3, None, 9], 100, "low")
    assert times == [0, 3, 4, 5]
    assert values[:2] == [3, 3]
    assert math.isnan(values[2])
    assert values[3] == 9


def test_thinning_of_next_to_nothing() -> None:
    assert timelines.thin([0], [5], 100, "mean") == ([0], [5])


def test_faults_are_marked_and_named() -> None:
    picture = timelines.recovery(stored.from_summary(SUMMARY, scenario_text=SCENARIO))
    assert picture is not None
    for svg in (picture.wide, picture.narrow):
        assert {"A", "B", "C"} <= texts(svg)
        assert "messages sent per second, the same for all" in texts(svg)
    assert "B rolling-deploy 300–450\u00a0s; C mass-disconnect at 520\u00a0s" in picture.caption


def test_without_a_shared_fault_there_is_nothing_to_see() -> None:
    assert timelines.load(stored.from_summary(SUMMARY)) is None
    assert timelines.recovery(stored.from_summary(SUMMARY)) is None


def test_lines_begin_when_warm_up_ends() -> None:
    """What happens in warm-up reaches no picture."""
    changed = copy.deepcopy(SUMMARY)
    for series in changed["series"].values():
        for name, values in series.items():
            if name != "time_s":
                values[:60] = [7_777] * 60
    one, other = (
        timelines.recovery(stored.from_summary(summary, scenario_text=SCENARIO))
        for summary in (SUMMARY, changed)
    )
    assert one == other


def test_lines_that_coincide_are_named_at_their_ends() -> None:
    picture = timelines.load(stored.from_summary(SUMMARY, scenario_text=SCENARIO))
    assert picture is not None
    words = [node for node in ET.fromstring(picture.wide).iter() if node.text in KINDS]
    named = [float(node.attrib["y"]) for node in words]
    assert len(named) == len(KINDS)
    assert min(b - a for a, b in pairwise(sorted(named))) > 10


def test_missing_series_leave_panels_or_the_picture_out() -> None:
    summary = copy.deepcopy(SUMMARY)
    for series in summary["series"].values():
        del series["attempts"]
        series["latency_p99_s"] = [None] * len(series["time_s"])
    results = stored.from_summary(summary, scenario_text=SCENARIO)
    picture = timelines.recovery(results)
    assert picture is not None
    assert "connection attempts per second" not in texts(picture.wide)
    assert timelines.load(results) is not None
    assert (
        timelines.recovery(stored.from_summary(SUMMARY | {"series": {}}, scenario_text=SCENARIO))
        is None
    )


def test_a_line_of_nothing_but_gaps_is_not_drawn() -> None:
    summary = copy.deepcopy(SUMMARY)
    for design, series in summary["series"].items():
        if design != "hybrid":
            series["latency_p99_s"] = [None] * len(series["time_s"])
    picture = timelines.recovery(stored.from_summary(summary, scenario_text=SCENARIO))
    assert picture is not None
    assert "p99 latency of what was sent then" in texts(picture.wide)
    del summary["series"]["hybrid"]["latency_p99_s"]
    picture = timelines.recovery(stored.from_summary(summary, scenario_text=SCENARIO))
    assert picture is not None
    assert "p99 latency of what was sent then" not in texts(picture.wide)
