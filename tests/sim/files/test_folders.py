"""A folder is the old one or the new one, with and without a system that exchanges names."""

import os

import pytest

from sim.files import folders
from sim.files.folders import copy, exchange, remove, same, staged


@pytest.fixture(params=["exchange", "two steps"])
def system(request, monkeypatch):
    if request.param == "two steps":
        monkeypatch.setattr(folders, "exchange", lambda one, other: False)
    return request.param


def names(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def test_a_new_folder_and_one_that_replaces_an_old_one(tmp_path, system):
    for text in ("1", "2"):
        with staged(tmp_path / "a") as fresh:
            (fresh / text).write_text(text)
        assert names(tmp_path) == ["a", f"a/{text}"]


def test_an_older_folder_survives_whatever_fails(tmp_path, system, monkeypatch):
    with staged(tmp_path / "a") as fresh:
        (fresh / "old").write_text("old")
    with pytest.raises(ZeroDivisionError), staged(tmp_path / "a"):
        raise ZeroDivisionError
    rename = folders.Path.rename

    def refuse(path, target):
        if path.name == "new":
            raise OSError(28, "No space left on device")
        return rename(path, target)

    if system == "two steps":
        monkeypatch.setattr(folders.Path, "rename", refuse)
        with pytest.raises(OSError, match="No space"), staged(tmp_path / "a"):
            pass
    assert names(tmp_path) == ["a", "a/old"]


def test_one_that_is_not_wanted_goes(tmp_path):
    with staged(tmp_path / "a", lambda fresh: False) as fresh:
        (fresh / "x").write_text("")
    assert names(tmp_path) == []


def test_a_file_or_a_link_is_not_replaced(tmp_path, system):
    (tmp_path / "file").write_text("precious")
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    for name in ("file", "link"):
        with pytest.raises(NotADirectoryError), staged(tmp_path / name):
            pass
    assert names(tmp_path) == ["file", "link", "real"]


def test_two_names_change_places(tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / name).write_text("")
    if exchange(tmp_path / "a", tmp_path / "b"):
        assert names(tmp_path) == ["a", "a/b", "b", "b/a"]
    with pytest.raises(FileNotFoundError):
        exchange(tmp_path / "a", tmp_path / "none")


def test_a_system_without_it_says_so(tmp_path, monkeypatch):
    class Library:
        pass

    monkeypatch.setattr("ctypes.CDLL", lambda *given, **options: Library())
    assert exchange(tmp_path / "a", tmp_path / "b") is False
    monkeypatch.undo()
    monkeypatch.setattr("ctypes.get_errno", lambda: 22)
    assert exchange(tmp_path / "a", tmp_path / "b") is False


def test_a_copy_shares_files_and_keeps_links(tmp_path):
    source, target = tmp_path / "source", tmp_path / "target"
    (source / "plots").mkdir(parents=True)
    (source / "deep" / "plots").mkdir(parents=True)
    (source / "deep" / "plots" / "x").write_text("x")
    (source / "link").symlink_to("/etc")
    copy(source, target, leave_out=("plots",))
    assert names(target) == ["deep", "deep/plots", "deep/plots/x", "link"]
    assert (target / "link").is_symlink()
    assert (source / "deep/plots/x").samefile(target / "deep/plots/x")


def test_a_copy_is_made_where_nothing_can_be_shared(tmp_path, monkeypatch):
    def refuse(*given, **options):
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    (tmp_path / "source").mkdir()
    (tmp_path / "source" / "x").write_text("x")
    copy(tmp_path / "source", tmp_path / "target")
    assert (tmp_path / "target" / "x").read_text() == "x"


def test_the_same_data_are_seen_and_a_link_is_not_the_same(tmp_path):
    for name in ("a", "b"):
        (tmp_path / name / "deep").mkdir(parents=True)
        (tmp_path / name / "deep" / "x").write_text("x")
    (tmp_path / "b" / "more").write_text("")
    one, other = tmp_path / "a", tmp_path / "b"
    assert same(one, other)
    assert not same(other, one)
    (other / "deep" / "x").write_text("y")
    assert not same(one, other)
    (other / "deep" / "x").unlink()
    (other / "deep" / "x").symlink_to(one / "deep" / "x")
    assert not same(one, other)


def test_a_folder_is_removed_with_read_only_ones_inside(tmp_path):
    (tmp_path / "a" / "deep").mkdir(parents=True)
    (tmp_path / "a" / "deep" / "x").write_text("")
    (tmp_path / "a" / "deep").chmod(0o500)
    remove(tmp_path / "a")
    assert names(tmp_path) == []


def test_a_place_that_somebody_takes_at_the_same_moment_is_replaced(tmp_path, monkeypatch):
    with staged(tmp_path / "a") as fresh:
        (fresh / "theirs").write_text("")
    with staged(tmp_path / "a") as fresh:
        (fresh / "ours").write_text("")
        looked = iter([False])
        monkeypatch.setattr(folders.os.path, "lexists", lambda path: next(looked, True))
    monkeypatch.undo()
    assert names(tmp_path) == ["a", "a/ours"]
