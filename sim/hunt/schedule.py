"""One small case: who talks, when, and what breaks; as a value, as a line of text, as a scenario.

The line of text is made to be copied: `rtcsim hunt --schedule "people=2 send=5:0 link=1@4.9+1"`.
Leaves out which schedules are worth trying (`space`).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from sim.errors import InputError
from sim.faults import FORMS, Fault, Form
from sim.faults.base import exact
from sim.faults.plan import at_rest, closed_apps
from sim.scenario.scenario import Scenario, Time
from sim.workload.people import PeopleSpec
from sim.workload.spec import (
    ActionsSpec,
    ConversationsSpec,
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
        ends_s += [fault.healed_s(0) for fault in self.faults]
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
        words += [_fault_word(fault) for fault in self.faults]
        words += [f"ask={_text(self.ask_s)}"] if self.ask_s else []
        return " ".join([*words, *([f"luck={self.luck}"] if self.luck else [])])


_NO_OTHER_TALK: Final[Mapping[str, Any]] = {
    "conversations": ConversationsSpec(),
    "actions": ActionsSpec(),
    "arrivals": PoissonSpec(),
    "trace": TraceSpec(),
}


def letters(fault: Fault) -> str:
    """The class of a fault, one of `CLASSES`. Raises `StopIteration` for kinds that have none."""
    return next(form.name for form in type(fault).forms() if form.holds(fault))


def span_s(fault: Fault) -> float:
    """How long a fault lasts, in seconds."""
    return exact(fault.healed_s(0) - fault.begins_s)


def made(kind: str, whom: int, at_s: float, for_s: float) -> Fault:
    """A fault of one of `CLASSES`: whom it hits (a person or a node), when, for how long."""
    return FORMS[kind][1].make(whom, at_s, for_s)


def remade(fault: Fault, whom: int, at_s: float, for_s: float) -> Fault:
    """The same kind of fault elsewhere or at another time; whatever else it says stays.

    >>> from sim.hunt.schedule import made, remade
    >>> slow = made("store-slow", 0, 5.0, 1.0).model_copy(update={"factor": 7.0})
    >>> remade(slow, 0, 6.0, 2.0).factor
    7.0
    """
    kind = letters(fault)
    plain = made(kind, fault.whom, fault.begins_s, span_s(fault))
    own = {
        name: value
        for name in type(fault).model_fields
        if (value := getattr(fault, name)) != getattr(plain, name)
    }
    return made(kind, whom, at_s, for_s).model_copy(update=own)


def _text(time_s: float) -> str:
    """With as many digits as there are."""
    return f"{exact(time_s):.6f}".rstrip("0").rstrip(".")


CLASSES: Final = tuple(FORMS)
"""What may happen: to a person's link (alone, or with a new address), connections (reset), app
(closed), to a node's process (killed or paused), its host, the way between nodes, a process behind
them."""
USUAL: Final = tuple(name for name, (_, form) in FORMS.items() if form.usual)
"""What a hunt tries unless it is told what to try, and a catalogue always."""
PERSONAL: Final = tuple(name for name, (kind, _) in FORMS.items() if kind.target == "person")
"""Classes that hit a person; the others hit a node, or nobody in particular."""
MOST_PEOPLE: Final = 100
MOST_WORDS: Final = 2_000
LATEST_S: Final = 86_400.0
"""A schedule is a small case: a day, a hundred people, two thousand words and no more."""
MOST_LUCK: Final = 2**63 - 1
_SECONDS: Final = r"[0-9]{1,9}(?:\.[0-9]{1,9})?"
_COUNT: Final = r"[0-9]{1,19}"
_WORD: Final = re.compile(
    rf"(?P<kind>[a-z]+(?:-[a-z]+)*)=(?:(?P<whom>{_COUNT})@)?"
    rf"(?P<at>{_SECONDS})(?:\+(?P<span>{_SECONDS}))?"
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


def _fault_word(fault: Fault) -> str:
    name = letters(fault)
    whom = "" if fault.target == "nobody" else f"{fault.whom}@"
    lasts = f"+{_text(span_s(fault))}" if FORMS[name][1].lasts else ""
    return f"{name}={whom}{_text(fault.begins_s)}{lasts}"


def _pattern(kind: type[Fault], form: Form) -> str:
    """What stands behind the equals sign of a fault's word."""
    return "WHOM@" * (kind.target != "nobody") + "AT" + "+FOR" * form.lasts


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
    hit = [one.whom for one in schedule.faults if one.target == "person"]
    for person in [*(one for room in schedule.rooms for one in room), *hit]:
        if person >= schedule.people:
            yield f"there is no person {person}; allowed: 0 to {schedule.people - 1}"
    for room in schedule.rooms:
        if len(set(room)) < max(len(room), 2):
            members = "-".join(map(str, room))
            yield f"room={members}; allowed: two people or more, each named once"
    for fault in schedule.faults:
        if fault.target != "person" and fault.whom >= nodes:
            yield f"there is no node {fault.whom}; allowed: 0 to {nodes - 1}"
    for send in schedule.sends:
        if send.room >= len(schedule.rooms) or send.sender not in schedule.rooms[send.room]:
            yield f"person {send.sender} is not in room {send.room}"
    for person, at_s, why in closed_to(schedule):
        yield f"person {person} cannot act at {at_s:g} s: {why}"
    if not schedule.sends:
        yield "no message; allowed: at least one send=SECONDS:SENDER"


def closed_to(schedule: Schedule) -> Iterator[tuple[int, float, str]]:
    """Who would have to send or to ask when, with the app closed or out of sight, and which."""
    faults, people = schedule.faults, schedule.people
    away = {
        "the app is closed": closed_apps(faults, people),
        "the tab is hidden": at_rest(faults, "hidden", people),
        "the device is asleep": at_rest(faults, "asleep", people),
    }
    for why, found in away.items():
        for person, spans in found.items():
            sends_s = [one.at_s for one in schedule.sends if one.sender == person]
            asks_s = [exact(at_s + schedule.ask_s) for at_s in sends_s if schedule.ask_s]
            acts_s = (*sends_s, *asks_s)
            yield from ((person, at_s, why) for at_s in acts_s if not spans.is_up(at_s))


def _fault(word: str) -> Fault:
    """Raises `_Wrong` for what is no fault."""
    found = _WORD.fullmatch(word)
    if found is None or found["kind"] not in FORMS:
        raise _Wrong(f"; allowed: {_ALLOWED}")
    kind, form = FORMS[found["kind"]]
    pattern = _pattern(kind, form)
    given = "WHOM@" * bool(found["whom"]) + "AT" + "+FOR" * bool(found["span"])
    if given != pattern:
        raise _Wrong(f"; allowed: {form.name}={pattern}")
    at_s, span_s = _within(float(found["at"])), _within(float(found["span"] or 0.0))
    lasting = _Wrong(f"; allowed: {form.name}={pattern}, lasting longer than 0 s")
    if found["span"] and not exact(span_s):
        raise lasting
    try:
        return form.make(int(found["whom"] or 0), at_s, span_s)
    except ValueError:
        raise lasting from None


_ALLOWED: Final = ", ".join(
    ["people=N", "room=0-1", "send=SECONDS:SENDER/ROOM", "ask=SECONDS", "luck=N"]
    + [f"{name}={_pattern(*one)}" for name, one in FORMS.items() if one[1].usual]
    + ["others: hunt --help"]
    + [f"where people are 2 to {MOST_PEOPLE}", f"seconds 0 to {LATEST_S:,.0f}"]
    + [f"luck 0 to {MOST_LUCK:,}"]
)
