"""Machines by themselves: the packets that real software wrote, and properties.

A crash is a complaint as well. To be imported once the fault is planted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import product
from types import ModuleType
from typing import Any, Final

import pytest
from hypothesis import Phase, settings

from tests.mutation.fault import Complaint, Planted
from tests.validation.test_sequences import EXPLAINED, differing
from tests.validation.test_sequences import recordings as recorded

_UNSHRUNK: Final = (Phase.explicit, Phase.generate)
_PARAM: Final = type(pytest.param())


def complaints(fault: Planted | None) -> Iterator[Complaint]:
    """What is wrong with machines: all of them, or what has to do with the fault."""
    yield from _recordings()
    for module in _properties():
        if fault is None or _concerns(module, fault.module):
            yield from _broken(module)


def _recordings() -> Iterator[Complaint]:
    """Situations in which our machines do not write what real software wrote."""
    for parameters in recorded():
        software, recording = parameters.values
        situation = recording["situation"]
        where = f"'{situation}' of {software}"
        try:
            found = differing(software, recording)
        except Exception as error:  # noqa: BLE001  # whatever a mutant does
            yield Complaint("recording", where, f"{type(error).__name__}: {error}")
            continue
        wrong = [line for line in found if (software, situation, line) not in EXPLAINED]
        if wrong:
            yield Complaint("recording", where, ", ".join(wrong))


def _properties() -> tuple[ModuleType, ...]:
    """The files of properties of machines; an example that fails is not made smaller here."""
    settings.register_profile("unshrunk", phases=_UNSHRUNK)
    settings.load_profile("unshrunk")
    from tests.properties import (
        test_connections,
        test_heartbeats,
        test_mqtt,
        test_resume,
        test_socketio,
        test_streams,
    )

    return test_connections, test_heartbeats, test_mqtt, test_resume, test_socketio, test_streams


def _concerns(tests: ModuleType, module: str) -> bool:
    """Whether tests use anything that is defined in `module`."""
    return any(getattr(one, "__module__", None) == module for one in vars(tests).values())


def _broken(module: ModuleType) -> Iterator[Complaint]:
    """Properties that do not hold."""
    tests = {name: test for name, test in vars(module).items() if name.startswith("test_")}
    for name, test in tests.items():
        for arguments in _arguments(test):
            try:
                test(**arguments)
            except Exception as error:  # noqa: BLE001  # whatever a mutant does
                yield Complaint("property", name.removeprefix("test_"), type(error).__name__)
                break


def _arguments(test: Callable[..., None]) -> Iterator[dict[str, Any]]:
    """Every combination that pytest would call the test with."""
    marks = [mark for mark in getattr(test, "pytestmark", ()) if mark.name == "parametrize"]
    for chosen in product(*(_choices(*mark.args) for mark in marks)):
        yield {name: value for one in chosen for name, value in one.items()}


def _choices(names: str | tuple[str, ...], rows: Iterable[Any]) -> Iterator[dict[str, Any]]:
    """What one `parametrize` offers."""
    for row in rows:
        values = (
            row.values if isinstance(row, _PARAM) else (row,) if isinstance(names, str) else row
        )
        yield dict(zip((names,) if isinstance(names, str) else names, values, strict=True))
