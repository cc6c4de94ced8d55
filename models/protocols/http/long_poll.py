"""Long polling: a client that always has a question open, and a server that holds it.

The Poller asks, shows what it gets and asks again at once; its next cursor is the acknowledgement
of the last answer. The HeldPoll is the server's side for one client: it answers at once when its
log is ahead of the cursor and holds the question otherwise (RFC 6202 section 2). Without a log it
can only hand over what happens while a question is held. Not here: the connection that carries the
questions (`http`).
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from models.protocols.backoff import BACKOFFS, Backoff
from models.protocols.machine import (
    NEVER_S,
    TIMEOUT,
    Key,
    Luck,
    ProtocolError,
    Timeout,
    above,
    at_least,
    round_up_s,
)


@dataclass(frozen=True, slots=True)
class Start:
    """Begin polling."""


@dataclass(frozen=True, slots=True)
class Stop:
    """Stop polling."""


class Answered(NamedTuple):
    """The answer to the open question: numbered messages, oldest first, and the next cursor."""

    items: tuple[tuple[int, Hashable], ...]
    cursor: int


@dataclass(frozen=True, slots=True)
class Broken:
    """The question was lost: connection gone, or an error instead of an answer."""


@dataclass(frozen=True, slots=True)
class Online:
    """The device has a link again: ask now, whatever was waited for or asked before."""


class Ask(NamedTuple):
    """Send a question for everything after `cursor`."""

    cursor: int


@dataclass(frozen=True, slots=True)
class Abandon:
    """Stop waiting for the open question."""


class Apply(NamedTuple):
    """Show the message."""

    number: int
    message: Hashable


class Duplicate(NamedTuple):
    """A message that was shown before came again: not shown."""

    number: int
    message: Hashable


class PollState(Key):
    """Where a Poller stands."""

    IDLE = "idle"
    POLLING = "polling"
    WAITING = "waiting"


POLLER: Final[Mapping[PollState, Mapping[type, PollState]]] = MappingProxyType(
    {
        PollState.IDLE: {Start: PollState.POLLING, Stop: PollState.IDLE},
        PollState.POLLING: {
            Answered: PollState.POLLING,
            Broken: PollState.WAITING,
            Timeout: PollState.WAITING,
            Online: PollState.POLLING,
            Stop: PollState.IDLE,
        },
        PollState.WAITING: {
            Timeout: PollState.POLLING,
            Online: PollState.POLLING,
            Stop: PollState.IDLE,
        },
    }
)
"""Poller: legal events by state, and the state each leads to."""


@dataclass(frozen=True, slots=True)
class PollerOptions:
    """How a client polls.

    `timeout_s`: patience with one question, longer than the server's hold. `backoff`: the wait
    after a failure. `pause_s`: the wait after an answer; 0 for long polling, the interval for
    short. `tick_s`: the time-out is rounded up to a whole tick of the client's clock, which ticks
    `phase_s` before whole ticks here.
    """

    timeout_s: float = 35.0
    backoff: Backoff = BACKOFFS["fixed-1s"]
    pause_s: float = 0.0
    tick_s: float = 0.0
    phase_s: float = 0.0

    def __post_init__(self) -> None:
        above("timeout_s", self.timeout_s, 0.0)
        at_least("pause_s", self.pause_s, 0.0)
        at_least("tick_s", self.tick_s, 0.0)


PollAction = Ask | Abandon | Apply | Duplicate


class Poller:
    """The client: one open question at a time, messages shown once by their number."""

    __slots__ = ("_failures", "_wait_s", "cursor", "deadline_s", "luck", "options", "state")

    def __init__(self, options: PollerOptions, luck: Luck, cursor: int = 0) -> None:
        at_least("cursor", cursor, 0)
        self.options = options
        self.luck = luck
        self.cursor = cursor
        self.state = PollState.IDLE
        self.deadline_s = NEVER_S
        self._failures = 0
        self._wait_s = 0.0

    def handle(self, event: Any, now_s: float) -> Sequence[PollAction]:
        """Take one event; raises ProtocolError when POLLER does not list it."""
        target = POLLER[self.state].get(type(event))
        if target is None:
            raise ProtocolError(self, self.state, event)
        before, self.state = self.state, target
        if isinstance(event, Answered):
            return self._answered(event, now_s)
        if target is PollState.POLLING:
            asked = before is PollState.POLLING
            return (Abandon(), *self._ask(now_s)) if asked else self._ask(now_s)
        asked = before is PollState.POLLING and event is TIMEOUT
        if target is PollState.WAITING:
            self._failed(now_s)
        else:
            self.deadline_s = NEVER_S
            asked = before is PollState.POLLING
        return (Abandon(),) if asked else ()

    @property
    def is_well(self) -> bool:
        """Whether nothing has failed since the last answer."""
        return not self._failures

    def _ask(self, now_s: float) -> Sequence[PollAction]:
        options = self.options
        self.deadline_s = round_up_s(now_s + options.timeout_s, options.tick_s, options.phase_s)
        return (Ask(self.cursor),)

    def _answered(self, event: Answered, now_s: float) -> Sequence[PollAction]:
        out: list[PollAction] = []
        for number, message in event.items:
            if number > self.cursor:
                self.cursor = number
                out.append(Apply(number, message))
            else:
                out.append(Duplicate(number, message))
        self.cursor = max(self.cursor, event.cursor)
        self._failures, self._wait_s = 0, 0.0
        if self.options.pause_s > 0.0:
            self.state = PollState.WAITING
            self.deadline_s = now_s + self.options.pause_s
            return out
        return [*out, *self._ask(now_s)]

    def _failed(self, now_s: float) -> None:
        self._wait_s = self.options.backoff.delay_s(self._failures, self._wait_s, self.luck)
        self._failures += 1
        self.deadline_s = now_s + self._wait_s


class Asked(NamedTuple):
    """A question arrived; `poll` names it, so that the answer finds its way."""

    poll: Hashable
    cursor: int


class Appended(NamedTuple):
    """Message `number` happened; numbers are consecutive."""

    number: int


class Gone(NamedTuple):
    """The connection of the question `poll` is known to be gone."""

    poll: Hashable


class Answer(NamedTuple):
    """Answer the question with messages `first` to `last`; none when `last < first`."""

    poll: Hashable
    first: int
    last: int


class Missed(NamedTuple):
    """The message happened while no question was held, and nobody keeps it."""

    number: int


@dataclass(frozen=True, slots=True)
class HeldPollOptions:
    """How a server holds questions.

    `hold_s`: an unanswered question gets an empty answer after so long; 0: at once, which is short
    polling. `keeps_log`: messages between questions are kept. `batch_max`: messages in one answer.
    """

    hold_s: float = 25.0
    keeps_log: bool = True
    batch_max: int = 100  # Telegram Bot API getUpdates, limit

    def __post_init__(self) -> None:
        at_least("hold_s", self.hold_s, 0.0)
        at_least("batch_max", self.batch_max, 1)


class HeldPoll:
    """The server's side for one client. A newer question replaces the held one, which is answered
    with nothing: its client has long given it up."""

    __slots__ = ("_cursor", "deadline_s", "head", "holding", "options", "poll")

    def __init__(self, options: HeldPollOptions, head: int = 0) -> None:
        at_least("head", head, 0)
        self.options = options
        self.head = head
        self.holding = False
        self.deadline_s = NEVER_S
        self.poll: Hashable = None
        self._cursor = 0

    def restore(self, head: int, cursor: int) -> None:
        """Stand where somebody else has brought it, without a question."""
        self.head, self._cursor = head, cursor
        self._let_go()

    def hold(self, poll: Hashable, deadline_s: float) -> None:
        """Hold a question that somebody else has taken."""
        self.holding, self.poll, self.deadline_s = True, poll, deadline_s

    def handle(self, event: Any, now_s: float) -> Sequence[Answer | Missed]:
        """Take one event; raises ProtocolError for a number out of turn or an unknown event."""
        if isinstance(event, Asked):
            return self._asked(event, now_s)
        if isinstance(event, Appended):
            return self._appended(event)
        if isinstance(event, Gone):
            if self.holding and event.poll == self.poll:
                self._let_go()
            return ()
        if event is TIMEOUT and self.holding:
            return (self._answer(self._cursor),)
        raise ProtocolError(self, "holding" if self.holding else "not holding", event)

    def _asked(self, event: Asked, now_s: float) -> Sequence[Answer | Missed]:
        replaced = (self._answer(self._cursor),) if self.holding else ()
        self.holding = True
        self.poll = event.poll
        self._cursor = event.cursor if self.options.keeps_log else self.head
        self.deadline_s = now_s + self.options.hold_s
        if self.head > self._cursor:
            return (*replaced, self._answer(self.head))
        return replaced if self.options.hold_s else (*replaced, self._answer(self._cursor))

    def _appended(self, event: Appended) -> Sequence[Answer | Missed]:
        if event.number != self.head + 1:
            raise ProtocolError(self, f"head {self.head}", event)
        self.head = event.number
        if self.holding:
            return (self._answer(self.head),) if self.head > self._cursor else ()
        return () if self.options.keeps_log else (Missed(event.number),)

    def _answer(self, last: int) -> Answer:
        first = self._cursor + 1
        answer = Answer(self.poll, first, min(last, self._cursor + self.options.batch_max))
        self._let_go()
        return answer

    def _let_go(self) -> None:
        self.holding = False
        self.deadline_s = NEVER_S
