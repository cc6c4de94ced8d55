"""The proxies before all servers: one, or several of a kind, and who gets the next connection.

Before several stands a balancer of layer 4, which sees addresses and ports. It hashes them: a new
connection has a new port, so each goes where chance wills, whoever opens it, and stays there for
its life (AWS, docs.aws.amazon.com/elasticloadbalancing/latest/network/introduction.html: a flow
hash with the source port in it; Eisenbud et al., "Maglev", NSDI 2016: a hash of the 5-tuple).
Chance is a function of the person and of how many connections the person has opened before, so
that all designs meet the same. A proxy that is down gets nothing new once the balancer's checks
have failed (`sim.path.health`); if all look down, all get something.

They share what they believe of the servers, and whose turn it is. Left out: affinity to a client's
address, and that a balancer forgets a connection.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final, Protocol

from sim.path.health import Health
from sim.path.limits import Limits
from sim.path.proxy import Proxy

if TYPE_CHECKING:
    from sim.engine import Engine
    from sim.process import Process

CHECKING: Final = Limits(check_s=2.0, check_fails=3, check_passes=2)
"""How a balancer checks that does not say: HAProxy 2.6 configuration manual, `inter`, `fall`,
`rise`."""


class Luck(Protocol):
    """What one person's connections draw from, in their order."""

    def uniform(self) -> float:
        """A number in (0, 1)."""


class Proxies:
    """So many proxies with these numbers.

    `checking`: how the balancer before several checks them. `draws`: the luck of a person's
    connections.
    """

    __slots__ = ("_draws", "_health", "_luck", "all", "first")

    def __init__(
        self, engine: Engine, limits: Limits, checking: Limits, draws: Callable[[int], Luck]
    ) -> None:
        self.first = first = Proxy(engine, limits)
        others = range(1, limits.count or 1)
        self.all = (first, *(Proxy(engine, limits, one, first.health) for one in others))
        self._draws = draws
        self._luck: dict[int, Luck] = {}  # by person
        self._health = Health(engine, checking)
        for proxy in self.all:
            self._health.watch(proxy)

    def pick(self, person: int) -> Proxy:
        """Which one takes this person's next connection."""
        if len(self.all) == 1:
            return self.first
        if person not in self._luck:
            self._luck[person] = self._draws(person)
        trusted = [one for one in self.all if self._health.trusts(one)] or self.all
        return trusted[int(self._luck[person].uniform() * len(trusted))]

    def by_name(self) -> dict[str, Process]:
        """All of them as processes; the first is "proxy", the next "proxy 1"."""
        names = ("proxy", *(f"proxy {number}" for number in range(1, len(self.all))))
        return dict(zip(names, self.all, strict=True))
