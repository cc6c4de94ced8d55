"""A connection through the proxy's process: two that meet there, in the shape of one.

What a WebSocket, an MQTT connection or an event stream carries, either way, is read and written by
the proxy, as are its end and the news of it: each takes `passed_s` of its process and waits until
that has come to it. The client has the connection that ends at the proxy; the node has this. What
is done within a millisecond (`sim.core.queues.AHEAD_S`) takes no event of its own.

When the proxy's process dies its kernel closes both sides, and what it had in hand is lost.

Left out: windows and buffers between proxy and node; that a proxy hears nothing of a lost host, and
acknowledges what is on its way there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from sim.transport.connection import CLIENT, SERVER, Passive
from sim.transport.stream import Cut, ignore

if TYPE_CHECKING:
    from sim.path.proxy import Proxy
    from sim.transport.tapped import Tapped

DIED: Final = "proxy died"


class Tunnel:
    """The node's end of `connection`, which ends at the proxy."""

    __slots__ = (
        "_in_hand", "_known", "_person", "_taken", "closed", "dropped", "outside", "proxy",
        "receive",
    )  # fmt: skip
    comes_back = True
    line = -1

    def __init__(self, proxy: Proxy, person: int, connection: Tapped) -> None:
        self.proxy = proxy
        self._person = person
        self._known = True  # to the node, as open
        self._taken = 0
        self._in_hand: dict[int, Any] = {}  # what waits for the process, None for a word of TCP
        self.outside = connection
        self.receive: list[Callable[[Any], None]] = [ignore, ignore]
        self.closed: list[Callable[[str], None]] = [ignore, ignore]
        self.dropped = connection.dropped
        connection.receive[SERVER] = self._read
        connection.closed[SERVER] = self._ended
        proxy.connections[self] = None

    # What the process does.

    def _through(self, payload: Any, lost: Callable[[Any], None], call: Callable[[], None]) -> None:
        """`call()` when the process has come to it, `lost(payload)` if it dies before."""
        proxy = self.proxy
        if not proxy.running:
            lost(payload)
            return
        done_s = proxy.pass_on(self._person)
        if not self._in_hand and proxy.is_soon(done_s):
            proxy.engine.ahead(done_s, call)
            return
        self._taken += 1
        key = self._taken
        self._in_hand[key] = payload
        self._tell_rows()
        proxy.take(done_s, partial(self._done, key, call), partial(self._lost, key, lost))

    def _done(self, key: int, call: Callable[[], None]) -> None:
        del self._in_hand[key]
        self._tell_rows()
        call()

    def _lost(self, key: int, lost: Callable[[Any], None]) -> None:
        payload = self._in_hand.pop(key)
        self._tell_rows()
        lost(payload)

    def _tell_rows(self) -> None:
        rows = self.rows
        if rows is not None:
            rows.in_hand(self.outside, len(self._in_hand))

    # Up.

    def _read(self, payload: Any) -> None:
        self._through(payload, self.dropped[CLIENT], partial(self._arrive, payload))

    def _arrive(self, payload: Any) -> None:
        if self._known:
            self.receive[SERVER](payload)
        else:
            self.dropped[CLIENT](payload)

    def _ended(self, reason: str) -> None:
        """The client's side is over, or the proxy has cut both."""
        self._through(None, ignore, partial(self._tell, reason))

    def _tell(self, reason: str) -> None:
        self.proxy.connections.pop(self, None)
        if self._known:
            self._known = False
            self.closed[SERVER](reason)

    # Down.

    def send(self, end: int, size_bytes: int, payload: Any) -> None:
        """Write to the socket at `end`."""
        if end == CLIENT:
            self.outside.send(CLIENT, size_bytes, payload)
        elif not self._known:
            self.dropped[SERVER](payload)
        else:
            write = partial(self.outside.send, SERVER, size_bytes, payload)
            self._through(payload, self.dropped[SERVER], write)

    def post(self, size_bytes: int, message: int, person: int) -> None:
        """Send a delivery to the client that nobody reacts to."""
        passive = Passive(message, person)
        if not self._known:
            self.dropped[SERVER](passive)
            return
        post = partial(self.outside.post, size_bytes, message, person)
        self._through(passive, self.dropped[SERVER], post)

    def echo(self, end: int, size_bytes: int, payload: Any, answered: Callable[[], None]) -> bool:
        """Never: ping and pong have to be passed on."""
        return False

    def close(self, end: int) -> None:
        """Orderly close."""
        self._leave(end, self.outside.close)

    def abort(self, end: int) -> None:
        """Reset."""
        self._leave(end, self.outside.abort)

    def _leave(self, end: int, how: Callable[[int], None]) -> None:
        if end == CLIENT:
            how(CLIENT)
        elif self._known:
            self._known = False
            self._through(None, ignore, partial(self._pass_end, how))

    def _pass_end(self, how: Callable[[int], None]) -> None:
        self.proxy.connections.pop(self, None)
        how(SERVER)

    def vanish(self, end: int) -> None:
        """The host or the address at this end is gone."""
        if end == SERVER:
            self._known = False
            self.proxy.connections.pop(self, None)
        self.outside.vanish(end)

    def returned(self, end: int) -> None:
        """The host that was gone is back and knows nothing."""
        self.outside.returned(end)

    # The process itself (`sim.node.Attached`).

    def node_crashed(self) -> None:
        """The kernel of the dead process closes both sides."""
        if self.outside.is_open(SERVER):
            self.outside.cut = Cut(DIED, self.proxy.engine.now_s)
            self.outside.close(SERVER)
        self._tell("fin")

    def node_lost(self) -> None:
        """Its host is gone: nobody hears anything."""
        self.vanish(SERVER)

    def node_returned(self) -> None:
        """It is back: whoever still writes to it is reset."""
        self.outside.returned(SERVER)

    def node_drains(self) -> None:
        """A proxy keeps what it has; its reloads are its guard's (`sim.path.guard`)."""

    # As the connection itself.

    @property
    def rows(self) -> Any:
        """Who carries what is calm on it."""
        return getattr(self.outside, "rows", None)

    @property
    def number(self) -> int:
        """Its place there."""
        return int(getattr(self.outside, "number", -1))

    @property
    def opened_s(self) -> float:
        """When its client's side opened."""
        return self.outside.opened_s

    @property
    def cut(self) -> Cut | None:
        """By something on the way."""
        return self.outside.cut

    @cut.setter
    def cut(self, cut: Cut | None) -> None:
        self.outside.cut = cut

    def is_open(self, end: int) -> bool:
        """Whether this end believes that it can read and write."""
        return self._known if end == SERVER else self.outside.is_open(CLIENT)

    def flying(self) -> Iterator[Any]:
        """Payloads sent and not arrived."""
        yield from (payload for payload in self._in_hand.values() if payload is not None)
        yield from self.outside.flying()

    def waiting_bytes(self, end: int = SERVER) -> int:
        """Bytes written at this end that have not arrived."""
        return self.outside.waiting_bytes(end)

    def settle(self) -> None:
        """Take back what was recorded before it happened."""
        self.outside.settle()

    def traffic(self, end: int) -> tuple[int, int, int]:
        """Packets, bytes on the wire and writes that left this end, on the client's side."""
        return self.outside.traffic(end)
