"""Paths made to measure for tests of the transport: constant delays, losses by script."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from sim.core.links import LAW, OTHER
from sim.engine import Engine
from sim.ledger import Ledger
from sim.network.delay import constant_delay
from sim.network.loss import Loss, NoLoss
from sim.network.outages import NO_OUTAGES, Outages
from sim.network.path import Path, Way
from sim.network.rate import ConstantRate


@dataclass
class Scripted:
    """Loses the packets of the given numbers, counted from 0 as they are first asked about.

    Keeps the times at which they were sent.
    """

    losses: Iterable[int] = ()
    asked_s: list[float] = field(default_factory=list)
    numbers: dict[tuple[float, int], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.losses = frozenset(self.losses)

    def lost(self, time_s: float, packet: int) -> bool:
        if (time_s, packet) not in self.numbers:
            self.numbers[time_s, packet] = len(self.numbers)
            self.asked_s.append(time_s)
        return self.numbers[time_s, packet] in self.losses

    def write(self, row, at):
        row[at + LAW] = OTHER

    def stationary_loss(self) -> float:
        return 0.5  # the hot path may not pass by


def path(
    up_s: float = 0.05,
    down_s: float = 0.05,
    *,
    up: Loss | None = None,
    down: Loss | None = None,
    rate_bps: float | None = None,
    outages: Iterable[tuple[float, float]] = (),
) -> Path:
    """Constant delays each way; no loss, no rate limit and no outage unless given."""
    rate = None if rate_bps is None else ConstantRate(rate_bps)
    return Path(
        Way(constant_delay(up_s), up or NoLoss(), rate),
        Way(constant_delay(down_s), down or NoLoss(), rate),
        Outages(outages) if outages else NO_OUTAGES,
    )


class NoActions:
    """A workload without people: the ledger is only there for deliveries."""

    members: tuple[()] = ()
    sessions: tuple[()] = ()
    time_s: tuple[()] = ()
    changes: tuple[()] = ()
    actor = conversation = action = size_bytes = time_s


def ledger() -> Ledger:
    """A ledger of nothing but deliveries."""
    return Ledger(NoActions(), Engine())


def recorded(taken: Ledger) -> list[tuple[float, int, int]]:
    """Deliveries on record that stand, as (time_s, message, person)."""
    return [(at_s, message, person) for message, person, at_s, *_ in taken.copies()]
