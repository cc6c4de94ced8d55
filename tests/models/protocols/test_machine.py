"""The machine contract: its error names everything, its checks say what is allowed."""

import math
import pickle

import pytest

from models.protocols.heartbeat import State
from models.protocols.machine import NEVER_S, TIMEOUT, ProtocolError, above, at_least, one_of


def test_never_is_after_every_time() -> None:
    assert math.inf == NEVER_S


def test_the_time_out_is_one_event() -> None:
    assert type(TIMEOUT)("timeout") is TIMEOUT


def test_a_table_keyed_by_states_finds_them_again_in_another_process() -> None:
    table = {state: state.value for state in State}
    assert pickle.loads(pickle.dumps(table)) == table
    assert all(hash(state) == object.__hash__(state) for state in State)


def test_protocol_error_names_machine_state_and_event() -> None:
    error = ProtocolError([], "open", TIMEOUT)
    assert str(error) == f"list in state open cannot take {TIMEOUT!r}"


def test_at_least_accepts_the_bound_and_names_value_and_range() -> None:
    at_least("wait_s", 0.0, 0.0)
    with pytest.raises(ValueError, match=r"wait_s = -0.5: must be at least 0.0"):
        at_least("wait_s", -0.5, 0.0)


def test_above_refuses_the_bound() -> None:
    above("wait_s", 0.1, 0.0)
    with pytest.raises(ValueError, match=r"wait_s = 0.0: must be above 0.0"):
        above("wait_s", 0.0, 0.0)


@pytest.mark.parametrize("check", [at_least, above])
def test_not_a_number_is_refused(check) -> None:
    with pytest.raises(ValueError, match="nan"):
        check("wait_s", math.nan, 0.0)


def test_one_of_lists_what_is_allowed() -> None:
    one_of("drop", "newest", ("newest", "oldest"))
    with pytest.raises(ValueError, match="drop = 'both': must be one of newest, oldest"):
        one_of("drop", "both", ("newest", "oldest"))
