"""The command: two lines that answer, a table, a folder; bad input is one line for each mistake."""

import json

import pytest

from sim.cli import main

SMALL = (
    "--clients", "300", "--people", "90", "--most-nodes", "9", "--recovery", "30", "--loss", "1",
    "--delivery", "3600", "--backoff", "full-jitter:10", "--admission", "any",
    "--set", "time.drain_s=5", "--set", "actions.send.per_person_per_minute=4",
)  # fmt: skip


def run(capsys, *typed):
    with pytest.raises(SystemExit) as ended:
        main(["plan", *typed])
    return ended.value.code, *capsys.readouterr()


def test_it_answers_in_two_lines_and_leaves_a_folder(capsys, tmp_path):
    code, out, _ = run(capsys, *SMALL, "--price", "0.2", "--out", str(tmp_path))
    first, *_ = out.splitlines()
    assert code == 0
    assert first.startswith("3 nodes with full-jitter up to 10 s and any number of admissions;")
    assert "3 nodes x 0.20 $/h = 438 $ a month" in out
    (folder,) = tmp_path.iterdir()
    assert f"Report:  {folder / 'report.html'}" in out
    assert "Repeat:  rtcsim plan node-loss-storm --clients 300" in out
    wrapped = [one for one in out.splitlines() if not one.startswith(("Report:", "Repeat:"))]
    assert max(map(len, wrapped)) <= 80


def test_json_is_all_there_is_and_nothing_that_holds_is_no_error(capsys, tmp_path):
    typed = (*SMALL, "--recovery", "0.001", "--json", "--out", str(tmp_path))
    code, out, err = run(capsys, "mqtt-qos1", *typed)
    told = json.loads(out)
    assert (code, err) == (0, "")
    assert (told["design"], told["nodes"], told["rows"][0]["state"]) == (
        "mqtt-qos1", None, "none holds",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (("--zones", "1"), ["zones = 1; allowed: 2 to 1,000"]),
        (("--loss", "2", "--runs", "1"), ["runs = 1; allowed: 3 to 100", "loss = 2; allowed"]),
        (("--backoff", "x,full-jitter:-1"), ["backoff 'x'", "backoff 'full-jitter:-1'"]),
        (("--admission", "few"), ["--admission 'few'; allowed: any, or a number"]),
        (("--admission", "nan"), ["admission = nan; allowed"]),
        (("--how", "burns"), ["how = 'burns'; allowed: crashes, vanishes"]),
        (("--design", "long-poll"), ["'long-poll' receives by long-poll"]),
        (("no-such-scenario",), ["no-such-scenario"]),
        (("--price", "nan"), ["nan"]),
    ],
)
def test_bad_input_is_a_line_for_each_mistake_and_2(capsys, tmp_path, typed, said):
    code, out, err = run(capsys, *typed, "--out", str(tmp_path))
    assert (code, out) == (2, "")
    lines = [one for one in err.splitlines() if not one.startswith(("Usage: ", "Try "))]
    assert len(lines) == len(said)
    for line, part in zip(lines, said, strict=True):
        assert part in line
    assert not [one for one in tmp_path.iterdir() if not one.name.startswith(".")]
