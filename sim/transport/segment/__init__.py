"""The segment-exact TCP connection: the reference for `sim.transport.connection`.

Start reading at `connection` (the interface), then `socket` (one end), `sender` (what leaves),
`recovery` (what an acknowledgement or a timer does), `receiver` (what arrives).
"""

from sim.transport.segment.connection import SegmentConnection
from sim.transport.segment.options import Counters, SegmentOptions

__all__ = ["Counters", "SegmentConnection", "SegmentOptions"]
