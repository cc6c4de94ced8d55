"""Processes that work for a command: started once, with everything imported, gone with it.

Leaves out what they do: jobs depend on nothing but themselves, so the number of workers cannot
reach a result.
"""

import multiprocessing
import os
import signal
import sys
import threading
import warnings
from collections.abc import Iterable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, as_completed, wait
from contextlib import ExitStack, contextmanager
from importlib import import_module
from multiprocessing.context import BaseContext
from types import TracebackType
from typing import Final, Self, TypeVar

from sim.errors import InputNote
from sim.experiment.cluster import cluster

_LOOK_S: Final = 0.5
"""How long is waited without a look at signals. Python acts on one in the main thread, and nothing
wakes that when another thread took the signal, or when it came just before the thread slept."""

Done = TypeVar("Done")


def default_workers() -> int:
    """Processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class Workers:
    """Those of one run: started for the first jobs that several can do, kept for all that follow.

    `most` is 0 for one per processor; a `cluster` (address of a Dask scheduler) replaces them.
    `grows`: there may come more jobs than the first. They are gone when the block is left, at once
    when it is left by an exception.
    """

    def __init__(self, most: int, cluster: str | None, grows: bool) -> None:
        self._most = most or default_workers()
        self._cluster = cluster
        self._grows = grows
        self._open = ExitStack()
        self._pool: Executor | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._open.__exit__(kind, error, trace)

    def for_jobs(self, count: int) -> Executor | None:
        """The pool for so many jobs; None when this process is enough for them."""
        if self._pool is None and (self._cluster or min(self._most, count) > 1):
            # All workers start at the first submission, before whoever is told starts a thread to
            # draw, and with everything imported, whatever happens to the source files meanwhile.
            import_module("sim.experiment.run")
            import_module("sim.metrics")
            needed = self._most if self._grows else min(self._most, count)
            started = cluster(self._cluster) if self._cluster else processes(needed)
            self._pool = self._open.enter_context(started)
        return self._pool


@contextmanager
def processes(workers: int) -> Iterator[ProcessPoolExecutor]:
    """A pool that is gone at once when the block is left by an exception."""
    others = multiprocessing.active_children()
    pool = ProcessPoolExecutor(workers, mp_context=start_method(), initializer=obey_parent)
    try:
        yield pool
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        for process in multiprocessing.active_children():
            if process not in others:
                process.terminate()
        _join_managers()
        raise
    finally:
        pool.shutdown(cancel_futures=True)


def as_they_end(futures: Iterable[Future[Done]]) -> Iterator[Future[Done]]:
    """Those that are done, in the order of ending; Ctrl-C is heard within half a second."""
    left = set(futures)
    while left:
        try:
            for future in as_completed(left, timeout=_LOOK_S):
                left.remove(future)
                yield future
        except TimeoutError:
            continue


def outcome(future: Future[Done]) -> Done:
    """What came of it, once it is done; Ctrl-C is heard within half a second.

    Raises whatever was raised there.
    """
    while not wait([future], timeout=_LOOK_S).done:
        pass
    return future.result()


def _join_managers() -> None:
    """Let the threads of pools that were shut down end; Python's own exit races with them."""
    for thread in threading.enumerate():
        if type(thread).__module__ == "concurrent.futures.process":
            thread.join(timeout=5)


def start_method() -> BaseContext:
    # Forked workers have everything imported; on other systems forking is not safe with threads.
    return multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")


def obey_parent() -> None:
    """In a worker: the parent alone decides what Ctrl-C means and says what was left out.

    Nobody outlives the parent.
    """
    warnings.simplefilter("ignore", InputNote)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
