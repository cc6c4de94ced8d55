"""`check` and `baseline` as typed: every exit code, what is printed, and what ends up in files."""

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from sim.cli import main
from sim.errors import InputError
from sim.experiment.findings import read_results
from sim.experiment.gates import verdicts as judging
from sim.experiment.summary import SAID
from tests.sim.experiment.gates.made import violated

CALM = """\
name = "calm"
designs = ["hybrid"]
replications = 2
[time]
warmup_s = 5
measure_s = 30
drain_s = 30
[people]
count = 10
[[networks]]
share = 1.0
profile = "4g"
[actions.send]
per_person_per_minute = 10.0
"""
# Half a minute: longer than the heartbeat waits, so that servers write into dead connections.
TUNNELS = CALM.replace("measure_s = 30", "measure_s = 90").replace(
    'profile = "4g"',
    """profile = "4g"
outages.kind = "renewal"
outages.stationary = false
outages.up = { kind = "exponential", mean_s = 30.0 }
outages.down = { kind = "fixed", duration_s = 30.0 }""",
)
FIFO = '[[guarantees]]\nguarantee = "fifo"\n'
NO_LOSS = '[[guarantees]]\nguarantee = "no-loss-after-ok"\n'
PROMPT = '[[guarantees]]\nguarantee = "bounded-staleness"\nwithin_s = 0.001\n'
RARE = '[[guarantees]]\nmetric = "loss_told"\nbelow = 1e-6\nconfidence = 0.99\n'


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    """Type a command in an empty folder: exit code, standard output, standard error."""
    monkeypatch.chdir(tmp_path)

    def typed(*words):
        with pytest.raises(SystemExit) as ended:
            main([*words, "--workers", "1"])
        printed = capsys.readouterr()
        return ended.value.code or 0, printed.out, printed.err

    return typed


def file(text, name="mine.toml"):
    Path(name).write_text(text)
    return name


def test_0_when_every_promise_is_kept(run):
    code, printed, complained = run("check", file(CALM + FIFO + "evidence = 20\n"))
    assert (code, complained) == (0, "")
    assert re.search(r"pass +hybrid +fifo +none violated in \d+ neighbouring", printed)
    assert printed.endswith("1 promise: 1 passed. Exit code 0: no promise is broken.\n")
    (folder,) = Path("results/runs").iterdir()
    assert f"Results: {folder}" in printed
    assert (folder / "report.html").is_file()


OPEN = '[[guarantees]]\nguarantee = "isolation"\nevidence = 1000000000\n'
HELD = '[[guarantees]]\nguarantee = "eventual-delivery"\nevidence = 1\n'


@pytest.mark.parametrize(
    ("promise", "name", "ends"),
    [(FIFO + "evidence = 1\n", "fifo", 3), (HELD, "eventual-delivery", 4)],
)
def test_a_violation_in_a_late_replication_alone_is_a_violation(
    run, monkeypatch, promise, name, ends
):
    judge = judging.verdicts

    def judged(history, gates):
        found = judge(history, gates)
        late = history.meta["replication"] == 3
        return found | {name: violated().plain()} if late else found

    monkeypatch.setattr(judging, "verdicts", judged)
    words = ("check", file(CALM + promise + OPEN), "--quiet", "--budget")
    assert run(*words, "2")[0] == 0
    code, printed, _ = run(*words, "4")
    assert code == ends
    assert f"FAIL  calm, hybrid, replication 3, seed 1: {name}\n" in printed


def test_the_report_of_a_check_has_intervals_that_hold_whenever_it_stopped(run):
    late = file(CALM + FIFO + "evidence = 1\n")
    run("check", late, "--quiet", "--replications", "4", "--budget", "4", "--out", "once")
    run("check", late, "--quiet", "--replications", "4", "--budget", "8", "--out", "often")
    once, often = (
        json.loads((folder / "summary.json").read_text())
        for place in ("once", "often")
        for folder in Path(place).iterdir()
    )
    assert once["replications"] == often["replications"] == 4
    narrow, wide = (one["designs"]["hybrid"]["bytes_per_delivery"] for one in (once, often))
    assert narrow["value"] == wide["value"]
    assert wide["low"] < narrow["low"] < narrow["high"] < wide["high"]
    assert often["notes"][-1] == SAID
    assert SAID not in once["notes"]
    assert read_results(next(Path("often").iterdir())).summary == often


def test_every_gate_shows_what_it_can_see_wherever_its_result_is(run):
    prompt = '[[guarantees]]\nmetric = "latency_p50"\nbelow_s = 1.0\n'
    words = ("check", file(CALM + FIFO + prompt), "--replications", "3", "--markdown", "m.md")
    _, printed, _ = run(*words)
    rows = json.loads(run(*words, "--json")[1])["checked"][0]["rows"]
    assert [row["curve"]["limit"] for row in rows] == [
        "0.997 % of neighbouring messages",
        "1.00 s",
    ]
    (folder,) = Path("results/runs").iterdir()
    for text in (printed, Path("m.md").read_text(), (folder / "report.html").read_text()):
        assert "How often a gate fails / cannot tell within 12 replications" in text
    alone = run(*words, "--replication", "1")[1]
    assert "How often a gate fails" not in alone
    stored = folder / "summary.json"
    stored.write_text(stored.read_text().replace('"state": "pass"', '"state": "fail"', 1))
    with pytest.raises(InputError, match=r"edited: gates\.rows\.1\.state is 'fail'"):
        read_results(folder)


def test_1_when_the_books_do_not_add_up(run, monkeypatch):
    monkeypatch.setattr("sim.experiment.summary.adds_up", lambda summary: False)
    code, printed, complained = run("check", file(CALM + FIFO))
    assert (code, printed) == (1, "")
    assert "receptions owed are unaccounted for" in complained


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (('"fifo"', '"fif"'), ':16: guarantees.0.guarantee: "fif" is not allowed; allowed: \'at-'),
        (('guarantee = "fifo"', 'metric = "latency_p99"'), ":15: guarantees.0.below_s: missing"),
        (('"fifo"', '"fifo"\nwithin_s = 3'), ":17: guarantees.0.within_s: 'fifo' takes no bound"),
        (('"fifo"', '"fifo"\ndesigns = ["hybird"]'), "designs.0: unknown design 'hybird'"),
        ((FIFO, FIFO + FIFO), ":17: guarantees.1: 'fifo' is promised twice"),
    ],
)
def test_2_for_a_bad_file(run, change, words):
    code, printed, complained = run("check", file((CALM + FIFO).replace(*change)))
    assert (code, printed) == (2, "")
    (line,) = complained.splitlines()
    assert line.startswith("mine.toml:")
    assert words in line
    assert not Path("results").exists()


@pytest.mark.parametrize(
    ("options", "line"),
    [
        (["--guarantee", "fif"], "--guarantee: 'fif' is not allowed; allowed: at-most-once"),
        (["--junit", "no/where.xml"], "--junit no/where.xml: cannot be written"),
        (["--markdown", "."], "--markdown .: cannot be written"),
        (["--github", "--json"], "--github: --json prints nothing else"),
        (["--tolerance", "latency_p5=1%"], "--tolerance latency_p5=1%: no such metric"),
        (["--tolerance", "-1"], "--tolerance -1: not a number from 0"),
        (["--replication", "0", "--baseline", "x"], "--replication: one alone cannot be compared"),
        (["--baseline", "missing.json"], "missing.json: cannot be read"),
        (["--designs", "long-poll-unbuffered"], "mine.toml: no [[guarantees]], and its designs"),
    ],
)
def test_2_for_bad_options(run, options, line):
    code, _, complained = run("check", file(CALM), *options)
    assert code == 2
    assert complained.startswith(line)
    assert not Path("results").exists()


def test_3_when_safety_is_violated_with_a_witness_and_the_command_that_shows_it_again(run):
    code, printed, _ = run("check", file(TUNNELS + NO_LOSS))
    assert code == 3
    label = re.search(r"FAIL  calm, hybrid, replication (\d), seed 1: no-loss-after-ok\n", printed)
    witness = re.search(r"  Witness: message \d+ was owed to person \d+; .*never shown.\n", printed)
    assert label
    assert "  Cause: half-open.\n" in printed
    assert re.search(r"\n +\d+\.\d{6} s  \d+ is lost for person \d+: half-open\n", printed)
    replay = re.search(r"  Replay: rtcsim (.*)\n", printed)
    words = shlex.split(replay[1])
    assert words == [
        "check", "mine.toml", "--designs", "hybrid", "--seed", "1", "--replication", label[1]
    ]  # fmt: skip
    code, again, _ = run(*words)
    assert code == 3
    assert witness[0] in again
    assert label[0] in again
    assert f"calm: replication {label[1]} alone, seed 1" in again


def test_3_for_a_rate_above_its_limit_names_the_whole_run(run):
    rate = '[[guarantees]]\nmetric = "loss_told"\nbelow = 1e-3\n'
    code, printed, _ = run("check", file(TUNNELS + rate), "--budget", "8")
    assert code == 3
    assert "FAIL  calm, hybrid, seed 1: loss_told < 0.001 at 95 %" in printed
    assert "  Replay: rtcsim check mine.toml --seed 1 --budget 8\n" in printed


def test_4_when_only_liveness_is_violated(run):
    code, printed, _ = run("check", file(CALM + FIFO + PROMPT), "--replication", "0")
    assert code == 4
    assert "bounded-staleness within 0.001 s" in printed
    assert "Exit code 4: something did not happen in time." in " ".join(printed.split())


def test_5_when_strict_and_too_few_messages_were_sent_to_tell(run):
    words = ("check", file(CALM + RARE), "--budget", "2", "--quiet")
    code, printed, _ = run(*words, "--strict")
    assert code == 5
    assert "1 promise: 1 unknown. Exit code 5: not everything could be decided." in printed
    code, printed, _ = run(*words)
    assert code == 0
    assert "unknown is no pass" in " ".join(printed.split())


def test_6_when_the_baseline_is_of_something_else(run):
    name = file(CALM + FIFO)
    code, printed, _ = run("baseline", name, "--out", "calm.json")
    assert code == 0
    assert "Baseline: calm.json\nNext: commit it, then  rtcsim check mine.toml --ba" in printed
    before = sorted(Path("results/runs").iterdir())
    for words, reason in (
        (("--seed", "2"), "seed: 1 in the baseline, 2 now"),
        (("--set", "people.count=11"), "people.count: 10 in the baseline, 11 now"),
        (("--designs", "long-poll"), "designs: 'long-poll' is not in the baseline"),
    ):
        code, printed, complained = run("check", name, "--baseline", "calm.json", *words)
        assert (code, printed) == (6, "")
        assert complained.startswith("Not comparable:\n" + reason)
    assert sorted(Path("results/runs").iterdir()) == before
    found = json.loads(Path("calm.json").read_text())
    Path("calm.json").write_text(json.dumps(found | {"format": 99}))
    assert run("check", name, "--baseline", "calm.json")[0] == 6


@pytest.mark.parametrize("word", ["--junit", "--markdown"])
def test_the_verdict_comes_first_and_outlives_a_file_that_cannot_be_written(run, word):
    """On a full disk: as every write to /dev/full ends."""
    words = ("--replication", "0", "--quiet", word, "/dev/full")
    code, printed, complained = run("check", file(CALM + PROMPT), *words)
    assert code == 4
    assert "Exit code 4" in printed
    (line,) = complained.splitlines()
    assert line.startswith("/dev/full: cannot be written: No space left on device; ")
    assert line.endswith("what is printed above stands")
    code, printed, complained = run("check", file(CALM + FIFO), *words)
    assert code == 2
    assert "no promise is broken" in printed
    assert len(complained.splitlines()) == 1


def test_files_are_written_beside_and_renamed_and_never_through_a_link(run, tmp_path):
    mine = file(CALM + FIFO)
    Path("old.xml").write_text("old")
    Path("kept.xml").hardlink_to("old.xml")
    Path("link.xml").symlink_to("old.xml")
    words = ("--replication", "0", "--quiet", "--junit")
    assert run("check", mine, *words, "old.xml")[0] == 0
    assert "<testsuites" in Path("old.xml").read_text()
    assert Path("kept.xml").read_text() == "old"
    code, printed, complained = run("check", mine, *words, "link.xml")
    assert (code, printed) == (2, "")
    assert complained.startswith("--junit link.xml: cannot be written")
    assert sorted(one.name for one in tmp_path.iterdir()) == [
        "kept.xml", "link.xml", "mine.toml", "old.xml"
    ]  # fmt: skip


@pytest.mark.parametrize(
    "name",
    [
        "a\n::error::pwned\n.toml",
        "::error::pwned.toml",
        "  ::error::pwned.toml",
        "##[error]pwned.toml",
        "x`<img src=x onerror=alert(1)>`.toml",
        "a\x1b[31m\u202e\x85::error::.toml",
    ],
)
def test_a_file_s_name_is_a_name_wherever_it_is_written(run, name):
    forms = ("--replication", "0", "--github", "--markdown", "m.md", "--junit", "j.xml")
    code, printed, _ = run("check", file(CALM + FIFO + PROMPT, name), *forms)
    assert code == 4
    commands = [line for line in printed.splitlines() if line.lstrip().startswith("::")]
    assert [line[: len("::error file=")] for line in commands] == ["::warning fil", "::error file="]
    others = [line for line in printed.splitlines() if line not in commands]
    assert not re.search("[\x1b\x85\u202e]|##\\[", "\n".join(others))
    page = re.sub(r"</?(details|summary)( open)?>", "", Path("m.md").read_text())
    outside = re.sub(r"(?s)(`+)(?!`).*?(?<!`)\1(?!`)", "", page)
    assert "<" not in outside
    assert "::error" not in outside
    assert "<testcase" in Path("j.xml").read_text()


def test_the_repeat_line_of_any_file_s_name_can_be_typed(run):
    name = "a\n'$x.toml"
    _, printed, _ = run("check", file(CALM + FIFO, name), "--replication", "0")
    (line,) = re.findall(
        r"^Repeat:  rtcsim check (.*) --seed 1 --replication 0$", printed, re.MULTILINE
    )
    shown = subprocess.run(["bash", "-c", f"printf %s {line}"], capture_output=True, check=True)
    assert shown.stdout.decode() == name


ISOLATION = '[[guarantees]]\nguarantee = "isolation"\n'
MINE = (
    TUNNELS.replace('"hybrid"', '"mine"') + ISOLATION + '[variants.mine]\nbase = "hybrid-cursor"\n'
)


def test_a_weaker_design_fails_against_its_baseline_and_the_same_one_does_not(run):
    name = file(MINE)
    assert run("baseline", name, "--out", "calm.json", "--quiet")[0] == 0
    code, printed, _ = run("check", name, "--baseline", ".", "--budget", "2", "--quiet")
    assert code == 0
    assert " passed. Exit code 0" in printed
    file(MINE.replace("hybrid-cursor", "hybrid"))
    code, printed, _ = run("check", name, "--baseline", "calm.json", "--budget", "2")
    assert code == 3
    assert re.search(r"FAIL  calm, mine, replication \d, seed 1: no-loss-after-ok still", printed)
    replay = re.search(r"Replay: rtcsim (check .* --guarantee no-loss-after-ok .*)\n", printed)
    code, again, _ = run(*shlex.split(replay[1]))
    assert code == 3
    assert "calm, mine, replication" in again


def test_a_design_without_a_cursor_never_passes_against_the_baseline_of_one_with_it(run):
    name = file(MINE.replace("replications = 2", "replications = 3"))
    assert run("baseline", name, "--out", "calm.json", "--quiet")[0] == 0
    words = ("check", name, "--baseline", "calm.json", "--budget", "3", "--json")
    code, same, _ = run(*words)
    assert code == 0
    rows = json.loads(same)["checked"][0]["rows"]
    assert {one["state"] for one in rows} == {"pass"}
    file(MINE.replace("hybrid-cursor", "hybrid").replace("replications = 2", "replications = 3"))
    code, printed, _ = run(*words)
    assert code == 3
    rows = {one["title"]: one for one in json.loads(printed)["checked"][0]["rows"]}
    loss = rows["loss_pressed no worse than the baseline"]
    assert loss["state"] in ("fail", "unknown")
    assert re.match(r"0 % in the baseline, [\d.]+ % now; ", loss["found"])


def test_an_edited_baseline_is_refused_in_one_line(run):
    name = file(CALM + FIFO)
    assert run("baseline", name, "--out", "calm.json", "--quiet")[0] == 0
    text = Path("calm.json").read_text()
    Path("calm.json").write_text(text.replace('"violations": 0', '"violations": 1', 1))
    code, printed, complained = run("check", name, "--baseline", "calm.json")
    assert (code, printed) == (2, "")
    (line,) = complained.splitlines()
    assert line.startswith("calm.json: checksum: the file was edited since it was made; `rtcsim")


def test_several_scenarios_and_every_form_of_the_result(run):
    names = (file(CALM + FIFO + PROMPT), file(CALM.replace('"calm"', '"other"') + FIFO, "2.toml"))
    forms = ("--junit", "j.xml", "--markdown", "m.md", "--github", "--replication", "1")
    code, printed, _ = run("check", *names, *forms)
    assert code == 4
    doubt, error, other = [line for line in printed.splitlines() if line.startswith("::")]
    assert doubt.startswith("::warning file=mine.toml,line=15,title=calm%2C hybrid%2C seed 1%3A f")
    assert error.startswith("::error file=mine.toml,line=17,title=calm%2C hybrid%2C replication 1")
    assert other.startswith("::warning file=2.toml,line=15,title=other")
    assert Path("j.xml").read_text().count("<testcase ") == 3
    assert "### other" in Path("m.md").read_text()


def test_json_is_the_whole_result_and_nothing_else(run):
    code, printed, _ = run("check", file(CALM + FIFO + PROMPT), "--replication", "0", "--json")
    assert code == 4
    (found,) = json.loads(printed)["checked"]
    assert [row["state"] for row in found["rows"]] == ["unknown", "fail"]
    assert found["rows"][1]["case"]["replication"] == 0


def test_promises_that_bind_no_design_of_the_run_are_named(run):
    text = CALM + FIFO + PROMPT + 'designs = ["long-poll"]\n'
    _, printed, _ = run("check", file(text), "--replication", "0")
    assert "Not checked, for its designs are not run: bounded-staleness within 0.001 s." in printed


def test_without_promises_the_claims_of_the_designs_are_checked(run):
    _, printed, _ = run("check", file(CALM), "--replication", "0", "--designs", "full-websocket")
    assert re.search(r"full-websocket +at-most-once ", printed)
    assert re.search(r"full-websocket +fifo ", printed)


def test_the_exit_code_is_the_processs(tmp_path):
    (tmp_path / "mine.toml").write_text(CALM + PROMPT)
    ended = subprocess.run(
        [sys.executable, "-m", "sim.cli", "check", "mine.toml", "--replication", "0"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (4, "")
