"""Sizes of server-sent events: counted on texts as they stand on the wire."""

import pytest

from models.protocols.sse.wire import (
    chunk_bytes,
    comment_bytes,
    event_bytes,
    request_bytes,
    response_bytes,
    retry_bytes,
)


def chunk(text):
    return f"{len(text):x}\r\n{text}\r\n"


@pytest.mark.parametrize("size", [1, 15, 16, 255, 256, 4096])
def test_a_chunk_has_its_length_before_and_a_line_end_behind(size):
    assert chunk_bytes(size) == len(chunk("x" * size))


def test_an_empty_chunk_would_end_the_stream():
    with pytest.raises(ValueError, match="content_bytes = 0: must be at least 1"):
        chunk_bytes(0)


def test_an_event_is_an_id_a_line_of_data_and_an_empty_line():
    data = '{"text":"hello"}'
    assert event_bytes(len(data), 123) == len(chunk(f"id: 123\ndata: {data}\n\n"))
    assert event_bytes(len(data), None) == len(chunk(f"data: {data}\n\n"))


def test_a_comment_and_a_reconnection_time_are_chunks_of_their_own():
    assert comment_bytes() == len(chunk(": ping\n\n"))
    assert retry_bytes(2.0) == len(chunk("retry: 2000\n\n"))
    assert retry_bytes(0.0) == 0


def test_a_fetch_is_a_browser_s_get_and_last_event_id_is_one_line_more():
    assert 600 < request_bytes(None) < 900
    assert request_bytes(12) - request_bytes(None) == len("Last-Event-ID: 12\r\n")
    assert 200 < response_bytes() < 300
