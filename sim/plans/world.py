"""A design and a scenario as a way to come back changes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sim.errors import InputError
from sim.plans.question import SHIPPED

if TYPE_CHECKING:
    from sim.plans.question import Way
    from sim.scenario.designs import Design
    from sim.scenario.scenario import Scenario

BASE_S: Final = 1.0
"""Where a rule begins of which only the cap is said (AWS's simulator of back-offs: 1 s chosen)."""


def changed(design: Design, scenario: Scenario, way: Way) -> tuple[Design, Scenario]:
    """The same with the back-off and the rate of `way`. Raises `InputError`."""
    servers = scenario.servers.model_copy(update={"admissions_per_s": way.admissions_per_s})
    return with_backoff(design, way.backoff), scenario.model_copy(update={"servers": servers})


def with_backoff(design: Design, backoff: str) -> Design:
    """The design with this back-off: its own, one by name, or a rule up to a cap.

    Raises `InputError`.
    """
    if backoff == SHIPPED:
        return design
    try:
        return design.variant(design.name, {"backoff": _table(backoff)})
    except (TypeError, ValueError) as error:
        said = getattr(error, "problems", None) or [("", str(error))]
        raise InputError(f"backoff '{backoff}': {why}" for _, why in said) from None


def _table(backoff: str) -> dict[str, Any]:
    rule, colon, cap = backoff.partition(":")
    if not colon:
        return {"preset": rule}
    try:
        return {"kind": rule, "base_s": BASE_S, "cap_s": float(cap)}
    except ValueError:
        allowed = "allowed: shipped, a name, or RULE:CAP as full-jitter:60"
        raise InputError([f"backoff '{backoff}': {allowed}"]) from None
