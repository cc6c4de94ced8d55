"""A file is the old one or the new one, whatever happens, and nothing is left beside it."""

import os
import select
import threading

import pytest

from sim.errors import InputError
from sim.files import writing
from sim.files.writing import write_file


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_text_and_bytes_are_written_and_nothing_is_beside_them(tmp_path):
    write_file(tmp_path / "a", "é\n")
    write_file(tmp_path / "b", b"\xff")
    assert ((tmp_path / "a").read_bytes(), (tmp_path / "b").read_bytes()) == (
        b"\xc3\xa9\n",
        b"\xff",
    )
    assert names(tmp_path) == ["a", "b"]


def test_a_new_file_has_the_usual_permissions_and_an_old_one_keeps_its_own(tmp_path):
    path = tmp_path / "a"
    before = os.umask(0o027)
    try:
        write_file(path, "1")
    finally:
        os.umask(before)
    assert path.stat().st_mode & 0o777 == 0o640
    path.chmod(0o604)
    write_file(path, "2")
    assert path.stat().st_mode & 0o777 == 0o604


@pytest.mark.parametrize("step", ["os.fsync", "os.fchmod", "pathlib.Path.replace"])
def test_a_full_disk_keeps_the_old_file(tmp_path, monkeypatch, step):
    path = tmp_path / "a"
    path.write_text("old")

    def full(*given):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(step, full)
    with pytest.raises(InputError) as caught:
        write_file(path, "new")
    assert caught.value.messages == [f"{path}: cannot be written: No space left on device"]
    assert path.read_text() == "old"
    assert names(tmp_path) == ["a"]


def test_a_link_is_refused_and_what_it_points_to_stays(tmp_path):
    (tmp_path / "victim").write_text("precious")
    (tmp_path / "link").symlink_to(tmp_path / "victim")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    (tmp_path / "dangling").symlink_to(tmp_path / "nowhere")
    for name in ("link", "loop", "dangling"):
        with pytest.raises(InputError, match="it is a link"):
            write_file(tmp_path / name, "x")
    assert (tmp_path / "victim").read_text() == "precious"
    assert not (tmp_path / "nowhere").exists()


def test_a_device_is_written_in_place():
    write_file(writing.Path("/dev/null"), "x")
    with pytest.raises(InputError, match="/dev/full: cannot be written: No space left"):
        write_file(writing.Path("/dev/full"), "x")


def test_an_open_descriptor_is_written_in_place(tmp_path):
    with (tmp_path / "out").open("wb") as opened:
        write_file(writing.Path(f"/dev/fd/{opened.fileno()}"), "through")
    assert (tmp_path / "out").read_text() == "through"


def test_a_pipe_with_a_reader_is_written_and_one_without_is_no_wait(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(InputError, match="cannot be written"):
        write_file(pipe, "x")
    descriptor = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    os.set_blocking(descriptor, True)
    writer = threading.Thread(target=write_file, args=(pipe, "x" * 100_000))
    writer.start()
    select.select([descriptor], [], [])
    with os.fdopen(descriptor, "rb") as opened:
        assert len(opened.read()) == 100_000
    writer.join()


@pytest.mark.parametrize("name", ["no/such", "a\0b", "x" * 300, "."], ids="abcd")
def test_a_place_that_cannot_be_is_one_line(tmp_path, name):
    with pytest.raises(InputError) as caught:
        write_file(tmp_path / name, "x")
    assert len(caught.value.messages) == 1
    assert names(tmp_path) == []


def test_what_has_no_utf_8_is_one_line(tmp_path):
    with pytest.raises(InputError, match="cannot be written"):
        write_file(tmp_path / "a", "\udcfe")
    assert names(tmp_path) == []
