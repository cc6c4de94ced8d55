"""Everything over one WebSocket; what is sent while it is not open is lost."""

from typing import Final

from sim.bench.idiomatic.parts import Steps
from sim.bench.idiomatic.sockets import Sockets
from sim.bench.idiomatic.wire import text_bytes

MESSAGE_IN_S: Final = 34e-6  # aiohttp 3.14.5: 1 in and 1 out at 4,000 a second, less the write


class FullWebSocket(Sockets):
    """The design `full-websocket`."""

    def send(self, message: int) -> Steps:
        """Up the socket, and out to the others."""
        person = self.actor[message]
        if person not in self.connected:
            return
        node = self.held[person]
        size_bytes = text_bytes(self.size_bytes[message], masked=True)
        yield from self.links[person].up.carry(size_bytes)
        yield from node.work(MESSAGE_IN_S)
        self.fan_out(node, message)
