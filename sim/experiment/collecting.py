"""Python's cycle collector, told to look less often while a run is under way.

A run makes millions of objects that die by themselves and few cycles: the default, a look every
700 new ones (2,000 in Python 3.13), costs a sixth of the time. Nothing of a result depends on it.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Final

_THRESHOLDS: Final = (200_000, 20, 100)
_LOCK: Final = Lock()
_before: list[tuple[int, int, int]] = []  # as it was; an entry for each run that is under way


@contextmanager
def rarely_collecting() -> Iterator[None]:
    """As a decorator or in a `with`; what was set before is set again, whatever happens.

    Runs may overlap in the threads of a process: the last to end sets it back.
    """
    with _LOCK:
        _before.append(_before[0] if _before else gc.get_threshold())
        gc.set_threshold(*_THRESHOLDS)
    try:
        yield
    finally:
        with _LOCK:
            before = _before.pop()
            if not _before:
                gc.set_threshold(*before)
