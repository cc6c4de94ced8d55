"""Socket.IO as shipped, with retries, and with connection state recovery."""

from models.designs.socketio import (
    SOCKETIO,
    SOCKETIO_POLLING,
    SOCKETIO_RECOVERY,
    SOCKETIO_RETRIES,
)
from models.protocols.backoff import BACKOFFS


def test_everything_is_an_event():
    for design in (SOCKETIO, SOCKETIO_POLLING, SOCKETIO_RETRIES, SOCKETIO_RECOVERY):
        actions = ("list", "send", "receive", "typing", "seen")
        assert {getattr(design, action) for action in actions} == {"socketio"}
        assert design.options.backoff.policy == BACKOFFS["socket.io"]
        assert (
            design.options.connection.connect_timeout_s == 20.0
        )  # npm socket.io-client 4.8.4, manager.js
        assert not design.options.store.stored


def test_the_default_promises_at_most_once_in_order():
    """socket.io documentation, delivery guarantees."""
    assert SOCKETIO.claims == ("at-most-once", "fifo")
    assert SOCKETIO.options.socketio.retries == 0
    assert SOCKETIO.options.recovery.kind == "none"


def test_the_others_each_change_one_thing_and_promise_nothing_more():
    assert SOCKETIO_RETRIES.options.socketio.retries > 0
    assert SOCKETIO_RETRIES.options.recovery.kind == "none"
    assert SOCKETIO_RECOVERY.options.socketio.retries == 0
    assert SOCKETIO_RECOVERY.options.recovery.kind == "session"
    assert SOCKETIO_RETRIES.claims == SOCKETIO_RECOVERY.claims == ()


def test_polling_changes_only_what_carries_the_session():
    assert SOCKETIO_POLLING.options.socketio.transport == "polling only"
    assert SOCKETIO_POLLING.claims == SOCKETIO.claims
