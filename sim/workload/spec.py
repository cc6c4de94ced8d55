"""The scenario's sections on people and what they do: keys, limits and defaults.

Values only; the modules named like the sections turn them into actions. Figures marked "Ubuntu
log" are computed from the Ubuntu IRC log of 2008-04-27 (Kummerfeld et al., ACL 2019): 1,939
messages by 179 people in one busy channel over 8,024 s.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

MAX_PEOPLE = 1_000_000
MAX_BODY_BYTES = 16_777_216
MAX_SECONDS = 604_800  # seven days
MAX_PER_MINUTE = 6_000  # a hundred a second: no person, but a load generator


class Section(BaseModel):
    """A frozen part of a scenario; unknown keys, inf and nan are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, defer_build=True)


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
    # Drawn by share; a measurement puts its writers on one link and its readers on another.
    networks: Literal["drawn", "in order"] = Field(
        default="drawn",
        description="who is on which network: drawn by the shares, or people in order of number",
    )


class ZipfSpec(Section):
    """Groups from 3 people up, with probability proportional to size ** -exponent."""

    kind: Literal["zipf"] = "zipf"
    # With max_size 256 the mean is 11.8 members; a poll of 2,000 people for Vodafone and
    # R. Dunbar found 12 per WhatsApp group.
    exponent: float = Field(
        default=2.0, ge=0, le=10, description="Zipf exponent of the group sizes, no unit"
    )
    # WhatsApp's limit until 2022.
    max_size: int = Field(
        default=256,
        ge=3,
        le=MAX_PEOPLE,
        description="largest group, in people; never more than people.count",
    )


class FixedSizeSpec(Section):
    """Every group has the same size."""

    kind: Literal["fixed"] = "fixed"
    # A mid-sized group chat: a message then has 19 receivers.
    size: int = Field(
        default=20, ge=2, le=MAX_PEOPLE, description="group size, in people, up to people.count"
    )


GroupSize = Annotated[int, Field(ge=2, le=MAX_PEOPLE)]


class ListSizeSpec(Section):
    """Group sizes taken from the list in turn, from the start again when it is used up."""

    kind: Literal["list"] = "list"
    # A family, a team, a club.
    sizes: tuple[GroupSize, ...] = Field(
        default=(5, 12, 40),
        min_length=1,
        description="group sizes in turn, in people, each up to people.count",
    )


class OneWayPairsSpec(Section):
    """The first half of the people each write to one of the second half, who only read.

    The layout of a latency measurement; the other keys of the section then say nothing.
    """

    kind: Literal["one-way-pairs"] = "one-way-pairs"


SizesSpec = Annotated[
    ZipfSpec | FixedSizeSpec | ListSizeSpec | OneWayPairsSpec, Field(discriminator="kind")
]


class ConversationsSpec(Section):
    """Who talks with whom."""

    # A choice: the few conversations that one keeps up within minutes, not the whole list.
    per_person: float = Field(
        default=5.0, ge=1, le=1000, description="conversations that a person is in, on average"
    )
    # A choice: with the default sizes a message then has some 20 receivers.
    direct_share: float = Field(
        default=0.6,
        ge=0,
        le=1,
        description="share of a person's conversations that are between two people",
    )
    sizes: SizesSpec = Field(default=ZipfSpec(), description="sizes of the groups")


class FixedBytesSpec(Section):
    """Every message has the same size."""

    kind: Literal["fixed"] = "fixed"
    # Ubuntu log: mean 64.4.
    bytes: int = Field(default=64, ge=0, le=MAX_BODY_BYTES, description="message size, in bytes")

    @property
    def typical_bytes(self) -> float:
        """The size."""
        return self.bytes


class LognormalBytesSpec(Section):
    """Message sizes are log-normal, rounded, and at least one byte."""

    kind: Literal["lognormal"] = "lognormal"
    # Ubuntu log: median 49.
    median_bytes: float = Field(
        default=49.0, ge=1, le=1e6, description="median message size, in bytes"
    )
    # Ubuntu log: mean 64.4 = 49 exp(sigma**2 / 2). The 90 % and 99 % points then are 126 and 274
    # (log: 134 and 289).
    sigma: float = Field(
        default=0.74, ge=0, le=2, description="standard deviation of ln(size), no unit"
    )

    @property
    def typical_bytes(self) -> float:
        """The median."""
        return self.median_bytes


BytesSpec = Annotated[FixedBytesSpec | LognormalBytesSpec, Field(discriminator="kind")]


class SendSpec(Section):
    """Messages."""

    # Ubuntu log: 0.50 a minute between a person's first and last message.
    per_person_per_minute: float = Field(
        default=0.5, ge=0, le=MAX_PER_MINUTE, description="sends per person and minute in session"
    )
    size_bytes: BytesSpec = Field(
        default=LognormalBytesSpec(), description="size of a message's text, in bytes"
    )


class TypingSpec(Section):
    """Typing notices before a send."""

    # 49 characters at 4.3 a second (52 words a minute: Dhakal et al., CHI 2018) take 11 s, which
    # holds three notices at the interval below.
    per_send: float = Field(
        default=3.0, ge=0, le=100, description="typing notices before each send, on average"
    )
    # A choice for chats that feel live; Discord repeats after about 10 s.
    every_s: float = Field(
        default=3.0, ge=0.1, le=60, description="time between two typing notices, in seconds"
    )


class SeenSpec(Section):
    """Read receipts."""

    # A choice: as often as one writes oneself.
    per_person_per_minute: float = Field(
        default=0.5,
        ge=0,
        le=MAX_PER_MINUTE,
        description="read receipts per person and minute in session",
    )


class ListSpec(Section):
    """Fetching a conversation's latest messages; also done once whenever a session starts."""

    # A choice: one looks back about once in five minutes.
    per_person_per_minute: float = Field(
        default=0.2, ge=0, le=MAX_PER_MINUTE, description="fetches per person and minute in session"
    )
    # Discord's default page of 50 messages at some 400 bytes of JSON each.
    reply_bytes: int = Field(
        default=20_000, ge=0, le=MAX_BODY_BYTES, description="size of the answer, in bytes"
    )


class ActionsSpec(Section):
    """What people do while the app is open."""

    send: SendSpec = SendSpec()
    typing: TypingSpec = TypingSpec()
    seen: SeenSpec = SeenSpec()
    list: ListSpec = ListSpec()


class PoissonSpec(Section):
    """Actions come independently of each other."""

    kind: Literal["poisson"] = "poisson"


class BurstySpec(Section):
    """Sends come in bursts: Poisson burst starts, geometric burst sizes, exponential gaps."""

    kind: Literal["bursty"] = "bursty"
    # Ubuntu log: messages of one person no more than 60 s apart form bursts of 2.3 on average.
    burst_size_mean: float = Field(
        default=2.3, ge=1, le=1000, description="messages per burst, on average"
    )
    # Ubuntu log: mean gap inside those bursts (its times are exact to a minute only).
    within_burst_s: float = Field(
        default=26.0, gt=0, le=3600, description="mean gap between messages of a burst, in seconds"
    )


class PeriodicSpec(Section):
    """Everybody acts at a fixed period, with a uniform phase: the layout of a measurement."""

    kind: Literal["periodic"] = "periodic"
    from_s: float = Field(
        default=0.0, ge=0, le=MAX_SECONDS, description="when acting begins, in seconds of the run"
    )


class DiurnalSpec(Section):
    """Every rate follows a sinusoid: its mean at time 0, its peak a quarter period later."""

    kind: Literal["diurnal"] = "diurnal"
    # A day.
    period_s: float = Field(
        default=86_400.0, ge=1, le=1e7, description="length of one cycle, in seconds"
    )
    # A choice: the quietest moment has a fifth of the mean; 2 would silence it entirely.
    peak_to_mean: float = Field(
        default=1.8, ge=1, le=2, description="peak rate over mean rate, no unit"
    )


ArrivalsSpec = Annotated[
    PoissonSpec | BurstySpec | DiurnalSpec | PeriodicSpec, Field(discriminator="kind")
]


class TraceSpec(Section):
    """A recorded chat in place of drawn people, sessions, conversations and sends."""

    file: Path | None = Field(
        default=None,
        description="CSV file with the columns time_s, sender, conversation, size_bytes; without"
        " one everything is drawn",
    )


class ScriptedSendSpec(Section):
    """One message of a script."""

    at_s: float = Field(
        default=0.0, ge=0, le=MAX_SECONDS, description="when it is sent, in seconds from the start"
    )
    sender: int = Field(
        default=0, ge=0, le=MAX_PEOPLE, description="who writes, a person's number from 0"
    )
    room: int = Field(0, ge=0, le=MAX_PEOPLE, description="in which of script.rooms, from 0")


class ScriptSpec(Section):
    """Messages one by one, in place of drawn conversations and actions: a test, a replay."""

    rooms: tuple[tuple[int, ...], ...] = Field(
        default=(), description="members of each room, people's numbers from 0"
    )
    sends: tuple[ScriptedSendSpec, ...] = Field(default=(), description="the messages, in order")
    lists: tuple[ScriptedSendSpec, ...] = Field(
        default=(), description="who asks for the list of a room's messages, and when"
    )

    @model_validator(mode="after")
    def _actors_are_members(self) -> ScriptSpec:
        for key, acts in (("sends", self.sends), ("lists", self.lists)):
            for place, act in enumerate(acts):
                if act.room >= len(self.rooms) or act.sender not in self.rooms[act.room]:
                    raise ValueError(
                        f"{key}.{place}: person {act.sender} is not in room {act.room};"
                        " allowed: a member of one of script.rooms"
                    )
        return self


class WorkloadSpec(Section):
    """The sections together, checked against each other; a scenario extends it."""

    people: PeopleSpec = PeopleSpec()
    conversations: ConversationsSpec = ConversationsSpec()
    actions: ActionsSpec = ActionsSpec()
    arrivals: ArrivalsSpec = PoissonSpec()
    trace: TraceSpec = TraceSpec()
    script: ScriptSpec = ScriptSpec()

    @model_validator(mode="after")
    def _scripted_people_exist(self) -> WorkloadSpec:
        last = self.people.count - 1
        for place, room in enumerate(self.script.rooms):
            for person in room:
                if not 0 <= person <= last:
                    raise ValueError(
                        f"script.rooms.{place}: there is no person {person}; allowed: 0 to {last}"
                    )
        return self

    @model_validator(mode="after")
    def _groups_fit(self) -> WorkloadSpec:
        match self.conversations.sizes:
            case FixedSizeSpec(size=largest):
                key = "size"
            case ListSizeSpec(sizes=sizes):
                key, largest = "sizes", max(sizes)
            case _:
                return self
        if self.trace.file is None and largest > self.people.count:
            raise ValueError(
                f"conversations.sizes.{key}: a group of {largest} is not allowed;"
                f" allowed: 2 to people.count = {self.people.count}"
            )
        return self
