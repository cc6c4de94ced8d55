"""The command: two lines that answer, a table, a folder; bad input is one line."""

import json

import pytest

from sim.cli import main

SMALL = ("--clients", "300", "--nodes", "3", "--horizon", "60")


def run(capsys, *typed):
    with pytest.raises(SystemExit) as ended:
        main(["storm", *typed])
    return ended.value.code, *capsys.readouterr()


def test_it_answers_in_two_lines_and_leaves_a_folder(capsys, tmp_path):
    code, out, _ = run(capsys, *SMALL, "--out", str(tmp_path))
    first, second, *_ = out.splitlines()
    assert code == 0
    assert first.startswith("100 of 300 clients cut: 50, 95, 99 % back in ")
    assert "dials" in second
    (folder,) = tmp_path.iterdir()
    assert f"Report:  {folder / 'report.html'}" in out
    assert "Repeat:  rtcsim storm node-loss-storm --clients 300 --nodes 3 --horizon 60" in out
    assert all(len(line) <= 80 for line in out.splitlines() if "/" not in line)


def test_json_is_all_there_is(capsys, tmp_path):
    _, out, err = run(capsys, "mqtt-qos1", *SMALL, "--json", "--out", str(tmp_path))
    told = json.loads(out)
    assert told["design"] == "mqtt-qos1"
    assert told["figures"]["cut"] == 100
    assert err == ""


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (("--nodes", "0"), "nodes = 0; allowed: 1 to 1,000"),
        (("--lose", "2", "--lose-zone", "0"), "lose = 2 and lose_zone = 0; allowed: one of them"),
        (("--back-after", "0"), "back_after_s = 0; allowed: more than 0"),
        (("--lose", "9", "--nodes", "3"), "lose = 9; allowed: 1 to the 3 nodes there are"),
        (("--spread", "anycast"), "spread = 'anycast'; allowed: "),
        (("--how", "burns"), "how = 'burns'; allowed: crashes, vanishes"),
        (("--clients", "many"), "'many' is not allowed"),
        (("--design", "long-poll"), "'long-poll' receives by long-poll"),
        (("--design", "no-such"), "no-such"),
        (("--at", "nan"), "nan"),
        (("no-such-scenario",), "no-such-scenario"),
        (
            ("mqtt-qos1", "--design", "hybrid"),
            "'mqtt-qos1' is a design, and --design says 'hybrid'",
        ),
    ],
)
def test_bad_input_is_one_error_and_2(capsys, tmp_path, typed, said):
    code, out, err = run(capsys, *typed, "--out", str(tmp_path))
    assert (code, out) == (2, "")
    *usage, error = err.splitlines()
    assert said in error
    assert all(line.startswith(("Usage: ", "Try ")) for line in usage)
    assert list(tmp_path.iterdir()) == []
