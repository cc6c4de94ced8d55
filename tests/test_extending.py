"""Packages of others, as they come: the worked example, a new one, broken ones, hidden modules."""

import json
import re
import shutil

import pytest
from installed import CAN_BUILD, ROOT, install, put, python

PLUGIN = ROOT / "examples" / "plugin"
PACE = "actions.send.per_person_per_minute=20"
SMALL = ("--set", "people.count=20", "--set", "time.measure_s=30", "--set", PACE)
QUICK = (*SMALL, "--replications", "2", "--workers", "2", "--quiet", "--json")
RTCSIM = ("-m", "sim.cli")
PYTEST = ("-m", "pytest", "-q", "-p", "no:cacheprovider")
PAGE = (ROOT / "docs" / "extending.md").read_text("utf-8")


@pytest.fixture(scope="module")
def plugin(tmp_path_factory):
    """The example, installed; the folder it was built in and the one it was installed in."""
    folder = tmp_path_factory.mktemp("plugin")
    shutil.copytree(PLUGIN, folder / "source", ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "target").mkdir()
    install(folder / "source", folder / "target")
    return folder


def ended(target, *words, cwd):
    """What a command of the user's printed; it ended well and complained of nothing."""
    done = python(target, *words, cwd=cwd)
    assert (done.returncode, done.stderr) == (0, ""), done
    return done.stdout


def test_the_example_is_listed_and_compared(plugin, tmp_path):
    assert "hybrid-shedding" in ended(plugin / "target", *RTCSIM, "list", "designs", cwd=tmp_path)
    words = ("compare", "--designs", "hybrid,hybrid-shedding", *QUICK)
    printed = ended(plugin / "target", *RTCSIM, *words, cwd=tmp_path)
    causes = {name: one["causes"] for name, one in json.loads(printed)["conservation"].items()}
    assert causes["hybrid-shedding"]["queue overflow"] > 0
    assert "queue overflow" not in causes["hybrid"]


def test_the_example_keeps_its_own_tests(plugin):
    assert "3 passed" in ended(plugin / "target", *PYTEST, "tests", cwd=plugin / "source")


def test_a_scenario_changes_the_option_of_the_example(plugin, tmp_path):
    text = 'name = "mine"\ndesigns = ["half"]\n[[networks]]\nshare = 1.0\nprofile = "4g"\n'
    text += '[variants.half]\nbase = "hybrid-shedding"\n'
    (tmp_path / "good.toml").write_text(f"{text}shedding = {{ every = 2 }}\n")
    ended(plugin / "target", *RTCSIM, "new", "x.toml", "--from", "good.toml", cwd=tmp_path)
    assert "every = 2" in (tmp_path / "x.toml").read_text()
    (tmp_path / "bad.toml").write_text(f"{text}shedding = {{ evry = 2 }}\n")
    refused = python(plugin / "target", *RTCSIM, "compare", "bad.toml", cwd=tmp_path)
    assert refused.returncode == 2
    assert "unknown field 'evry'; allowed: every; did you mean 'every'?" in refused.stderr


def test_the_example_is_held_to_what_every_design_must_keep(plugin):
    chosen = "hybrid-shedding and (no-fault or node-crash or all-at-once)"
    words = (
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "tests/conformance/test_conformance.py",
    )
    assert "3 passed" in ended(plugin / "target", *words, "-k", chosen, cwd=ROOT)


@pytest.mark.parametrize(
    ("file", "right", "wrong", "notes"),
    [
        (
            "channel.py",
            "KIND: Final = Kind(",
            "import no_such_module\nKIND: Final = Kind(",
            ["shedding.channel:KIND: channel left out: ModuleNotFoundError", "shedding.designs:"],
        ),
        (
            "channel.py",
            '"shedding",\n    SheddingChannel',
            '"mqtt",\n    SheddingChannel',
            ["shedding.channel:KIND: channel left out: 'mqtt' is a channel", "shedding.designs:"],
        ),
        (
            "designs.py",
            '"hybrid-shedding",',
            '"hybrid",',
            ["shedding.designs:DESIGNS: designs left out: 'hybrid' is a design already"],
        ),
    ],
)
def test_a_broken_part_is_named_and_the_rest_works(tmp_path, file, right, wrong, notes):
    put(PLUGIN, tmp_path / "target")
    path = tmp_path / "target" / "shedding" / file
    text = path.read_text()
    assert right in text
    path.write_text(text.replace(right, wrong))
    done = python(tmp_path / "target", *RTCSIM, "list", "designs", cwd=tmp_path)
    assert done.returncode == 0
    assert "hybrid-cursor" in done.stdout
    assert "shedding" not in done.stdout
    lines = done.stderr.splitlines()
    assert len(lines) == len(notes)
    assert all(line.startswith(f"Note: {note}") for line, note in zip(lines, notes, strict=True))


def test_a_new_design_works_as_it_is_written(tmp_path):
    said = ended(tmp_path, *RTCSIM, "new-design", "my_designs", cwd=tmp_path)
    assert said.startswith("my_designs: written; my_designs/__init__.py has the design")
    source, target = tmp_path / "my_designs", tmp_path / "target"
    target.mkdir()
    install(source, target)
    words = ("compare", "--designs", "hybrid-cursor,my-designs", *QUICK)
    printed = ended(target, *RTCSIM, *words, cwd=tmp_path)
    assert list(json.loads(printed)["designs"]) == ["hybrid-cursor", "my-designs"]
    tests = (*PYTEST, "tests")
    assert "2 passed" in ended(target, *tests, cwd=source)
    module = target / "my_designs" / "__init__.py"  # without the cursor it breaks its promise
    module.write_text(module.read_text().replace('["hybrid-cursor"]', '["hybrid"]'))
    assert "1 failed, 1 passed" in python(target, *tests, cwd=source).stdout


@pytest.mark.skipif(not CAN_BUILD, reason="needs hatchling")
def test_a_build_and_its_stand_in_are_found_alike(plugin, tmp_path):
    put(PLUGIN, tmp_path / "target")
    for name in ("channel.py", "designs.py"):
        built = plugin / "target" / "shedding" / name
        assert built.read_bytes() == (tmp_path / "target" / "shedding" / name).read_bytes()
    (built_points,) = (plugin / "target").glob("*.dist-info/entry_points.txt")
    (points,) = (tmp_path / "target").glob("*.dist-info/entry_points.txt")
    assert sorted(filter(None, built_points.read_text().splitlines())) == sorted(
        filter(None, points.read_text().splitlines())
    )


HIDDEN = re.compile(r"^(.*): hides rtcsim's package '(\w+)' .*: rename it, or start from another")


@pytest.mark.parametrize("place", ["models.py", "models/__init__.py"])
@pytest.mark.parametrize("words", [("list", "designs"), ("compare",), ("new-design", "mine")])
def test_a_module_that_hides_ours_is_named_in_one_line_and_not_run(tmp_path, place, words):
    (tmp_path / place).parent.mkdir(exist_ok=True)
    (tmp_path / place).write_text("raise SystemExit('this is run')\n")
    done = python(tmp_path, *RTCSIM, *words, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert HIDDEN.match(line)[1] == str(tmp_path / place)


@pytest.mark.parametrize("place", ["sim.py", "sim/__init__.py"])
def test_whoever_hides_the_instrument_is_named_where_ours_is_met_first(tmp_path, place):
    (tmp_path / place).parent.mkdir(exist_ok=True)
    (tmp_path / place).write_text("raise SystemExit('this is run')\n")
    done = python(tmp_path, "-c", "import models", cwd=tmp_path)
    assert done.returncode == 1
    line = done.stderr.splitlines()[-1]
    assert line.startswith(f"ImportError: {tmp_path / place}: hides rtcsim's package 'sim' beside")


def test_files_of_the_working_directory_hide_nothing_from_a_safe_path(tmp_path):
    for name in ("sim", "models"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('this is run')\n")
    (tmp_path / "empty").mkdir()
    said = ended(tmp_path / "empty", *RTCSIM, "list", "designs", cwd=tmp_path)  # started with -P
    assert "hybrid-cursor" in said
    assert "python -P -m sim.cli" in PAGE


def test_every_path_of_the_page_exists():
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", PAGE) if "://" not in link]
    inner = re.findall(r"`((?:sim|models|tests|examples|docs)/[\w./-]+)`", PAGE)
    places = [(ROOT / "docs" / one).resolve() for one in links] + [ROOT / one for one in inner]
    assert len(places) > 10
    assert [str(place) for place in places if not place.exists()] == []


def test_the_page_shows_the_example_as_it_is():
    shown = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    files = "".join(path.read_text("utf-8") for path in sorted(PLUGIN.rglob("*.py")))
    toml = (PLUGIN / "pyproject.toml").read_text("utf-8")
    assert shown
    assert all(text in files for text in shown)
    assert all(text in toml for text in re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL))
