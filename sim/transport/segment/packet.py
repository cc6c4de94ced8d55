"""What travels: one TCP segment as seen by the other end."""

from typing import Final, NamedTuple

DATA: Final = 0  # data, a pure acknowledgement, or a FIN
SYN: Final = 1
SYN_ACK: Final = 2
RESET: Final = 3


Block = tuple[int, int]
"""Bytes [start, end) that arrived: RFC 2018 section 3."""


def clock_ms(time_s: float) -> int:
    """The timestamp clock of both ends (RFC 7323): milliseconds from 1, so that 0 means none."""
    return int(time_s * 1000.0 + 1e-6) + 1


class Packet(NamedTuple):
    """Sequence numbers count bytes from 1 and do not wrap; a FIN takes one more (RFC 9293)."""

    kind: int
    seq: int
    end_seq: int
    ack: int
    ts_value_ms: int  # RFC 7323: the sender's clock
    ts_echo_ms: int  # and the clock value it saw last
    blocks: tuple[Block, ...]  # selective acknowledgements; a duplicate first (RFC 2883)
    reported: bool  # whether the first block reports a duplicate


class Segment:
    """Sent bytes that are not acknowledged yet, with the tags of Linux's scoreboard.

    The sender's queue of them is in sequence order and is the whole of its knowledge of the
    path: `sacked` ones are held by the peer beyond a hole, `lost` ones are presumed to have left
    the path, `resent` ones are on it again. In flight is the queue less sacked, less lost, plus
    resent (RFC 6675's pipe); an acknowledgement removes segments from the front.
    """

    __slots__ = ("end_seq", "ever_resent", "lost", "resent", "sacked", "sent_s", "seq")

    def __init__(self, seq: int, end_seq: int, sent_s: float) -> None:
        self.seq = seq
        self.end_seq = end_seq
        self.sent_s = sent_s  # last transmission
        self.sacked = False  # the peer holds it
        self.lost = False  # taken for lost
        self.resent = False  # a retransmission is in flight
        self.ever_resent = False
