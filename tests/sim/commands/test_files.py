"""`new` and `report` on real files."""

from pathlib import Path

import pytest
from fake_experiment import DESIGNS

from sim.commands import files
from sim.errors import InputError
from sim.scenario.load import load


def test_a_new_file_loads_and_says_how_to_go_on(tmp_path, capsys):
    path = tmp_path / "mine.toml"
    files.new(path, "lossy-mobile", DESIGNS)
    assert f"rtcsim compare {path}" in capsys.readouterr().out
    assert load(str(path), DESIGNS) == load("lossy-mobile", DESIGNS)


def test_a_new_file_can_be_printed(capsys):
    files.new(Path("-"), "commuter-day", DESIGNS)
    assert 'name = "commuter-day"' in capsys.readouterr().out


def test_nothing_is_overwritten(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text("precious")
    with pytest.raises(InputError, match="exists already"):
        files.new(path, "commuter-day", DESIGNS)
    assert path.read_text() == "precious"


def test_a_place_that_is_not_there(tmp_path):
    with pytest.raises(InputError, match="cannot be written"):
        files.new(tmp_path / "no" / "mine.toml", "commuter-day", DESIGNS)


@pytest.mark.parametrize("place", ["file/c.json", "nowhere/c.json", "folder"])
def test_a_place_that_cannot_be_written_is_known_before_the_work(place, tmp_path):
    (tmp_path / "file").write_text("")
    (tmp_path / "folder").mkdir()
    with pytest.raises(InputError, match=f"--out .*{place}: cannot be written"):
        files.require_place(tmp_path / place, "--out")
    files.require_place(tmp_path / "file", "--out")
    files.require_place(tmp_path / "new", "--out")


def test_a_report_needs_a_result(tmp_path):
    with pytest.raises(InputError, match="not a result folder"):
        files.report(tmp_path)


def test_a_full_disk_leaves_no_new_file_and_a_link_is_kept(tmp_path, monkeypatch):
    def full(descriptor):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("os.fsync", full)
        with pytest.raises(InputError, match=r"mine\.toml: cannot be written: No space left"):
            files.new(tmp_path / "mine.toml", "commuter-day", DESIGNS)
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "link").symlink_to("nowhere")
    with pytest.raises(InputError, match="exists already"):
        files.new(tmp_path / "link", "commuter-day", DESIGNS)
    assert not (tmp_path / "nowhere").exists()


def stored(tmp_path):
    folder = tmp_path / "run"
    folder.mkdir()
    (folder / "summary.json").write_text('{"designs": {}, "answer": "42"}')
    return folder


def test_a_report_says_when_its_figures_could_not_be_checked(tmp_path, capsys, monkeypatch):
    written = []

    def write(folder, unchecked=""):
        written.append(unchecked)
        (folder / "report.html").write_text("")

    monkeypatch.setattr("sim.report.write_report", write)
    folder = stored(tmp_path)
    files.report(folder)
    assert written == ["replications/ lacks everything"]
    assert "Figures not checked: replications/ lacks everything." in capsys.readouterr().out
    assert (folder / "report.html").is_file()


def test_a_report_that_cannot_be_written_says_how_to_get_one(tmp_path, monkeypatch):
    monkeypatch.setattr("os.access", lambda path, mode: False)
    with pytest.raises(InputError, match=r"no report can be written here: .*; copy the folder"):
        files.report(stored(tmp_path))
    assert [path.name for path in tmp_path.iterdir()] == ["run"]
