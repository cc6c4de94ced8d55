"""Rules in words, from a small model that has one of everything."""

from typing import Annotated, Literal

import pytest
from pydantic import BaseModel, Field

from sim.scenario.schema import Schema, child


class Circle(BaseModel):
    """A round thing."""

    kind: Literal["circle"]
    radius: float = Field(gt=0, lt=10, description="size")


class Square(BaseModel):
    """A thing with corners."""

    kind: Literal["square"]
    side: int = Field(ge=1, le=1000000)


Shape = Annotated[Circle | Square, Field(discriminator="kind")]


class Picture(BaseModel):
    title: str = Field(pattern="^[a-z]+$")
    colour: Literal["red", "blue"] = "red"
    shapes: tuple[Shape, ...] = Field(min_length=1)
    frame: Shape | None = None
    pairs: tuple[tuple[float, str], ...] = ()
    named: dict[str, Square] = {}
    size: int | str = 1
    shown: bool = True


RULES = Schema(Picture.model_json_schema())


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("title", "a text matching ^[a-z]+$"),
        ("colour", "'red', 'blue'"),
        ("size", "a whole number or a text"),
        ("shown", "true or false"),
        ("frame", "a table with kind = 'circle', 'square'"),
        ("shapes", "a list of: a table with kind = 'circle', 'square' (at least 1)"),
    ],
)
def test_a_rule_is_put_into_words(key, words):
    assert RULES.allowed(RULES.keys(RULES.root)[key]) == words


@pytest.mark.parametrize(
    ("location", "data", "words"),
    [
        (("shapes", 0, "radius"), {"shapes": [{"kind": "circle"}]}, "a number above 0 below 10"),
        (
            ("shapes", 0, "side"),
            {"shapes": [{"kind": "square"}]},
            "a whole number from 1 to 1,000,000",
        ),
        (("frame", "radius"), {"frame": {"kind": "circle"}}, "a number above 0 below 10"),
        (("pairs", 0, 1), {"pairs": [[1.0, "x"]]}, "a text"),
        (("named", "any", "side"), {}, "a whole number from 1 to 1,000,000"),
    ],
)
def test_a_location_leads_to_its_rule(location, data, words):
    assert RULES.allowed(RULES.at(location, data)) == words


def test_what_is_nowhere_has_no_rule():
    assert RULES.at(("shapes", 0, "radius"), {"shapes": [{"kind": "square"}]}) is None
    assert RULES.at(("title", "inner"), {}) is None


def test_kinds_carry_their_keys_and_meaning():
    kinds = RULES.kinds(RULES.resolve(RULES.keys(RULES.root)["shapes"])["items"])
    assert list(kinds) == ["circle", "square"]
    assert kinds["circle"]["description"] == "A round thing."


def test_child_of_anything():
    assert child({"a": 1}, "a") == 1
    assert child([1, 2], 1) == 2
    assert child([1], 5) is None
    assert child("text", 0) is None
    assert child(3, "a") is None
