"""Messages by number, as plain Python values."""

from stage import Stage

from sim.history import LIST, SEND


def test_columns_are_plain_ints_and_the_same_for_everyone():
    stage = Stage("hybrid", [(2.0, 1), (3.0, 2)], kinds=[SEND, LIST])
    messages = stage.system.service.messages
    assert messages.action == [SEND, LIST]
    assert messages.actor == [1, 2]
    assert messages.time_s == [2.0, 3.0]
    assert all(type(one) is int for one in (*messages.actor, *messages.size_bytes))
    assert messages.people == 3
    assert list(messages.members[messages.conversation[0]]) == [0, 1, 2]
    assert stage.channel("http").action is messages.action
