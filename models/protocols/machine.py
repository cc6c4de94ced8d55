"""What every protocol machine has in common: the contract, the time-out event, and its error.

A machine is told what happened and when, and answers with what is to be done. It owns no clock, no
randomness and no connection: time is an argument, luck is injected, and bytes are moved by the
driver. It asks for one wake-up at a time. Not here: any protocol; see the modules beside this one.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from enum import Enum
from typing import Final, Protocol, TypeVar

NEVER_S: Final = math.inf
"""The deadline of a machine that waits for nothing."""

Luck = Callable[[], float]
"""A source of uniform draws in [0, 1), injected so that a run can be replayed."""


class Key(Enum):
    """An enumeration whose members are the keys of a machine's tables, looked up at every event.

    A member is equal to nothing but itself, so its hash needs no look at its name.
    """

    __hash__ = object.__hash__


class Timeout(Key):
    """The event of reaching a machine's deadline."""

    TIMEOUT = "timeout"


TIMEOUT: Final = Timeout.TIMEOUT

E_contra = TypeVar("E_contra", contravariant=True)
A_co = TypeVar("A_co", covariant=True)


class Machine(Protocol[E_contra, A_co]):
    """A protocol state machine.

    `deadline_s` is the next time the machine wants to hear TIMEOUT, NEVER_S when it does not. A
    deadline may turn out to be too early (traffic moved it): the machine then only sets a new one.
    """

    @property
    def deadline_s(self) -> float:
        """Next wake-up in seconds; the driver promises TIMEOUT at `now_s >= deadline_s`."""

    def handle(self, event: E_contra, now_s: float) -> Sequence[A_co]:
        """Take one event at `now_s` and return what is to be done, in order.

        Raises ProtocolError when the event is illegal in the present state.
        """


class ProtocolError(Exception):
    """An event that cannot happen in the state the machine is in: a bug in whoever sent it."""

    def __init__(self, machine: object, state: object, event: object) -> None:
        super().__init__(f"{type(machine).__name__} in state {state} cannot take {event!r}")


_TICK_SLACK: Final = 1e-9  # of a tick: a time on the tick stays there whatever the floats say


def round_up_s(time_s: float, tick_s: float, phase_s: float = 0.0) -> float:
    """`time_s`, put off to the next tick of a clock that ticks `phase_s` early; 0 = no ticks."""
    if tick_s <= 0.0:
        return time_s
    return math.ceil((time_s + phase_s) / tick_s - _TICK_SLACK) * tick_s - phase_s


def at_least(name: str, value: float, low: float) -> None:
    """Raise ValueError unless `value >= low`."""
    if not value >= low:
        raise ValueError(f"{name} = {value!r}: must be at least {low!r}")


def above(name: str, value: float, low: float) -> None:
    """Raise ValueError unless `value > low`."""
    if not value > low:
        raise ValueError(f"{name} = {value!r}: must be above {low!r}")


def one_of(name: str, value: str, allowed: Sequence[str]) -> None:
    """Raise ValueError unless `value` is one of `allowed`."""
    if value not in allowed:
        raise ValueError(f"{name} = {value!r}: must be one of {', '.join(allowed)}")
