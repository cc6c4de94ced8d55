"""`rtcsim claims` as it is typed."""

import json

import pytest

from sim.cli import main
from sim.commands.claiming import minutes


def typed(capsys, *words):
    with pytest.raises(SystemExit) as ended:
        main(["claims", *words, "--workers", "1"])
    told = capsys.readouterr()
    return ended.value.code, told.out, told.err


def test_it_prints_the_answer_and_every_claim(capsys, tmp_path):
    words = ("--only", "S3,O1", "--only", "O2", "--quick", "--out", str(tmp_path))
    code, out, err = typed(capsys, *words)
    assert code == 0
    first, second, *lines = out.splitlines()
    assert first == "1 claim put to the test: 1 demonstrated."
    assert second == "2 shown as provenance; 1 tested in part."
    heads = [line.partition(":")[0] for line in lines if "  " in line.lstrip()[:5]]
    assert heads == ["O1  provenance", "O2  provenance", "S3  demonstrated, in part"]
    left_out = "not in it: old and new nodes at the same time (a rollout of a breaking version)"
    assert left_out in " ".join(out.split())
    [shown] = [line for line in lines if line.startswith("    $ ")]
    assert "$ rtcsim compare commuter-day --designs socketio,mismatch --seed 1 " in shown
    assert err.startswith("3 claims: about ")
    [folder] = tmp_path.iterdir()
    assert lines[-3:-1] == [f"Results: {folder}", f"Report:  {folder / 'report.html'}"]
    repeat = "rtcsim claims --only S3 --only O1 --only O2 --seed 1 --quick"
    assert lines[-1] == f"Repeat:  {repeat} --out {tmp_path}"
    code, out, err = typed(capsys, *words, "--json", "--quiet")
    assert (code, err) == (0, "")
    assert json.loads(out) == json.loads((folder / "claims.json").read_text("utf-8"))


def test_what_is_wrong_is_one_line(capsys, tmp_path):
    code, out, err = typed(capsys, "--only", "S99", "--out", str(tmp_path))
    assert (code, out) == (2, "")
    assert err.startswith("--only S99: no such claim; allowed: C1, ")
    code, _, err = typed(capsys, "--only", ",", "--out", str(tmp_path))
    assert (code, err) == (2, "--only ,: names no claim; allowed: ids, as S1,S2a\n")
    code, _, err = typed(capsys, "--seed", "-1")
    assert (code, "--seed" in err) == (2, True)


@pytest.mark.parametrize(
    ("wait_s", "said"), [(1, "5 s"), (22, "20 s"), (54, "55 s"), (61, "1 min"), (300, "5 min")]
)
def test_how_long_it_takes_is_said_roughly(wait_s, said):
    assert minutes(wait_s) == said
