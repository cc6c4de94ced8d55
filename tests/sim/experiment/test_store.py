"""Result folders are whole or not there, and finished replications survive."""

import json

import pytest

from sim.experiment.errors import InputError
from sim.experiment.store import (
    Results,
    Work,
    publish,
    read_summary,
    rebuild,
    require_writable,
    staged,
)

SUMMARY = {"designs": {"b": {}, "a": {}}, "answer": "42"}
MEASURE = {"design": "b", "replication": 3, "digest": "x"}


def results(**changes):
    given = {"name": "x-123", "summary": SUMMARY, "measures": [MEASURE], "texts": {"a.txt": "A"}}
    return Results(**(given | changes))


def page(folder):
    (folder / "report.html").write_text(json.loads((folder / "summary.json").read_text())["answer"])


def tree(folder):
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_a_result_folder_has_everything(tmp_path):
    folder = publish(tmp_path / "deep" / "out", results(), page)
    assert folder == tmp_path / "deep" / "out" / "x-123"
    assert set(tree(folder)) == {
        "a.txt",
        "replications/b-3.json",
        "report.html",
        "summary.json",
    }
    assert read_summary(folder) == SUMMARY
    assert list(read_summary(folder)["designs"]) == ["b", "a"]


def test_publishing_twice_gives_the_same_bytes_and_nothing_else(tmp_path):
    first = tree(publish(tmp_path, results(), page))
    assert tree(publish(tmp_path, results(), page)) == first
    assert [path.name for path in tmp_path.iterdir()] == ["x-123"]


def test_histories_move_along(tmp_path):
    kept = tmp_path / "kept" / "b-3"
    kept.mkdir(parents=True)
    (kept / "meta.json").write_text("{}")
    folder = publish(tmp_path / "out", results(histories=kept.parent), page)
    assert (folder / "histories" / "b-3" / "meta.json").is_file()


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_nothing_is_left_when_it_fails_half_way(tmp_path, error):
    def broken(folder):
        raise error

    with pytest.raises(error):
        publish(tmp_path, results(), broken)
    assert list(tmp_path.iterdir()) == []


def test_an_older_result_survives_a_failed_one(tmp_path):
    folder = publish(tmp_path, results(), page)
    before = tree(folder)
    with pytest.raises(ZeroDivisionError), staged(folder):
        raise ZeroDivisionError
    assert tree(folder) == before


def test_not_a_number_is_never_stored(tmp_path):
    with pytest.raises(ValueError, match="JSON"):
        publish(tmp_path, results(summary={"x": float("nan")}), page)
    assert list(tmp_path.iterdir()) == []


def test_finished_replications_are_found_again(tmp_path):
    work = Work(tmp_path, "k" * 64)
    work.open()
    work.put(MEASURE)
    again = Work(tmp_path, "k" * 64)
    assert again.get("b", 3) == MEASURE
    assert again.get("b", 2) is None
    assert Work(tmp_path, "j" * 64).get("b", 3) is None


def test_a_torn_replication_counts_as_not_finished(tmp_path):
    work = Work(tmp_path, "k" * 64)
    work.open()
    work.put(MEASURE)
    (work.folder / "replications" / "b-3.json").write_text('{"design": ')
    assert work.get("b", 3) is None


def test_an_empty_work_folder_goes_and_a_full_one_stays(tmp_path):
    work = Work(tmp_path, "k" * 64)
    work.open()
    work.discard_if_empty()
    assert list(tmp_path.iterdir()) == []
    work.open()
    work.put(MEASURE)
    work.discard_if_empty()
    assert work.get("b", 3) == MEASURE
    work.discard()
    assert list(tmp_path.iterdir()) == []


def test_looking_whether_one_may_write_leaves_nothing(tmp_path):
    require_writable(tmp_path / "a" / "b")
    assert list(tmp_path.iterdir()) == []


def test_a_place_where_nothing_can_be_written(tmp_path):
    (tmp_path / "file").write_text("")
    for place in (tmp_path / "file", tmp_path / "file" / "deeper"):
        with pytest.raises(InputError, match="cannot be written here"):
            require_writable(place)
        with pytest.raises(InputError, match="--out DIR"):
            publish(place, results(), page)


def test_no_permission_is_one_line(tmp_path, monkeypatch):
    def refuse(*args, **kwargs):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("tempfile.TemporaryFile", refuse)
    with pytest.raises(InputError) as caught:
        require_writable(tmp_path)
    (message,) = caught.value.messages
    assert message.startswith(f"{tmp_path}: results cannot be written here: Permission denied")


def test_a_report_is_rebuilt_from_stored_data_alone(tmp_path):
    folder = publish(tmp_path, results(), page)
    before = tree(folder)
    (folder / "report.html").write_text("spoiled")
    (folder / "plots").mkdir()
    (folder / "plots" / "old.svg").write_text("old")
    rebuild(folder, page)
    assert tree(folder) == before


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (None, "not a result folder"),
        ('{\n"designs": ', "summary.json:2: column 12: damaged"),
        ("[]", "damaged: no designs"),
        ("{}", "damaged: no designs"),
    ],
)
def test_what_is_not_a_result_is_said_so(tmp_path, text, words):
    if text is not None:
        (tmp_path / "summary.json").write_text(text)
    with pytest.raises(InputError, match=words):
        rebuild(tmp_path, page)
