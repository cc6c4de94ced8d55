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
