"""A path whose losses are scripted, and a connection over it that keeps a diary."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any

import pytest

from sim.core.links import LAW, OTHER
from sim.engine import Engine
from sim.network.delay import constant_delay
from sim.network.outages import NO_OUTAGES, Outages
from sim.network.path import Path, Way
from sim.transport.segment.connection import CLIENT, SERVER, SegmentConnection
from sim.transport.segment.options import SegmentOptions

DELAY_S = 0.025


@dataclass
class Script:
    """Loses the packets whose number (from 1, per direction) is listed."""

    numbers: Collection[int] = ()
    count: int = 0

    def lost(self, time_s: float, packet: int) -> bool:
        self.count += 1
        return self.count in self.numbers

    def stationary_loss(self) -> float:
        return 0.0

    def write(self, row: Any, at: int) -> None:
        row[at + LAW] = OTHER


@dataclass
class Lab:
    """One connection; `log` holds (time, end, what) of everything its applications see."""

    engine: Engine
    connection: SegmentConnection
    sent: list[Script]
    log: list[tuple[float, int, Any]] = field(default_factory=list)
    dropped: list[Any] = field(default_factory=list)

    def __post_init__(self) -> None:
        for end in (CLIENT, SERVER):
            self.connection.receive[end] = self._note(end, "got")
            self.connection.closed[end] = self._note(end, "closed")
            self.connection.dropped[end] = self.dropped.append

    def _note(self, end: int, verb: str) -> Callable[[Any], None]:
        def note(what: Any) -> None:
            self.log.append((self.engine.now_s, end, what if verb == "got" else (verb, what)))

        return note

    def send(self, at_s: float, end: int, payload: Any, size_bytes: int = 200) -> None:
        self.engine.at(at_s, self.connection.send, end, size_bytes, payload)

    def arrivals(self, end: int) -> dict[Any, float]:
        return {what: time_s for time_s, where, what in self.log if where == end}

    @property
    def client(self) -> Any:
        return self.connection.counters[CLIENT]

    @property
    def server(self) -> Any:
        return self.connection.counters[SERVER]


@pytest.fixture
def lab() -> Callable[..., Lab]:
    """Make a Lab: `up` and `down` number the packets to lose in each direction."""

    def make(
        up: Collection[int] = (),
        down: Collection[int] = (),
        options: SegmentOptions | None = None,
        outages: Outages = NO_OUTAGES,
        established: bool = True,
    ) -> Lab:
        scripts = [Script(up), Script(down)]
        ways = [Way(constant_delay(DELAY_S), script) for script in scripts]
        engine = Engine()
        path = Path(ways[0], ways[1], outages)
        connection = SegmentConnection(engine, path, options, established)
        return Lab(engine, connection, scripts)

    return make
