"""Requests up, WebSocket down."""

from models.designs.hybrid import HYBRID, HYBRID_CURSOR
from models.protocols.http.pools import POOLS


def test_all_but_receiving_is_a_request():
    for design in (HYBRID, HYBRID_CURSOR):
        up = {getattr(design, action) for action in ("list", "send", "typing", "seen")}
        assert up == {"http"}
        assert design.receive == "websocket"
        assert design.options.store.stored
        assert design.options.http.retry


def test_without_a_key_and_a_cursor_it_can_promise_nothing():
    """Not even order: requests on six connections overtake each other, above all when retried."""
    assert not HYBRID.options.store.idempotent
    assert HYBRID.options.recovery.kind == "none"
    assert HYBRID.claims == ()


def test_with_both_it_promises_everything_but_order():
    assert HYBRID_CURSOR.options.store.idempotent
    assert HYBRID_CURSOR.options.recovery.kind == "cursor"
    assert HYBRID_CURSOR.claims == ("exactly-once", "no-loss-after-ok")


def test_patience_and_pool_are_a_browser_s():
    assert HYBRID.options.http.pool is POOLS["browser"]
    assert (HYBRID.options.http.request_timeout_s, HYBRID.options.http.retry_wait_s) == (10.0, 1.0)
