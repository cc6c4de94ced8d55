"""Bytes on the wire that are not the application's: IP, TCP and TLS.

Sizes count from the IP header up (no Ethernet framing). TCP runs with timestamps, as Linux does
by default. What an application protocol adds (WebSocket, HTTP, MQTT framing) is with its machine.
"""

from dataclasses import dataclass
from typing import Final

IPV4_BYTES: Final = 20
"""RFC 791 section 3.1, no options."""
IPV6_BYTES: Final = 40
"""RFC 8200 section 3."""
TCP_BYTES: Final = 20
"""RFC 9293 section 3.1, no options."""
TIMESTAMP_BYTES: Final = 12
"""Timestamps on every segment, padded: TCPOLEN_TSTAMP_ALIGNED, include/net/tcp.h; RFC 7323."""
SYN_OPTION_BYTES: Final = 20
"""MSS 4, SACK permitted + timestamps 12, window scale 4: tcp_syn_options(), tcp_output.c."""
SACK_BASE_BYTES: Final = 4
"""Two paddings, kind and length: TCPOLEN_SACK_BASE_ALIGNED, include/net/tcp.h."""
SACK_BLOCK_BYTES: Final = 8
"""RFC 2018 section 3; at most three blocks fit beside timestamps."""
SACK_BLOCKS_MAX: Final = 3
MTU_BYTES: Final = 1500
"""Ethernet, RFC 894."""


def header_bytes(ipv6: bool = False) -> int:
    """IP + TCP header of a data segment or pure ACK: 52 bytes, 72 over IPv6."""
    return (IPV6_BYTES if ipv6 else IPV4_BYTES) + TCP_BYTES + TIMESTAMP_BYTES


def syn_bytes(ipv6: bool = False) -> int:
    """A SYN or SYN-ACK with Linux's options: 60 bytes, 80 over IPv6."""
    return (IPV6_BYTES if ipv6 else IPV4_BYTES) + TCP_BYTES + SYN_OPTION_BYTES


def refusal_bytes(ipv6: bool = False) -> int:
    """The RST that answers a SYN to a closed port: no options, 40 bytes, 60 over IPv6.

    Source: tcp_v4_send_reset(), net/ipv4/tcp_ipv4.c; RFC 9293 section 3.10.7.1.
    """
    return (IPV6_BYTES if ipv6 else IPV4_BYTES) + TCP_BYTES


def sack_bytes(blocks: int) -> int:
    """Option bytes that `blocks` selective acknowledgements add to an ACK."""
    return SACK_BASE_BYTES + SACK_BLOCK_BYTES * min(blocks, SACK_BLOCKS_MAX) if blocks else 0


def mss_bytes(ipv6: bool = False, mtu_bytes: int = MTU_BYTES) -> int:
    """Payload of a full segment: 1,448 bytes at MTU 1500, 1,428 over IPv6."""
    return mtu_bytes - header_bytes(ipv6)


@dataclass(frozen=True, slots=True)
class TlsBytes:
    """One way of setting up TLS: round trips after TCP, and bytes of all handshake records.

    Bytes are those seen with OpenSSL 3.0.19 (s_client to s_server, P-256 key, chain of two
    certificates); public chains with stapled OCSP and SCTs take 3-5 kB from the server.
    """

    round_trips: int
    up_bytes: int
    down_bytes: int
    record_bytes: int


_TLS13_RECORD: Final = 5 + 1 + 16  # header, content type, tag: RFC 8446 section 5.2
_TLS12_RECORD: Final = 5 + 8 + 16  # header, explicit nonce, tag of AES-GCM: RFC 5288 section 3

TLS: Final[dict[tuple[str, bool], TlsBytes]] = {
    ("1.3", False): TlsBytes(1, 330, 1667, _TLS13_RECORD),
    # Resumption saves bytes and signatures, not a round trip: RFC 8446 section 2.2.
    ("1.3", True): TlsBytes(1, 601, 241, _TLS13_RECORD),
    ("1.2", False): TlsBytes(2, 306, 1749, _TLS12_RECORD),
    # The abbreviated handshake saves one: RFC 5246 section 7.3.
    ("1.2", True): TlsBytes(1, 472, 141, _TLS12_RECORD),
}
"""(version, resumed) -> cost. Round trips: RFC 8446 section 2, RFC 5246 section 7.3."""
