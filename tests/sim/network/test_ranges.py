"""Refusals name the value and the range."""

from collections.abc import Callable
from math import inf, nan

import pytest

from sim.network.ranges import require_not_negative, require_positive, require_ratio

Check = Callable[[str, float], None]


@pytest.mark.parametrize(
    ("check", "value"),
    [
        (require_positive, 5e-324),
        (require_positive, 1e300),
        (require_not_negative, 0.0),
        (require_ratio, 0.0),
        (require_ratio, 1.0),
    ],
)
def test_inside_passes(check: Check, value: float) -> None:
    check("x_s", value)


@pytest.mark.parametrize(
    ("check", "values", "allowed"),
    [
        (require_positive, (0.0, -1.0, inf, nan), "finite and > 0"),
        (require_not_negative, (-1e-9, inf, -inf, nan), "finite and >= 0"),
        (require_ratio, (-1e-9, 1.0000001, nan), "0 to 1"),
    ],
)
def test_outside_is_refused(check: Check, values: tuple[float, ...], allowed: str) -> None:
    for value in values:
        with pytest.raises(ValueError, match=f"^x_s is {value!r}; allowed: {allowed}$"):
            check("x_s", value)
