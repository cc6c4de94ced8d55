"""One small case: who talks, when, and what breaks; as a value, as a line of text, as a scenario.

The line of text is made to be copied: `rtcsim hunt --schedule "people=2 send=5:0 link=1@4.9+1"`.
Leaves out which schedules are worth trying (`space`).
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sim.experiment.errors import InputError
from sim.experiment.scenario import Scenario, Time
from sim.faults.spec import (
    BackplaneOutage,
    Fault,
    HostLoss,
    LinkOutage,
    NodeCrash,
    NodePause,
    Reset,
    begins_s,
    healed_s,
)
from sim.workload.spec import (
    ActionsSpec,
    ConversationsSpec,
    PeopleSpec,
    PoissonSpec,
    ScriptedSendSpec,
    ScriptSpec,
    TraceSpec,
)

WARMUP_S: Final = 2.0
"""Everybody connects within a few tenths of a second of the start."""
MOST_PEOPLE: Final = 50
"""A schedule is told person by person."""
MOST_SECONDS: Final = 86_400
_MOST_WHOM: Final = 9_999
_MOST_DIGITS: Final = 19
FIRST_FAULT_S: Final = 3.0
FIRST_SEND_S: Final = 5.0
DRAIN_S: Final = 300.0
"""Longer than the longest pause between two retransmissions of Linux, 120 s, twice over."""
_SETTLE_S: Final = 1.0


@dataclass(frozen=True, slots=True)
class Send:
    """One message: when, from whom, in which room."""

    at_s: float
    sender: int
    room: int = 0


@dataclass(frozen=True, slots=True)
class Schedule:
    """People, the rooms they share, messages in order of time, faults, and a number for luck.

    `ask_s`: so long after each message its sender asks for the room's list; 0: nobody asks.
    """

    people: int
    rooms: tuple[tuple[int, ...], ...]
    sends: tuple[Send, ...]
    faults: tuple[Fault, ...] = ()
    luck: int = 0
    ask_s: float = 0.0

    @property
    def size(self) -> tuple[float, ...]:
        """Smaller is simpler: faults, messages, people, then how long it takes."""
        things = (len(self.faults), len(self.sends), self.people)
        return (*things, self.over_s, self.ask_s, self.luck)

    @property
    def over_s(self) -> float:
        """When the last message is sent and asked for, and the last fault has healed."""
        ends_s = [send.at_s + self.ask_s for send in self.sends]
        ends_s += [healed_s(fault, 0)[1] for fault in self.faults]
        return max(ends_s, default=0.0)

    def scenario(self, stage: Scenario) -> Scenario:
        """`stage` with this talk and these faults in place of its own."""
        sends = tuple(
            ScriptedSendSpec(at_s=one.at_s, sender=one.sender, room=one.room) for one in self.sends
        )
        lists = tuple(
            one.model_copy(update={"at_s": exact(one.at_s + self.ask_s)})
            for one in (sends if self.ask_s else ())
        )
        return stage.model_copy(
            update={
                "seed": self.luck,
                "replications": 1,
                "time": Time(
                    warmup_s=WARMUP_S,
                    measure_s=math.ceil(self.over_s + _SETTLE_S) - WARMUP_S,
                    drain_s=DRAIN_S,
                ),
                "people": PeopleSpec(count=self.people, owed="members"),
                "script": ScriptSpec(rooms=self.rooms, sends=sends, lists=lists),
                "faults": self.faults,
                **_NO_OTHER_TALK,
            }
        )

    def __str__(self) -> str:
        """As `read` takes it."""
        rooms = [f"room={'-'.join(map(str, members))}" for members in self.rooms]
        if rooms == [f"room={'-'.join(map(str, range(self.people)))}"]:
            rooms = []
        words = [f"people={self.people}", *rooms, *map(_send_word, self.sends)]
        words += [_FORMS[letters(fault)].write(fault) for fault in self.faults]
        words += [f"ask={_text(self.ask_s)}"] if self.ask_s else []
        return " ".join([*words, *([f"luck={self.luck}"] if self.luck else [])])


_NO_OTHER_TALK: Final[Mapping[str, Any]] = {
    "conversations": ConversationsSpec(),
    "actions": ActionsSpec(),
    "arrivals": PoissonSpec(),
    "trace": TraceSpec(),
}


@dataclass(frozen=True, slots=True)
class _Form:
    """How one class of fault is written: `write`, and its opposite, given (whom, when, how long).

    `pattern` says what stands behind the equals sign.
    """

    pattern: str
    write: Callable[[Any], str]
    read: Callable[[int, float, float], Fault]


def letters(fault: Fault) -> str:
    """The class of a fault, one of `CLASSES`."""
    if isinstance(fault, LinkOutage):
        return "address" if fault.changes_address else "link"
    return _CLASS_OF[type(fault)]


def whom(fault: Fault) -> int:
    """The number of the person or node that is hit, 0 for faults that hit nobody in particular."""
    return int(getattr(fault, "person", getattr(fault, "node", 0)))


def span_s(fault: Fault) -> float:
    """How long a fault lasts, in seconds."""
    return exact(healed_s(fault, 0)[1] - begins_s(fault))


def made(kind: str, whom: int, at_s: float, for_s: float) -> Fault:
    """A fault of one of `CLASSES`: whom it hits (a person or a node), when, for how long."""
    return _FORMS[kind].read(whom, at_s, for_s)


def exact(time_s: float) -> float:
    """Whole microseconds, so that what is written is what was played."""
    return round(time_s, 6)


def _text(time_s: float) -> str:
    """With as many digits as there are."""
    return f"{exact(time_s):.6f}".rstrip("0").rstrip(".")


def _link(changes: bool) -> _Form:
    name = "address" if changes else "link"
    return _Form(
        "WHOM@AT+FOR",
        lambda f: f"{name}={f.person}@{_text(f.start_s)}+{_text(f.end_s - f.start_s)}",
        lambda whom, at_s, for_s: LinkOutage(
            kind="link-outage", person=whom, start_s=exact(at_s), end_s=exact(at_s + for_s),
            changes_address=changes,
        ),
    )  # fmt: skip


_FORMS: Final[dict[str, _Form]] = {
    "link": _link(changes=False),
    "reset": _Form(
        "WHOM@AT",
        lambda f: f"reset={f.person}@{_text(f.at_s)}",
        lambda whom, at_s, _: Reset(kind="reset", person=whom, at_s=exact(at_s)),
    ),
    "address": _link(changes=True),
    "crash": _Form(
        "WHOM@AT+FOR",
        lambda f: f"crash={f.node}@{_text(f.at_s)}+{_text(f.restart_s)}",
        lambda whom, at_s, for_s: NodeCrash(
            kind="node-crash",
            node=whom,
            at_s=exact(at_s),
            restart_s=exact(for_s),
            restart_spread_s=0.0,
        ),
    ),
    "host": _Form(
        "WHOM@AT+FOR",
        lambda f: f"host={f.node}@{_text(f.at_s)}+{_text(f.back_s)}",
        lambda whom, at_s, for_s: HostLoss(
            kind="host-loss", node=whom, at_s=exact(at_s), back_s=exact(for_s)
        ),
    ),
    "pause": _Form(
        "WHOM@AT+FOR",
        lambda f: f"pause={f.node}@{_text(f.at_s)}+{_text(f.for_s)}",
        lambda whom, at_s, for_s: NodePause(
            kind="node-pause", node=whom, at_s=exact(at_s), for_s=exact(for_s)
        ),
    ),
    "backplane": _Form(
        "AT+FOR",
        lambda f: f"backplane={_text(f.start_s)}+{_text(f.end_s - f.start_s)}",
        lambda _, at_s, for_s: BackplaneOutage(
            kind="backplane-outage", start_s=exact(at_s), end_s=exact(at_s + for_s)
        ),
    ),
}
_CLASS_OF: Final[dict[type, str]] = {
    Reset: "reset", NodeCrash: "crash", HostLoss: "host", NodePause: "pause",
    BackplaneOutage: "backplane",
}  # fmt: skip
CLASSES: Final = tuple(_FORMS)
"""What may break: a person's link (alone, or with a new address), a person's connections (reset),
a node's process (killed or paused), its host, the way between nodes."""
PERSONAL: Final = ("link", "reset", "address")
"""Classes that hit a person; the others hit a node, or nobody in particular."""
_WORD: Final = re.compile(
    r"(?P<kind>[a-z]+)=(?:(?P<whom>\d+)@)?(?P<at>\d+(?:\.\d+)?)(?:\+(?P<span>\d+(?:\.\d+)?))?"
)
_SEND: Final = re.compile(r"send=(?P<at>\d+(?:\.\d+)?):(?P<sender>\d+)(?:/(?P<room>\d+))?")


def _send_word(send: Send) -> str:
    room = f"/{send.room}" if send.room else ""
    return f"send={_text(send.at_s)}:{send.sender}{room}"


def read(text: str) -> Schedule:
    """The schedule that a line of text says. Raises `InputError` naming the word that is wrong."""
    people, luck, ask_s, rooms, sends, faults = 2, 0, 0.0, [], [], []
    for word in text.split():
        key, _, value = word.partition("=")
        try:
            if key == "people":
                people = _whole(value, 2, MOST_PEOPLE)
            elif key == "luck":
                luck = _whole(value, 0, 2**63 - 1)
            elif key == "ask":
                ask_s = _seconds(value)
            elif key == "room":
                rooms.append(tuple(_whole(one, 0, MOST_PEOPLE - 1) for one in value.split("-")))
            elif found := _SEND.fullmatch(word):
                sends.append(
                    Send(
                        _seconds(found["at"]),
                        _whole(found["sender"], 0, MOST_PEOPLE - 1),
                        _whole(found["room"] or "0", 0, MOST_PEOPLE - 1),
                    )
                )
            else:
                faults.append(_fault(word))
        except ValueError:
            raise InputError([f"--schedule: '{word[:80]}'; allowed: {_ALLOWED}"]) from None
    everybody = (tuple(range(people)),)
    in_order = tuple(sorted(sends, key=lambda one: one.at_s))
    return Schedule(people, tuple(rooms) or everybody, in_order, tuple(faults), luck, ask_s)


def _whole(text: str, least: int, most: int) -> int:
    """Raises ValueError for what is no whole number in this range."""
    found = int(text) if text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS else -1
    if not least <= found <= most:
        raise ValueError(text)
    return found


def _seconds(text: str) -> float:
    """Raises ValueError for what is no time of a run."""
    found = exact(float(text))
    if not 0.0 <= found <= MOST_SECONDS:
        raise ValueError(text)
    return found


def require_fit(schedule: Schedule, nodes: int) -> None:
    """Raises `InputError` unless everybody and every node that the schedule names is there."""
    found = list(_strangers(schedule, nodes))
    if found:
        raise InputError([f"--schedule: {problem}" for problem in dict.fromkeys(found)])


def _strangers(schedule: Schedule, nodes: int) -> Iterator[str]:
    """Whoever and whatever a schedule names and does not have."""
    hit = [whom(one) for one in schedule.faults if letters(one) in PERSONAL]
    for person in [*(one for room in schedule.rooms for one in room), *hit]:
        if person >= schedule.people:
            yield f"there is no person {person}; allowed: 0 to {schedule.people - 1}"
    for fault in schedule.faults:
        if letters(fault) not in PERSONAL and whom(fault) >= nodes:
            yield f"there is no node {whom(fault)}; allowed: 0 to {nodes - 1}"
    for send in schedule.sends:
        if send.room >= len(schedule.rooms) or send.sender not in schedule.rooms[send.room]:
            yield f"person {send.sender} is not in room {send.room}"
    if not schedule.sends:
        yield "no message; allowed: at least one send=SECONDS:SENDER"


def _fault(word: str) -> Fault:
    """Raises ValueError for what is no fault."""
    found = _WORD.fullmatch(word)
    form = _FORMS.get(found["kind"]) if found else None
    if found is None or form is None:
        raise ValueError(word)
    given = "WHOM@" * bool(found["whom"]) + "AT" + "+FOR" * bool(found["span"])
    if given != form.pattern:
        raise ValueError(word)
    who, span = _whole(found["whom"] or "0", 0, _MOST_WHOM), found["span"]
    return form.read(who, _seconds(found["at"]), _seconds(span) if span else 0.0)


_ALLOWED: Final = ", ".join(
    [f"people=2 to {MOST_PEOPLE}", "room=0-1", "send=SECONDS:SENDER/ROOM", "ask=SECONDS", "luck=N"]
    + [f"{kind}={form.pattern}" for kind, form in _FORMS.items()]
    + [f"seconds from 0 to {MOST_SECONDS:,}"]
)
