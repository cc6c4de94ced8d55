"""Held questions: what waits in the log, and what an empty answer does."""

from idiomatic_stage import played, stage

from sim.bench.idiomatic.long_poll import HOLD_S, LongPoll


def test_the_log_keeps_what_is_written_before_anybody_asks():
    chat = stage(LongPoll)
    reader = (chat.actor[0] + 1) % chat.people
    played(chat, chat.send(0))
    assert chat.deliveries == []
    played(chat, chat.join(reader))
    assert [(one.message, one.person) for one in chat.deliveries] == [(0, reader)]


def test_a_question_is_held_answered_with_nothing_and_asked_again():
    chat = stage(LongPoll)
    played(chat, chat.join(0))
    node, question = chat.holding[0]
    assert chat.home(0) is node
    assert chat.home(1) is None
    chat.env.run(until=HOLD_S + 1.0)
    assert chat.holding[0][1] is not question
    assert chat.deliveries == []
