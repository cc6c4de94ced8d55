"""Result folders are whole or not there, drawn after they are stored, and read with suspicion."""

import json
import os
from contextlib import nullcontext

import pytest

from sim.errors import InputError
from sim.experiment.store import Results, draw, publish, read_measures, read_summary
from sim.experiment.store import require_writable as require

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


def test_the_data_are_there_before_anything_is_drawn(tmp_path):
    folder = publish(tmp_path / "deep" / "out", results())
    assert folder == tmp_path / "deep" / "out" / "x-123"
    assert set(tree(folder)) == {"a.txt", "replications/b-3.json", "summary.json"}
    assert read_summary(folder) == SUMMARY
    assert list(read_summary(folder)["designs"]) == ["b", "a"]
    assert read_measures(folder) == {("b", 3): MEASURE}
    draw(folder, page)
    assert (folder / "report.html").read_text() == "42"
    assert list(folder.parent.iterdir()) == [folder]


def test_publishing_the_same_again_keeps_the_report(tmp_path):
    folder = publish(tmp_path, results())
    draw(folder, page)
    before = tree(folder)
    assert tree(publish(tmp_path, results())) == before
    assert list(tmp_path.iterdir()) == [folder]


def test_publishing_something_else_replaces_all(tmp_path):
    draw(publish(tmp_path, results()), page)
    folder = publish(tmp_path, results(texts={"a.txt": "B"}))
    assert set(tree(folder)) == {"a.txt", "replications/b-3.json", "summary.json"}
    assert list(tmp_path.iterdir()) == [folder]


def test_histories_move_along(tmp_path):
    kept = tmp_path / "kept" / "b-3"
    kept.mkdir(parents=True)
    (kept / "meta.json").write_text("{}")
    folder = publish(tmp_path / "out", results(histories=kept.parent))
    assert (folder / "histories" / "b-3" / "meta.json").is_file()


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, OSError(28, "full")])
def test_a_drawing_that_fails_changes_nothing(tmp_path, error):
    def broken(folder):
        (folder / "plots").mkdir()
        raise error

    folder = publish(tmp_path, results())
    draw(folder, page)
    before = tree(folder)
    with pytest.raises(type(error) if isinstance(error, OSError) else error):
        draw(folder, broken)
    assert tree(folder) == before
    assert list(tmp_path.iterdir()) == [folder]


def test_damage_is_told_of_the_folder_and_not_of_its_copy(tmp_path):
    def refuse(fresh):
        raise InputError([f"{fresh}/x.json: damaged"])

    folder = publish(tmp_path, results())
    with pytest.raises(InputError) as caught:
        draw(folder, refuse)
    assert caught.value.messages == [f"{folder}/x.json: damaged"]


def test_a_linked_result_is_drawn_where_it_is_and_the_link_stays(tmp_path):
    folder = publish(tmp_path / "real", results())
    link = tmp_path / "link"
    link.symlink_to(folder)
    draw(link, page)
    assert link.is_symlink()
    assert (folder / "report.html").read_text() == "42"


def test_links_inside_stay_links_and_nothing_is_written_through_them(tmp_path):
    folder = publish(tmp_path / "out", results())
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "key").write_text("precious")
    (folder / "x").symlink_to(secret)
    (folder / "report.html").symlink_to(secret / "key")
    (folder / "plots").symlink_to(secret)
    (folder / "loop").symlink_to("loop")
    draw(folder, page)
    assert (folder / "x").is_symlink()
    assert (folder / "loop").is_symlink()
    assert not (folder / "report.html").is_symlink()
    assert tree(secret) == {"key": b"precious"}


def test_a_link_is_not_published_over_or_read_through(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "precious").write_text("x")
    (tmp_path / "x-123").symlink_to("elsewhere")
    with pytest.raises(OSError, match="what is there is no folder"):
        publish(tmp_path, results())
    assert tree(tmp_path / "elsewhere") == {"precious": b"x"}
    folder = publish(tmp_path / "out", results())
    (folder / "summary.json").unlink()
    (folder / "summary.json").symlink_to(tmp_path / "elsewhere" / "precious")
    with pytest.raises(InputError, match=r"summary\.json: cannot be read"):
        read_summary(folder)


def test_a_read_only_folder_stays_as_it_is(tmp_path, monkeypatch):
    folder = publish(tmp_path, results())
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    with pytest.raises(PermissionError, match="it is read-only"):
        draw(folder, page)
    assert list(tmp_path.iterdir()) == [folder]


def test_not_a_number_is_never_stored(tmp_path):
    with pytest.raises(ValueError, match="JSON"):
        publish(tmp_path, results(summary={"x": float("nan")}))
    assert list(tmp_path.iterdir()) == []


def test_looking_whether_one_may_write_leaves_nothing(tmp_path):
    require(tmp_path / "a" / "b")
    assert list(tmp_path.iterdir()) == []


def test_looking_whether_one_may_write_leaves_what_others_begin_there(tmp_path, monkeypatch):
    out = tmp_path / "a" / "b"

    def begun(*args):
        out.mkdir(parents=True)
        (out / "theirs").write_text("x")
        return nullcontext()

    monkeypatch.setattr("sim.files.folders.staged", begun)
    require(out)
    assert (out / "theirs").read_text() == "x"


def test_looking_whether_one_may_write_clears_what_a_killed_command_left(tmp_path):
    (tmp_path / ".rtcsim-1-0.part" / "new").mkdir(parents=True)
    require(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_place_where_nothing_can_be_written(tmp_path):
    (tmp_path / "file").write_text("")
    for place in (tmp_path / "file", tmp_path / "file" / "deeper"):
        with pytest.raises(InputError, match=r"cannot be written here: .* --out DIR"):
            require(place)


def test_no_permission_is_one_line(tmp_path, monkeypatch):
    def refuse(*args, **kwargs):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pathlib.Path.mkdir", refuse)
    with pytest.raises(InputError) as caught:
        require(tmp_path)
    (message,) = caught.value.messages
    assert message.startswith(f"{tmp_path}: results cannot be written here: Permission denied")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (None, "not a result folder"),
        ('{\n"designs": ', "summary.json:2: column 12: damaged"),
        ("[]", "damaged: no designs"),
        ("{}", "damaged: no designs"),
        ("[" * 100_000, "nested too deeply"),
        (b'{"designs": {}}\n\xff', "summary.json:2: not a text in UTF-8"),
        ('{"designs": []}', "summary.json: damaged: designs: Input should be"),
        ('{"designs": {}, "series": {"a": {"sends": ["x"]}}}', "damaged: series.a.sends.0: "),
        ('{"designs": {}, "ccdf": {"a": {"share": [null]}}}', "damaged: ccdf.a.share.0: "),
        ('{"designs": {"a": {"m": {"value": "x"}}}}', "damaged: designs.a.m"),
        ('{"designs": {}, "conservation": {"a": {"lost": -5}}}', "conservation.a.lost: "),
    ],
    ids=range(11),
)
def test_what_is_not_a_result_is_said_so(tmp_path, text, words):
    if text is not None:
        content = text if isinstance(text, bytes) else text.encode()
        (tmp_path / "summary.json").write_bytes(content)
    with pytest.raises(InputError, match=words):
        read_summary(tmp_path)


def test_a_folder_that_a_killed_command_moved_aside_comes_back(tmp_path):
    folder = publish(tmp_path, results())
    aside = tmp_path / ".rtcsim-1-0.part" / "old"
    aside.mkdir(parents=True)
    folder.rename(aside / folder.name)
    assert read_summary(folder) == SUMMARY
    assert list(tmp_path.iterdir()) == [folder]
