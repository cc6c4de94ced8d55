"""The command as it is typed: exit codes, one line per mistake, nothing left behind, Ctrl-C."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import fake_experiment
import pytest
from typed_commands import FAKE, REAL, command

HEAVY = ("numpy", "scipy", "matplotlib", "pandas", "pyarrow", "pydantic", "simpy", "models")
GOOD = """\
name = "mine"
designs = ["hybrid", "long-poll"]
[people]
count = 50
[[networks]]
share = 1.0
profile = "4g"
loss = { kind = "bernoulli", ratio = 0.02 }
[actions.send]
per_person_per_minute = 1.0
"""


@pytest.fixture
def refused(tmp_path):
    """Run the real command on bad input; check all that is true of every refusal."""

    def run(*words):
        before = sorted(tmp_path.rglob("*"))
        ended = command(REAL, *words, cwd=tmp_path)
        assert ended.returncode == 2, ended
        assert "Traceback" not in ended.stderr
        assert ended.stdout == ""
        assert sorted(tmp_path.rglob("*")) == before
        return ended.stderr.splitlines()

    return run


def test_help_answers_without_anything_heavy():
    check = f"import sys, sim.cli; print([m for m in {HEAVY!r} if m in sys.modules])"
    ended = subprocess.run(
        [sys.executable, "-c", check], capture_output=True, text=True, check=True
    )
    assert ended.stdout.strip() == "[]"


def test_help_and_version(tmp_path):
    shown = command(REAL, "--help", cwd=tmp_path)
    assert shown.returncode == 0
    for name in ("compare", "run", "report", "list", "new"):
        assert f"\n  {name} " in shown.stdout
    options = command(REAL, "compare", "--help", cwd=tmp_path).stdout
    for flag in ("designs", "seed", "replications", "workers", "out", "trace", "set", "json"):
        assert f"--{flag} " in options
    assert command(REAL, "--version", cwd=tmp_path).stdout.startswith("rtcsim ")


@pytest.mark.parametrize(
    ("right", "wrong", "start", "words"),
    [
        ("count = 50", 'count = "many"', ":4: people.count: ", "a whole number from 2"),
        ("= 1.0\n", "= -1.0\n", ":10: actions.send.per_person_per_minute: -1", "from 0"),
        ("0.02", "1.3", ":8: networks.0.loss.ratio: 1.3", "from 0 to 1"),
        ("hybrid", "hybird", ":2: designs.0: unknown design 'hybird'", "did you mean 'hybrid'?"),
        ("count", "conut", ":4: people.conut: unknown key", "did you mean 'count'?"),
        ('"4g"', '"4gg"', ":7: networks.0.profile: ", "did you mean '4g'?"),
        ("count = 50", "count = = 50", ":4: column 9: not valid TOML", ""),
    ],
)
def test_a_bad_file_is_one_line(refused, tmp_path, right, wrong, start, words):
    (tmp_path / "bad.toml").write_text(GOOD.replace(right, wrong, 1))
    if "-1.0" in wrong:
        (tmp_path / "bad.toml").write_text(GOOD.replace("minute = 1.0", "minute = -1.0"))
    (line,) = refused("compare", "bad.toml")
    assert line.startswith(f"bad.toml{start}")
    assert words in line


def test_all_mistakes_of_a_file_come_at_once(refused, tmp_path):
    text = GOOD.replace("hybrid", "hybird").replace("0.02", "1.3").replace("count", "conut")
    (tmp_path / "bad.toml").write_text(text)
    assert len(refused("compare", "bad.toml")) == 3


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (("compare", "missing.toml"), "missing.toml: no such file and no shipped scenario"),
        (("compare", "empty.toml"), "empty.toml: the file is empty"),
        (("compare", "--set", "people.count=-5"), "--set people.count: -5 is not allowed"),
        (("compare", "--designs", "hybird"), "--designs: designs.0: unknown design 'hybird'"),
        (("compare", "--trace", "missing.csv"), "missing.csv: No such file"),
        (("compare", "--trace", "/dev/zero"), "/dev/zero: it is a device or a pipe"),
        (("new", "x.toml", "--from", "/dev/zero"), "/dev/zero: cannot be read: it is a device"),
        (("compare", "a" * 5000), "aaaa"),
        (("report", "a" * 5000), "a" * 200 + "…: "),
        (("explain", "a" * 5000, "--message", "1"), "RUN: 'aaaa"),
        (("check", "commuter-day", "--tolerance", "nan"), "--tolerance nan: not a number from 0"),
        (("hunt", "hybrid", "--minutes", "inf"), "--minutes inf; allowed: 0.01 to 10,080"),
        (("check", "commuter-day", "--baseline", "a" * 5000), "aaaa"),
        (("compare", "--set", "people.²=3"), "--set people.²: unknown key; allowed: count"),
        (("compare", "--set", "people.count=2\nseed=5"), r"--set people.count=2\nseed=5: allowed"),
        (("compare", "--set", "seed=" + "9" * 5000), "--set seed=999"),
        (("compare", "--set", "seed=" + "[" * 5000), "--set seed=[[["),
        (("compare", "--trace", "empty.csv"), "empty.csv:1: "),
        (("compare", "--trace", "text.csv"), "text.csv:3: size_bytes: 'big'"),
        (("compare", "--out", "empty.toml"), "empty.toml: results cannot be written here"),
        (("compare", "--out", "/proc/nowhere"), "/proc/nowhere: results cannot be written here"),
        (("run", "hybrid"), "'hybrid' is a design: rtcsim run --designs hybrid"),
        (("report", "."), ".: not a result folder"),
        (("new", "empty.toml"), "empty.toml: exists already"),
    ],
)
def test_other_bad_input_is_one_line(refused, tmp_path, words, line):
    (tmp_path / "empty.toml").write_text("")
    (tmp_path / "empty.csv").write_text("")
    rows = "time_s,sender,conversation,size_bytes\n0,ann,room,10\n1,bob,room,big\n"
    (tmp_path / "text.csv").write_text(rows)
    (found,) = refused(*words)
    assert found.startswith(line)


@pytest.mark.parametrize(
    "words",
    [
        ("compare", "--replications", "many"),
        ("compare", "--replications", "0"),
        ("compare", "--replications", "10001"),
        ("compare", "--workers", "1025"),
        ("compare", "--seed", str(2**63)),
        ("check", "commuter-day", "--budget", str(10**12)),
        ("compare", "--sed", "1"),
        ("list", "dragons"),
        ("dance",),
    ],
)
def test_bad_usage_is_said_without_a_traceback(refused, words):
    assert "Error: " in "\n".join(refused(*words))


def test_the_digest_knows_neither_hash_seed_nor_workers(tmp_path):
    digests = set()
    for hash_seed, workers in (("0", "1"), ("1", "2")):
        words = ("compare", "--json", "--replications", "2", "--workers", workers)
        ended = command(FAKE, *words, cwd=tmp_path, PYTHONHASHSEED=hash_seed)
        digests.add(json.loads(ended.stdout)["digest"])
    assert len(digests) == 1


def test_a_crash_is_short_and_debug_is_long(tmp_path):
    words = ("compare", "--replications", "1", "--workers", "1")
    short = command(FAKE, *words, cwd=tmp_path, FAKE_CRASH="hybrid")
    assert short.returncode == 1
    assert "Traceback" not in short.stderr
    assert "hybrid, replication 0: ZeroDivisionError" in short.stderr
    assert "--debug" in short.stderr
    long = command(FAKE, *words, "--debug", cwd=tmp_path, FAKE_CRASH="hybrid")
    assert long.returncode == 1
    assert "Traceback" in long.stderr


def finished(folder):
    return list(folder.glob(".unfinished-*/replications/*.json"))


@pytest.fixture
def started(tmp_path):
    """Start a comparison whose replications take half a second, and wait for the first."""
    running = []

    def start(*words):
        process = subprocess.Popen(
            [*FAKE, *words, "--out", "out"],
            cwd=tmp_path,
            env=os.environ | {"FAKE_PAUSE_S": "0.5"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        running.append(process)
        deadline = time.monotonic() + 60
        while not finished(tmp_path / "out") and time.monotonic() < deadline:
            time.sleep(0.02)
        return process

    yield start
    for process in running:
        process.kill()
        process.wait()


WORDS = ("compare", "--designs", "hybrid,long-poll", "--replications", "8", "--workers", "2")


@pytest.mark.parametrize("kind", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_keeps_what_is_finished_and_says_how_to_go_on(tmp_path, started, kind):
    whole = command(FAKE, *WORDS, "--json", "--out", "whole", cwd=tmp_path)
    process = started(*WORDS)
    process.send_signal(kind)
    printed, complained = process.communicate(timeout=30)
    kept = len(finished(tmp_path / "out"))
    assert process.returncode == 130
    assert printed == ""
    assert 0 < kept < 16
    *_, first, second = complained.splitlines()
    assert first == f"Interrupted: {kept} of 16 replications are finished and kept."
    resume = second.removeprefix("Go on with: rtcsim ").split()
    assert resume[-2:] == ["--out", "out"]
    resumed = command(FAKE, *resume, "--json", cwd=tmp_path)
    assert json.loads(resumed.stdout)["digest"] == json.loads(whole.stdout)["digest"]
    assert [path.name.startswith(".") for path in (tmp_path / "out").iterdir()] == [False]


def test_no_worker_outlives_a_killed_command(started):
    process = started(*WORDS)
    process.kill()
    # Workers hold the other ends of these pipes: reading ends when the last of them is gone.
    process.communicate(timeout=30)
    assert process.returncode == -signal.SIGKILL


@pytest.fixture
def installed(tmp_path):
    """A package beside ours that adds designs; what it does is written by the test."""
    package = tmp_path / "theirs-1.0.dist-info"
    package.mkdir()
    (package / "METADATA").write_text("Metadata-Version: 2.1\nName: theirs\nVersion: 1.0\n")
    (package / "entry_points.txt").write_text("[rtcsim.designs]\ntheirs = theirs:DESIGNS\n")
    support = str(Path(fake_experiment.__file__).parent)

    def run(text, *words):
        (tmp_path / "theirs.py").write_text(text)
        path = os.pathsep.join((str(tmp_path), support, str(Path(__file__).parents[2])))
        return command(FAKE, *(words or ("list", "designs")), cwd=tmp_path, PYTHONPATH=path)

    return run


PIGEON = "from fake_experiment import FakeDesign\nP = FakeDesign('pigeon', 'carries messages')\n"


def test_designs_of_other_packages_are_found(installed):
    ended = installed(PIGEON + "DESIGNS = {'pigeon': P}\n")
    assert "pigeon" in ended.stdout
    assert ended.stderr == ""


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("raise ImportError('bro\\nken')\n", r"ImportError: bro\nken"),
        ("import sys\nsys.exit(0)\n", "it ends the program: 0"),
        ("DESIGNS = 3\n", "TypeError: "),
        (
            PIGEON + "DESIGNS = {'dove': P}\n",
            "'dove' is the key of a design whose name is 'pigeon'",
        ),
        (PIGEON + "DESIGNS = {'hybrid': P}\n", "'hybrid' is the key of"),
        ("DESIGNS = {'dove': 3}\n", "'dove' is no design"),
        ("DESIGNS = {'../dove': 3}\n", "'../dove' is no name of a design"),
        (
            "import sim\nDESIGNS = dict(sim.designs())\n",
            "asks for all designs while its are loaded",
        ),
    ],
)
def test_a_broken_package_is_named_in_one_line_and_left_out(installed, text, words):
    ended = installed(text)
    assert ended.returncode == 0
    assert "hybrid" in ended.stdout
    (line,) = ended.stderr.splitlines()
    assert line.startswith("Note: theirs:DESIGNS: designs left out: ")
    assert words in line


def test_a_file_of_the_users_that_hides_ours_is_named(tmp_path):
    (tmp_path / "models.py").write_text("raise SystemExit('this is run')\n")
    ended = command(REAL, "list", "designs", cwd=tmp_path, PYTHONPATH=str(tmp_path))
    assert ended.returncode == 2
    assert ended.stderr.startswith(f"{tmp_path / 'models.py'}: hides rtcsim's package 'models'")
    assert len(ended.stderr.splitlines()) == 1


def test_controls_of_a_file_never_reach_the_terminal(refused, tmp_path):
    text = GOOD + '"\\u001b]0;pwned\\u0007\\u001b[31mkey" = 1\n'
    (tmp_path / "ansi.toml").write_text(text.replace('"hybrid"', r'"\u001b[31m\u202ex"'))
    for line in refused("compare", "ansi.toml"):
        assert not re.search("[\x00-\x1f\x7f-\x9f\u202e]", line)


def test_names_that_are_not_utf8_are_refused_before_the_run(refused, tmp_path):
    name = os.fsdecode(b"\xfe.toml")
    (tmp_path / name).write_text(GOOD)
    (line,) = refused("compare", name)
    assert "not a text in UTF-8" in line


def test_whoever_stops_reading_is_no_crash(tmp_path):
    reader, writer = os.pipe()
    os.close(reader)  # before the first word, so that no luck with the pipe's buffer is needed
    try:
        ended = subprocess.run(
            [*REAL, "schema"],
            cwd=tmp_path, stdout=writer, stderr=subprocess.PIPE, text=True, timeout=60, check=False,
        )  # fmt: skip
    finally:
        os.close(writer)
    assert (ended.returncode, ended.stderr) == (141, "")
