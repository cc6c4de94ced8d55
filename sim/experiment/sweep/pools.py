"""Who computes cells: this process, processes of this machine, or a Dask cluster.

Everybody does the same with a cell and hands back the same bytes; whoever asked stores them, so
that a worker needs no access to their place. Leaves out which cells there are.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from concurrent.futures import CancelledError, Future
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from sim.errors import InputError
from sim.experiment.provenance import program
from sim.experiment.runner import replicate
from sim.experiment.sweep.dataset import packed
from sim.experiment.workers import Workers, as_they_end, default_workers

if TYPE_CHECKING:
    from sim.experiment.sweep.plan import Cell

LOCAL: Final = "local"
ANSWER_S: Final = 5.0  # until a scheduler answers
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
        """As of `Local`. Raises `StoppedError` when the scheduler has gone, or workers die of a
        cell again and again."""
        distributed: Any = import_module("distributed")
        wanted = program()
        begun = {}
        for place, cell in enumerate(cells):
            name = f"cell-{cell.digest}"
            future = self._client.submit(played, cell, wanted, key=name, priority=-place)
            begun[name] = cell, future
        ended = distributed.as_completed([future for _, future in begun.values()])
        for future in ended:
            cell, _ = begun.pop(future.key)
            yield cell, self._result(future, distributed)

    def _result(self, future: Any, distributed: Any) -> bytes:
        try:
            content: bytes = future.result()  # once more from another, where its worker has died
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
