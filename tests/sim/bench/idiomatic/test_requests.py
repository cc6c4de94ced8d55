"""POSTs: connections that are kept, and patience."""

from idiomatic_stage import played, stage

from sim.bench.idiomatic.hybrid import Hybrid
from sim.bench.idiomatic.requests import PATIENCE_S


def test_a_connection_is_used_again_and_a_second_one_opened_beside_it():
    chat = stage(Hybrid)
    dialled = []
    open_one = chat.posts.open

    def counted(person, free):
        dialled.append(chat.env.now)
        yield from open_one(person, free)

    chat.posts.open = counted
    played(chat, chat.send(0))
    played(chat, chat.send(0))
    assert len(dialled) == 1
    played(chat, chat.send(0), chat.send(0))
    assert len(dialled) == 2


def test_a_post_without_an_answer_is_tried_again():
    chat = stage(Hybrid)
    tries = []

    def silent(message):
        tries.append(chat.env.now)
        yield chat.env.event()

    chat.posts.post = silent
    chat.env.process(chat.posts.send(0))
    chat.env.run(until=2.5 * PATIENCE_S)
    assert tries == [0.0, PATIENCE_S, 2.0 * PATIENCE_S]
