"""An Engine.IO session over HTTP polling alone, as a connection: one GET is held, one POST goes up.

What either end writes waits in its machine's buffer (`engineio_client`, `engineio_server`) until a
request or a held one's answer can carry it. Any request that fails ends the session; nothing is
asked for again. All its requests go to one node (sticky sessions). A session counts as a connection
of its node beside those that carry it. Left out: the limit of a body's size; the TCP keep-alive of
Node's agent, which ends a session after 11 s of silence where the model needs a packet to notice.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterator, Sequence
from functools import partial
from itertools import count
from typing import TYPE_CHECKING, Any, Final

from models.connections.asking import Ask, Reply
from models.connections.http_pool import (
    POST_HEADER_BYTES,
    RESPONSE_HEADER_BYTES,
    HttpConnections,
    WebEnd,
    WebServer,
)
from models.connections.proxied import Unserved, Upstream, fronted
from models.protocols.socketio.engineio import (
    AnswerPoll,
    AnswerPost,
    AnyPacket,
    Closed,
    Get,
    HttpFailed,
    Lost,
    Message,
    Opened,
    PollAnswered,
    Polled,
    Post,
    PostAnswered,
    Posted,
    Received,
    Shut,
    Start,
    Write,
)
from models.protocols.socketio.engineio_client import EngineClient
from models.protocols.socketio.engineio_server import EngineServer
from models.protocols.socketio.packets import payload_bytes
from sim.transport.connection import CLIENT, SERVER, Passive

if TYPE_CHECKING:
    from models.connections.endpoint import Endpoint
    from sim.node import Node
    from sim.transport.stream import Caller, Cut

_REASON: Final = {"transport close": "fin", "transport error": "reset"}
_Packets = Sequence[AnyPacket]


def _ignore(*_: Any) -> None:
    """Nobody wants to know."""


class PollingSession:
    """One session between a person and a node: a `Dial` that becomes a `Stream`."""

    __slots__ = (
        "_asked", "_caller", "_endpoint", "_get", "_held", "_http", "_machines", "_over", "_posted",
        "_under_way", "closed", "cut", "dropped", "opened_s", "receive",
    )  # fmt: skip

    def __init__(self, endpoint: Endpoint, person: int, node: Node) -> None:
        self._endpoint = endpoint
        self._machines: list[EngineClient | EngineServer]
        self._machines = [EngineClient(upgrade=False), EngineServer()]
        # Short enough to cost sessions: after 6 s without a link a request meets a closed one.
        keep_alive_s = endpoint.options.socketio.keep_alive_s
        web = WebServer(self._serve, keep_alive_s, node, self._vanished)
        self._http = HttpConnections(endpoint, person, self, fronted(endpoint, web))
        self._caller: Caller | None = None
        self._over = [False, False]  # the end is gone: nothing reaches it any more
        self._asked = count(1)
        self._get: Hashable = None
        self._held: tuple[WebEnd | Upstream, Hashable] | None = None
        self._posted: tuple[WebEnd | Upstream, Hashable] | None = None
        self._under_way: dict[Hashable, tuple[int, _Packets]] = {}  # from which end, what
        self.receive: list[Callable[[Any], None]] = [_ignore, _ignore]
        self.closed: list[Callable[[str], None]] = [_ignore, _ignore]
        self.dropped: list[Callable[[Any], None]] = [_ignore, _ignore]
        self.opened_s = math.nan
        self.cut: Cut | None = None

    def start(self, caller: Caller) -> None:
        """Ask for a session."""
        self._caller = caller
        self._feed(CLIENT, Start())

    def cancel(self) -> None:
        """The client gives up: nothing is reported any more."""
        self._caller = None
        self._leave(CLIENT)
        self._http.cancel(self._get)

    def _feed(self, end: int, event: Any) -> None:
        if not self._over[end]:
            for action in self._machines[end].handle(event, self._endpoint.engine.now_s):
                self._ACTS[type(action)](self, end, action)

    # What the machines want done.

    def _ask(self, end: int, action: Get) -> None:
        self._get = ("GET", next(self._asked))
        self._http.ask(self._get, POST_HEADER_BYTES, ())

    def _post(self, end: int, action: Post) -> None:
        request = ("POST", next(self._asked))
        self._under_way[request] = (CLIENT, action.packets)
        self._http.ask(request, POST_HEADER_BYTES + _body_bytes(action.packets), action.packets)

    def _answer_poll(self, end: int, action: AnswerPoll) -> None:
        if self._held is None:  # its connection is gone
            self._lose(SERVER, action.packets)
            return
        (web, request), self._held = self._held, None
        web.gone = _ignore
        self._under_way[request] = (SERVER, action.packets)
        web.reply(request, RESPONSE_HEADER_BYTES + _body_bytes(action.packets), action.packets)

    def _answer_post(self, end: int, action: AnswerPost) -> None:
        assert self._posted is not None
        web, request = self._posted
        web.reply(request, RESPONSE_HEADER_BYTES + len("ok"), ())

    def _opened(self, end: int, action: Opened) -> None:
        if self._caller is None:
            return
        if end == SERVER:
            self._caller.accepted(self)
        else:
            self.opened_s = self._endpoint.engine.now_s
            caller, self._caller = self._caller, None
            caller.opened(self)

    def _received(self, end: int, action: Received) -> None:
        _, payload = _content(action.content)
        if type(payload) is Passive:
            self._endpoint.ledger.shown(payload.message, payload.person)
        else:
            self.receive[end](payload)

    def _closed(self, end: int, action: Closed) -> None:
        self._over[end] = True
        if end == CLIENT and self._caller is not None:
            caller, self._caller = self._caller, None
            caller.failed("lost")
        self.closed[end](_REASON.get(action.reason, "reset"))

    def _lost(self, end: int, action: Lost) -> None:
        self.dropped[end](_content(action.content)[1])

    _ACTS: Final[dict[type, Callable[[PollingSession, int, Any], None]]] = {
        Get: _ask,
        Post: _post,
        AnswerPoll: _answer_poll,
        AnswerPost: _answer_post,
        Opened: _opened,
        Received: _received,
        Closed: _closed,
        Lost: _lost,
    }

    # What HTTP brings: to the server ...

    def _serve(self, web: WebEnd | Upstream, ask: Ask) -> None:
        lost = partial(self._vanished, ask)
        web.node.work(self._endpoint.request_s, self._arrived, web, ask, lost=lost)

    def _arrived(self, web: WebEnd | Upstream, ask: Ask) -> None:
        """A request; one for a session that is over is answered as an error."""
        self._under_way.pop(ask.request, None)
        if self._over[SERVER]:
            self._lose(CLIENT, ask.body)
            web.reply(ask.request, RESPONSE_HEADER_BYTES, None)
        elif ask.request == self._get:
            self._held = (web, ask.request)
            web.gone = self._cut
            self._feed(SERVER, Polled())
        else:
            self._posted = (web, ask.request)
            self._feed(SERVER, Posted(tuple(ask.body)))

    def _cut(self) -> None:
        """The connection of the held GET is gone."""
        self._held = None
        self._feed(SERVER, HttpFailed())

    # ... and to the client.

    def answered(self, request: Hashable, body: Any) -> None:
        """An answer; without a body it is an error, and so is a proxy's own."""
        if type(body) is Unserved:
            self.broken(request)
            return
        end, packets = self._under_way.pop(request, (SERVER, ()))
        if self._over[CLIENT]:
            self._lose(end, packets)
        elif body is None:
            self._feed(CLIENT, HttpFailed())
        elif request == self._get:
            self._feed(CLIENT, PollAnswered(body))
        else:
            self._feed(CLIENT, PostAnswered())

    def broken(self, request: Hashable) -> None:
        """The connection died under a request, or could not be opened."""
        end, packets = self._under_way.pop(request, (CLIENT, ()))
        self._lose(end, packets)
        self._feed(CLIENT, HttpFailed())

    def _vanished(self, payload: Any) -> None:
        """A request or an answer that certainly never arrives, unless it goes out again."""
        if isinstance(payload, Ask) and self._http.resends(payload.request):
            return
        if isinstance(payload, Ask | Reply):
            end, packets = self._under_way.pop(payload.request, (CLIENT, ()))
            self._lose(end, packets)

    def _lose(self, end: int, packets: _Packets) -> None:
        for packet in packets:
            if isinstance(packet, Message):
                self.dropped[end](_content(packet.content)[1])

    # A stream, to those above.

    def is_open(self, end: int) -> bool:
        """Whether this end believes that the session lives."""
        return not self._over[end]

    def send(self, end: int, size_bytes: int, payload: Any) -> None:
        """Write; it leaves with the next request, or with the answer to the one that is held."""
        if self._over[end]:
            self.dropped[end](payload)
        self._feed(end, Write(Message((size_bytes, payload))))

    def post(self, size_bytes: int, message: int, person: int) -> None:
        """Send a delivery that nobody reacts to."""
        self.send(SERVER, size_bytes, Passive(message, person))

    def echo(self, end: int, size_bytes: int, payload: Any, answered: Callable[[], None]) -> bool:
        """A ping cannot be answered by itself here."""
        return False

    def close(self, end: int) -> None:
        """Orderly close: the client says so in a last POST, the server answers the held GET."""
        self.closed[end] = _ignore
        self._feed(end, Shut("forced close"))
        self._over[end] = True

    def abort(self, end: int) -> None:
        """Reset every connection of the session."""
        self._leave(end)
        self._http.reset()

    def vanish(self, end: int) -> None:
        """The host or the address at this end is gone; a host takes its connections along."""
        self._leave(end)
        if end == CLIENT:
            self._http.move()

    def returned(self, end: int) -> None:
        """The connections that carried the session see to it."""

    def _leave(self, end: int) -> None:
        self.closed[end] = _ignore
        for action in self._machines[end].handle(Shut("forced close"), self._endpoint.engine.now_s):
            if type(action) is Lost:
                self._lost(end, action)
        self._over[end] = True

    def flying(self) -> Iterator[Any]:
        """Payloads written and not arrived."""
        waiting = [packet for machine in self._machines for packet in machine.buffer]
        moving = [packet for _, packets in self._under_way.values() for packet in packets]
        for packet in (*waiting, *moving):
            if isinstance(packet, Message):
                yield _content(packet.content)[1]

    def waiting_bytes(self, end: int) -> int:
        """What waits for a request to carry it; the rest is counted where it travels."""
        return _body_bytes(self._machines[end].buffer)

    def settle(self) -> None:
        """Nothing is recorded before it happens."""

    def traffic(self, end: int) -> tuple[int, int, int]:
        """Counted where it happens: at the connections that carry the session."""
        return (0, 0, 0)


def _content(content: Any) -> tuple[int, Any]:
    size_bytes, payload = content
    return size_bytes, payload


def _body_bytes(packets: _Packets) -> int:
    sizes = [_content(packet.content)[0] for packet in packets if isinstance(packet, Message)]
    return payload_bytes(packets, sizes)
