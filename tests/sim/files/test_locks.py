"""A lock tells the living from the dead."""

import os
import subprocess
import sys

from sim.files import locks
from sim.files.locks import Lock, is_at, lock


def opened(path):
    return os.open(path, os.O_RDONLY)


def test_one_holds_it_alone_and_many_share_it(tmp_path):
    first, second = opened(tmp_path), opened(tmp_path)
    assert lock(first) is Lock.HELD
    assert lock(second) is Lock.TAKEN
    assert lock(second, shared=True) is Lock.TAKEN
    assert lock(first, shared=True) is Lock.HELD
    assert lock(second, shared=True) is Lock.HELD
    assert lock(first) is Lock.TAKEN
    os.close(second)
    assert lock(first) is Lock.HELD
    os.close(first)


def test_a_killed_process_holds_nothing(tmp_path):
    text = (
        "import os, sys, signal\nfrom sim.files.locks import lock\n"
        "print(lock(os.open(sys.argv[1], os.O_RDONLY)).name, flush=True)\nsys.stdin.read()\n"
    )
    command = [sys.executable, "-c", text, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout.readline() == b"HELD\n"
        mine = opened(tmp_path)
        assert lock(mine) is Lock.TAKEN
        other.kill()
        other.wait()
    assert lock(mine) is Lock.HELD
    os.close(mine)


def test_without_locks_nobody_knows(tmp_path, monkeypatch):
    mine = opened(tmp_path)

    def refuse(*given):
        raise OSError(37, "No locks available")

    monkeypatch.setattr("sim.files.locks._flock", refuse)
    assert lock(mine) is Lock.UNKNOWN
    monkeypatch.setattr(locks, "_flock", None)
    assert lock(mine) is Lock.UNKNOWN
    os.close(mine)


def test_a_folder_made_anew_is_another_one(tmp_path):
    place = tmp_path / "a"
    place.mkdir()
    mine = opened(place)
    assert is_at(mine, place)
    place.rename(tmp_path / "b")
    assert not is_at(mine, place)
    place.mkdir()
    assert not is_at(mine, place)
    os.close(mine)
