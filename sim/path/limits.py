"""What a box on the way does to connections, in numbers: idle time-outs, ages, ways of cutting."""

from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

MOST_S: Final = 604_800.0
"""Seven days, as for every length of time in a scenario; Linux's conntrack has five."""
Limit = Annotated[float, Field(ge=0, le=MOST_S)]

CLOSE: Final = "close"
CLOSE_AND_RESET: Final = "close-and-reset"
RESET_ON_USE: Final = "reset-on-use"
SILENCE: Final = "silence"
OnCut = Literal["close", "close-and-reset", "reset-on-use", "silence"]
EITHER: Final = "either"
CLIENT_ONLY: Final = "client"
Counts = Literal["either", "client"]
NEVER: Final = "never"
ON_CONNECT: Final = "connect"
UNLESS_POSTED: Final = "unless-posted"
ALWAYS: Final = "always"
Retries = Literal["never", "connect", "unless-posted", "always"]
CLOSE_REUSED: Final = "close-reused"
OnDeath = Literal["502", "close-reused"]
Cost = Annotated[float, Field(ge=0, le=10)]


class Limits(BaseModel):
    """The numbers of a box. What is left out is the preset's, or no limit; so is 0."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, defer_build=True)

    layer: Literal[4, 7] | None = Field(
        None,
        description="4 sees bytes and has one idle limit for all connections (as without a preset);"
        " 7 understands HTTP, and idle_timeout_s holds for tunnels such as WebSockets alone",
    )
    idle_timeout_s: Limit | None = Field(
        None, description="seconds without a byte after which a connection is cut, 0 for never"
    )
    counts: Counts | None = Field(
        None,
        description="whose bytes reset the idle time-out: of either end (as without a preset), or"
        " the client's alone",
    )
    max_age_s: Limit | None = Field(
        None,
        description="seconds after which a connection is cut whatever its traffic, 0 for never",
    )
    keep_alive_s: Limit | None = Field(
        None,
        description="layer 7: seconds for which an HTTP connection may wait for its next request,"
        " 0 for ever",
    )
    answer_timeout_s: Limit | None = Field(
        None,
        description="layer 7: seconds for which the server may be silent before and while it"
        " answers a request, such as a long poll, 0 for ever",
    )
    on_cut: OnCut | None = Field(
        None,
        description="close: FIN to both ends (as without a preset); close-and-reset: FIN to the"
        " client, RST to the server; reset-on-use: silence, and RST to whoever sends next;"
        " silence: nobody is ever told",
    )
    drain_s: Limit | None = Field(
        None,
        description="seconds for which tunnels outlive a reload of the box, 0 for as long as they"
        " like",
    )
    removal_s: Limit | None = Field(
        None,
        description="seconds for which tunnels and requests under way outlive the removal of their"
        " server, which drains, from the box (AWS: deregistration delay), 0 for as long as it does",
    )
    connect_timeout_s: Limit | None = Field(
        None,
        description="layer 7, before all servers: seconds after which a server that answers no SYN"
        " is given up, 0 for never",
    )
    retries: Retries | None = Field(
        None,
        description="layer 7, before all servers: which requests are sent again when their server"
        " fails. never (as without a preset): none; connect: those that never reached it;"
        " unless-posted: also those that it had and that only read; always: all",
    )
    retry_at: Literal["next", "same"] | None = Field(
        None, description="with retries: at the next server (as without a preset) or the same one"
    )
    retry_wait_s: Limit | None = Field(None, description="with retries: seconds before each")
    tries_max: int | None = Field(
        None, ge=0, le=1000, description="with retries: tries in all, 0 for one at each server"
    )
    on_death: OnDeath | None = Field(
        None,
        description="layer 7, before all servers: what the client gets when its server dies with a"
        " request that is not sent again: 502 (as without a preset), or close-reused: 502 for the"
        " first request of a connection, FIN for a later one, which browsers then send again",
    )
    max_fails: int | None = Field(
        None,
        ge=0,
        le=1000,
        description="layer 7, before all servers: failed requests after which a server gets no"
        " more for down_s, 0 for never",
    )
    down_s: Limit | None = Field(
        None, description="with max_fails: seconds for which, and within which they are counted"
    )
    check_s: Limit | None = Field(
        None,
        description="before all servers: seconds between two checks of a server's health, 0 for"
        " none",
    )
    check_fails: int | None = Field(
        None, ge=1, le=1000, description="with check_s: failed checks before it gets nothing new"
    )
    check_passes: int | None = Field(
        None, ge=1, le=1000, description="with check_s: passed checks before it does again"
    )
    fails_open: bool | None = Field(
        None,
        description="layer 7, before all servers: when no server looks healthy, whether requests go"
        " to any of them, or (as without a preset) are answered with a 502 at once",
    )
    request_s: Cost | None = Field(
        None,
        description="layer 7, before all servers: CPU seconds of the box for a request with its"
        " answer; 0: it has no ceiling",
    )
    accept_s: Cost | None = Field(
        None,
        description="layer 7, before all servers: CPU seconds of the box for a new connection,"
        " without TLS",
    )
    passed_s: Cost | None = Field(
        None,
        description="layer 7, before all servers: CPU seconds of the box for each write that passes"
        " through a tunnel",
    )
    cores: int | None = Field(
        None,
        ge=1,
        le=4096,
        description="layer 7, before all servers: its CPU cores (without a preset one)",
    )
    count: int | None = Field(
        None,
        ge=1,
        le=1000,
        description="layer 7, before all servers: how many there are of it, each a process with"
        " cores of its own (as without a preset: one); each new connection goes to one of them",
    )


NEEDS: Final = {
    "retry_at": "retries",
    "retry_wait_s": "retries",
    "tries_max": "retries",
    "max_fails": "down_s",
    "down_s": "max_fails",
    "check_fails": "check_s",
    "check_passes": "check_s",
    "cores": "request_s",
    "count": "request_s",
}
"""Numbers that mean nothing without another one."""
CHECKS: Final = frozenset({"check_s", "check_fails", "check_passes"})
"""What a balancer of layer 4 reads, too."""
UPWARDS: Final = CHECKS | {
    "accept_s", "connect_timeout_s", "cores", "count", "down_s", "fails_open", "max_fails",
    "on_death", "passed_s", "request_s", "retries", "retry_at", "retry_wait_s", "tries_max",
}  # fmt: skip
"""What is about the servers behind it: read of the box that is next to them."""
