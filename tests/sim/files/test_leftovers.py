"""What a killed command left goes; what a living one is writing stays."""

import os

import pytest

from sim.files.leftovers import OLD, leftovers, make, sweep
from sim.files.locks import lock


def folder(path):
    path.mkdir()
    return os.open(path, os.O_RDONLY)


def test_what_is_being_written_stays_and_what_was_left_goes(tmp_path):
    alive, mine = make(tmp_path, folder)
    dead, theirs = make(tmp_path, folder)
    (dead / "inside").write_text("x")
    (tmp_path / ".rtcsim-1-0.part").write_text("a file")
    os.close(theirs)
    sweep(tmp_path)
    assert list(tmp_path.iterdir()) == [alive]
    os.close(mine)
    sweep(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_nothing_else_is_touched(tmp_path):
    names = [".rtcsim", "x.part", ".x-1.part", ".unfinished-1", "run"]
    for name in names:
        (tmp_path / name).mkdir()
    (tmp_path / "precious").write_text("x")
    (tmp_path / ".rtcsim-9-9.part").symlink_to("precious")
    sweep(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(
        [*names, "precious", ".rtcsim-9-9.part"]
    )


def test_what_was_moved_aside_goes_back_unless_its_place_is_taken(tmp_path):
    for name in ("a", "b"):
        (tmp_path / f".rtcsim-{name}.part" / OLD / name).mkdir(parents=True)
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "new").write_text("")
    sweep(tmp_path)
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["a", "b", "new"]


def test_a_folder_that_cannot_be_read_is_no_error(tmp_path):
    sweep(tmp_path / "none")
    assert list(leftovers(tmp_path / "none")) == []


def test_names_are_never_shared(tmp_path):
    made = [make(tmp_path, folder) for _ in range(3)]
    assert len({path for path, _ in made}) == 3
    for _, descriptor in made:
        os.close(descriptor)


def test_what_is_swept_before_it_is_locked_is_made_again(tmp_path):
    """Another process may look just between making and locking, or hold the lock to remove it."""
    seen = []

    def unlucky(path):
        seen.append(path)
        descriptor = folder(path)
        if len(seen) == 1:
            sweep(tmp_path)
            raise FileNotFoundError(path)
        if len(seen) == 2:
            sweep(tmp_path)
        if len(seen) == 3:
            lock(os.open(path, os.O_RDONLY))
        return descriptor

    made, _ = make(tmp_path, unlucky)
    assert made == seen[3]
    with pytest.raises(FileNotFoundError):
        make(tmp_path / "none", folder)


def test_a_folder_that_others_remove_meanwhile_is_made_again(tmp_path):
    """Two commands ask at once whether they may write where nothing is; each clears up."""
    out, seen = tmp_path / "a" / "b", []

    def unlucky(path):
        if len(seen) < 2:
            seen.append(out.is_dir())
            if out.is_dir():
                out.rmdir()
        return folder(path)

    made, descriptor = make(out, unlucky, parents=True)
    os.close(descriptor)
    assert seen == [False, True]
    assert list(out.iterdir()) == [made]


def test_a_link_to_nowhere_is_no_place(tmp_path):
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    with pytest.raises(FileExistsError):
        make(tmp_path / "link", folder, parents=True)
