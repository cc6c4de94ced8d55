"""`rtcsim hunt` as it is typed: exit codes, what is printed, what is written, what is refused."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import pytest
from ended import ended

from sim.hunt.schedule import read
from sim.hunt.search import Searched

pytestmark = pytest.mark.usefixtures("own_folder")
SAFE = ["hunt", "full-websocket-acked", "--schedules", "30", "--workers", "1", "--quiet"]


def test_a_broken_safety_guarantee_ends_with_3(capsys: pytest.CaptureFixture[str]) -> None:
    code = ended("hunt", "full-websocket", "--guarantee", "at-least-once", "--faults", "link",
                 "--workers", "1")  # fmt: skip
    assert code == 3
    told = capsys.readouterr().out
    assert told.startswith("full-websocket breaks at-least-once: message 0 was owed to person 1;")
    assert "5.000 s  person 0 to gateway 0: message 0, lost" in told
    folder = Path("results/hunts/full-websocket-at-least-once")
    assert f"Scenario: {folder}/scenario.toml" in told
    assert (
        "Again:    rtcsim hunt full-websocket --guarantee at-least-once "
        "--schedule 'people=2 send=5:0 link=0@5+50'\n" in told
    )
    names = {path.name for path in folder.iterdir()}
    assert names == {"scenario.toml", "diagram.svg", "diagram.mmd", "finding.txt"}


def test_a_broken_liveness_guarantee_ends_with_4(capsys: pytest.CaptureFixture[str]) -> None:
    code = ended("hunt", "full-websocket", "--guarantee", "bounded-staleness",
                 "--schedule", "people=2 send=5:0 link=1@5+20")  # fmt: skip
    assert code == 4
    assert "breaks bounded-staleness" in capsys.readouterr().out


def test_nothing_found_ends_with_0_and_says_what_that_means(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert ended(*SAFE, "--guarantee", "exactly-once") == 0
    told = " ".join(capsys.readouterr().out.split())
    assert "Nothing found that makes full-websocket-acked break exactly-once." in told
    assert "this is a search, not a proof" in told
    assert (
        "Repeat: rtcsim hunt full-websocket-acked --guarantee exactly-once --schedules 30" in told
    )
    assert not Path("results").exists()


def test_without_a_guarantee_all_that_is_claimed_is_hunted(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert ended(*SAFE, "--json") == 0
    hunts = json.loads(capsys.readouterr().out)["hunts"]
    names = [one["guarantee"] for one in hunts]
    assert names == ["exactly-once", "no-loss-after-ok", "fifo"]
    assert all(one["schedules"] == 30 and not one["violated"] for one in hunts)


def test_json_has_the_finding(capsys: pytest.CaptureFixture[str]) -> None:
    words = ("hunt", "hybrid", "--guarantee", "at-most-once", "--json", "--schedule",
             "people=2 send=5:0 link=0@5.1+10")  # fmt: skip
    assert ended(*words) == 3
    (one,) = json.loads(capsys.readouterr().out)["hunts"]
    assert (one["people"], one["messages"], one["faults"]) == (2, 1, 1)
    assert one["verdict"]["state"] == "violated"
    assert one["schedule"] == "people=2 send=5:0 link=0@5.1+10"


def test_a_variant_and_changed_servers_are_repeated_by_the_command(
    capsys: pytest.CaptureFixture[str],
) -> None:
    changes = ["--set", "variants.keyed.base=hybrid", "--set", "variants.keyed.idempotent=true"]
    code = ended("hunt", "keyed", "--guarantee", "at-most-once", *changes, "--schedule",
                 "people=2 send=5:0 link=0@5.1+10")  # fmt: skip
    assert code == 0
    assert (
        "rtcsim hunt keyed --guarantee at-most-once --set variants.keyed.base=hybrid "
        "--set variants.keyed.idempotent=true --schedule" in capsys.readouterr().out
    )


def test_minutes_end_a_hunt(capsys: pytest.CaptureFixture[str]) -> None:
    code = ended("hunt", "full-websocket-acked", "--guarantee", "fifo", "--minutes", "0.01",
                 "--workers", "1", "--quiet")  # fmt: skip
    assert code == 0
    assert "--minutes 0.01" in capsys.readouterr().out


STUCK = "people=2 send=5:1 host=1@5.0252+1"


def stopped(*_: object) -> NoReturn:
    raise KeyboardInterrupt


def test_ctrl_c_says_what_was_found_by_then(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sim.hunt.search._smallest", stopped)
    words = ["--guarantee", "at-least-once", "--faults", "link", "--workers", "1", "--quiet"]
    assert ended("hunt", "full-websocket", *words) == 130
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("Interrupted after ")
    assert ": rtcsim hunt full-websocket --guarantee at-least-once --schedule 'people=" in line


def test_ctrl_c_says_what_never_arrived_by_then(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def totals(*_: object) -> Iterator[Searched]:
        yield Searched(10, 9, 30, stuck=1, halted=read(STUCK))
        raise KeyboardInterrupt

    monkeypatch.setattr("sim.hunt.search._totals", totals)
    assert ended("hunt", "socketio-polling", "--guarantee", "at-most-once", "--quiet") == 130
    told = capsys.readouterr().err
    assert told.startswith("Interrupted after 10 schedules")
    assert f"--guarantee eventual-delivery --schedule '{STUCK}'" in told


def test_ctrl_c_before_anything_was_found_says_so(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sim.hunt.search._totals", stopped)
    assert ended(*SAFE, "--guarantee", "fifo") == 130
    assert capsys.readouterr().err == "Interrupted: nothing was found in 0 schedules.\n"


def test_a_place_that_cannot_be_written_is_refused_before_the_search(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sim.hunt.search._totals", stopped)
    Path("file").write_text("")
    assert ended(*SAFE, "--out", "file/hunts") == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("file/hunts: ")
    assert "cannot be written" in line


def test_of_several_guarantees_each_is_told_when_it_is_done(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    rest = iter([Searched(30, 30, 60)])
    monkeypatch.setattr("sim.hunt.search.hunt", lambda *_: next(rest, None) or stopped())
    assert ended(*SAFE) == 130
    told = capsys.readouterr()
    assert "Nothing found that makes full-websocket-acked break exactly-once." in told.out
    assert told.err.startswith("Interrupted: nothing was found")


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (["hybird"], "unknown design 'hybird'"),
        (["hybrid"], "--guarantee: hybrid claims nothing; allowed: at-most-once,"),
        (["hybrid", "--guarantee", "fivo"], "'fivo' is not allowed"),
        (["hybrid", "--guarantee", "fifo", "--within", "3"], "--within: fifo takes no bound"),
        (["hybrid", "--guarantee", "fifo", "--faults", "lnk"], "--faults = 'lnk'; allowed: link,"),
        (["hybrid", "--guarantee", "fifo", "--schedule", "sned=5:0"], "--schedule: 'sned=5:0'"),
        (
            ["hybrid", "--guarantee", "fifo", "--schedule", "send=5:0 link=7@5+1"],
            "there is no person 7",
        ),
        (["hybrid", "--guarantee", "fifo", "--set", "servers.gateways=0"], "servers.gateways"),
        (["hybrid", "--guarantee", "fifo", "--scenario", "no-such"], "no-such: no such file"),
        *(
            (["hybrid", "--guarantee", "fifo", "--minutes", text], "; allowed: 0.01 to 10,080")
            for text in ("inf", "nan", "-1", "0", "1e400")
        ),
        (["hybrid", "--guarantee", "bounded-staleness", "--within", "nan"], "allowed: 0 to 86,400"),
        (["hybrid", "--guarantee", "fifo", "--schedule", ""], "--schedule: no message"),
        (["hybrid", "--guarantee", "fifo", "--workers", "1025"], "1024"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(
    words: list[str], problem: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ended("hunt", *words) == 2
    told = capsys.readouterr()
    assert problem in told.err
    assert told.out == ""
    assert list(Path().iterdir()) == []


def test_what_never_arrives_ends_with_4(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["hunt", "socketio-polling", "--guarantee", "at-most-once", "--workers", "1"]
    assert ended(*words, "--schedule", STUCK) == 4
    told = " ".join(capsys.readouterr().out.split())
    assert "socketio-polling breaks eventual-delivery" in told
    assert "Nothing found that breaks at-most-once itself" in told
    assert ended(*words, "--json", "--schedule", STUCK) == 4
    (found,) = json.loads(capsys.readouterr().out)["hunts"]
    assert (found["violated"], found["broken"], found["stuck"]) == (False, "eventual-delivery", 1)
