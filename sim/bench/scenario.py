"""The world of the speed table: rooms of 21 on four gateways, in three kinds of weather.

Two runs of it differ in the number of messages only: what a delivery costs is the difference of
their times over the difference of their deliveries. Everything that a run costs besides (people,
connections, beats, start) cancels out.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from sim.scenario.load import changed, load

if TYPE_CHECKING:
    from sim.scenario.designs import Design
    from sim.scenario.scenario import Scenario

ROOM: Final = 21
GATEWAYS: Final = 4
FEW_PER_MINUTE: Final = 0.3
MANY_PER_MINUTE: Final = 3.0
"""Messages that a person writes in a minute, in the two runs of a marginal cost."""
WARMUP_S: Final = 30.0
MEASURE_S: Final = 60.0
DRAIN_S: Final = 20.0
CONNECTED_S: Final = WARMUP_S
"""By then everybody is connected: they come in the first tenth of the warm-up."""

_LOSS: Final = {"kind": "bernoulli", "ratio": 0.02}
_OUTAGES: Final = {
    "kind": "renewal",
    "up": {"kind": "exponential", "mean_s": 570.0},
    "down": {"kind": "exponential", "mean_s": 30.0},
}
WEATHERS: Final[Mapping[str, Mapping[str, Any]]] = MappingProxyType(
    {
        "calm": {"loss": {"kind": "none"}},
        "loss": {"loss": _LOSS},
        "outages": {"loss": _LOSS, "outages": _OUTAGES},
    }
)
"""By name: 4G as it is, with 2 % of packets lost, and with that and an outage every 10 minutes."""


def scenario(known: Mapping[str, Design], people: int, weather: str, per_minute: float) -> Scenario:
    """The world with so many people, of whom each writes so often."""
    keys: dict[str, Any] = {
        "people.count": people,
        "conversations": {
            "per_person": 1,
            "direct_share": 0.0,
            "sizes": {"kind": "fixed", "size": min(ROOM, people)},
        },
        "actions.send.per_person_per_minute": per_minute,
        "actions.list.per_person_per_minute": 0.0,
        "actions.typing.per_send": 0.0,
        "actions.seen.per_person_per_minute": 0.0,
        "networks": [{"share": 1.0, "profile": "4g", **WEATHERS[weather]}],
        "servers.gateways": GATEWAYS,
        "time": {"warmup_s": WARMUP_S, "measure_s": MEASURE_S, "drain_s": DRAIN_S},
    }
    return load("commuter-day", known, [changed(key, value) for key, value in keys.items()])
