"""One small case: who talks, when, and what breaks; as a value, as a line of text, as a scenario.

The line of text is made to be copied: `rtcsim hunt --schedule "people=2 send=5:0 link=1@4.9+1"`.
Leaves out which schedules are worth trying (`space`).
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from sim.errors import InputError
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
from sim.scenario.scenario import Scenario, Time
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
                    measure_s=max(math.ceil(self.over_s + _SETTLE_S) - WARMUP_S, _SETTLE_S),
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
MOST_PEOPLE: Final = 100
MOST_WORDS: Final = 2_000
LATEST_S: Final = 86_400.0
"""A schedule is a small case: a day, a hundred people, two thousand words and no more."""
MOST_LUCK: Final = 2**63 - 1
_SECONDS: Final = r"[0-9]{1,9}(?:\.[0-9]{1,9})?"
_COUNT: Final = r"[0-9]{1,19}"
_WORD: Final = re.compile(
    rf"(?P<kind>[a-z]+)=(?:(?P<whom>{_COUNT})@)?(?P<at>{_SECONDS})(?:\+(?P<span>{_SECONDS}))?"
)
_SEND: Final = re.compile(rf"send=(?P<at>{_SECONDS}):(?P<sender>{_COUNT})(?:/(?P<room>{_COUNT}))?")
_ROOM: Final = re.compile(rf"room=(?P<members>{_COUNT}(?:-{_COUNT})*)")
_ONE: Final = re.compile(rf"(?P<key>people|luck|ask)=(?P<value>{_SECONDS})")
_RANGES: Final = {
    "people": (2, MOST_PEOPLE), "luck": (0, MOST_LUCK), "ask": (0, LATEST_S),
}  # fmt: skip
_LONGEST_SHOWN: Final = 60


def _send_word(send: Send) -> str:
    room = f"/{send.room}" if send.room else ""
    return f"send={_text(send.at_s)}:{send.sender}{room}"


def read(text: str) -> Schedule:
    """The schedule that a line of text says. Raises `InputError` with every word that is wrong."""
    words = text.split(None, MOST_WORDS)
    if len(words) > MOST_WORDS:
        raise InputError([f"--schedule: more than {MOST_WORDS:,} words; allowed: at most so many"])
    found, problems = _Words(), []
    for word in words:
        try:
            found.take(word)
        except _Wrong as wrong:
            problems.append(f"--schedule: '{_short(word)}'{wrong}")
    if problems:
        raise InputError(list(dict.fromkeys(problems)))
    return found.schedule()


class _Wrong(ValueError):
    """What is wrong with a word, and what is allowed."""


@dataclass(slots=True)
class _Words:
    """What the words of a line have said so far."""

    numbers: dict[str, float] = field(default_factory=dict)
    rooms: list[tuple[int, ...]] = field(default_factory=list)
    sends: list[Send] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    def take(self, word: str) -> None:
        """Take a word in. Raises `_Wrong`."""
        if one := _ONE.fullmatch(word):
            self._number(one["key"], one["value"])
        elif room := _ROOM.fullmatch(word):
            self.rooms.append(tuple(map(int, room["members"].split("-"))))
        elif send := _SEND.fullmatch(word):
            at_s = _within(float(send["at"]))
            self.sends.append(Send(at_s, int(send["sender"]), int(send["room"] or 0)))
        else:
            self.faults.append(_fault(word))

    def _number(self, key: str, text: str) -> None:
        low, high = _RANGES[key]
        whole = key != "ask"
        if key in self.numbers or (whole and "." in text):
            what = "given twice" if key in self.numbers else "not whole"
            raise _Wrong(f": {what}; allowed: {key}=N, once")
        value = int(text) if whole else exact(float(text))
        if not low <= value <= high:
            raise _Wrong(f"; allowed: {key} from {low:,} to {high:,.0f}")
        self.numbers[key] = value

    def schedule(self) -> Schedule:
        """The schedule that they say."""
        people = int(self.numbers.get("people", 2))
        in_order = tuple(sorted(self.sends, key=lambda one: one.at_s))
        return Schedule(
            people,
            tuple(self.rooms) or (tuple(range(people)),),
            in_order,
            tuple(self.faults),
            int(self.numbers.get("luck", 0)),
            self.numbers.get("ask", 0.0),
        )


def _within(time_s: float) -> float:
    if time_s > LATEST_S:
        raise _Wrong(f"; allowed: seconds from 0 to {LATEST_S:,.0f}")
    return time_s


def _short(word: str) -> str:
    shown = word if len(word) <= _LONGEST_SHOWN else f"{word[:_LONGEST_SHOWN]}…"
    return "".join(letter if letter.isprintable() else "?" for letter in shown)


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
    for room in schedule.rooms:
        if len(set(room)) < max(len(room), 2):
            members = "-".join(map(str, room))
            yield f"room={members}; allowed: two people or more, each named once"
    for fault in schedule.faults:
        if letters(fault) not in PERSONAL and whom(fault) >= nodes:
            yield f"there is no node {whom(fault)}; allowed: 0 to {nodes - 1}"
    for send in schedule.sends:
        if send.room >= len(schedule.rooms) or send.sender not in schedule.rooms[send.room]:
            yield f"person {send.sender} is not in room {send.room}"
    if not schedule.sends:
        yield "no message; allowed: at least one send=SECONDS:SENDER"


def _fault(word: str) -> Fault:
    """Raises `_Wrong` for what is no fault."""
    found = _WORD.fullmatch(word)
    form = _FORMS.get(found["kind"]) if found else None
    if found is None or form is None:
        raise _Wrong(f"; allowed: {_ALLOWED}")
    given = "WHOM@" * bool(found["whom"]) + "AT" + "+FOR" * bool(found["span"])
    if given != form.pattern:
        raise _Wrong(f"; allowed: {_ALLOWED}")
    at_s, span_s = _within(float(found["at"])), _within(float(found["span"] or 0.0))
    lasting = _Wrong(f"; allowed: {found['kind']}={form.pattern}, lasting longer than 0 s")
    if found["span"] and not exact(span_s):
        raise lasting
    try:
        return form.read(int(found["whom"] or 0), at_s, span_s)
    except ValueError:
        raise lasting from None


_ALLOWED: Final = ", ".join(
    ["people=N", "room=0-1", "send=SECONDS:SENDER/ROOM", "ask=SECONDS", "luck=N"]
    + [f"{kind}={form.pattern}" for kind, form in _FORMS.items()]
    + [f"where people are 2 to {MOST_PEOPLE}", f"seconds 0 to {LATEST_S:,.0f}"]
    + [f"luck 0 to {MOST_LUCK:,}"]
)
