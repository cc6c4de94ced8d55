"""A dialled connection with boxes on its path, and all that its two owners hear."""

from __future__ import annotations

from typing import Any

from wires import ledger, path

from sim.engine import Engine
from sim.history import GATEWAY
from sim.node import Node
from sim.path.build import Boxes
from sim.path.spec import Middlebox
from sim.transport.connection import CLIENT, SERVER
from sim.transport.handshake import Dial, Setup
from sim.transport.stream import Caller

RTT_S = 0.05  # as in the measurements: no loss
ONE_WAY_S = RTT_S / 2


class Bench:
    """Times count from when the connection stands; boxes stand at the server's end."""

    def __init__(
        self, *boxes: Middlebox, exact: bool = False, requests: bool = False,
        keepalive: Any = (None, None), **wire: Any,
    ) -> None:  # fmt: skip
        self.engine = Engine()
        self.heard: list[tuple[float, int, str, Any]] = []
        standing = Boxes(self.engine, boxes, [0])
        setup = Setup(exact=exact, requests=requests, boxes=standing, keepalive=keepalive)
        wires = path(ONE_WAY_S, ONE_WAY_S, **wire)
        self.ledger = ledger()
        node = Node(self.engine, 0, GATEWAY, 1)
        dial = Dial(self.engine, self.ledger, wires, node, setup)
        dial.start(Caller(opened=self._opened, failed=lambda why: None))
        self.engine.run(RTT_S + 1e-9)

    def _opened(self, connection: Any) -> None:
        self.connection = connection
        for end in (CLIENT, SERVER):
            for what in ("receive", "closed", "dropped"):
                getattr(connection, what)[end] = self._hears(end, what)

    def _hears(self, end: int, what: str) -> Any:
        return lambda it: self.heard.append((round(self.now_s, 6), end, what, it))

    @property
    def now_s(self) -> float:
        """Since the connection stands at the client and, one way before, at the box."""
        return self.engine.now_s - RTT_S

    def at(self, time_s: float, act: str, *args: Any) -> None:
        self.engine.at(time_s + RTT_S, getattr(self.connection, act), *args)

    def run(self, until_s: float = 1000.0) -> list[tuple[float, int, str, Any]]:
        self.engine.run(until_s + RTT_S)
        return self.heard
