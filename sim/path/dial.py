"""Opening a connection through the proxy's process, to the node that the balancer has chosen.

The proxy's kernel answers the SYN, its process accepts, ends TLS and reads the first request; then
it connects to the node. One that refuses, or is silent for `connect_timeout_s`, or does not answer
for `answer_timeout_s`, is a 502 or 504 for the client: the attempt is refused. What says nothing
before it stands (MQTT without a greeting) is connected to the node as soon as the proxy has it, and
closed again if the node refuses.

Left out: that a proxy which is refused tries the next node (the balancer has looked when the client
dialled); the way from proxy to node takes no time.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

from sim.path.tunnel import Tunnel
from sim.transport.accepting import ACCEPTED, IGNORED
from sim.transport.connection import CLIENT, SERVER
from sim.transport.handshake import Dial, Setup
from sim.transport.tcp import RTO_INITIAL_S

if TYPE_CHECKING:
    from sim.engine import Engine
    from sim.ledger import Ledger
    from sim.network.path import Path
    from sim.node import Node
    from sim.transport.stream import Stream

_NOTHING: Final = -1
_REFUSED: Final = "502"
_REFUSAL_BYTES: Final = 157 + 150
"""Page and header of nginx 1.22.1's 502: read from its answer."""


class ProxiedDial(Dial):
    """One attempt to open a tunnel; `setup.door` is the proxy."""

    __slots__ = ("_in_hand", "_proxy", "_reached")

    def __init__(
        self, engine: Engine, ledger: Ledger, path: Path, node: Node, setup: Setup,
        person: int = 0,
    ) -> None:  # fmt: skip
        super().__init__(engine, ledger, path, node, setup, person)
        self._proxy: Any = setup.door
        self._reached = False  # the node has taken the proxy's connection
        self._in_hand = _NOTHING  # the step whose answer the node owes

    def _establish(self, back_s: float) -> None:
        super()._establish(back_s)
        if self._live:
            self._node.connections[self] = None  # the balancer counts it from now on

    def _serve(self, step: int) -> None:
        setup, proxy = self._setup, self._proxy
        if step < setup.secrecy:
            proxy.work(setup.exchanges[step].cost_s, self._answer, step)
        else:
            until_s = self._engine.now_s + proxy.connect_timeout_s
            proxy.work(proxy.request_s, self._connect, step, until_s)

    def _connect(self, step: int, until_s: float) -> None:
        """The proxy connects to the node, if it has not yet, and passes the request on."""
        if self not in self.door.connections:
            return
        said = ACCEPTED if self._reached else self._knock()
        now_s = self._engine.now_s
        if said == ACCEPTED:
            self._in_hand = step
            if self._proxy.answer_timeout_s < math.inf:
                self._engine.at(now_s + self._proxy.answer_timeout_s, self._silent, step)
            super()._serve(step)
        elif said == IGNORED and now_s < until_s:
            self._engine.at(min(until_s, now_s + RTO_INITIAL_S), self._connect, step, until_s)
        else:
            self._refuse()

    def _knock(self) -> int:
        """What the node's kernel says to the proxy's SYN."""
        node = self._node
        node.connections.pop(self, None)
        said = self._answer_to_syn(node)
        if said == ACCEPTED:
            self._reached = True
            node.connections[self] = None
            node.waiting += 1
            node.work(self._setup.behind_s, self._let_in)
        return said

    def _let_in(self) -> None:
        self._node.waiting -= 1

    def _silent(self, step: int) -> None:
        if self._in_hand == step:
            self._refuse()

    def _answer(self, step: int) -> None:
        if step < self._setup.secrecy:
            super()._answer(step)
        elif self._in_hand == step:
            self._in_hand = _NOTHING
            self._proxy.soon(0.0, super()._answer, step)

    def _refuse(self) -> None:
        """The proxy answers in the node's place."""
        self._in_hand = _NOTHING
        self._leave()
        connection = self.connection
        if connection is not None and connection.is_open(SERVER):
            connection.send(SERVER, _REFUSAL_BYTES, _REFUSED)

    def _answered(self, step: Any) -> None:
        if step != _REFUSED:
            super()._answered(step)
        elif self.connection is not None:
            self.connection.close(CLIENT)
            self._fail("refused")

    def _accept(self, connection: Stream) -> None:
        said = ACCEPTED if self._reached else self._knock()
        self._leave()
        if said == ACCEPTED:
            tunnel: Any = Tunnel(self._proxy, self._person, connection)  # type: ignore[arg-type]
            self._caller.accepted(tunnel)
            return
        wait_s = self._proxy.connect_timeout_s if said == IGNORED else 0.0
        if wait_s < math.inf:
            self._engine.at(self._engine.now_s + wait_s, connection.abort, SERVER)

    def _leave(self) -> None:
        super()._leave()
        self.door.connections.pop(self, None)

    def node_crashed(self) -> None:
        """The process died: the proxy's, whose kernel resets, or the node's."""
        self._reached = False
        if not self._proxy.running:
            self._leave()
            super().node_crashed()
        elif self._in_hand != _NOTHING:
            self._refuse()

    def node_lost(self) -> None:
        """The proxy waits: for its time-outs."""

    def node_returned(self) -> None:
        """The host is back, and answers with a reset."""
        if self._in_hand != _NOTHING:
            self._refuse()

    def node_drains(self) -> None:
        """A draining server turns the newcomer away."""
        self._refuse()
