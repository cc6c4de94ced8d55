"""Workers: one pool for all batches, none where this process is enough, nothing left behind."""

import os
import signal
import threading
import time
import warnings
from concurrent.futures import Future

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


@pytest.mark.parametrize(
    "waited",
    [lambda one: next(workers.as_they_end([one])), workers.outcome],
    ids=["any", "one"],
)
def test_a_signal_that_another_thread_took_is_heard(waited):
    """Nothing wakes the main thread then: it must look for itself."""

    def strike():
        signal.pthread_kill(threading.get_ident(), signal.SIGINT)

    timer = threading.Timer(0.3, strike)
    forgotten = Future()
    given_up = threading.Timer(8.0, forgotten.set_result, (None,))
    before = time.monotonic()
    try:
        timer.start()
        given_up.start()
        with pytest.raises(KeyboardInterrupt):
            waited(forgotten)
    finally:
        timer.cancel()
        given_up.cancel()
    assert time.monotonic() - before < 5


def test_jobs_are_handed_on_as_they_end_and_what_they_raise_is_raised(monkeypatch):
    monkeypatch.setattr(workers, "_LOOK_S", 0.01)
    first, second, broken = Future(), Future(), Future()
    broken.set_exception(TimeoutError("its own"))
    threading.Timer(0.1, second.set_result, (2,)).start()
    threading.Timer(0.3, first.set_result, (1,)).start()
    assert list(workers.as_they_end([first, second, broken])) == [broken, second, first]
    assert (workers.outcome(first), workers.outcome(second)) == (1, 2)
    with pytest.raises(TimeoutError, match="its own"):
        workers.outcome(broken)
