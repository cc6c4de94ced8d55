"""The plain WebSocket: nothing waits for a connection."""

from idiomatic_stage import played, stage

from sim.bench.idiomatic.full_websocket import FullWebSocket


def test_what_is_sent_without_a_socket_is_lost():
    chat = stage(FullWebSocket)
    author, reader = chat.actor[0], (chat.actor[0] + 1) % chat.people
    played(chat, chat.join(reader), chat.send(0))
    assert chat.deliveries == []
    played(chat, chat.join(author))
    played(chat, chat.send(0))
    assert [(one.message, one.person) for one in chat.deliveries] == [(0, reader)]
