"""`rtcsim attribute` as it is typed."""

import json

import pytest

from sim.cli import main
from sim.report.attribution import shares

SMALL = ("--set", "people.count=12", "--set", "time.measure_s=20", "--workers", "1")


def typed(capsys, *words):
    with pytest.raises(SystemExit) as ended:
        main(["attribute", *words])
    told = capsys.readouterr()
    return ended.value.code, told.out, told.err


def test_it_prints_the_answer_and_how_to_repeat_it(capsys, tmp_path):
    words = ("hybrid", "hybrid-cursor", "--metric", "bytes_per_delivery", *SMALL)
    code, out, _ = typed(capsys, *words, "--replications", "3", "--out", str(tmp_path))
    assert code == 0
    assert out.startswith("Bytes per delivery: hybrid ")
    assert "rtcsim attribute hybrid hybrid-cursor commuter-day --seed 1 --replications 3" in out
    [folder] = tmp_path.iterdir()
    assert folder.name.startswith("commuter-day-bytes_per_delivery-")
    code, out, _ = typed(capsys, *words, "--replications", "3", "--out", str(tmp_path), "--json")
    part = json.loads(out)["attribution"]
    assert sum(one["share"] for one in part["shares"]) == pytest.approx(part["difference"])
    assert (shares(part) is None) == (part["verdict"] not in ("better", "worse"))


def test_what_is_wrong_is_one_line(capsys, tmp_path):
    code, out, err = typed(capsys, "hybrid", "hybrid-cursor", "--metric", "lost", *SMALL)
    assert (code, out) == (2, "")
    assert err.startswith("metric: unknown 'lost'; allowed: loss_pressed")
    code, _, err = typed(capsys, "hybrid", "hybrid-cursor", *SMALL)
    assert code == 2
    assert "--metric" in err
