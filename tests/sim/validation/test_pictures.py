"""Pictures show what they are given, and are the same every time."""

from dataclasses import replace

import numpy as np

from sim.validation import pictures
from sim.validation.campaign import Cell, Prediction
from sim.validation.compare import Verdict

VERDICTS = [
    Verdict("ws", "p50_ms", 50.8, 50.5, 50.4, 50.6, True, "within 3%"),
    Verdict("mqtt1", "p50_ms", 50.8, 90.0, 80.0, 99.0, False, ""),
]


def test_a_curve_names_its_cell_and_both_lines():
    luck = np.random.default_rng(1)
    prediction = Prediction(Cell("latency-ws", "latency", (), None, None))
    prediction.latencies_ms = [luck.normal(60.0, 2.0, 500) for _ in range(2)]
    drawn = pictures.curve(prediction, luck.normal(61.0, 2.0, 500))
    assert drawn._repr_svg_().startswith("<svg")
    for word in ("latency-ws", "measured", "predicted", "latency in ms"):
        assert word in drawn.svg


def test_dots_have_a_row_each():
    svg = pictures.dots(VERDICTS, "Medians").svg
    assert svg == pictures.dots(VERDICTS, "Medians").svg
    assert "mqtt1" in svg
    mixed = [*VERDICTS, replace(VERDICTS[0], quantity="p99_ms")]
    assert "ws p99_ms" in pictures.dots(mixed, "Quantiles").svg


def test_ratios_have_a_column_each():
    svg = pictures.ratios(VERDICTS, ["p50_ms", "p99_ms"], "Ratios").svg
    assert "p50_ms" in svg
    assert "p99_ms" in svg
