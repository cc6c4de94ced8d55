"""Who computes cells: this process, processes of this machine, or a Dask cluster.

Everybody does the same with a cell and hands back the same bytes; whoever asked stores them, so
that a worker needs no access to their place. Leaves out which cells there are.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError, Future
from contextlib import contextmanager
from importlib import import_module
from queue import Empty, Queue
from typing import TYPE_CHECKING, Any, Final, TypeAlias, TypeVar

from sim.errors import InputError
from sim.experiment.provenance import program
from sim.experiment.runner import replicate
from sim.experiment.sweep.dataset import packed
from sim.experiment.workers import Workers, as_they_end, default_workers

if TYPE_CHECKING:
    from sim.experiment.sweep.plan import Cell

LOCAL: Final = "local"
ANSWER_S: Final = 5.0  # until a scheduler answers
NOBODY_S: Final = 300.0  # without a single worker; machines of a cloud take minutes to start
LOOK_S: Final = 2.0  # between looks at whether there are workers, while nothing is finished
T = TypeVar("T")
Done: TypeAlias = "tuple[Cell, bytes]"
_MISSING: Final = "--dask: Dask is not installed; pip install 'rtcsim[dask]'"


class StoppedError(Exception):
    """Nobody is left to compute: a worker was killed, or a scheduler has gone."""


class OtherProgramError(Exception):
    """A worker has another version of this program."""


def played(cell: Cell, wanted: str) -> bytes:
    """A finished cell, packed; `wanted` is the version of the program that asks.

    Raises `ReplicationError` for whatever goes wrong, `OtherProgramError` where another version
    would compute.
    """
    if program() != wanted:
        raise OtherProgramError
    measure = replicate(cell.scenario, cell.design, cell.replication)
    return packed(cell.digest, cell.scenario.seed, measure)


@contextmanager
def pool(workers: int, dask: str | None, count: int) -> Iterator[Pool]:
    """Who computes `count` cells. Raises `InputError` where there is no Dask, or no scheduler."""
    if dask is not None:
        with _client(dask, workers) as client:
            yield Dask(client, dask)
        return
    with Workers(workers, None, grows=False) as local:
        yield Local(local, count)


class Local:
    """This process, or several like it."""

    def __init__(self, workers: Workers, count: int) -> None:
        self._pool = workers.for_jobs(count)

    def results(self, cells: Sequence[Cell]) -> Iterator[Done]:
        """Cells as they are finished; they are begun in this order, by several processes at once.

        Raises BrokenExecutor.
        """
        wanted = program()
        if self._pool is None:
            return ((cell, played(cell, wanted)) for cell in cells)
        return _finished({self._pool.submit(played, cell, wanted): cell for cell in cells})


def _finished(begun: dict[Future[bytes], Cell]) -> Iterator[Done]:
    for future in as_they_end(begun):
        yield begun.pop(future), future.result()


class Dask:
    """A cluster of Dask's; cells of a worker that dies are computed by another."""

    def __init__(self, client: Any, place: str) -> None:
        self._client, self._place = client, place

    def results(self, cells: Sequence[Cell]) -> Iterator[Done]:
        """As of `Local`. Raises `StoppedError` when the scheduler has gone, when no worker is left,
        or workers die of a cell again and again."""
        distributed: Any = import_module("distributed")
        wanted = program()
        begun = {}
        ended: Queue[Any] = Queue()
        for place, cell in enumerate(cells):
            name = f"cell-{cell.digest}"
            future = self._client.submit(played, cell, wanted, key=name, priority=-place)
            begun[name] = cell, future
            future.add_done_callback(ended.put)
        while begun:
            future = self._watched(lambda: ended.get(timeout=LOOK_S))
            cell, _ = begun.pop(future.key)
            yield cell, self._result(future, distributed)

    def _watched(self, look: Callable[[], T]) -> T:
        """What a look brings that raises Empty or TimeoutError after a while; looked again for as
        long as there are workers. Raises `StoppedError`."""
        alone_s = 0.0
        while True:
            try:
                return look()
            except (Empty, TimeoutError):
                alone_s = 0.0 if self._client.scheduler_info()["workers"] else alone_s + LOOK_S
            if alone_s >= NOBODY_S:
                nobody = f"no worker at the Dask scheduler at {self._place}"
                raise StoppedError(f"{nobody} for {alone_s:g} s")

    def _result(self, future: Any, distributed: Any) -> bytes:
        """Once more from another worker, where the one has died that had it."""
        try:
            content: bytes = self._watched(lambda: future.result(timeout=LOOK_S))
        except CancelledError:
            raise StoppedError(f"the Dask scheduler at {self._place} has gone") from None
        except distributed.KilledWorker:
            raise StoppedError("Dask workers were killed by one cell again and again, perhaps for"
                               " lack of memory") from None  # fmt: skip
        return content


Pool: TypeAlias = Local | Dask


@contextmanager
def _client(dask: str, workers: int) -> Iterator[Any]:
    try:
        distributed: Any = import_module("distributed")
    except ImportError:
        raise InputError([_MISSING]) from None
    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what matters is told in one line
    if dask == LOCAL:
        local = {"n_workers": workers or default_workers(), "threads_per_worker": 1}
        quiet = {"dashboard_address": None, "silence_logs": logging.CRITICAL}
        with (
            distributed.LocalCluster(**local, **quiet) as cluster,
            distributed.Client(cluster) as client,
        ):
            yield client
        return
    try:
        client = distributed.Client(dask, timeout=ANSWER_S)
    except (OSError, ValueError) as error:
        words = str(error).partition("\n")[0]
        message = f"--dask: no scheduler at {dask!r} ({words}); allowed: local or tcp://host:port"
        raise InputError([message]) from None
    with client:
        yield client
