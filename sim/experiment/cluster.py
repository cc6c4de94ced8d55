"""Replications on other machines: a Dask cluster in the shape of a pool.

Needs the extra `dask`, and rtcsim installed on the cluster's workers. Jobs, results and their
order of merging are the same as with local processes, so results are too.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import BrokenExecutor, Executor
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from sim.errors import InputError


@contextmanager
def cluster(address: str) -> Iterator[Executor]:
    """An executor on the Dask scheduler at `address` ("tcp://host:8786").

    Raises InputError without the extra, or when nobody answers there, and BrokenExecutor, as local
    pools do, when a worker is killed again and again.
    """
    try:
        distributed: Any = import_module("distributed")
    except ImportError:
        message = "--cluster: Dask is not installed; pip install 'rtcsim[dask]'"
        raise InputError([message]) from None
    try:
        client = distributed.Client(address, timeout=5)
    except (OSError, ValueError) as error:
        message = f"--cluster: no scheduler at {address!r} ({error}); allowed: tcp://host:port"
        raise InputError([message]) from None
    with client:
        pool: Executor = client.get_executor()
        try:
            yield pool
        except distributed.KilledWorker as error:
            raise BrokenExecutor from error
