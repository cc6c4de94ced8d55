"""Machine code is used as it was made, or made anew; nothing else ends a run."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from sim.core import kept

ROOT = Path(__file__).parents[3]
CODE = "loop.1.nbc"


def put(folder):
    (folder / "loop").mkdir()
    (folder / "loop" / CODE).write_bytes(b"machine code")
    (folder / "loop" / "loop.nbi").write_bytes(b"index")


def filled(folder):
    with kept.making(folder) as fresh:
        put(fresh)
    return folder


def test_what_was_made_is_whole_until_it_changes(tmp_path):
    folder = filled(tmp_path / "rtcsim" / "one")
    assert kept.is_whole(folder)
    (folder / "loop" / CODE).write_bytes(b"machine cod")
    assert not kept.is_whole(folder)


@pytest.mark.parametrize("missing", [CODE, "loop.nbi"])
def test_a_file_that_is_gone_is_missed(tmp_path, missing):
    folder = filled(tmp_path / "one")
    (folder / "loop" / missing).unlink()
    assert not kept.is_whole(folder)


def test_nothing_is_not_whole(tmp_path):
    assert not kept.is_whole(tmp_path / "nowhere")
    (tmp_path / kept.SUMS).write_text("")
    assert not kept.is_whole(tmp_path)


def test_while_it_is_made_the_old_one_is_there_and_no_half_of_the_new_one(tmp_path):
    folder = filled(tmp_path / "one")

    def interrupted():
        with kept.making(folder) as fresh:
            put(fresh)
            assert kept.is_whole(folder)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert kept.is_whole(folder)
    assert [one.name for one in tmp_path.iterdir()] == ["one"]


def test_two_that_make_it_at_once_both_end_with_a_whole_one(tmp_path):
    folder = tmp_path / "one"
    with kept.making(folder) as fresh:
        put(fresh)
        filled(folder)
    assert kept.is_whole(folder)


def test_the_folders_used_last_are_kept(tmp_path):
    count = kept.KEPT
    for place in range(1, count + 1):
        folder = filled(tmp_path / str(place))
        os.utime(folder, (place, place))
    kept.used(tmp_path / "1")
    kept.used(tmp_path / "nowhere")
    filled(tmp_path / "0")
    left = sorted(int(one.name) for one in tmp_path.iterdir())
    assert left == [0, 1, *range(3, count + 1)]


def test_a_constant_of_the_same_room_is_part_of_the_name(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    room = tmp_path / "rooms" / "calm"
    room.mkdir(parents=True)
    for package in (room.parent, room):
        (package / "__init__.py").write_text("")
    (room / "loop.py").write_text("def loop():\n    return 1\n")
    (room / "rows.py").write_text("READ = 1\n")
    monkeypatch.syspath_prepend(tmp_path)
    from rooms.calm.loop import loop  # type: ignore[import-not-found]

    loop.__module__ = "models.calm.loop"
    before = kept.folder_of([loop])
    assert before == kept.folder_of([loop, loop])
    (room / "rows.py").write_text("READ = 2\n")
    assert kept.folder_of([loop]) != before


def test_without_a_home_nothing_is_kept(monkeypatch):
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setenv("HOME", "/dev/null/home")
    assert kept.folder_of([kept.making]) is None


SCRIPT = """
from typing import Any, NamedTuple
import numpy as np
from numba import config
from sim.core.compiled import compiled, part, state_at, telling
from sim.core.pointers import table_of

class Pair(NamedTuple):
    row: Any

@part
def twice(number: int) -> int:
    return 2 * number

def run_at(address: int) -> int:
    return twice(int(state_at(address).row[1]))

state = Pair(np.array([20.0, 21.0]))
usual, made = config.CACHE_DIR, []
table = table_of(state)
with telling(lambda: made.append(True)):
    run = compiled(run_at, state, 0)
print(not made, run(table.ctypes.data))
assert config.CACHE_DIR == usual  # whoever uses numba besides keeps code where it was
"""


def run(cache):
    script = cache.parent / "small.py"
    script.write_text(SCRIPT)
    done = subprocess.run(
        [sys.executable, str(script)],
        env=os.environ | {"XDG_CACHE_HOME": str(cache), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


@pytest.mark.parametrize("kind", ["*.nbi", "*.nbc"])
def test_what_was_damaged_is_made_anew(tmp_path, kind):
    pytest.importorskip("numba")
    cache = tmp_path / "cache"
    assert run(cache) == ["False", "42"]
    assert run(cache) == ["True", "42"]
    for path in cache.rglob(kind):
        path.write_bytes(path.read_bytes()[:50])
    assert run(cache) == ["False", "42"]
    assert run(cache) == ["True", "42"]


def test_where_nothing_can_be_kept_it_is_made_for_this_process(tmp_path):
    pytest.importorskip("numba")
    cache = tmp_path / "cache"
    cache.mkdir()
    (cache / "rtcsim").write_text("no folder")
    assert run(cache) == run(cache) == ["False", "42"]
