"""The Socket.IO channel's kind: it may poll, so it reads the pool; state can be recovered."""

from models.channels.socketio import CHANNEL
from models.channels.socketio.channel import SocketIoChannel


def test_it_reads_the_pool_of_its_polls_and_keeps_sessions():
    assert CHANNEL.build is SocketIoChannel
    assert "http.pool" in CHANNEL.reads
    assert CHANNEL.keeps == ("none", "session")
    assert CHANNEL.backplane == "broadcast"
