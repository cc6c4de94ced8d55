"""What a packet is called: by its message, by its word, else by its place."""

from enum import Enum
from typing import NamedTuple

import pytest

from sim.transport.connection import Passive
from sim.transport.names import (
    ACK,
    ATTEMPT,
    ATTEMPTS,
    PING,
    PONG,
    SEGMENT,
    SEGMENTS,
    named,
    of_message,
    of_place,
    of_word,
)


class Told(NamedTuple):
    message: int


class Beat(Enum):
    PING = "2"


def test_what_carries_a_message_is_called_by_it_whichever_design_wrapped_it() -> None:
    assert named(Passive(7, 3), 1) == named(Told(7), 2) == of_message(7)


def test_a_word_is_its_own_name_wherever_it_is_said() -> None:
    assert named(PING, 1) == named(PING, 2) == of_word(PING)
    assert named(Beat.PING, 1) == of_word("2")
    assert named(PING, 1) != named(PONG, 1)


@pytest.mark.parametrize("payload", [None, 5, object(), Told(message="x")])  # type: ignore[arg-type]
def test_anything_else_is_called_by_its_place(payload: object) -> None:
    assert named(payload, 9) == of_place(9)
    assert named(payload, 9) != named(payload, 10)


def test_kinds_of_names_never_meet() -> None:
    names = [{of(number) for number in range(1_000)} for of in (of_message, of_place)]
    names.append({of_word(str(number)) for number in range(1_000)})
    assert len(set.union(*names)) == 3_000


def test_no_name_and_no_packet_is_beyond_what_luck_takes() -> None:
    last = of_message(2**40) | of_place(2**40) | of_word(PONG)
    assert last < 2**31
    assert last + ACK + (ATTEMPTS - 1) * ATTEMPT + (SEGMENTS - 1) * SEGMENT < 2**63
