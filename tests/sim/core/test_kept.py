"""Machine code is used as it was made, or made anew; nothing else ends a run."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from sim.core import kept

ROOT = Path(__file__).parents[3]
CODE = "loop.1.nbc"


def filled(folder):
    (folder / "loop").mkdir(parents=True)
    (folder / "loop" / CODE).write_bytes(b"machine code")
    (folder / "loop" / "loop.nbi").write_bytes(b"index")
    return folder


def test_what_is_sealed_is_whole_until_it_changes(tmp_path):
    folder = filled(tmp_path / "one")
    assert not kept.is_whole(folder)
    kept.seal(folder)
    assert kept.is_whole(folder)
    (folder / "loop" / CODE).write_bytes(b"machine cod")
    assert not kept.is_whole(folder)


@pytest.mark.parametrize("missing", [CODE, "loop.nbi"])
def test_a_file_that_is_gone_is_missed(tmp_path, missing):
    folder = filled(tmp_path / "one")
    kept.seal(folder)
    (folder / "loop" / missing).unlink()
    assert not kept.is_whole(folder)


def test_nothing_is_not_whole(tmp_path):
    assert not kept.is_whole(tmp_path / "nowhere")
    (tmp_path / kept.SUMS).write_text("")
    assert not kept.is_whole(tmp_path)


def test_the_folders_used_last_are_kept(tmp_path):
    folders = [filled(tmp_path / str(number)) for number in range(7)]
    for place, folder in enumerate(folders):
        os.utime(folder, (place, place))
    kept.seal(folders[0])
    assert sorted(one.name for one in tmp_path.iterdir()) == ["0", "4", "5", "6"]


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
    assert kept.folder_of([kept.seal]) is None


SCRIPT = """
from typing import Any, NamedTuple
import numpy as np
from sim.core.compiled import compiled, is_compiled, part, state_at
from sim.core.pointers import table_of

class Pair(NamedTuple):
    row: Any

@part
def twice(number: int) -> int:
    return 2 * number

def run_at(address: int) -> int:
    return twice(int(state_at(address).row[1]))

state = Pair(np.array([20.0, 21.0]))
known = is_compiled()
table = table_of(state)
print(known, compiled(run_at, state, 0)(table.ctypes.data))
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
