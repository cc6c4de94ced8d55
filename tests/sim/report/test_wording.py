"""Numbers in words: units, digits, bounds, intervals."""

import math

import pytest
from fake_results import KINDS, summary_of

from sim.metrics import METRICS
from sim.report import stored, wording
from sim.report.stored import Estimate


def test_every_metric_has_its_own_words() -> None:
    longs = [wording.label(metric.name).long for metric in METRICS]
    assert len(set(longs)) == len(longs)


def test_an_unknown_metric_is_named_by_its_own_name() -> None:
    assert wording.label("radio_energy").short == "radio energy"


@pytest.mark.parametrize(
    ("unit", "values", "expected"),
    [
        ("s", [0.04, 9.9], ("ms", 1e3)),
        ("s", [0.4, 31.0], ("s", 1.0)),
        ("s", [0.04, 31.0], ("ms", 1e3)),
        ("share", [0.1], ("%", 100.0)),
        ("per reception", [0.1], ("%", 100.0)),
        ("bytes", [900.0], ("B", 1.0)),
        ("bytes", [90_000.0], ("kB", 1e-3)),
        ("ratio", [1.2], ("", 1.0)),
        ("s", [0.4, math.inf], ("ms", 1e3)),
        ("s per person-hour", [30.0], ("s per person-hour", 1.0)),
    ],
)
def test_one_unit_for_a_column(unit: str, values: list[float], expected: tuple[str, float]) -> None:
    scale = wording.scale_for(unit, [*values, None])
    assert (scale.unit, scale.factor) == expected


def test_a_rate_without_a_hit_is_never_zero() -> None:
    scale = wording.scale_for("share", [0.0])
    bound = Estimate(value=0.0, low=0.0, high=0.308, unit="share", kind="rate", trials=246_268)
    assert wording.value_text(bound, scale) == "none"
    assert wording.interval_text(bound, scale) == "in 246,268; ≤ 31 %"
    assert wording.terse_texts(bound, scale) == ("none", "")
    assert wording.plain_text(bound) == "none"
    single = Estimate(value=0.0, unit="share", kind="rate", trials=4_000)
    assert wording.value_text(single, scale) == "0 of 4,000"


def test_no_value_is_a_dash_with_its_reason() -> None:
    none = Estimate(reason="does not apply")
    assert wording.value_text(none, wording.Scale()) == "—"
    assert wording.interval_text(none, wording.Scale()) == "does not apply"


def test_intervals() -> None:
    scale = wording.Scale(1e3, "ms")
    assert wording.range_text(0.0449, 0.0474, scale) == "44.9 – 47.4"
    assert wording.range_text(-0.005, 0.002, scale) == "−5.00 to 2.00"
    assert wording.range_text(1e-92, 0.002, scale) == "0 – 2.00"
    assert wording.range_text(None, 0.002, scale) == ""
    skewed = Estimate(value=0.046, low=0.045, high=0.049, unit="s")
    assert wording.terse_texts(skewed, scale) == ("46.0", "45–49")
    even = Estimate(value=0.046, low=0.044, high=0.049, unit="s")
    assert wording.terse_texts(even, scale) == ("46.0", "±3.0")
    alike = Estimate(value=0.05578, low=0.05578, high=0.05579, unit="s")
    assert wording.terse_texts(alike, scale) == ("55.8", "±0.010")  # not 56–56


def test_ends_are_what_a_person_writes() -> None:
    scale = wording.scale_for("share", [0.0168])
    wide = Estimate(value=0.0168, low=3.28e-130, high=0.352, unit="share", kind="rate", n=2)
    assert wording.interval_text(wide, scale) == "0 – 35.2"
    assert wording.terse_texts(wide, scale) == ("1.7", "0–35")
    whole = Estimate(value=0.99, low=0.9, high=0.9996, unit="share", kind="rate")
    assert wording.interval_text(whole, scale) == "90.0 – 100"
    bound = Estimate(value=0.0, low=0.0, high=1.0, unit="share", kind="rate")
    assert wording.interval_text(bound, scale) == "≤ 100 %"


def test_what_was_seen_is_not_written_as_nothing() -> None:
    rare = Estimate(value=4e-7, low=0.0, high=1e-6, unit="share", kind="rate")
    assert wording.value_text(rare, wording.scale_for("share", [4e-7])) == "< 0.0001 %"


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0"), (1e-5, "0.00001"), (1000.0, "1,000"), (-2.5, "−2.5"), (1e6, "1,000,000")],
)
def test_ticks_have_no_exponent(value: float, text: str) -> None:
    assert wording.tick(value) == text


def test_never_is_a_word() -> None:
    scale = wording.Scale(1.0, "s")
    never = Estimate(value=math.inf, low=3.0, high=math.inf, unit="s")
    assert wording.value_text(never, scale) == "never"
    assert wording.interval_text(never, scale) == "3.00 – never"
    assert wording.plain_text(never) == "never"
    assert wording.terse_texts(never, scale) == ("never", "")
    always = Estimate(value=math.inf, low=math.inf, high=math.inf, unit="s")
    assert wording.interval_text(always, scale) == ""
    some = Estimate(value=3.0, low=2.0, high=math.inf, unit="s")
    assert wording.terse_texts(some, scale) == ("3.00", "to never")


def test_extremes_name_the_designs_without_a_case() -> None:
    results = stored.from_summary(summary_of(KINDS))
    words = wording.extremes(results, "loss_pressed")
    assert "no case was seen for full-websocket-acks, long-poll and mqtt-qos1" in words
    assert "highest for mqtt-qos0 (1.20\u00a0%, 1." in words
    assert "lowest for full-websocket (1,9" in wording.extremes(results, "latency_p99")
    assert wording.extremes(results, "room_inversions") == ""
