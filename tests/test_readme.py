"""What the README says exists and works: commands, names, examples, paths, table; and `.ci/run`."""

import os
import re
import shlex
import shutil
import subprocess
import sys
import textwrap
import tomllib
from itertools import pairwise
from pathlib import Path

import baseline
import pytest

import sim
from sim.commands.options import Kind
from sim.scenario.load import shipped
from sim.validation import overview

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "README.md").read_text("utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
CI = ROOT / ".ci" / "run"
SMALL = {"people.count": 20, "time.warmup_s": 5.0, "time.measure_s": 20.0}


def blocks(language: str) -> list[str]:
    found = re.findall(rf"^( *)```{language}\n(.*?)^ *```", TEXT, re.DOTALL | re.MULTILINE)
    return [textwrap.dedent(text) for _, text in found]


def typed() -> list[list[str]]:
    """The words after `rtcsim` of every command of the README."""
    lines = "".join(blocks("bash")).splitlines()
    words = [shlex.split(line.partition("  #")[0]) for line in lines if line]
    return [one[one.index(".venv/bin/rtcsim") + 1 :] for one in words if ".venv/bin/rtcsim" in one]


def test_the_two_commands_leave_the_system_alone():
    first, second = blocks("bash")[:2]
    for command in (first, second):
        assert command.startswith("python3 -m venv .venv && .venv/bin/pip install -e ")
        later = command.split("&&")[1:]
        assert all(part.strip().startswith(".venv/bin/") for part in later)
    assert first.endswith("&& .venv/bin/rtcsim compare\n")


@pytest.mark.parametrize("words", typed(), ids=" ".join)
def test_every_command_is_understood(words):
    command, flags = words[0], {word for word in words if word.startswith("--")}
    ended = subprocess.run(
        [sys.executable, "-m", "sim.cli", command, "--help"],
        env=os.environ | {"COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert flags <= set(re.findall(r"--[a-z]+", ended.stdout))
    for flag, value in pairwise(words):
        if flag == "--designs":
            assert set(value.split(",")) <= set(sim.designs())
        if flag == "--set":
            key, _, number = value.partition("=")
            assert sim.load_scenario(changes={key: int(number)})
    if command == "compare" and len(words) > 1 and not words[1].startswith("-"):
        assert words[1] in shipped()
    if command == "list":
        assert words[1] in list(Kind)


def test_every_kind_that_can_be_listed_is_named():
    assert all(kind.value in TEXT for kind in Kind)


def test_every_scenario_is_in_the_changelog():
    text = (ROOT / "CHANGELOG.md").read_text("utf-8")
    assert all(name in text for name in shipped())


def test_the_example_scenario_is_right(tmp_path):
    (tmp_path / "mine.toml").write_text(blocks("toml")[0])
    scenario = sim.load_scenario(tmp_path / "mine.toml")
    assert scenario.variants.keys() == {"patient"}


def test_the_entry_point_is_the_one_that_is_looked_for():
    from sim.registry import ENTRY_POINTS

    assert list(tomllib.loads(blocks("toml")[1])["project"]["entry-points"]) == [ENTRY_POINTS]


def test_the_python_example_runs(tmp_path, monkeypatch, capsys):
    (text,) = blocks("python")
    assert "{" in text
    small = text.replace('{"people.count": 200}', repr(SMALL)).replace("=4", "=2")
    assert small.count(repr(SMALL)) == 1
    monkeypatch.chdir(tmp_path)
    exec(compile(small, "README.md", "exec"), {})
    assert "hybrid-key" in capsys.readouterr().out


def test_every_path_exists():
    linked = re.findall(r"\]\(([^)#:]+)\)", TEXT + CONTRIBUTING)
    quoted = re.findall(r"`((?:sim|models|tests|notebooks|results)/[\w./-]*)`", TEXT + CONTRIBUTING)
    here = [path for path in (*linked, *quoted) if not path.startswith("results/runs")]
    assert len(here) > 20
    assert [path for path in here if not (ROOT / path).exists()] == []


def test_the_table_is_that_of_the_baseline():
    _, inside, _ = baseline.parts(TEXT)
    assert inside == baseline.table(baseline.BASELINE), "see CONTRIBUTING.md, Changes"


def test_the_fidelity_tables_are_those_of_the_page():
    page = (ROOT / "docs" / "fidelity.md").read_text("utf-8")
    begin, end = page.index(overview.BEGIN), page.index(overview.END)
    assert page[begin:end].count(" / ") > 150
    assert page[begin:end] in TEXT, "see CONTRIBUTING.md, Changes"


def test_ci_runs_the_command_of_the_readme():
    command = blocks("bash")[1].strip()
    assert next(line for line in TEXT.splitlines() if "python -m pytest" in line) == command
    assert f"\n.venv/bin/{command.rpartition('.venv/bin/')[2]} " in CONTRIBUTING


STAND_IN = """# A stand-in

```bash
python3 -m venv --without-pip .venv && cp tools/* .venv/bin/ && .venv/bin/rtcsim compare
python3 -m venv --without-pip .venv && cp tools/* .venv/bin/ && bash tools/tests python -m pytest
```
"""
TOOLS = {"rtcsim": "echo a table", "ruff": "", "mypy": "", "tests": "echo 3 passed"}


def ci(folder: Path, tools: dict[str, str], readme: str = STAND_IN) -> subprocess.CompletedProcess:
    """`.ci/run` on a repository of its own, in which every tool is a stand-in."""
    for name in (".ci", "tools"):
        (folder / name).mkdir()
    (folder / ".ci" / "run").write_bytes(CI.read_bytes())
    for name, text in tools.items():
        (folder / "tools" / name).write_text(f"#!/bin/sh\n{text}\n")
        (folder / "tools" / name).chmod(0o755)
    (folder / "README.md").write_text(readme)
    git = ["git", "-C", str(folder), "-c", "user.name=x", "-c", "user.email=x@x"]
    for words in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "x"]):
        subprocess.run([*git, *words], check=True)
    (folder / "bin").mkdir()
    (folder / "bin" / "python3").symlink_to(sys.executable)
    return subprocess.run(
        ["bash", str(folder / ".ci" / "run")],
        env={"PATH": f"{folder}/bin:/usr/bin:/bin", "HOME": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )


needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="needs git")


@needs_git
def test_ci_ends_with_the_closing_line_of_the_tests(tmp_path):
    ended = ci(tmp_path, TOOLS)
    assert (ended.returncode, ended.stdout) == (0, "3 passed\n"), ended.stderr
    assert not (tmp_path / ".venv").exists()


@needs_git
@pytest.mark.parametrize(
    ("tool", "text", "code", "step"),
    [
        ("rtcsim", "exit 1", 1, "the README's first command"),
        ("ruff", '[ "$1" != check ]', 1, "lint (ruff check)"),
        ("ruff", '[ "$1" != format ]', 1, "format (ruff format --check)"),
        ("mypy", "exit 1", 1, "types (mypy)"),
        ("tests", "exit 1", 1, "the README's test command"),
        ("tests", "kill $$", 143, "the README's test command"),
    ],
)
def test_ci_fails_at_each_gate_and_names_it(tmp_path, tool, text, code, step):
    ended = ci(tmp_path, TOOLS | {tool: text})
    assert ended.returncode == code
    assert ended.stderr.splitlines()[-1] == f".ci/run: failed: {step}"
    assert ended.stdout == ""


@needs_git
def test_ci_fails_when_there_is_no_command(tmp_path):
    ended = ci(tmp_path, TOOLS, "# Nothing\n")
    assert ended.returncode == 2
    assert "no test command" in ended.stderr


@pytest.mark.parametrize(
    ("gate", "bad"),
    [
        (("ruff", "check", "."), "import random\nx = eval('1')\n"),
        (("ruff", "format", "--check", "."), "x = {  'a':1 }\n"),
        (("mypy",), "def f(x: int) -> str:\n    return x\n"),
    ],
    ids=["lint", "format", "types"],
)
def test_each_gate_refuses_a_bad_file(tmp_path, gate, bad):
    """As `.ci/run` calls it, under the project's own settings."""
    assert f".venv/bin/{' '.join(gate)} >&2" in CI.read_text("utf-8")
    if shutil.which(gate[0], path=str(Path(sys.executable).parent)) is None:
        pytest.skip(f"{gate[0]} is not installed")
    (tmp_path / "pyproject.toml").write_bytes((ROOT / "pyproject.toml").read_bytes())
    for room in ("sim", "models"):
        (tmp_path / room).mkdir()
        (tmp_path / room / "__init__.py").write_text('"""A room."""\n')

    def run() -> int:
        return subprocess.run(
            [str(Path(sys.executable).parent / gate[0]), *gate[1:]],
            cwd=tmp_path,
            capture_output=True,
            check=False,
        ).returncode

    assert run() == 0
    (tmp_path / "sim" / "bad.py").write_text(bad)
    assert run() == 1
