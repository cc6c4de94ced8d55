"""Tables become dataclasses, or every mistake is told."""

from dataclasses import dataclass

import pytest

from models.tables import Mistakes, made, near, overlaid


@dataclass(frozen=True)
class Wheel:
    spokes: int
    wide_m: float = 0.5

    def __post_init__(self):
        if self.spokes < 3:
            raise ValueError(f"spokes = {self.spokes!r}: must be at least 3")
        if self.wide_m > 1.0:
            raise ValueError("too wide")


@dataclass(frozen=True)
class Cart:
    front: Wheel
    rear: Wheel | None = None
    named: str = "cart"
    brake: bool = False
    gears: tuple[float, ...] = ()


def test_tables_in_tables_are_made_too():
    cart = made(Cart, {"front": {"spokes": 8, "wide_m": 1}, "gears": [1, 2]})
    assert cart == Cart(Wheel(8, 1.0), gears=(1.0, 2.0))
    assert isinstance(cart.front.wide_m, float)
    assert made(Cart, {"front": Wheel(4), "rear": None}).rear is None


def test_every_mistake_is_told_where_it_is():
    table = {
        "front": {"spokes": True, "wide_m": "1"},
        "rear": 3,
        "named": 1,
        "brake": 0,
        "gaers": [],
    }
    with pytest.raises(Mistakes) as refused:
        made(Cart, table)
    assert {at: said for at, _, said in refused.value.found} == {
        ("front", "spokes"): "a whole number",
        ("front", "wide_m"): "a number",
        ("rear",): "a table",
        ("named",): "a text",
        ("brake",): "true, false",
        ("gaers",): "unknown field 'gaers'; allowed: front, rear, named, brake, gears;"
        " did you mean 'gears'?",
    }


def test_what_the_value_itself_refuses_is_told_at_its_key():
    for spokes, wide_m, found in (
        (2, 0.5, (("front", "spokes"), 2, "at least 3")),
        (3, 2.0, (("front",), {"spokes": 3, "wide_m": 2.0}, "too wide")),
    ):
        with pytest.raises(Mistakes) as refused:
            made(Cart, {"front": {"spokes": spokes, "wide_m": wide_m}})
        assert refused.value.found == (found,)


def test_what_is_missing_is_told():
    with pytest.raises(Mistakes) as refused:
        made(Cart, {})
    assert refused.value.found == ((("front",), None, "missing; allowed: a number"),)


def test_a_table_is_laid_over_another():
    under = {"a": 1, "b": {"c": 2, "d": 3}}
    assert overlaid(under, {"b": {"c": 4}, "e": 5}) == {"a": 1, "b": {"c": 4, "d": 3}, "e": 5}
    assert under["b"] == {"c": 2, "d": 3}


def test_near_offers_a_near_name_or_nothing():
    assert near("gaers", ["gears"]) == "; did you mean 'gears'?"
    assert near("luck", ["gears"]) == ""
