"""Targets that the model is known to miss on the recorded cells, and why.

A test fails when one of them begins to hold or another begins to fail.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_FEW: Final = (
    "A count of {n} events repeats only to its own square root; the model's spread over runs holds"
    " the measurement, 15 % does not."
)
_LUCK: Final = (
    "Independent loss gives 1 - 0.98² = 3.96 % late messages; this run of reality had {n}, 2.7"
    " standard errors away."
)
_STREAKS: Final = (
    "Late messages come in streaks (one back-off delays several), so the binomial interval is too"
    " narrow; {n}."
)

KNOWN: Final[Mapping[str, str]] = {
    "latency-hybrid-loss-0-02 share_later_than_150ms": _LUCK.format(n="3.2 %"),
    "latency-hybrid-loss-0-02 p999_ms": (
        "The fewer late messages of this run (see its share) had no second loss among them."
    ),
    "latency-hybrid-loss-0-02 share_later_than_400ms": _STREAKS.format(n="4 messages in all"),
    "latency-hybrid-loss-0-1 share_later_than_150ms": (
        "Independent loss gives 1 - 0.9² = 19 % late messages; this run of reality had 21 %, and"
        " the model's luck 18.7 %."
    ),
    "latency-hybrid-loss-0-1 TCPFastRetrans": _FEW.format(n=24),
    "latency-longpoll-loss-0-02 p95_ms": (
        "Just below a cliff, at 3.8 % late messages: the last hundredth of what was on time, and"
        " there the measuring host added 4 ms."
    ),
    "latency-mqtt1-loss-0-1 share_later_than_400ms": _STREAKS.format(n="350 messages in all"),
    "latency-hybrid-loss-0-02 TCPFastRetrans": _FEW.format(n=1),
    "latency-ws-loss-0-02 TCPFastRetrans": _FEW.format(n=3),
    "latency-sio-ws-loss-0-02 TCPFastRetrans": _FEW.format(n=0),
    "latency-mqtt1-loss-0-1 TCPFastRetrans": _FEW.format(n=19),
    "latency-ws-loss-0-1 TCPFastRetrans": _FEW.format(n=46),
    "latency-longpoll-loss-0-02 TCPTimeouts": _FEW.format(n=31),
    "latency-mqtt1-loss-0-02 TCPTimeouts": _FEW.format(n=42),
    "latency-mqtt1-nd-p0-1-loss-0-02 TCPTimeouts": _FEW.format(n=25),
    "latency-mqtt1-nd-p0-1-loss-0-02 TCPLossProbes": _FEW.format(n=39),
    "latency-sio-ws-loss-0-02 TCPTimeouts": _FEW.format(n=31),
    "latency-hybrid-loss-0-1 share_later_than_400ms": _STREAKS.format(
        n="the direction (too few) is the same at 700 ms, so a mechanism of the pool may be missing"
    ),
    "latency-hybrid-loss-0-1 share_later_than_700ms": _STREAKS.format(n="see 400 ms"),
    "latency-mqtt1-loss-0-02 share_later_than_400ms": _STREAKS.format(n="20 messages in all"),
    "latency-mqtt1-p0-1-loss-0-02 share_later_than_700ms": _STREAKS.format(
        n="12 messages in all, at ten a second"
    ),
    "link-hybrid-10s tx dup_msgs_per_outage": (
        "Open, a tenth too few: which POSTs outlive their time-out hangs on the 8.2 s step of the"
        " back-off; how many connections a sender had before the first outage was not recorded."
    ),
    "link-hybrid-40s tx dup_msgs_per_outage": (
        "The recorded pool cannot have held to six connections. A POST that was written before its"
        " time-out is done later, since the kernel repeats it, so each connection that is"
        " established when an outage begins doubles one message: 1 in a first outage, at most 6 in"
        " a second; recorded were 9 to 14. aiohttp 3.14.5 itself over the same kernel, two cuts of"
        " 40 s: with six connections 1, then 0 to 5 a room (seven runs, 12 to 37 in ten rooms);"
        " without that limit 1, then 9 to 13 (105, 109 and 113). Only without it do messages come"
        " three times, as 7 did here: their second try found an established connection, too. The"
        " twin keeps the six that were described; without a limit it says 46. Twins of those runs,"
        " with the round trip that the kernel saw, say 20 with six and 122 without (in"
        " results/validation/posts): each ms of it moves a copy by a quarter of a second, and the"
        " server closes after 75 s."
    ),
    "link-hybrid-40s tx first_arrival_after_p50_s": (
        "Open, with the copies: 0.1 to 0.9 s in all runs of aiohttp itself."
    ),
    "link-hybrid-40s tx first_new_message_after_p50_s": (
        "Open, with the copies: 0.1 to 2.0 s in all runs of aiohttp itself, recorded 3.6 s."
    ),
}
"""`cell quantity` -> the cause found, or the open question."""
