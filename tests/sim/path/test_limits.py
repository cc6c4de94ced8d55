"""The numbers of a box are bounded and described."""

import pytest
from pydantic import ValidationError

from sim.path.limits import MOST_S, Limits


@pytest.mark.parametrize(
    "given",
    [
        {"idle_timeout_s": -1},
        {"max_age_s": MOST_S + 1},
        {"idle_timeout_s": float("inf")},
        {"layer": 5},
        {"counts": "server"},
        {"on_cut": "explode"},
        {"idle_s": 60},
    ],
)
def test_what_no_box_does_is_refused(given):
    with pytest.raises(ValidationError):
        Limits.model_validate(given)


def test_nothing_is_limited_unless_said():
    assert set(Limits().model_dump().values()) == {None}


def test_values_cannot_be_changed():
    with pytest.raises(ValidationError, match="frozen"):
        Limits().idle_timeout_s = 1.0


@pytest.mark.parametrize("name", Limits.model_fields)
def test_every_number_is_described_with_its_unit(name):
    description = Limits.model_fields[name].description
    assert description
    assert "seconds" in description or not name.endswith("_s")
