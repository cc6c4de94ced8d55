"""Workers: one pool for all batches, none where this process is enough, nothing left behind."""

import os
import threading
import time
import warnings

import pytest

from sim.errors import InputNote
from sim.experiment import workers
from sim.experiment.workers import Workers


@pytest.mark.parametrize("grows", [False, True])
def test_one_pool_is_started_for_the_first_jobs_that_several_can_do(grows):
    with Workers(3, None, grows) as some:
        assert some.for_jobs(1) is None
        pool = some.for_jobs(2)
        found = {pool.submit(os.getpid).result() for _ in range(4)}
        assert os.getpid() not in found
        assert pool._max_workers == (3 if grows else 2)
        assert some.for_jobs(9) is pool
        assert some.for_jobs(1) is pool


def test_one_worker_is_this_process():
    with Workers(1, None, grows=True) as alone:
        assert alone.for_jobs(100) is None


def test_no_thread_of_a_pool_is_left_for_the_exit_of_python():
    def stop():
        with workers.processes(2) as pool:
            pool.submit(time.sleep, 30)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        stop()
    modules = {type(thread).__module__ for thread in threading.enumerate()}
    assert "concurrent.futures.process" not in modules


def test_workers_default_to_the_processors_of_this_process():
    assert 1 <= workers.default_workers() <= (os.cpu_count() or 1)


def warned():
    with warnings.catch_warnings(record=True) as caught:
        warnings.warn(InputNote("theirs: left out"), stacklevel=1)
        warnings.warn("something else", stacklevel=1)
    return [str(one.message) for one in caught]


def test_workers_do_not_repeat_what_the_parent_has_said_is_left_out():
    with workers.processes(1) as pool:
        assert pool.submit(warned).result() == ["something else"]
