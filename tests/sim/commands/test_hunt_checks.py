"""Flags that hunts of one design and of two share, and their exit codes."""

import pytest

from sim.commands.hunt_checks import exit_code, limits_of, require_known
from sim.commands.hunt_options import HuntOptions
from sim.errors import InputError


@pytest.mark.parametrize(
    ("broken", "code"),
    [
        ([], 0),
        (["eventual-delivery"], 4),
        (["fifo"], 3),
        (["bounded-staleness", "at-most-once"], 3),
    ],
)
def test_safety_comes_before_liveness(broken: list[str], code: int) -> None:
    assert exit_code(broken) == code


def test_flags_become_limits() -> None:
    limits = limits_of(HuntOptions(faults=" link, app,", people=3, messages=7, most_faults=2), 5)
    assert (limits.classes, limits.people, limits.messages) == (("link", "app"), 3, 7)
    assert (limits.faults, limits.nodes) == (2, 5)


def test_what_is_not_allowed_is_named_with_its_flag() -> None:
    with pytest.raises(InputError, match="--faults = 'flood'; allowed: link, "):
        limits_of(HuntOptions(faults="flood"), 3)
    with pytest.raises(InputError, match=r"--guarantee: 'fifa' is not allowed; .*mean 'fifo'"):
        require_known(["fifa"])
    require_known(["fifo"])
