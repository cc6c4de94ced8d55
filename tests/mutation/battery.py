"""The checks that a mutant has to get past: the project's own, none of which knows the mutants.

Plays of small chats first, then machines by themselves. To be used once the fault is planted.
"""

from __future__ import annotations

from collections.abc import Iterator

from tests.mutation.fault import Complaint, Planted


def complaints(fault: Planted | None) -> Iterator[Complaint]:
    """Everything that is wrong, with a fault planted or without one."""
    from tests.mutation.plays import played
    from tests.mutation.subjects import SUBJECTS

    for name in SUBJECTS if fault is None else fault.subjects:
        yield from played(name)

    from tests.mutation import machines  # heavy, and most mutants do not get this far

    yield from machines.complaints(fault)
