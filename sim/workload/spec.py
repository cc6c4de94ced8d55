"""The scenario's sections on people and what they do: keys, limits and defaults.

Values only; the modules named like the sections turn them into actions. Figures marked "Ubuntu
log" are computed from the Ubuntu IRC log of 2008-04-27 (Kummerfeld et al., ACL 2019): 1,939
messages by 179 people in one busy channel over 8,024 s.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, model_validator

from sim.workload.people import MembershipSpec, PeopleSpec
from sim.workload.section import (
    MAX_BODY_BYTES,
    MAX_PEOPLE,
    MAX_PER_MINUTE,
    MAX_SECONDS,
    Section,
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
    # A row for each message of each answer is much.
    taken_down: Literal["own", "page"] = Field(
        default="own",
        description="what is written down of the messages in an answer: the asker's own and the"
        " oldest, or all",
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


class ScriptedChangeSpec(Section):
    """One change of membership of a script."""

    at_s: float = Field(
        default=0.0, ge=0, le=MAX_SECONDS, description="when, in seconds from the start"
    )
    person: int = Field(default=0, ge=0, le=MAX_PEOPLE, description="whose, a number from 0")
    room: int = Field(default=0, ge=0, le=MAX_PEOPLE, description="which of script.rooms, from 0")
    what: Literal["joins", "leaves", "is removed"] = Field(
        default="is removed", description="what the person does, or what is done to them"
    )
    defiant: bool = Field(
        default=False, description="the person's client keeps what it has when it is removed"
    )


class ScriptSpec(Section):
    """Messages one by one, in place of drawn conversations and actions: a test, a replay."""

    rooms: tuple[tuple[int, ...], ...] = Field(
        default=(),
        description="everybody who is ever in each room, people's numbers from 0; who joins later"
        " is in it from then on",
    )
    changes: tuple[ScriptedChangeSpec, ...] = Field(
        default=(), description="who joins, leaves and is removed; one change of each in a room"
    )
    sends: tuple[ScriptedSendSpec, ...] = Field(default=(), description="the messages, in order")
    lists: tuple[ScriptedSendSpec, ...] = Field(
        default=(), description="who asks for the list of a room's messages, and when"
    )

    @model_validator(mode="after")
    def _actors_are_members(self) -> ScriptSpec:
        acts = [
            *((f"sends.{place}", act.sender, act.room) for place, act in enumerate(self.sends)),
            *((f"lists.{place}", act.sender, act.room) for place, act in enumerate(self.lists)),
            *((f"changes.{place}", act.person, act.room) for place, act in enumerate(self.changes)),
        ]
        for key, person, room in acts:
            if room >= len(self.rooms) or person not in self.rooms[room]:
                raise ValueError(
                    f"{key}: person {person} is not in room {room};"
                    " allowed: a member of one of script.rooms"
                )
        return self


class WorkloadSpec(Section):
    """The sections together, checked against each other; a scenario extends it."""

    people: PeopleSpec = PeopleSpec()
    conversations: ConversationsSpec = ConversationsSpec()
    membership: MembershipSpec = MembershipSpec()
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
    def _tabs_fit(self) -> WorkloadSpec:
        tabs, count = self.people.tabs, self.people.count
        pairs = self.conversations.sizes.kind == "one-way-pairs"
        if tabs > 1 and (self.trace.file or self.script.rooms or pairs):
            raise ValueError(
                f"people.tabs: {tabs} is not allowed; allowed: 1 where a trace, a script or"
                " one-way-pairs say who is where"
            )
        if tabs > 1 and self.membership.moves:
            raise ValueError(
                f"people.tabs: {tabs} is not allowed; allowed: 1 where members come and go"
            )
        if count % tabs or count // tabs < 2:
            raise ValueError(
                f"people.tabs: {tabs} is not allowed; allowed: what divides people.count = {count}"
                " into two users at least"
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
        users = self.people.count // self.people.tabs
        if self.trace.file is None and largest > users:
            what = "people.count" if self.people.tabs == 1 else "people.count / people.tabs"
            raise ValueError(
                f"conversations.sizes.{key}: a group of {largest} is not allowed;"
                f" allowed: 2 to {what} = {users}"
            )
        return self
