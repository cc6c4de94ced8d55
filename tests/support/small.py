"""Scenarios small enough to be run by the dozen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.scenario.scenario import Scenario

_SMALL: dict[str, Any] = {
    "name": "small",
    "designs": ["full-websocket"],
    "seed": 7,
    "replications": 1,
    "time": {"warmup_s": 5.0, "measure_s": 40.0, "drain_s": 30.0},
    "people": {"count": 8},
    "conversations": {
        "per_person": 2,
        "direct_share": 0.5,
        "sizes": {"kind": "fixed", "size": 4},
    },
    "actions": {
        "send": {"per_person_per_minute": 10},
        "typing": {"per_send": 1},
        "seen": {"per_person_per_minute": 2},
        "list": {"per_person_per_minute": 2, "reply_bytes": 5000},
    },
    "networks": [{"share": 1.0, "profile": "4g"}],
    "servers": {"gateways": 2, "api_nodes": 2},
}


def scenario(**changes: Any) -> Scenario:
    """Eight people for 45 seconds; a section that is given is merged into the usual one."""
    return Scenario.model_validate(_merged(_SMALL, changes))


def pairs(
    people: int, per_minute: float, delay_s: float, time_s: tuple[float, float, float]
) -> Scenario:
    """Pairs of people who write to each other so often, and do nothing else, over links that only
    take their time, to servers that take next to none. `time_s`: warm-up, measured, drain."""
    warmup_s, measure_s, drain_s = time_s
    link = {"kind": "constant", "delay_s": delay_s}
    return scenario(
        people={"count": people},
        conversations={"per_person": 1, "direct_share": 1.0},
        time={"warmup_s": warmup_s, "measure_s": measure_s, "drain_s": drain_s},
        actions={
            "send": {"per_person_per_minute": per_minute},
            "typing": {"per_send": 0},
            "seen": {"per_person_per_minute": 0},
            "list": {"per_person_per_minute": 0},
        },
        networks=[{"share": 1, "profile": "lan", "delay": link, "rate": {"kind": "none"}}],
        servers={"gateways": 1, "api_nodes": 1, "cores": 8},
        store={"write_s": 0, "read_s": 0},
        tls={"version": "none"},
    )


def _merged(usual: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    both = dict(usual)
    for key, value in changes.items():
        old = both.get(key)
        nested = isinstance(value, Mapping) and isinstance(old, Mapping)
        both[key] = _merged(old, value) if nested and "kind" not in value else value
    return both
