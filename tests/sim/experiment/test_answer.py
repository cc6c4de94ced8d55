"""The answer says what the comparisons bear out, in two lines, and no more."""

import textwrap
from itertools import combinations

import pytest
from made_measures import design, wobble

from sim.experiment.answer import LINE, LINES, answer, suggestion
from sim.experiment.statistics import summarise

LOSS, BACK, MEDIAN = "loss_pressed", "back_t95", "latency_p50"
UNITS = {LOSS: ("share", "rate"), BACK: ("s", "time"), MEDIAN: ("s", "quantile")}
NEVER = {"value": None, "never": True, "low": None, "high": None}


def entry(metric, value, low=None, high=None):
    unit, kind = UNITS.get(metric, ("s", "mean"))
    found = {"value": value, "low": low, "high": high, "unit": unit, "kind": kind, "n": 8}
    if kind == "rate":
        found |= {"hits": round((value or 0) * 10_000), "trials": 10_000}
    return found | (NEVER if value is None else {})


def rows(metric, names, verdicts, **more):
    """Comparisons of all pairs; what `verdicts` does not say is not distinguishable."""
    return [
        {"metric": metric, "a": a, "b": b, "difference": 0.0, "low": 0.0, "high": 0.0, "n": 8,
         "p_corrected": 0.5, "verdict": verdicts.get(a + b, "not distinguishable"), **more}
        for a, b in combinations(names, 2)
    ]  # fmt: skip


def summary(values, comparisons=(), **more):
    """`values`: metric -> design -> value, or (value, low, high)."""
    designs = {}
    for metric, found in values.items():
        for name, value in found.items():
            args = value if isinstance(value, tuple) else (value,)
            designs.setdefault(name, {})[metric] = entry(metric, *args)
    return {
        "designs": designs,
        "comparisons": list(comparisons),
        "replications": 8,
        "decides": list(values),
    } | more


def test_it_ranks_what_the_comparisons_bear_out():
    found = summary(
        {BACK: {"a": 67.1, "b": 29.7, "c": 48.0}},
        rows(BACK, "abc", {"ab": "better", "ac": "better", "bc": "worse"}),
    )
    assert answer(found) == "From best to worst: 95 % are back 29.7 s (b) to 67.1 s (a)."


def test_it_speaks_of_what_decides_and_of_nothing_else():
    values = {BACK: {"a": 2.0, "b": 3.0}, LOSS: {"a": 0.0, "b": 0.5}}
    compared = rows(BACK, "ab", {"ab": "worse"}) + rows(LOSS, "ab", {"ab": "worse"})
    text = answer(summary(values, compared, decides=[BACK]))
    assert "95 % are back" in text
    assert "lost" not in text


def test_of_designs_that_lost_nothing_none_is_singled_out():
    values = {LOSS: {"a": (0.0, 0.0, 0.31), "b": (0.0, 0.0, 0.31), "c": (0.045, 0.04, 0.05)}}
    found = summary(values, rows(LOSS, "abc", {"ac": "worse", "bc": "worse"}))
    assert answer(found) == "From best to worst: lost none (a and b) to 4.50 % (c)."


def test_nothing_seen_is_not_called_equal():
    """Three of which no case was seen, and one that lost: equal only by a verdict."""
    none = (0.0, 0.0, 0.31)
    values = {LOSS: {"a": none, "b": none, "c": none, "d": (0.045, 0.04, 0.05)}}
    worse = dict.fromkeys(("ad", "bd", "cd"), "worse")
    few = worse | dict.fromkeys(("ab", "ac", "bc"), "too few runs")
    assert answer(summary(values, rows(LOSS, "abcd", few))) == (
        "From best to worst: lost none (a and 2 more) to 4.50 % (d)."
    )
    proven = worse | dict.fromkeys(("ab", "ac", "bc"), "equal")
    assert answer(summary(values, rows(LOSS, "abcd", proven))) == (
        "From best to worst: lost none (a and 2 equal) to 4.50 % (d)."
    )


def test_nothing_seen_of_any_is_said_as_that():
    values = {LOSS: {"a": (0.0, 0.0, 0.31), "b": (0.0, 0.0, 0.31)}}
    assert answer(summary(values, rows(LOSS, "ab", {"ab": "too few runs"}))) == (
        "Not seen in any: lost."
    )
    assert answer(summary(values, rows(LOSS, "ab", {"ab": "equal"}))) == (
        "Equal for all: lost (none)."
    )


def test_a_point_estimate_is_no_verdict():
    """However far apart two values are, without a verdict nobody is best."""
    found = summary({LOSS: {"a": 0.4, "b": 0.01}}, rows(LOSS, "ab", {}))
    text = answer(found)
    assert "best" not in text
    assert text == ("8 replications cannot tell these designs apart in what decides this: lost.")


def test_too_few_runs_say_how_many_would_do():
    few = dict.fromkeys(("ab", "ac", "bc"), "too few runs")
    found = summary({LOSS: {"a": 0.4, "b": 0.01, "c": 0.2}}, rows(LOSS, "abc", few, needs=20))
    assert answer(found).endswith("decides this: lost (12 more would do).")
    some = rows(LOSS, "abc", {"ab": "better", "bc": "too few runs", "ac": "better"}, needs=20)
    text = answer(summary({LOSS: {"a": 0.4, "b": 0.01, "c": 0.2}}, some))
    assert text.startswith("From best to worst: lost 1.00 % (b) to 40.0 % (a). Too few runs to ")
    assert text.endswith("tell b from c in lost (12 more would do).")


def test_equal_within_the_margin_is_said_as_equal():
    names = "abc"
    level = dict.fromkeys(("ab", "ac", "bc"), "equal")
    values = {MEDIAN: {"a": 0.0558, "b": 0.0563, "c": 0.0560}}
    assert (
        answer(summary(values, rows(MEDIAN, names, level)))
        == "Equal for all: median latency (55.8 ms)."
    )
    one_behind = rows(MEDIAN, names, {"ab": "equal", "ac": "worse", "bc": "worse"})
    assert "median latency 55.8 ms (a and b) to 2,000 ms (c)" in answer(
        summary({MEDIAN: {"a": 0.0558, "b": 0.0563, "c": 2.0}}, one_behind)
    )


def test_never_is_worse_than_any_number():
    found = summary({BACK: {"a": None, "b": 90.0}}, rows(BACK, "ab", {"ab": "better"}))
    assert answer(found) == "From best to worst: 95 % are back 90.0 s (b) to never (a)."


def test_a_design_is_not_best_for_a_smaller_value_that_a_comparison_contradicts():
    found = summary({LOSS: {"a": 0.1, "b": 0.2}}, rows(LOSS, "ab", {"ab": "better"}))
    assert answer(found) == "From best to worst: lost 20.0 % (b) to 10.0 % (a)."


def test_without_messages_it_says_so():
    books = {"a": {"messages": 0, "receptions_owed": 0}}
    values = {"stale_per_hour": {"a": 44.4, "b": 40.0}}
    assert answer(summary(values, conservation=books)).startswith("No messages were sent")
    alone = {"a": {"messages": 5, "receptions_owed": 0}}
    assert answer(summary(values, conservation=alone)).startswith("No message was owed to anybody")


def test_nothing_that_decides_was_measured():
    assert "Nothing that would decide" in answer(summary({LOSS: {"a": 0.1}}, decides=[BACK]))


def test_one_design_is_told_with_intervals():
    found = summary({LOSS: {"a": (0.0168, 3e-130, 0.352)}, BACK: {"a": (29.7, 28.3, 31.0)}})
    assert answer(found) == "Lost 1.68 %, 0 – 35.2; 95 % are back 29.7 s, 28.3 – 31.0."
    text = answer(summary({LOSS: {"a": 0.5}}, replications=1))
    assert text == "Lost 50.0 %. One replication gives no interval."


def test_one_replication_tells_nothing_apart():
    found = summary({LOSS: {"a": 0.4, "b": 0.1}}, rows(LOSS, "ab", {"ab": "unknown"}))
    assert answer(found | {"replications": 1}).startswith("One replication cannot tell")


@pytest.mark.parametrize("verdict", ["worse", "better", "equal", "too few runs", "unknown", ""])
@pytest.mark.parametrize("letters", [1, 20, 60])
@pytest.mark.parametrize("count", [1, 2, 9])
def test_it_always_fits_two_lines(verdict, letters, count):
    names = [f"{place}".rjust(letters, "n") for place in range(count)]
    metrics = ("loss_pressed", "duplicates_visible", "late_1s", "back_t95", "bytes_per_delivery")
    values = {one: {name: 1234.5 + at for at, name in enumerate(names)} for one in metrics}
    compared = [
        row | {"verdict": verdict if at % 3 else "too few runs", "needs": 123}
        for one in metrics
        for at, row in enumerate(rows(one, names, {}))
    ]
    text = answer(summary(values, compared))
    assert len(textwrap.wrap(text, LINE)) <= LINES
    assert text != "See the table."


def test_it_reads_what_statistics_write():
    found = summarise({"a": design(latency_p50=wobble(0.05)), "b": design(latency_p50=wobble(2.0))})
    assert answer(found | {"decides": [MEDIAN]}).startswith("From best to worst: median latency ")


def test_suggestion_names_the_least_precise_figure():
    rough = design(latency_p50=[1.0, 2.0, 3.0, 1.5, 2.5, 1.0, 3.0, 2.0])
    assert suggestion(summarise({"a": rough})).startswith("Least precise: median latency of a, ±")
    assert suggestion(summarise({"a": design(latency_p50=wobble(1.0))})) == ""


def test_suggestion_leaves_out_what_never_came():
    found = summary({BACK: {"a": None}})
    assert suggestion(found) == ""


def test_a_run_that_went_on_until_the_best_was_known_says_so():
    values = {BACK: {"a": 2.0, "b": 3.0}, LOSS: {"a": 0.04, "b": 0.05, "c": 0.06}}
    chosen = {"best": "a", "within": 0.001, "margin": 0.01}
    said = {"sequential": True, "selected": [chosen | {"metric": LOSS}]}
    compared = rows(BACK, "ab", {"ab": "worse"}) + rows(LOSS, "abc", {"ab": "equal"})
    text = answer(summary(values, compared, **said))
    assert text.endswith("Best or as good with 95 %: lost a.")
    assert "tell" not in text
    once = answer(summary(values, compared, selected=said["selected"]))
    assert once.endswith("Not distinguishable in lost: a from c.")
    beaten = rows(LOSS, "abc", {"ac": "worse"})
    ranked = answer(summary({LOSS: values[LOSS]}, beaten, **said))
    assert ranked == "From best to worst: lost 4.00 % (a) to 6.00 % (c)."
