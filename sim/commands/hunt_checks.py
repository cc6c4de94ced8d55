"""What hunts of one design and of two have in common: checks of their flags, and exit codes."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from sim.commands.hunt_options import HuntOptions
from sim.errors import InputError

if TYPE_CHECKING:
    from sim.hunt.space import Limits

NOTHING_FOUND, SAFETY, LIVENESS = 0, 3, 4


def exit_code(broken: Iterable[str]) -> int:
    """Of the guarantees that are broken: safety before liveness before nothing."""
    from sim.guarantees import GUARANTEES

    kinds = [GUARANTEES[name].kind for name in broken]
    if "safety" in kinds:
        return SAFETY
    return LIVENESS if kinds else NOTHING_FOUND


def limits_of(options: HuntOptions, nodes: int) -> "Limits":
    """How large schedules may become, as the flags say. Raises `InputError`."""
    from sim.hunt.space import Limits

    classes = tuple(name.strip() for name in options.faults.split(",") if name.strip())
    try:
        return Limits(classes, options.people, options.messages, options.most_faults, nodes)
    except ValueError as error:
        raise InputError([f"--{error}"]) from None


def require_known(names: Sequence[str]) -> None:
    """Raises `InputError` unless all are guarantees."""
    from sim.guarantees import GUARANTEES
    from sim.scenario.designs import nearest

    for name in names:
        if name not in GUARANTEES:
            allowed, hint = ", ".join(GUARANTEES), nearest(name, GUARANTEES)
            raise InputError([f"--guarantee: '{name}' is not allowed; allowed: {allowed}{hint}"])
