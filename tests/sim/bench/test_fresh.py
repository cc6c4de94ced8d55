"""Calls in processes of their own."""

import operator
import os
import sys
from functools import partial

import pytest

from sim.bench.fresh import PLAIN, fresh


def test_it_is_another_process_with_the_same_packages():
    assert fresh(os.getpid) != os.getpid()
    assert set(filter(None, sys.path)) - set(fresh(partial(list, sys.path))) == set()


def test_only_what_asks_for_it_runs_uncompiled(monkeypatch):
    seen = partial(os.environ.get, PLAIN)
    monkeypatch.setenv(PLAIN, "1")  # whatever is set outside
    assert fresh(partial(os.getenv, PLAIN)) is None
    assert fresh(partial(os.getenv, PLAIN), plain=True) == "1"
    assert seen() == "1"


def test_what_a_call_prints_is_not_its_result(capfd):
    assert fresh(partial(print, "hello")) is None
    assert capfd.readouterr().err == "hello\n"


def test_a_call_that_fails_says_so(capfd):
    with pytest.raises(RuntimeError, match="ended with 1"):
        fresh(partial(operator.truediv, 1, 0))
    assert "ZeroDivisionError" in capfd.readouterr().err
