"""Sizes of HTTP/2 on the wire, made again with an encoder, and frames as RFC 9113 has them."""

import chrome_headers as chrome
import pytest
from hpack import Encoder

from models.connections.http_pool import POST_HEADER_BYTES, RESPONSE_HEADER_BYTES
from models.protocols.http import http2_wire as wire

BODY_BYTES = 260


def blocks(*headers):
    encoder = Encoder()
    return [len(encoder.encode(one)) for one in headers]


def test_the_header_sets_are_those_of_http_1():
    assert chrome.as_text(chrome.post(BODY_BYTES)) == pytest.approx(POST_HEADER_BYTES, rel=0.005)
    answer_bytes = chrome.as_text(chrome.answer(60, 1))
    assert answer_bytes == pytest.approx(RESPONSE_HEADER_BYTES, rel=0.005)


ASKS = {
    wire.POST: (chrome.post(260), chrome.post(261)),
    wire.GET: (chrome.get(12345), chrome.get(12346)),
    wire.STREAM: (chrome.stream(), chrome.stream(12)),
}


@pytest.mark.parametrize("kind", ASKS)
def test_a_request_takes_what_an_encoder_makes_of_it(kind):
    first, later = ASKS[kind]
    assert blocks(first, later) == [wire.REQUESTS[kind].first, wire.REQUESTS[kind].later]
    other = chrome.get(1) if kind == wire.POST else chrome.post(260)
    assert blocks(other, first)[1] == wire.REQUESTS[kind].first_of_kind


def test_so_does_an_answer():
    assert blocks(*[chrome.answer(60 + one, one) for one in range(3)]) == [
        wire.ANSWER.first, wire.ANSWER.later, wire.ANSWER.later,
    ]  # fmt: skip


def test_what_falls_out_of_the_table_costs_about_twelve_bytes_a_request():
    encoder = Encoder()
    asked = [chrome.get(one) if one % 2 else chrome.post(200 + one % 60) for one in range(600)]
    sizes = [len(encoder.encode(one)) for one in asked][2:]
    usual = (wire.REQUESTS[wire.GET].later + wire.REQUESTS[wire.POST].later) / 2
    assert sum(sizes) / len(sizes) - usual == pytest.approx(12, abs=1.5)


def test_frames_have_a_header_of_nine_bytes():
    assert wire.FRAME_HEADER_BYTES == 9  # section 4.1
    assert (wire.PING_BYTES, wire.GOAWAY_BYTES) == (17, 17)  # 6.7, 6.8
    assert (wire.RST_STREAM_BYTES, wire.WINDOW_UPDATE_BYTES) == (13, 13)  # 6.4, 6.9
    assert wire.settings_bytes(3) == 27  # 6.5
    assert len(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n") == wire.PREFACE_BYTES  # 3.4


@pytest.mark.parametrize(
    ("body_bytes", "framed_bytes"), [(0, 0), (1, 10), (16_384, 16_393), (16_385, 16_403)]
)
def test_a_body_goes_in_frames_of_16384_bytes(body_bytes, framed_bytes):
    assert wire.data_bytes(body_bytes) == framed_bytes


def test_a_connection_begins_with_everything_and_goes_on_with_what_is_new():
    tables = wire.HeaderTables()
    asked = [tables.request_bytes(kind, 0) - 9 for kind in ("POST", "POST", "GET", "GET")]
    assert asked == [691, 24, 35, 35]
    assert [tables.answer_bytes(0) - 9 for _ in range(3)] == [145, 36, 36]
    assert wire.HeaderTables().request_bytes("GET", 0) - 9 == 656  # a new connection knows nothing
