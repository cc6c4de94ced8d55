"""POST up, WebSocket down: an author needs no socket."""

from idiomatic_stage import played, stage

from sim.bench.idiomatic.hybrid import Hybrid


def test_an_author_without_a_socket_is_read_all_the_same():
    chat = stage(Hybrid)
    reader = (chat.actor[0] + 1) % chat.people
    played(chat, chat.join(reader))
    played(chat, chat.send(0))
    assert [(one.message, one.person) for one in chat.deliveries] == [(0, reader)]
