"""The scenario's sections on who takes part, who joins and leaves, and who has the app open when.

Leaves out what they do (`sim.workload.spec`).
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from sim.workload.section import MAX_PEOPLE, MAX_PER_MINUTE, Section


class AlwaysSpec(Section):
    """Everybody has the app open all the time."""

    kind: Literal["always"] = "always"


class OnOffSpec(Section):
    """People open and close the app; both durations are exponential."""

    kind: Literal["on-off"] = "on-off"
    # Böhmer et al., MobileHCI 2011: 4,100 Android users, 71.56 s per session on average.
    on_mean_s: float = Field(
        default=72.0, ge=1, le=1e7, description="mean time the app stays open, in seconds"
    )
    # Same study: 59.23 minutes a day in such sessions leave 1,668 s between two of them.
    off_mean_s: float = Field(
        default=1670.0, ge=1, le=1e7, description="mean time the app stays closed, in seconds"
    )


SessionsSpec = Annotated[AlwaysSpec | OnOffSpec, Field(discriminator="kind")]


class PeopleSpec(Section):
    """Who takes part, and to whom a message is owed."""

    # Ten minutes of them hold thousands of sends and still take seconds to simulate.
    count: int = Field(
        default=2000,
        ge=2,
        le=MAX_PEOPLE,
        description="number of people, two at least: a message needs a reader",
    )
    # Delivery at once is owed to those who look; "members" also counts those who come later.
    owed: Literal["present", "members"] = Field(
        default="present",
        description="a message is owed to members who stay in session for grace_s after it, or"
        " to all members",
    )
    # Time enough for a client's heartbeat to notice a dead connection and to open the next.
    grace_s: float = Field(
        default=30.0,
        ge=0,
        le=86_400,
        description="how long after a send a person must stay to count as present, in seconds",
    )
    sessions: SessionsSpec = Field(
        default=AlwaysSpec(), description="when people have the app open"
    )
    # Nobody shares a moment unless something made them: a measurement starts its clients at once.
    arrive_within_s: float | None = Field(
        default=None,
        gt=0,
        le=3600,
        description="those present from the start come within so many seconds of each other, at a"
        " random moment of the warm-up; without it they spread over its first tenth",
    )
    # A load generator's timers all round to the same clock.
    clients: Literal["own device", "one process per network"] = Field(
        default="own device",
        description="whether each client has a clock of its own or shares that of its network",
    )
    # Most have one.
    tabs: int = Field(
        default=1,
        ge=1,
        le=64,
        description="so many people in a row are tabs of one user: in the same conversations, and"
        " where a channel knows its clients by an id, all with that user's",
    )
    # Drawn by share; a measurement puts its writers on one link and its readers on another.
    networks: Literal["drawn", "in order"] = Field(
        default="drawn",
        description="who is on which network: drawn by the shares, or people in order of number",
    )


Changes = Annotated[float, Field(ge=0, le=MAX_PER_MINUTE)]


class MembershipSpec(Section):
    """Who comes into groups and goes, beside those who are in them from the start."""

    joins_per_minute: Changes = Field(
        default=0.0, description="people who join, in each group of three and more and minute"
    )
    leaves_per_minute: Changes = Field(
        default=0.0, description="members who leave of their own will, likewise"
    )
    removals_per_minute: Changes = Field(
        default=0.0, description="members who are removed by others, likewise"
    )
    # Somebody's own client can do whatever a server lets it.
    defiant_share: float = Field(
        default=0.0,
        ge=0,
        le=1,
        description="share of those who are removed whose clients keep every subscription they"
        " have when they are told to let go",
    )

    @property
    def moves(self) -> bool:
        """Whether anybody comes or goes at all."""
        return self.joins_per_minute + self.leaves_per_minute + self.removals_per_minute > 0.0
