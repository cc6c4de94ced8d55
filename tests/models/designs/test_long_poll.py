"""Requests only: POST up, held GET down."""

from models.designs.long_poll import LONG_POLL, LONG_POLL_UNBUFFERED


def test_what_is_received_is_asked_for():
    for design in (LONG_POLL, LONG_POLL_UNBUFFERED):
        assert {design.list, design.send, design.typing, design.seen} == {"http"}
        assert design.receive == "long-poll"
        assert not design.options.store.idempotent
        assert design.settings["heartbeat"] == {"preset": "none"}  # the question is the heartbeat


def test_a_question_is_held_for_a_ping_interval_and_the_client_waits_longer():
    assert LONG_POLL.options.long_poll.hold_s == 25.0  # npm engine.io 6.6.12, pingInterval
    assert LONG_POLL.options.long_poll.patience_s > 0.0


def test_the_log_is_what_makes_it_safe():
    assert (LONG_POLL.options.recovery.kind, LONG_POLL_UNBUFFERED.options.recovery.kind) == (
        "cursor",
        "none",
    )
    assert LONG_POLL.claims == ("at-least-once", "no-loss-after-ok")
    assert LONG_POLL_UNBUFFERED.claims == ()
