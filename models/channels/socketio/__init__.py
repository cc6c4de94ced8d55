"""The Socket.IO channel: clients, and the sockets of the server."""

from __future__ import annotations

from typing import Final

from models.channels.kind import ChannelKind
from models.channels.socketio.channel import SocketIoChannel

CHANNEL: Final = ChannelKind(
    name="socketio",
    title="Socket.IO",
    build=SocketIoChannel,
    keeps=("none", "session"),
    reads=("socketio", "heartbeat", "backoff", "connection", "http.pool"),
)
