"""Two clients with one client id: a design in which all readers share the first one's account.

Only how often they take each other's place is of interest, so who gets which message is not kept
apart. Works with designs that receive over MQTT.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sim.scenario.designs import Design


@dataclass(frozen=True, slots=True)
class OneClientId:
    """`inner` with one broker account for everybody in the second half of the people."""

    inner: Design

    @property
    def name(self) -> str:
        """The inner design's."""
        return self.inner.name

    @property
    def summary(self) -> str:
        """The inner design's, and the mistake."""
        return f"{self.inner.summary} All readers have one client id."

    @property
    def claims(self) -> Sequence[str]:
        """Nothing can be promised."""
        return ()

    def describe(self) -> Mapping[str, str | Mapping[str, str]]:
        """As the inner design says."""
        return self.inner.describe()

    def variant(self, name: str, changes: dict[str, Any]) -> OneClientId:
        """A variant of the inner design with the same mistake."""
        return OneClientId(self.inner.variant(name, changes))

    def build(self, world: Any) -> Any:
        """The system under test, readers confused."""
        system = self.inner.build(world)
        accounts = system.channels["mqtt"].accounts
        first = len(accounts) // 2
        accounts[first].people = range(first, len(accounts))
        accounts[first:] = [accounts[first]] * (len(accounts) - first)
        return system
