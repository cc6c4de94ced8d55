"""An attribution from end to end: full-websocket against mqtt-qos0 is the heartbeat alone."""

import json
import shutil

import pytest

import sim
from sim.errors import InputError

CHANGES = {"people.count": 80, "time.measure_s": 240, "time.warmup_s": 60}
TIMERS = ("full-websocket", "mqtt-qos0", "loss_pressed")


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    out = tmp_path_factory.mktemp("runs")
    return sim.attribute(*TIMERS, changes=CHANGES, replications=3, workers=1, out=out)


def test_the_difference_is_timers_alone(found):
    shares = found.shares
    assert list(shares.index) == ["heartbeat", "back-off", "dial", "channel"]
    part = found.summary["attribution"]
    assert shares["share"].sum() == pytest.approx(part["difference"], abs=1e-6)
    rest = shares.drop(index="heartbeat")["share"].abs().sum()
    assert rest < 0.1 * abs(shares.loc["heartbeat", "share"])


def test_it_is_kept_with_what_it_was_made_of(found):
    again = sim.read_results(found.folder)
    assert type(again) is type(found)
    assert (again.answer, again.unchecked) == (found.answer, "")
    assert len(again.coalitions) == 16
    assert again.coalitions.loc["heartbeat", "design"] == "full-websocket+heartbeat"
    assert again.designs == ["full-websocket", "mqtt-qos0"]
    assert found.answer in (found.folder / "report.html").read_text("utf-8").replace("&#39;", "'")


def test_a_notebook_shows_shares(found):
    page = found._repr_html_()
    assert "heartbeat" in page
    assert "<p>" in page


def test_an_edited_share_is_found_out(found, tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(found.folder, copy)
    summary = json.loads((copy / "summary.json").read_text("utf-8"))
    summary["attribution"]["shares"][0]["share"] *= 2
    (copy / "summary.json").write_text(json.dumps(summary), "utf-8")
    with pytest.raises(InputError, match=r"edited: attribution.shares.0.share"):
        sim.read_results(copy)


def test_what_has_no_shares_is_refused_and_the_replications_serve_again(tmp_path):
    small = {"people.count": 12, "time.measure_s": 20}
    how = {"changes": small, "replications": 3, "workers": 1, "out": tmp_path}
    with pytest.raises(InputError, match=r"has no shares, p99\.9 needs 10,000 receptions"):
        sim.attribute("hybrid", "hybrid-cursor", "latency_p999", **how)
    seen = []
    how["progress"] = lambda *at: seen.append(at)
    sim.attribute("hybrid", "hybrid-cursor", "loss_pressed", **how)
    assert seen[0] == (12, 12)  # nothing was left to run
