"""A request at a proxy: passed on to a node, tried again, or answered in the nodes' place.

A proxy of layer 7 before all servers (`sim.path.proxy`) is where people's HTTP connections end. A
node that dies takes none of them along: whoever waits is answered by another node, or with a 502.
What is tried again is the proxy's affair (nginx: whatever only reads, and a POST that no server has
got; HAProxy: what found no connection, at the same server), as is for how long it waits: a closed
port refuses at once, a lost host lets it wait for its time-out, and a process that stands still
answers late or never (504). One that it has given up may have done its work all the same: it is
done twice if it is sent again.

A node sees a connection for each request that it has in hand. The way from proxy to node takes no
time here. Left out: the proxy's idle connections to nodes, and the requests that meet their end;
answers of several packets; the difference between 502 and 503, which no client here makes.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from models.connections.asking import Ask, Reply
from models.connections.http2.end import StreamEnd
from models.connections.http_pool import RESPONSE_HEADER_BYTES, WebEnd, WebServer
from sim.node import GONE

if TYPE_CHECKING:
    from models.connections.endpoint import Endpoint
    from sim.node import Node
    from sim.path.proxy import Proxy

BAD_GATEWAY: Final = 502
GATEWAY_TIMEOUT: Final = 504
ERROR_BODY_BYTES: Final = 157
"""nginx 1.22.1's page of a 502: read from its answer."""


class Unserved(NamedTuple):
    """The body of an answer by a proxy in the servers' place."""

    status: int


def fronted(endpoint: Endpoint, web: WebServer) -> WebServer:
    """What people's connections meet: the proxy before `web` if the world has one, else `web`."""
    if endpoint.world.proxy is None:
        return web

    def serve(front: WebEnd | StreamEnd, ask: Ask) -> None:
        Forward(endpoint, web, front, ask)

    return WebServer(serve, lost=web.lost)


class Upstream:
    """One try of a request at one node: to the node and the channel it is the connection.

    `gone()` and `let_go()` are those of `WebEnd`.
    """

    __slots__ = ("_forward", "gone", "let_go", "node", "person")
    comes_back = False
    line = -1

    def __init__(self, forward: Forward, node: Node, person: int) -> None:
        self._forward = forward
        self.node = node
        self.person = person
        self.gone: Callable[[], None] = _nothing
        self.let_go: Callable[[], None] = _nothing
        node.connections[self] = None

    def reply(self, request: Hashable, size_bytes: int, body: Any) -> None:
        """The node has answered."""
        self._forward.answered(self, size_bytes, Reply(request, body))

    def leave(self) -> None:
        """It is over, also for whoever holds the request."""
        self.node.connections.pop(self, None)
        self.gone()

    def waiting_bytes(self) -> int:
        """The proxy takes whatever it is given."""
        return 0

    def node_crashed(self) -> None:
        """The kernel of the dead process closes the socket."""
        self._forward.died(self)

    def node_lost(self) -> None:
        """Nobody tells the proxy, which waits."""

    def node_returned(self) -> None:
        """The host that was lost answers with a reset."""
        self._forward.died(self)

    def node_drains(self) -> None:
        """The node is taken out: what it has in hand it may finish, for so long."""
        self.let_go()
        self._forward.removed(self)


class Forward:
    """What a proxy does with one request."""

    __slots__ = (
        "_ask", "_endpoint", "_front", "_held", "_over", "_proxy", "_tried", "_upstream", "_web",
    )  # fmt: skip

    def __init__(
        self, endpoint: Endpoint, web: WebServer, front: WebEnd | StreamEnd, ask: Ask
    ) -> None:
        self._endpoint = endpoint
        proxy: Any = front.node
        self._proxy: Proxy = proxy
        self._web = web
        self._front = front
        self._ask = ask
        self._tried: list[Node] = []
        self._upstream: Upstream | None = None
        self._over = False
        self._held = endpoint.hold(ask)
        front.gone = self._client_gone
        if proxy.request_s:
            proxy.work(proxy.request_s, self._try)
        else:
            self._try()

    def _try(self, status: int = BAD_GATEWAY) -> None:
        """Ask a node; when nobody is left, answer with what the last one failed with."""
        if self._over:
            return
        node = self._choose()
        if node is None:
            self._answer(status)
            return
        self._tried.append(node)
        if node.state == GONE:
            self._after(self._proxy.connect_timeout_s, self._unreached, node, GATEWAY_TIMEOUT)
        elif not node.listening or len(node.connections) >= node.connections_limit:
            self._unreached(node, BAD_GATEWAY)
        else:
            self._upstream = upstream = Upstream(self, node, self._front.person)
            self._after(self._proxy.answer_timeout_s, self._silent, upstream)
            self._web.serve(upstream, self._ask)

    def _choose(self) -> Node | None:
        if self._web.node is not None:  # the one that has this person's session
            return None if self._tried and not self._proxy.same else self._web.node
        if self._tried and self._proxy.same:
            return self._tried[-1]
        balancer, proxy = self._endpoint.balancer, self._proxy
        return balancer.pick_other(self._front.person, self._tried, proxy.fails_open)

    def _after(self, wait_s: float, call: Callable[..., None], *args: Any) -> None:
        if wait_s < math.inf:
            engine = self._endpoint.engine
            engine.at(engine.now_s + wait_s, call, *args)

    # A try has failed.

    def _unreached(self, node: Node, status: int) -> None:
        if not self._over:
            self._failed(node, status, reached=False)

    def _silent(self, upstream: Upstream) -> None:
        if self._upstream is upstream:
            self._give_up(upstream, GATEWAY_TIMEOUT)

    def died(self, upstream: Upstream) -> None:
        """The node's end of the connection is closed or reset, without an answer."""
        if self._upstream is upstream:
            self._give_up(upstream, BAD_GATEWAY)

    def removed(self, upstream: Upstream) -> None:
        """The node takes nothing new and has the proxy's patience for what it has."""
        self._after(self._proxy.removal_s, self.died, upstream)

    def _give_up(self, upstream: Upstream, status: int) -> None:
        self._upstream = None
        upstream.leave()
        self._failed(upstream.node, status, reached=True)

    def _failed(self, node: Node, status: int, reached: bool) -> None:
        proxy = self._proxy
        proxy.health.failed(node)
        if len(self._tried) < proxy.tries_max and proxy.retries(reached, self._ask.reads):
            self._after(proxy.retry_wait_s, self._try, status)
        elif reached and status == BAD_GATEWAY and proxy.hangs_up and self._front.reused:
            self._finish()
            self._front.close()
        else:
            self._answer(status)

    # It ends.

    def answered(self, upstream: Upstream, size_bytes: int, reply: Reply) -> None:
        """The node has answered; too late, if the proxy has given it up."""
        if self._upstream is upstream:
            self._upstream = None
            upstream.node.connections.pop(upstream, None)
            self._finish()
            self._front.reply(reply.request, size_bytes, reply.body)
        elif self._web.lost is not None:
            self._web.lost(reply)

    def _answer(self, status: int) -> None:
        self._finish()
        size_bytes = RESPONSE_HEADER_BYTES + ERROR_BODY_BYTES
        self._front.reply(self._ask.request, size_bytes, Unserved(status))

    def _client_gone(self) -> None:
        """Whoever asked has left: the proxy leaves, too, and what the node does it does."""
        self._finish()
        if self._upstream is not None:
            upstream, self._upstream = self._upstream, None
            upstream.leave()

    def _finish(self) -> None:
        self._over = True
        self._front.gone = _nothing
        self._endpoint.release(self._held)


def _nothing() -> None:
    """Nobody wants to know."""
