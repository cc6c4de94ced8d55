"""Requests up, server-sent events down."""

from models.channels.sse.options import sse_of
from models.designs.hybrid import HYBRID_CURSOR
from models.designs.sse import SSE, SSE_RESUME
from models.options import Store
from models.protocols.sse.event_source import BROWSERS


def test_all_but_receiving_is_a_request_with_a_key():
    for design in (SSE, SSE_RESUME):
        up = {getattr(design, action) for action in ("list", "send", "typing", "seen")}
        assert up == {"http"}
        assert design.receive == "sse"
        assert design.options.store == Store(stored=True, idempotent=True)
        assert design.options.http.retry


def test_they_differ_from_hybrid_cursor_in_the_way_down_alone():
    assert SSE_RESUME.options.http == HYBRID_CURSOR.options.http
    assert SSE_RESUME.options.store == HYBRID_CURSOR.options.store


def test_a_bounded_window_promises_no_delivery():
    """Nor order: requests on six connections overtake each other, above all when retried."""
    assert SSE.claims == SSE_RESUME.claims == ("at-most-once",)


def test_only_one_of_them_replays():
    assert SSE.options.recovery.kind == "none"
    assert SSE_RESUME.options.recovery.kind == "cursor"
    server = sse_of(SSE_RESUME.options).server
    assert (server.window_messages, server.window_s) == (10.0, 3600.0)


def test_the_ends_are_a_phone_s_browser_without_a_watchdog_and_a_server_that_comments():
    for design in (SSE, SSE_RESUME):
        assert sse_of(design.options).browser is BROWSERS["chromium-mobile"]
        assert sse_of(design.options).watch_s == 0.0
        assert sse_of(design.options).server.keepalive_s == 15.0


def test_the_row_says_what_the_stream_does():
    said = SSE_RESUME.describe()
    assert said["comments"] == "every 15 s"
    assert said["replay"] == "behind Last-Event-ID: 10 messages, 3600 s"
    assert said["back-off"].startswith("3 s each time (Chromium 156")
    assert SSE.describe()["replay"] == "none"
