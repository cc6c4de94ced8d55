"""Finished replications survive, are trusted only as they were stored, and may be shared."""

import os

import pytest

from sim.experiment.work import Work, keep_history

MEASURE = {"design": "b", "replication": 3, "digest": "x"}
KEY = "k" * 64


def only(folder):
    (found,) = folder.glob(".unfinished-*/replications/*.json")
    return found


def filled(out):
    work = Work(out, KEY)
    with work.opened():
        work.put(MEASURE)
    return work


def test_finished_replications_are_found_again(tmp_path):
    filled(tmp_path)
    again = Work(tmp_path, KEY)
    assert again.get("b", 3) == MEASURE
    assert again.get("b", 2) is None
    assert not again.is_damaged("b", 2)
    assert Work(tmp_path, "j" * 64).get("b", 3) is None


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.write_text(path.read_text()[:-5]),
        lambda path: path.write_text(path.read_text().replace('"x"', '"y"')),
        lambda path: path.write_text(""),
        lambda path: path.write_bytes(b"\xff\xfe"),
        lambda path: path.write_text("{}"),
        lambda path: path.write_text("[" * 100_000),
        lambda path: path.rename(path.with_name("b-4.json")),
        lambda path: (path.unlink(), path.symlink_to("b-3.json")),
        lambda path: (path.unlink(), path.mkdir()),
        lambda path: (path.unlink(), os.mkfifo(path)),
    ],
)
def test_what_is_damaged_edited_or_unreadable_is_not_finished(tmp_path, damage):
    work = filled(tmp_path)
    damage(only(tmp_path))
    assert work.get("b", 3) is None
    assert work.get("b", 4) is None
    assert work.is_damaged("b", 3) or work.is_damaged("b", 4)


def test_a_replication_of_another_experiment_is_not_taken(tmp_path):
    filled(tmp_path)
    other = Work(tmp_path, "j" * 64)
    with other.opened():
        only(tmp_path).rename(other.folder / "replications" / "b-3.json")
        assert other.get("b", 3) is None


def test_an_empty_folder_goes_and_a_full_one_stays(tmp_path):
    work = Work(tmp_path, KEY)
    with work.opened():
        assert work.folder.is_dir()
    assert list(tmp_path.iterdir()) == []
    filled(tmp_path)
    with work.opened():
        assert work.get("b", 3) == MEASURE
        work.discard()
    assert list(tmp_path.iterdir()) == []


def test_the_folder_stays_until_the_last_one_is_done(tmp_path):
    first, second = Work(tmp_path, KEY), Work(tmp_path, KEY)
    with second.opened():
        with first.opened():
            first.put(MEASURE)
            first.discard()
        assert second.get("b", 3) == MEASURE
        second.put(MEASURE)
        second.discard()
    assert list(tmp_path.iterdir()) == []


def test_a_folder_made_anew_by_another_is_not_discarded(tmp_path):
    work = Work(tmp_path, KEY)
    with work.opened():
        work.put(MEASURE)
        work.folder.rename(tmp_path / "stolen")
        filled(tmp_path)
        work.discard()
    assert work.get("b", 3) == MEASURE


def test_what_a_killed_command_left_goes_at_the_next_opening(tmp_path):
    (tmp_path / ".unfinished-empty" / "replications").mkdir(parents=True)
    work = filled(tmp_path)
    part = work.folder / "replications" / ".rtcsim-1-0.part"
    part.write_text("torn")
    with work.opened():
        assert not part.exists()
    assert list(tmp_path.iterdir()) == [work.folder]


class History:
    def __init__(self, text):
        self.text = text

    def write(self, folder):
        (folder / "meta.json").write_text(self.text)
        if not self.text:
            raise OSError(28, "No space left on device")


def test_a_history_is_whole_or_not_there(tmp_path):
    place = tmp_path / "histories" / "b-3"
    with pytest.raises(OSError, match="No space"):
        keep_history(History(""), place)
    assert list(place.parent.iterdir()) == []
    for text in ("1", "1", "2"):
        keep_history(History(text), place)
        assert (place / "meta.json").read_text() == text
    assert list(place.parent.iterdir()) == [place]


def test_a_folder_that_is_discarded_while_it_is_opened_is_made_again(tmp_path, monkeypatch):
    opened, tries = os.open, []

    def unlucky(path, *given):
        tries.append(path)
        if len(tries) == 1:
            raise FileNotFoundError(path)
        return opened(path, *given)

    work = Work(tmp_path, KEY)
    with monkeypatch.context() as patched:
        patched.setattr("sim.experiment.work.os.open", unlucky)
        with work.opened():
            work.put(MEASURE)
    assert work.get("b", 3) == MEASURE
