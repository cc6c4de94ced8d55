"""A client's sends with ids: kept until acknowledged, sent again on the next connection."""

import pytest
from stage import Stage

from models.connections.outbox import ClientOutbox


@pytest.fixture
def sent():
    return []


@pytest.fixture
def outgoing(sent):
    return ClientOutbox(
        Stage("full-websocket-acked", joins=False).channel("websocket").endpoint, 0, sent.append
    )


def test_without_a_connection_messages_wait(outgoing, sent):
    outgoing.offer(1)
    outgoing.offer(2)
    assert sent == []
    assert outgoing.unacknowledged() == [1, 2]
    outgoing.connected()
    assert sent == [1, 2]


def test_an_acknowledged_message_is_forgotten(outgoing, sent):
    outgoing.connected()
    outgoing.offer(1)
    outgoing.offer(2)
    outgoing.acknowledged(1)
    assert outgoing.unacknowledged() == [2]
    outgoing.disconnected()
    outgoing.connected()
    assert sent == [1, 2, 2]


def test_what_is_resent_goes_before_what_is_new(outgoing, sent):
    outgoing.connected()
    outgoing.offer(1)
    outgoing.disconnected()
    outgoing.offer(2)
    outgoing.connected()
    assert sent == [1, 1, 2]


def test_an_answer_after_the_connection_was_given_up_says_nothing(outgoing):
    outgoing.connected()
    outgoing.offer(1)
    outgoing.disconnected()
    outgoing.acknowledged(1)
    assert outgoing.unacknowledged() == [1]


def test_the_answer_to_an_earlier_try_is_as_good(outgoing, sent):
    outgoing.connected()
    outgoing.offer(1)
    outgoing.disconnected()
    outgoing.connected()
    outgoing.acknowledged(1)
    outgoing.acknowledged(1)
    assert outgoing.unacknowledged() == []
    assert sent == [1, 1]
