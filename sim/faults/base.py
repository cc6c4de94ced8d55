"""What every fault is: keys that a user writes, a time to begin and to heal, and what it does.

A fault hits by a timeline that is drawn before the run (dead links, a dead backplane: the
transport computes through them) or strikes at an instant and books its own healing. It sees a
`Stage`, what it needs of the world, and the system under test as far as people can be disconnected
or moved. It also says its own words: in stories of messages, and as a class of faults in a hunt.

Times are seconds since the start of the run, warm-up included. Every fault must have healed when
measuring ends, so that what the drain still finds missing is the design's doing.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import (
    TYPE_CHECKING,
    Annotated,
    Any,
    ClassVar,
    Final,
    Literal,
    Protocol,
    TypeAlias,
)  # fmt: skip

from pydantic import BaseModel, ConfigDict, Field

if TYPE_CHECKING:
    from sim.engine import Engine
    from sim.network.path import Path
    from sim.node import Node
    from sim.process import Process
    from sim.streams import Streams

Moment = Annotated[float, Field(ge=0, le=604_800)]
Span = Annotated[float, Field(gt=0, le=604_800)]
Patience = Annotated[float, Field(ge=0, le=86_400)]
NodeCount = Annotated[int, Field(ge=1, le=1_000)]

Tier: TypeAlias = Literal["gateways", "api-nodes"]
Target: TypeAlias = Literal["person", "node", "nobody"]
"""What a number that names whom a fault hits counts; nobody in particular: there is no number."""
Rest: TypeAlias = Literal["", "hidden", "asleep"]
"""What a fault makes of a person's device: nothing; its tab is hidden; it sleeps."""
Cuts: TypeAlias = Literal["", "at once", "throughout", "links"]
"""Whether a fault can cut the connections of many: when it strikes, as long as it lasts (servers,
middleboxes), or because their links are dead."""


class Stage(Protocol):
    """What a fault needs of the world."""

    engine: Engine
    streams: Streams
    paths: list[Path]
    gateways: list[Node]
    apis: list[Node]
    behind: dict[str, Process]
    """What all nodes share, by its name, one of `Backend`; others beside it have a number, too."""

    @property
    def people(self) -> int:
        """How many people there are."""

    @property
    def nodes(self) -> list[Node]:
        """Every node, gateways first."""

    def add_gateway(self) -> Node:
        """A new gateway joins, listening at once."""

    def add_api_node(self) -> Node:
        """A new API node joins, listening at once."""


class Connected(Protocol):
    """What a fault needs of the system under test."""

    def disconnect(self, person: int) -> None:
        """Reset whatever connections this person has now."""

    def move(self, person: int) -> None:
        """The person's device has a new address; its sockets are dead."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a fault may refer to. `people` is None when a trace says who there is.

    `unasked`: what nobody ever calls, so that nobody would notice its failure. `proxies`: how many
    there are before all servers.
    """

    people: int | None
    gateways: int
    api_nodes: int
    measured_until_s: float
    unasked: tuple[str, ...] = ()
    proxies: int = 1


@dataclass(frozen=True, slots=True)
class Phrase:
    """What a story says of a fault: `label` at its lane, `sentence` with {} for the lane's name."""

    label: str
    sentence: str


LINK_DOWN: Final = Phrase("link down", "the link of {} goes down")
LINK_UP: Final = Phrase("link up", "the link of {} works again")


@dataclass(frozen=True, slots=True)
class Hit:
    """A fault as a story of messages draws it: a bar on a lane.

    `number` is the person's or the node's; nobody in particular is the backplane between nodes,
    unless there is another `lane`. Without `ends` nothing is said of its end.
    """

    target: Target
    number: int
    begins: Phrase
    ends: Phrase | None = None
    lane: str = ""


@dataclass(frozen=True, slots=True)
class Form:
    """A class of faults that a hunt tries: `name=WHOM@AT+FOR` of a schedule, and back.

    Classes with a lower `rank` are simpler to read: a search tries them first and shrinks towards
    them. Without `lasts` there is no `+FOR`, with the target nobody no `WHOM@`. `make` is given
    whom, when and how long; `holds` tells whether a fault of the same kind is of this class.
    `usual`: tried unless a hunt is told what to try.
    """

    name: str
    rank: int
    words: str
    make: Callable[[int, float, float], Fault]
    lasts: bool = True
    holds: Callable[[Any], bool] = lambda _: True
    usual: bool = True


@dataclass(frozen=True, slots=True)
class Mishap:
    """One incident that a fault means: whom it strikes, and from when to when.

    `numbers` are of persons or nodes; with the target nobody there are none: it strikes everybody.
    """

    start_s: float
    end_s: float
    target: Target = "nobody"
    numbers: tuple[int, ...] = ()


class Fault(BaseModel):
    """One thing that breaks. A file of this folder has one kind of it; `kind` tells them apart."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, allow_inf_nan=False, defer_build=True
    )

    target: ClassVar[Target] = "nobody"
    cuts: ClassVar[Cuts] = ""
    backplane: ClassVar[bool] = False
    """Whether nodes cannot reach each other as long as it lasts."""
    rest: ClassVar[Rest] = ""
    silent: ClassVar[bool] = False
    """Whether somebody listens between the nodes as long as it lasts, and never answers."""
    mishap: ClassVar[str] = ""
    """What a table of incidents calls it; empty: it is none."""
    kind: str

    @property
    @abstractmethod
    def begins_s(self) -> float:
        """When it begins."""

    @abstractmethod
    def healed(self, nodes: int) -> tuple[str, float]:
        """The key that decides when it is over, and that time in seconds, of so many `nodes`."""

    def healed_s(self, nodes: int) -> float:
        """When it is over at the latest, in seconds."""
        return self.healed(nodes)[1]

    @property
    def whom(self) -> int:
        """The number of the person or node that is hit, 0 for faults without such a target."""
        return 0 if self.target == "nobody" else int(getattr(self, self.target))

    def problems(self, around: Surroundings) -> list[tuple[str, str]]:
        """What is wrong in these surroundings, as (key, message) pairs."""
        found = [*self._own_problems(around)]
        key, over_s = self.healed(around.gateways + around.api_nodes)
        if over_s > around.measured_until_s:
            end = f"warmup_s + measure_s = {around.measured_until_s:g} s"
            found.append((key, f"the fault is over at {over_s:g} s, after measuring ends ({end})"))
        return found

    def _own_problems(self, around: Surroundings) -> Iterator[tuple[str, str]]:
        yield from ()

    def dead_links(self, streams: Streams, index: int, people: int) -> list[int]:
        """People whose links are dead from its begin to its end; `index`: its place in the file."""
        return []

    def far_side(self, gateways: int) -> tuple[int, ...]:
        """Gateways that do not reach the others from its begin to its end, of so many."""
        return ()

    @property
    def sends_per_s(self) -> float:
        """Messages a second that the person's client sends besides, from its begin to its end."""
        return 0.0

    @property
    def joining(self) -> int:
        """Gateways that join."""
        return 0

    def closed_apps(self, people: int) -> list[int]:
        """People whose app is closed from its begin to its end."""
        return []

    def strike(self, stage: Stage, system: Connected, index: int) -> None:
        """Book what happens at an instant, and its healing."""

    def mishaps(self, streams: Streams, index: int, around: Surroundings) -> Iterator[Mishap]:
        """The incidents it means, known before the run: the same in every design."""
        if self.mishap:
            numbers = () if self.target == "nobody" else (self.whom,)
            yield Mishap(self.begins_s, self.healed_s(around.gateways), self.target, numbers)

    @property
    def links_before(self) -> Phrase:
        """What a story says of links that are dead, when they die."""
        return LINK_DOWN

    @property
    def links_after(self) -> Phrase:
        """What a story says of links that were dead, when they work again."""
        return LINK_UP

    @property
    def hit(self) -> Hit | None:
        """How a story draws it; None for what it does not draw, or finds on record elsewhere."""
        return None

    @classmethod
    def forms(cls) -> tuple[Form, ...]:
        """The classes in which a hunt tries it; none: it does not."""
        return ()


class Strike(Fault):
    """A fault that strikes at `at_s`; by itself it is over at once."""

    at_s: Moment = Field(description="when it strikes, in seconds")

    @property
    def begins_s(self) -> float:
        """When it begins."""
        return self.at_s

    def healed(self, nodes: int) -> tuple[str, float]:
        """The key that decides when it is over, and that time in seconds, at the latest."""
        return "at_s", self.at_s


class Outage(Fault):
    """A fault from `start_s` to `end_s`."""

    start_s: Moment = Field(description="when it begins, in seconds from the start of the run")
    end_s: Moment = Field(description="when it is over, in seconds")

    @property
    def begins_s(self) -> float:
        """When it begins."""
        return self.start_s

    def healed(self, nodes: int) -> tuple[str, float]:
        """The key that decides when it is over, and that time in seconds, at the latest."""
        return "end_s", self.end_s

    def _own_problems(self, around: Surroundings) -> Iterator[tuple[str, str]]:
        if self.end_s <= self.start_s:
            yield "end_s", f"{self.end_s:g} is not after start_s = {self.start_s:g}"
        yield from super()._own_problems(around)


class OfPerson(Fault):
    """A fault of one person."""

    target: ClassVar[Target] = "person"
    person: int = Field(ge=0, le=9_999_999, description="person who is hit, from 0")

    def _own_problems(self, around: Surroundings) -> Iterator[tuple[str, str]]:
        if around.people is not None and self.person >= around.people:
            yield "person", f"there is no person {self.person}; allowed: 0 to {around.people - 1}"
        yield from super()._own_problems(around)

    def mishaps(self, streams: Streams, index: int, around: Surroundings) -> Iterator[Mishap]:
        """None where there is no such person: a trace may have fewer people."""
        if around.people is None or self.person < around.people:
            yield from super().mishaps(streams, index, around)


class OfNode(Fault):
    """A fault of one node."""

    target: ClassVar[Target] = "node"
    node: int = Field(
        ge=0,
        le=9_999,
        description="node that is hit: gateways are counted from 0, API nodes follow",
    )

    def _own_problems(self, around: Surroundings) -> Iterator[tuple[str, str]]:
        nodes = around.gateways + around.api_nodes
        if self.node >= nodes:
            yield "node", f"there is no node {self.node}; allowed: 0 to {nodes - 1}"
        yield from super()._own_problems(around)


class OfShare(Fault):
    """A fault of many people."""

    share: float = Field(gt=0, le=1, description="share of people hit, drawn once per fault")

    def drawn(self, streams: Streams, index: int, people: int) -> list[int]:
        """Whom it hits: of the fault's own luck, so the same in every design."""
        order = streams.generator("fault-people", index).permutation(people)
        return sorted(int(person) for person in order[: round(self.share * people)])

    def mishaps(self, streams: Streams, index: int, around: Surroundings) -> Iterator[Mishap]:
        """One incident, and all whom it hits."""
        hit = tuple(self.drawn(streams, index, around.people or 0))
        yield Mishap(self.begins_s, self.healed_s(around.gateways), "person", hit)


def exact(time_s: float) -> float:
    """Whole microseconds, so that what is written is what was played."""
    return round(time_s, 6)
