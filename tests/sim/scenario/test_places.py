"""Who is to blame: a line of the file, or what was typed."""

from pathlib import Path

import pytest

from sim.scenario.places import Change, Source, told
from sim.scenario.problems import Problem

SOURCE = Source("x.toml", "[people]\ncount = 1\n[[faults]]\nat_s = 3\n", Path())


def one(location, *typed, own=False):
    problem = Problem(location, "wrong")
    changes = [Change(at, 1, f"--set {'.'.join(map(str, at))}") for at in typed]
    (line,) = told([problem], SOURCE, changes, [problem] if own else [])
    return line


@pytest.mark.parametrize(
    ("location", "typed", "own", "line"),
    [
        (("people", "count"), [], True, "x.toml:2: people.count: wrong"),
        (("faults", 0, "at_s"), [], True, "x.toml:4: faults.0.at_s: wrong"),
        ((), [], True, "x.toml: wrong"),
        (("people", "count"), [("people", "count")], False, "--set people.count: wrong"),
        (("people", "count"), [("people",)], False, "--set people: people.count: wrong"),
        (("people",), [("people", "kind")], False, "--set people.kind: people: wrong"),
        (("people", "count"), [("people", "x")], False, "--set people.x: people.count: wrong"),
        (("people", "count"), [("people", "owed")], True, "x.toml:2: people.count: wrong"),
        (("faults", 0, "at_s"), [("time", "s")], False, "--set time.s: faults.0.at_s: wrong"),
        (("faults", 0, "at_s"), [("seed",), ("time", "s")], False,
         "--set seed, --set time.s: faults.0.at_s: wrong"),
    ],
)  # fmt: skip
def test_what_was_typed_is_blamed_for_what_the_file_has_not_wrong_by_itself(
    location, typed, own, line
):
    assert one(location, *typed, own=own) == line


def test_lines_come_in_the_order_of_the_file():
    problems = [Problem(("faults", 0), "b"), Problem(("people",), "a")]
    assert [line[-1] for line in told(problems, SOURCE, (), problems)] == ["a", "b"]
