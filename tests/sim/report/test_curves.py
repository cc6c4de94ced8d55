"""The latency picture."""

import copy
from xml.etree import ElementTree as ET

from fake_results import KINDS, summary_of

from sim.report import curves, stored

SUMMARY = summary_of(KINDS)


def test_every_design_is_in_both_variants() -> None:
    picture = curves.latency(stored.from_summary(SUMMARY))
    assert picture is not None
    for svg in (picture.wide, picture.narrow):
        found = {node.text for node in ET.fromstring(svg).iter() if node.tag.endswith("text")}
        assert set(KINDS) | {"never", "not there yet", "median", "p99"} <= found


def test_the_caption_says_what_to_see() -> None:
    picture = curves.latency(stored.from_summary(SUMMARY))
    assert picture is not None
    assert "of all that were owed" in picture.caption
    assert (
        "after 1 s, or never: lowest for full-websocket-acks (2.20\u00a0%, 2.0" in picture.caption
    )
    assert "p99" not in picture.caption


def test_a_curve_ends_dotted_at_what_never_came() -> None:
    """Losing is no way to an early end of the curve: where nothing more comes it says so."""
    made = curves.latency(stored.from_summary(SUMMARY))
    assert made is not None
    dotted = made.wide.count("stroke-dasharray: 1.8,3.6")
    assert dotted == sum(one["share"][-1] > 0 for one in SUMMARY["ccdf"].values())


def test_what_is_still_held_never_came_either() -> None:
    summary = copy.deepcopy(SUMMARY)
    for metrics in summary["designs"].values():
        metrics["not_delivered"] |= {"value": 0.5, "low": 0.4, "high": 0.6}
    assert curves.latency(stored.from_summary(summary)) != curves.latency(
        stored.from_summary(SUMMARY)
    )


def test_without_curves_there_is_no_picture() -> None:
    assert curves.latency(stored.from_summary(SUMMARY | {"ccdf": {}})) is None


def test_nothing_owed_and_nothing_arrived_are_drawn_too() -> None:
    summary = copy.deepcopy(SUMMARY)
    summary["ccdf"]["hybrid"] = {"latency_s": [], "share": []}
    grid = summary["ccdf"]["long-poll"]["latency_s"]
    summary["ccdf"]["long-poll"]["share"] = [1.0] * len(grid)
    summary["ccdf"]["mqtt-qos0"]["share"] = [0.0] * len(grid)
    assert curves.latency(stored.from_summary(summary)) is not None
