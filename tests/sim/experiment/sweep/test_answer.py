"""Two lines, of what a summary holds."""

import pytest

from sim.experiment.sweep.answer import answer, crossing_words, names, notes, scale_of

CROSSED = {"before": "a", "beyond": "b", "at": 0.0234, "low": 0.02, "high": 0.03}


def entry(value):
    return {"value": value, "low": value / 2, "high": value * 2, "unit": "share"}


def summary(fronts, designs=("a", "b"), crossings=(), fixed=None, **more):
    """One curve with a front at each point."""
    points = [
        {
            "values": [at / 10],
            "front": {"loss_pressed": front},
            "figures": {name: {"loss_pressed": entry(0.01 * (at + 1))} for name in designs},
        }
        for at, front in enumerate(fronts)
    ]
    curve = {
        "metric": "loss_pressed", "fixed": fixed or {}, "points": [*range(len(points))],
        "front": fronts, "crossings": [*crossings],
    }  # fmt: skip
    return {
        "metrics": ["loss_pressed"], "designs": [*designs], "axes": [{"key": "x"}],
        "points": points, "curves": [curve], "sensitivity": [], "replications": 5,
        "comparisons": [],
        "sample": "grid",
    } | more  # fmt: skip


def test_who_is_best_along_a_curve():
    told = answer(summary([["a"], ["a"], ["b"]], crossings=[CROSSED])).splitlines()
    assert told == [
        "Lost over x, best: a from 0 to 0.1; b at 0.2.",
        "Crossing: a is better up to 0.0234 [0.02 to 0.03], b beyond.",
    ]


def test_the_same_one_throughout_and_no_crossing():
    told = answer(summary([["a"], ["a"]])).splitlines()
    assert told[0].endswith("over x, best: a throughout, 0 to 0.1.")
    assert told[1] == "No two designs surely change places in this range."
    assert "undecided throughout" in answer(summary([["a", "b"], ["a", "b"]]))


def test_too_few_replications_are_said_to_be():
    few = summary([["a", "b"]], replications=2)
    assert "3 are the least" in answer(few)
    assert any("Fewer than three" in note for note in notes(few))


def test_many_stretches_and_many_names_stay_short():
    told = answer(summary([["a"], ["b"], ["a"], ["b"], ["a"]])).splitlines()[0]
    assert told.endswith("a at 0; b at 0.1; a at 0.2; 2 more stretches.")
    assert names(["a", "b", "c", "d"]) == "a, b and 2 more"
    assert names(["a"]) == "a"


def test_a_crossing_of_what_never_comes_has_no_place_of_its_own():
    assert crossing_words(CROSSED | {"at": None}) == (
        "a is better up to somewhere in 0.02 to 0.03, b beyond"
    )


def test_several_curves_count_points_and_tell_the_crossing_between_the_best():
    made = summary([["a"], ["b"]], designs=("a", "b", "c"), fixed={"y": 2}, crossings=[
        CROSSED | {"before": "c"}, CROSSED,
    ])  # fmt: skip
    told = answer(made | {"curves": made["curves"] * 2}).splitlines()
    assert told[0].endswith("best of 2 points: a at 1, b at 1.")
    assert told[1].startswith("Crossing: with y = 2 a is better up to 0.0234")
    assert told[1].endswith("; 3 more.")


def test_of_designs_that_are_alike_none_is_the_best():
    made = summary([["a", "b"], ["a", "b"]])
    told = answer(made | {"curves": made["curves"] * 2}).splitlines()
    assert told[0].endswith(": no design is surely the best at any of 2 points.")
    assert told[1] == "No two designs surely change places on any of 2 curves."


def compared(*verdicts):
    return [{"metric": "loss_pressed", "point": at, "verdict": one}
            for at, one in enumerate(verdicts)]  # fmt: skip


def test_alike_is_told_from_undecided():
    both = ["a", "b"]
    made = summary([both, both, ["a"]])
    rows = compared("equal", "not distinguishable", "better")
    told = answer(made | {"comparisons": rows}).splitlines()
    assert told[0].endswith("best: all alike at 0; undecided at 0.1; a at 0.2.")
    assert told[1] == "No two designs surely change places in this range."
    made = summary([both, both])
    made["comparisons"] = compared("equal", "equal")
    told = answer(made).splitlines()
    assert told[0].endswith("over x, best: all alike throughout, 0 to 0.1.")
    assert told[1] == "Every difference surely lies within the margin worth caring about."
    told = answer(made | {"curves": made["curves"] * 2}).splitlines()
    assert told[0].endswith(": all alike at every one of 2 points.")
    three = summary([["a", "b", "c"]], designs=("a", "b", "c"))
    rows = compared("equal", "not distinguishable", "equal")
    assert "undecided" in answer(three | {"comparisons": [row | {"point": 0} for row in rows]})


def test_one_design_is_told_by_its_least_and_most():
    told = answer(summary([["a"], ["a"]], designs=("a",))).splitlines()
    assert told[0].endswith("of a: least 1.00 % [0.500 – 2.00] at x = 0.")
    assert told[1].endswith("of a: most 2.00 % [1.00 – 4.00] at x = 0.1.")


def test_what_never_comes_is_the_most_and_what_was_not_seen_is_no_zero():
    made = summary([["a"]] * 3, designs=("a",))
    never = {"value": None, "never": True, "low": 2.0, "high": None, "unit": "share"}
    none = {"value": 0.0, "low": 0.0, "high": 0.01, "unit": "share", "kind": "rate", "trials": 900}
    for at, one in ((1, never), (2, none)):
        made["points"][at]["figures"]["a"]["loss_pressed"] = one
    told = answer(made).splitlines()
    assert told[0].endswith("of a: least none [in 900; ≤ 1.0 %] at x = 0.2.")
    assert told[1].endswith("of a: most never at x = 0.1.")


@pytest.mark.parametrize(("sample", "words"), [("morris", "(2.00 ± 0.50 %)"),
                                               ("saltelli", "(2.00 ± 0.50 %)")])  # fmt: skip
def test_what_moves_a_figure_most(sample, words):
    rows = [{"key": "x", "moves": 0.02, "half": 0.005, "is_clear": True}]
    rows += [{"key": "y", "moves": 0.0, "half": 0.0, "is_clear": False}]
    told = [{"metric": "loss_pressed", "design": name, "rows": rows} for name in "ab"]
    made = summary([["a"]], sample=sample, sensitivity=told, curves=[])
    first, second = answer(made).splitlines()
    assert first.endswith(f"of a is moved most by x {words}.")
    assert " of b is" in second
    assert any("Moves:" in note for note in notes(made))


def test_nothing_moves_what_never_changes():
    told = [{"metric": "loss_pressed", "design": "a", "rows": []}]
    assert "does not change" in answer(summary([["a"]], sensitivity=told, sample="morris"))
    told[0]["rows"] = [{"key": "x", "moves": 1.0, "half": 2.0, "is_clear": False}]
    assert "no key surely moves it" in answer(summary([["a"]], sensitivity=told, sample="morris"))


def test_a_metric_has_one_unit_at_all_points():
    assert scale_of(summary([["a"]]), "loss_pressed").unit == "%"
    assert scale_of(summary([["a"]]), "late_1s").unit == ""
