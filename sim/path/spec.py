"""The scenario's `[[path]]`: what stands between people and servers, as checked values.

Short forms for the usual cases are keys of `[servers]` (`Front`) and `nat` of a network.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import takewhile
from math import inf
from typing import Annotated, Any, Final, Self

from pydantic import BaseModel, Field, model_validator

from sim.path.http_servers import HTTP_SERVERS, HttpServerName
from sim.path.limits import CHECKS, MOST_S, NEEDS, NEVER, UPWARDS, Limit, Limits
from sim.path.presets import PRESETS, PresetName

_NEAREST: Final = "the box of layer 7 that stands before all servers and next to them"
Moment = Annotated[float, Field(ge=0, le=MOST_S)]


class Middlebox(Limits):
    """A NAT, proxy or balancer: a preset, single numbers of it, or numbers alone.

    >>> Middlebox(preset="nginx", idle_timeout_s=300.0).filled().keep_alive_s
    75.0
    """

    preset: PresetName | None = Field(
        None, description="a box by name; every other key changes one number of it"
    )
    networks: tuple[Annotated[int, Field(ge=0)], ...] = Field(
        (), description="networks whose people are behind it, counted from 0; all when left out"
    )
    reload_at_s: tuple[Moment, ...] = Field(
        (),
        description="when it reloads its configuration, in seconds from the start: idle HTTP"
        " connections are closed then, tunnels after drain_s",
    )

    @model_validator(mode="after")
    def _does_something(self) -> Self:
        if self.preset is None and not any(self.model_dump(exclude={"networks"}).values()):
            raise ValueError(
                "the box does nothing; allowed: a preset, or a limit such as idle_timeout_s"
            )
        return self

    def problems(self, nearest: bool, checks: bool) -> Iterator[tuple[str, str]]:
        """(key, what is wrong) of numbers that nothing would read.

        `nearest`: of all boxes it is the one that this function names; `checks`: its checks are
        read, since it is one that `judge` or `spreader` names.
        """
        given, filled = self.given(), self.filled()
        for key in (one for one in given if one in UPWARDS):
            if not (nearest or (checks and key in CHECKS)):
                yield key, f"only {_NEAREST} reads it; allowed: there, or without it"
        for key, needs in NEEDS.items():
            if key in given and getattr(filled, needs) in (None, 0, NEVER):
                yield key, f"nothing reads it without {needs}; allowed: with {needs}"

    def given(self) -> dict[str, Any]:
        """Its own numbers."""
        return self.model_dump(exclude={"preset", "networks", "reload_at_s"}, exclude_none=True)

    def filled(self) -> Limits:
        """Its numbers, the preset's where it has none of its own."""
        given = self.given()
        usual = PRESETS[self.preset].limits if self.preset else Limits()
        return usual.model_copy(update=given)


def nearest(boxes: Iterable[Middlebox]) -> Middlebox | None:
    """Of the boxes of layer 7 before all servers the one nearest to them."""
    found = [box for box in boxes if box.filled().layer == 7 and not box.networks]
    return found[-1] if found else None


def judge(boxes: Sequence[Middlebox]) -> Middlebox | None:
    """The box whose opinion of the servers' health counts: the nearest, or one that checks them."""
    checking = [box for box in boxes if box.filled().check_s and not box.networks]
    return nearest(boxes) or (checking[-1] if checking else None)


def spreader(boxes: Sequence[Middlebox]) -> Middlebox | None:
    """The box of layer 4 before several proxies that checks them: the last of those before them."""
    proxy = nearest(boxes)
    if proxy is None or proxy.filled().count in (None, 1):
        return None
    before = takewhile(lambda box: box is not proxy, boxes)
    limits = ((box, box.filled()) for box in before if not box.networks)
    found = [box for box, one in limits if one.check_s and one.layer != 7]
    return found[-1] if found else None


class Front(BaseModel):
    """Keys of `[servers]`: one box in front of all of them, and how they keep idle connections."""

    proxy: PresetName | None = Field(
        None, description="what stands in front of the servers, a preset by name"
    )
    proxy_count: int | None = Field(
        None, ge=1, le=1000, description="how many there are of that proxy (left out: one)"
    )
    idle_timeout_s: Limit | None = Field(
        None,
        description="seconds without a byte after which what stands in front of the servers cuts a"
        " connection, instead of the proxy's, 0 for never",
    )
    max_age_s: Limit | None = Field(
        None,
        description="seconds after which it cuts a connection whatever its traffic, 0 for never",
    )
    http_server: HttpServerName = Field(
        "aiohttp",
        description="which HTTP server's keep-alive time holds for idle connections (aiohttp: the"
        " server whose costs were measured)",
    )
    http_keep_alive_s: Limit | None = Field(
        None,
        description="seconds for which the servers keep an HTTP connection that waits for its next"
        " request, instead of http_server's, 0 for ever",
    )

    def box(self) -> Middlebox | None:
        """The box in front of the servers, if there is one."""
        if self.proxy is None and not self.idle_timeout_s and not self.max_age_s:
            return None
        return Middlebox(
            preset=self.proxy, idle_timeout_s=self.idle_timeout_s, max_age_s=self.max_age_s,
            count=self.proxy_count,
        )  # fmt: skip

    @property
    def keep_alive_s(self) -> float:
        """How long after an answer the servers close an idle HTTP connection; inf for never."""
        if self.http_keep_alive_s is not None:
            return self.http_keep_alive_s or inf
        return HTTP_SERVERS[self.http_server].closes_after_s
