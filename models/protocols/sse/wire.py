"""What server-sent events weigh: header sets, events, comments, chunks (RFC 9112 section 7.1)."""

from __future__ import annotations

from typing import Final

from models.protocols.machine import at_least

_REQUEST: Final = """\
GET /events HTTP/1.1
Host: chat.example.com
Connection: keep-alive
sec-ch-ua-platform: "Windows"
Cache-Control: no-cache
User-Agent: Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) \
Chrome/139.0.0.0 Safari/537.36
Accept: text/event-stream
sec-ch-ua: "Not;A=Brand";v="99", "Google Chrome";v="139", "Chromium";v="139"
sec-ch-ua-mobile: ?0
Sec-Fetch-Site: same-origin
Sec-Fetch-Mode: cors
Sec-Fetch-Dest: empty
Referer: https://chat.example.com/
Accept-Encoding: gzip, deflate, br, zstd
Accept-Language: en-US,en;q=0.9
Cookie: session=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef

"""  # Chrome 139; an EventSource can set no header, so a cookie says who asks
_RESPONSE: Final = """\
HTTP/1.1 200 OK
date: Sat, 28 Nov 2026 12:00:00 GMT
server: uvicorn
cache-control: no-store
connection: keep-alive
x-accel-buffering: no
content-type: text/event-stream; charset=utf-8
transfer-encoding: chunked

"""  # sse-starlette 3.7.0 on uvicorn 0.54.0
COMMENT: Final = ": ping\n\n"


def _on_the_wire(text: str) -> int:
    return len(text.replace("\n", "\r\n"))


def request_bytes(last_id: int | None) -> int:
    """Size in bytes of the fetch, with `Last-Event-ID` if there is one."""
    header = "" if last_id is None else f"Last-Event-ID: {last_id}\n"
    return _on_the_wire(_REQUEST + header)


def response_bytes() -> int:
    """Size in bytes of the header of the answer, whose body is the stream."""
    return _on_the_wire(_RESPONSE)


def chunk_bytes(content_bytes: int) -> int:
    """Size in bytes of one chunk: its length in hexadecimal, two line ends, the content.

    Raises ValueError below 1 byte, since an empty chunk would end the stream.

    >>> chunk_bytes(16)  # "10", CR LF, 16 bytes, CR LF
    22
    """
    at_least("content_bytes", content_bytes, 1)
    return len(f"{content_bytes:x}") + 2 + content_bytes + 2


def event_bytes(data_bytes: int, number: int | None) -> int:
    """Size in bytes of an event with one line of data and its number as id, if it has one.

    >>> event_bytes(len('{"a":1}'), 12) == chunk_bytes(len('id: 12\\ndata: {"a":1}\\n\\n'))
    True
    """
    line = "" if number is None else f"id: {number}\n"
    return chunk_bytes(len(line) + len("data: ") + data_bytes + len("\n\n"))


def comment_bytes() -> int:
    """Size in bytes of a comment that keeps the connection alive."""
    return chunk_bytes(len(COMMENT))


def retry_bytes(retry_s: float) -> int:
    """Size in bytes of the field that sets the reconnection time; 0 where a server sets none."""
    return chunk_bytes(len(f"retry: {retry_s * 1000.0:.0f}\n\n")) if retry_s else 0
