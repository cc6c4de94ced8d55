"""What CONTRIBUTING and CHANGELOG say is in one table, once, and there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
CHANGELOG = (ROOT / "CHANGELOG.md").read_text("utf-8")
TAGS = ("NEW", "FIX", "CHANGE", "BREAKING", "DOCS", "NUMBERS")


def rows():
    """The cells of every row of the table, head and rule included."""
    lines = [line for line in CONTRIBUTING.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def entries():
    """Every change, on one line each."""
    return [" ".join(one.split()) for one in re.split(r"^- ", CHANGELOG, flags=re.MULTILINE)[1:]]


def test_there_is_one_table_with_one_head_and_each_thing_once():
    head, rule, *body = rows()
    assert head == ["to add", "touch", "found by", "shown by"]
    assert set(rule) == {"---"}
    assert {len(row) for row in body} == {len(head)}
    things = [row[0] for row in body]
    assert len(things) == len(set(things)) > 10
    between = CONTRIBUTING[CONTRIBUTING.index("| to add") : CONTRIBUTING.rindex("\n|")]
    assert "\n\n" not in between


@pytest.mark.parametrize("row", rows()[2:], ids=lambda row: row[0])
def test_what_to_touch_and_what_shows_it_are_there(row):
    named = re.findall(r"`((?:sim|models|tests)/[\w./-]*)`", " ".join(row))
    assert named
    assert [path for path in named if not (ROOT / path).exists()] == []
    assert any(path.startswith("tests/") for path in named)


def test_every_change_has_its_tags_and_is_told_once():
    told = [re.fullmatch(r"((?:\[[A-Z]+\] )+)(.+)", one) for one in entries()]
    assert None not in told
    for one in told:
        assert set(re.findall(r"\[([A-Z]+)\]", one[1])) <= set(TAGS)
    begins = [one[2][:60] for one in told]
    assert [one for one in begins if begins.count(one) > 1] == []


def test_the_tags_are_those_that_contributing_names():
    changes = CONTRIBUTING[CONTRIBUTING.index("## Changes") :]
    assert tuple(re.findall(r"`\[([A-Z]+)\]`", changes))[: len(TAGS)] == TAGS
