"""`new-design`: names, what is refused, what is there afterwards. That it works: test_extending."""

import tomllib

import pytest
from fake_experiment import DESIGNS

from sim.commands import scaffolding
from sim.errors import InputError


def written(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_a_package_is_written_and_says_how_to_go_on(tmp_path, capsys):
    folder = tmp_path / "my_designs"
    scaffolding.new_design(folder, DESIGNS)
    assert written(folder) == [
        "README.md",
        "my_designs/__init__.py",
        "pyproject.toml",
        "tests/test_my_designs.py",
    ]
    assert list(tmp_path.iterdir()) == [folder]
    printed = capsys.readouterr().out
    assert f"Next: python -m pip install -e {folder}\n" in printed
    assert "--designs hybrid-cursor,my-designs" in printed
    project = tomllib.loads((folder / "pyproject.toml").read_text())["project"]
    assert project["entry-points"] == {"rtcsim.designs": {"my-designs": "my_designs:DESIGNS"}}
    assert not [path for path in written(folder) if "$" in (folder / path).read_text()]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("My", "'My' is no name of a module; allowed: small letters a to z, digits and under"),
        ("my-designs", "'my-designs' is no name of a module"),
        ("2nd", "'2nd' is no name of a module"),
        ("a" * 61, "is no name of a module"),
        ("class", "'class' is a word or module of Python's"),
        ("random", "'random' is a word or module of Python's"),
        ("sim", "'sim' would hide rtcsim's own"),
        ("models", "'models' would hide rtcsim's own"),
        ("tests", "'tests' holds the tests"),
        ("numpy", "'numpy' is installed already ("),
        ("long_poll", "'long-poll' is a design already; allowed: a name of its own"),
        ("no/mine", "there is no folder"),
        ("file/mine", "there is no folder"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line_and_nothing_is_left(tmp_path, name, words):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError) as refused:
        scaffolding.new_design(tmp_path / name, DESIGNS)
    (line,) = refused.value.messages
    assert line.startswith(f"{tmp_path / name}: ")
    assert words in line
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


@pytest.mark.parametrize("kind", ["empty folder", "file", "link"])
def test_nothing_is_overwritten(tmp_path, kind):
    place = tmp_path / "mine"
    {
        "empty folder": place.mkdir,
        "file": lambda: place.write_text("precious"),
        "link": lambda: place.symlink_to("nowhere"),
    }[kind]()
    with pytest.raises(InputError, match="mine: exists already; allowed: a new folder"):
        scaffolding.new_design(place, DESIGNS)
    assert list(tmp_path.iterdir()) == [place]
    assert not (place.is_dir() and list(place.iterdir()))


def test_a_full_disk_leaves_nothing(tmp_path, monkeypatch):
    def full(descriptor):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("os.fsync", full)
        with pytest.raises(InputError, match="mine: cannot be written: No space left"):
            scaffolding.new_design(tmp_path / "mine", DESIGNS)
    assert list(tmp_path.iterdir()) == []
