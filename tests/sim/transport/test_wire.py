"""Header sizes against the RFCs' arithmetic."""

from sim.transport import wire


def test_headers_add_up() -> None:
    assert wire.header_bytes() == 52
    assert wire.header_bytes(ipv6=True) == 72
    assert wire.syn_bytes() == 60
    assert wire.refusal_bytes() == 40
    assert wire.mss_bytes() == 1448
    assert wire.mss_bytes(ipv6=True) == 1428


def test_sack_option_holds_three_blocks_at_most() -> None:
    assert wire.sack_bytes(0) == 0
    assert wire.sack_bytes(1) == 12
    assert wire.sack_bytes(9) == 28


def test_only_a_full_tls_1_2_handshake_takes_two_round_trips() -> None:
    assert {key for key, tls in wire.TLS.items() if tls.round_trips == 2} == {("1.2", False)}
