"""What the architecture makes and what the defaults make, as two comparisons bear it out."""

from itertools import combinations

import pytest

from sim.experiment.answer import LINE
from sim.experiment.changed import answers, changed

LOST, LATE, TWICE = "loss_pressed", "late_1s", "duplicates_visible"


def part(values, verdicts):
    """One comparison: metric -> design -> value; pair -> verdict on every metric, or metric and
    pair -> verdict on one."""
    designs = {}
    for metric, found in values.items():
        for name, value in found.items():
            entry = {"value": value, "low": value, "high": value, "unit": "share", "n": 8}
            designs.setdefault(name, {})[metric] = entry
    compared = [
        {"metric": metric, "a": a, "b": b, "difference": 0.0, "low": 0.0, "high": 0.0,
         "p_corrected": 0.5, "verdict": verdicts.get((metric, a, b))
         or verdicts.get((a, b), "not distinguishable")}
        for metric, found in values.items()
        for a, b in combinations(found, 2)
    ]  # fmt: skip
    return {"designs": designs, "comparisons": compared}


def summary(shipped, equal, stands, decides=(LOST,)):
    return {
        **part(*shipped),
        "equal": part(*equal),
        "footing": {"stands": stands},
        "decides": list(decides),
        "replications": 8,
    }


APART = ({LOST: {"a": 0.04, "b": 0.01}}, {("a", "b"): "better"})
LEVEL = ({LOST: {"a": 0.01, "b": 0.01}}, {("a", "b"): "equal"})
SAME = {"a": "a", "b": "b"}


def test_each_footing_has_its_line():
    said = answers(summary(APART, LEVEL, SAME))
    assert said.splitlines() == [
        "Architecture alone: lost equal.",
        "With the defaults: lost 1.00 % (b) to 4.00 % (a).",
    ]


def test_what_was_not_seen_is_equal_only_by_a_verdict():
    none = {LOST: {"a": 0.0, "b": 0.0, "c": 0.04}}
    worse = {("a", "c"): "worse", ("b", "c"): "worse"}
    stands = dict(zip("abc", "abc", strict=True))
    few = (none, worse | {("a", "b"): "too few runs"})
    equal = (none, worse | {("a", "b"): "equal"})
    assert answers(summary(equal, few, stands)).splitlines() == [
        "Architecture alone: lost 0 % (2 designs) to 4.00 % (c).",
        "With the defaults: lost 0 % (2 equal) to 4.00 % (c).",
    ]
    level = ({LOST: {"a": 0.0, "b": 0.0}}, {("a", "b"): "too few runs"})
    assert answers(summary(APART, level, SAME)).startswith("Architecture alone: lost not seen.")


def test_where_not_all_fits_what_differs_is_told():
    level, apart = {"a": 0.01, "b": 0.01}, {"a": 0.01, "b": 0.05}
    values = {LOST: level, LATE: apart, TWICE: apart}
    verdicts = {(LOST, "a", "b"): "equal", ("a", "b"): "worse"}
    for decides, told in (
        ((LOST, LATE), "late 1.00 % (a) to 5.00 % (b); lost equal."),
        ((LOST, LATE, TWICE), "late 1.00 % (a) to 5.00 % (b)."),
    ):
        found = answers(summary((values, verdicts), (values, verdicts), SAME, decides))
        assert found.splitlines()[0] == f"Architecture alone: {told}"


def test_one_system_makes_no_difference():
    said = answers(summary(APART, ({LOST: {"b": 0.01}}, {}), {"a": "b", "b": "b"}))
    assert said.splitlines()[0] == "Architecture alone: no difference; all are one system, b."


def test_what_cannot_be_told_apart_is_not_called_equal():
    open_ = ({LOST: {"a": 0.01, "b": 0.02}}, {("a", "b"): "too few runs"})
    assert answers(summary(APART, open_, SAME)).splitlines()[0] == (
        "Architecture alone: lost not told apart."
    )


def test_nothing_measured_is_said():
    said = answers(summary(APART, LEVEL, SAME, decides=[LATE]))
    assert said.splitlines()[0] == (
        "Architecture alone: nothing that would decide this was measured."
    )


@pytest.mark.parametrize("letters", [1, 20, 60])
@pytest.mark.parametrize("count", [2, 9])
@pytest.mark.parametrize("verdict", ["better", "worse", "equal", "too few runs", ""])
def test_it_is_always_two_lines_that_fit(letters, count, verdict):
    names = [f"{'x' * letters}{number}" for number in range(count)]
    values = {metric: {name: 0.1 / (at + 1) for at, name in enumerate(names)}
              for metric in (LOST, LATE, "duplicates_visible", "stale_per_hour")}  # fmt: skip
    verdicts = dict.fromkeys(combinations(names, 2), verdict)
    both = summary((values, verdicts), (values, verdicts), dict(zip(names, names, strict=True)),
                   list(values))  # fmt: skip
    lines = answers(both).splitlines()
    assert len(lines) == 2
    assert all(len(line) <= LINE for line in lines)


@pytest.mark.parametrize(
    ("equal", "stands", "said"),
    [
        (
            LEVEL,
            SAME,
            "Of 1 difference as shipped, on equal footing 1 is gone (lost, a against b).",
        ),
        (APART, SAME, "Of 1 difference as shipped, on equal footing 1 stays (lost, a against b)."),
        (
            ({LOST: {"b": 0.01}}, {}),
            {"a": "b", "b": "b"},
            "Of 1 difference as shipped, on equal footing 1 is gone (lost, a against b).",
        ),
        (
            ({LOST: {"a": 0.01, "b": 0.04}}, {("a", "b"): "worse"}),
            SAME,
            "Of 1 difference as shipped, on equal footing 1 turns round (lost, a against b).",
        ),
        (
            ({LOST: {"a": 0.01, "b": 0.04}}, {("a", "b"): "too few runs"}),
            SAME,
            "Of 1 difference as shipped, on equal footing 1 is open (lost, a against b).",
        ),
        (  # a difference that is not seen is not gone
            ({LOST: {"a": 0.01, "b": 0.04}}, {("a", "b"): "not distinguishable"}),
            SAME,
            "Of 1 difference as shipped, on equal footing 1 is no longer seen (lost, a against b).",
        ),
    ],
)
def test_what_becomes_of_a_difference(equal, stands, said):
    assert changed(summary(APART, equal, stands)) == said


def test_a_difference_that_equal_footing_brings_out():
    assert changed(summary(LEVEL, APART, SAME)) == (
        "As shipped nothing that decides this is told apart; on equal footing 1 pair is told apart"
        " there alone (lost, a against b)."
    )


def test_no_difference_on_either_footing():
    assert changed(summary(LEVEL, LEVEL, SAME)) == (
        "Nothing that decides this is told apart on either footing."
    )


def test_a_difference_is_new_only_if_no_pair_that_stands_so_had_it():
    """a and c stand as one: that b differs from it was seen of c as shipped."""
    shipped = (
        {LOST: {"a": 0.01, "b": 0.01, "c": 0.04}},
        {("a", "c"): "worse", ("b", "c"): "worse"},
    )
    equal = ({LOST: {"a": 0.04, "b": 0.01}}, {("a", "b"): "better"})
    said = changed(summary(shipped, equal, {"a": "a", "b": "b", "c": "a"}))
    assert "alone" not in said
    assert said.startswith(
        "Of 2 differences as shipped, on equal footing 1 is gone (lost, a against c)"
    )
