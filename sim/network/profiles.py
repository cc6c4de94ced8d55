"""Typical access links by name, each with its published source.

One-way delays are half the round trip where the source gives a round trip, and constant: none
of the sources publishes jitter that belongs to the access link alone.

Left out: loss. Almost every published preset has none, and it differs more between places than
between technologies, so it is an axis of its own (see `loss`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

ProfileName = Literal[
    "fibre",
    "cable",
    "dsl",
    "wifi",
    "4g",
    "4g-slow",
    "3g",
    "2g",
    "geo-satellite",
    "leo-satellite",
    "lan",
]
"""What a scenario may name; spelled out so that its schema and its type checker know the names."""


@dataclass(frozen=True, slots=True)
class Profile:
    """An access link: one-way delays in seconds, rates in bits per second, and who says so."""

    name: ProfileName
    delay_up_s: float
    delay_down_s: float
    rate_up_bps: float
    rate_down_bps: float
    source: str


def _symmetric_delay(
    name: ProfileName, *, rtt_ms: float, up_mbps: float, down_mbps: float, source: str
) -> Profile:
    one_way_s = rtt_ms / 2000.0
    return Profile(name, one_way_s, one_way_s, up_mbps * 1e6, down_mbps * 1e6, source)


_WEBPAGETEST = "WebPageTest, catchpoint/WebPageTest@4e15783 www/settings/connectivity.ini.sample"

_ALL = (
    _symmetric_delay("fibre", rtt_ms=4, up_mbps=5, down_mbps=20, source=f"{_WEBPAGETEST}, FIOS"),
    _symmetric_delay("cable", rtt_ms=28, up_mbps=1, down_mbps=5, source=f"{_WEBPAGETEST}, Cable"),
    _symmetric_delay("dsl", rtt_ms=50, up_mbps=0.384, down_mbps=1.5, source=f"{_WEBPAGETEST}, DSL"),
    # tc delays what leaves a host, so the tool's latency is what it adds to a round trip.
    _symmetric_delay(
        "wifi",
        rtt_ms=40,
        up_mbps=30,
        down_mbps=30,
        source="comcast, tylertreat/comcast@01f2823 README.md, WIFI (good)",
    ),
    _symmetric_delay("4g", rtt_ms=70, up_mbps=12, down_mbps=12, source=f"{_WEBPAGETEST}, LTE"),
    _symmetric_delay(
        "4g-slow",
        rtt_ms=150,
        up_mbps=0.75,
        down_mbps=1.6,
        source="Lighthouse, GoogleChrome/lighthouse@f8eac39 docs/throttling.md, slow 4G",
    ),
    _symmetric_delay("3g", rtt_ms=300, up_mbps=0.768, down_mbps=1.6, source=f"{_WEBPAGETEST}, 3G"),
    _symmetric_delay("2g", rtt_ms=800, up_mbps=0.256, down_mbps=0.28, source=f"{_WEBPAGETEST}, 2G"),
    # RFC 2488 section 2 gives at least 558 ms for propagation alone.
    _symmetric_delay(
        "geo-satellite",
        rtt_ms=600,
        up_mbps=10,
        down_mbps=100,
        source="round trip: Huston, APNIC blog, 2022-05-02; rates: the subscription measured by "
        "Michel et al., 'A First Look at Starlink Performance', IMC 2022",
    ),
    _symmetric_delay(
        "leo-satellite",
        rtt_ms=50,
        up_mbps=13.54,
        down_mbps=87.25,
        source="round trip: Michel et al., 'A First Look at Starlink Performance', IMC 2022, "
        "median to European anchors; rates: Ookla Speedtest, USA, third quarter of 2021, medians",
    ),
    # For tests and for what the network alone does not explain.
    _symmetric_delay(
        "lan",
        rtt_ms=0.5,
        up_mbps=1000,
        down_mbps=1000,
        source="a choice: switched gigabit Ethernet, a quarter of a millisecond each way",
    ),
)

PROFILES: Mapping[ProfileName, Profile] = MappingProxyType(
    {profile.name: profile for profile in _ALL}
)
"""Every profile by name."""
