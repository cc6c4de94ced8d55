"""WebSocket sizes, against PyPI websockets 17.4's frame serialiser."""

import pytest

from models.protocols.websocket import (
    CONTROL_PAYLOAD_MAX,
    CloseCode,
    close_frame_bytes,
    frame_bytes,
    upgrade_bytes,
)


@pytest.mark.parametrize(
    ("payload_bytes", "header_bytes"),
    [(0, 2), (125, 2), (126, 4), (65_535, 4), (65_536, 10)],
)
def test_frames(payload_bytes: int, header_bytes: int) -> None:
    assert frame_bytes(payload_bytes, masked=False) == header_bytes + payload_bytes
    assert frame_bytes(payload_bytes, masked=True) == header_bytes + 4 + payload_bytes


def test_a_frame_cannot_hold_less_than_nothing() -> None:
    with pytest.raises(ValueError, match="payload_bytes = -1: must be at least 0"):
        frame_bytes(-1, masked=False)


def test_close_frames_carry_a_code_and_a_short_reason() -> None:
    assert close_frame_bytes(masked=False) == 4
    assert close_frame_bytes(masked=True, reason_bytes=123) == 2 + 4 + CONTROL_PAYLOAD_MAX
    for reason_bytes in (-1, 124):
        with pytest.raises(ValueError, match=f"reason_bytes = {reason_bytes}: .* 0 to 123"):
            close_frame_bytes(masked=False, reason_bytes=reason_bytes)


def test_the_opening_handshake() -> None:
    assert upgrade_bytes() == (580, 130)
    assert upgrade_bytes(browser=False) == (154, 129)


def test_close_codes() -> None:
    assert CloseCode.NORMAL == 1000
    assert CloseCode.ABNORMAL == 1006
    assert CloseCode(1012) is CloseCode.SERVICE_RESTART
