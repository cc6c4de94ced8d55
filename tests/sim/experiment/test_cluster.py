"""A Dask cluster does what local processes do; without one, one clear line."""

from concurrent.futures import BrokenExecutor

import pytest

from sim.errors import InputError
from sim.experiment.cluster import cluster

distributed = pytest.importorskip("distributed")


def test_jobs_run_on_the_cluster() -> None:
    options = {"n_workers": 1, "threads_per_worker": 1, "processes": False}
    local = distributed.LocalCluster(dashboard_address=None, **options)
    with local, cluster(local.scheduler_address) as pool:
        jobs = [pool.submit(pow, 2, 5), pool.submit(abs, -3)]
        assert [job.result() for job in jobs] == [32, 3]


def test_an_address_where_nobody_answers_is_one_line() -> None:
    nobody = cluster("tcp://127.0.0.1:9")
    with pytest.raises(InputError, match="no scheduler at"):
        nobody.__enter__()


def test_a_worker_that_is_killed_again_and_again_breaks_the_pool() -> None:
    options = {"n_workers": 1, "threads_per_worker": 1, "processes": False}
    local = distributed.LocalCluster(dashboard_address=None, **options)
    with local, pytest.raises(BrokenExecutor), cluster(local.scheduler_address):
        raise distributed.KilledWorker("job", None, 3)
