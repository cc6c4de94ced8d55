"""Panels of dots."""

from xml.etree import ElementTree as ET

from sim.report import canvas, panels
from sim.report.panels import Dot, Panel
from sim.report.stored import Estimate

NAMES = ["a", "b", "c"]


def draw(panel: Panel, paint_axis: panels.PaintAxis) -> str:
    return canvas.draw(
        "p", canvas.SIZES[0], lambda size: panels.figure(NAMES, [panel], paint_axis, size)
    )


def texts(svg: str) -> list[str | None]:
    return [node.text for node in ET.fromstring(svg).iter() if node.tag.endswith("text")]


def test_a_rate_is_a_dot_with_its_interval() -> None:
    rate = Estimate(value=0.1, low=0.05, high=0.2, kind="rate")
    assert panels.rate_dot(1, rate) == Dot(1, 0.1, 0.05, 0.2)


def test_no_hits_stand_where_one_would() -> None:
    none = Estimate(value=0.0, low=0.0, high=0.308, kind="rate", trials=200_000)
    dot = panels.rate_dot(0, none)
    assert dot == Dot(0, 5e-6, 5e-6, 5e-6, is_bound=True, is_open=True)
    some = panels.rate_dot(1, Estimate(value=5e-6, low=1e-7, high=2e-4, kind="rate"))
    assert some is not None
    assert dot.value <= some.value  # the safest design is drawn as one


def test_what_has_no_place_on_a_log_axis_is_left_out() -> None:
    assert panels.rate_dot(0, Estimate()) is None
    assert panels.rate_dot(0, Estimate(value=0.0, kind="rate")) is None


def test_an_absurdly_low_end_does_not_stretch_the_axis() -> None:
    dot = panels.rate_dot(0, Estimate(value=0.01, low=1e-90, high=0.02, kind="rate"))
    assert dot is not None
    assert dot.low == panels.SHARE_FLOOR


def test_only_designs_with_a_dot_get_a_row() -> None:
    panel = Panel("lost", (Dot(0, 0.1, 0.05, 0.2), Dot(2, 1e-4, 1e-4, 1e-4, True, True)), str)
    found = texts(draw(panel, panels.log_axis))
    assert {"a", "c", "lost"} <= set(found)
    assert "b" not in found


def test_a_single_value_still_has_an_axis() -> None:
    panel = Panel("lost", (Dot(0, 0.1, 0.1, 0.1),), canvas.share_words)
    assert {"1 %", "10 %"} <= set(texts(draw(panel, panels.log_axis)))
    nothing = Panel("difference", (Dot(0, 0.0, 0.0, 0.0),), canvas.share_words)
    assert "0 %" in texts(draw(nothing, panels.zero_axis))
