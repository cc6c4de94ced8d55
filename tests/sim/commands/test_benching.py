"""`rtcsim bench` as it is typed: what is measured, printed, written, refused."""

import json

import pytest
from ended import ended

import sim
from sim.bench.rounds import PARTS
from sim.commands.bench_options import BenchOptions
from sim.commands.benching import PEOPLE, QUICK_PEOPLE, ROUNDS, requested
from sim.errors import InputError


def asked(**options):
    return requested(BenchOptions(**options), sim.designs())


def test_the_real_size_unless_it_is_to_be_quick():
    usual, quick = asked(), asked(quick=True)
    assert (usual.people, usual.rounds, usual.parts) == (PEOPLE, ROUNDS, PARTS)
    assert (quick.people, quick.rounds, quick.parts) == (QUICK_PEOPLE, 1, PARTS[:-1])
    own = asked(quick=True, people=84, rounds=2, parts="default")
    assert (own.people, own.rounds, own.parts) == (84, 2, ("default",))
    assert asked(designs=" sse,sse,hybrid ").designs == ("sse", "hybrid")


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"designs": "hybird"}, r"--designs: 'hybird' is not allowed; .*did you mean 'hybrid'\?"),
        ({"worlds": "calm,stormy"}, "--worlds: 'stormy' is not allowed; allowed: calm, loss"),
        ({"parts": ""}, "--parts: nothing is named; allowed: deliveries, growth"),
    ],
)
def test_what_cannot_be_measured(options, told):
    with pytest.raises(InputError, match=told):
        asked(**options)


@pytest.mark.parametrize("words", [("--people", "3"), ("--rounds", "0"), ("--designs", "nobody")])
def test_bad_input_is_one_error(words, capsys):
    assert ended("bench", *words) == 2
    assert capsys.readouterr().out == ""


def test_a_place_that_cannot_be_written_is_found_before_anything_is_measured(tmp_path, capsys):
    assert ended("bench", "--out", str(tmp_path / "no" / "figures.json")) == 2
    told = capsys.readouterr().err
    assert "cannot be written" in told
    assert "measurements" not in told


def test_a_small_one_from_end_to_end(tmp_path, capsys):
    file = tmp_path / "figures.json"
    words = ["--people", "84", "--designs", "full-websocket", "--worlds", "calm"]
    words += ["--parts", "deliveries,idle", "--out", str(file)]
    assert ended("bench", "--quick", *words) == 0
    printed = capsys.readouterr()
    assert "full-websocket" in printed.out
    assert "An idle connected person takes" in printed.out
    assert "5 measurements, each in processes of its own" in printed.err
    (row,) = json.loads(file.read_text())["designs"]
    assert row["idle_bytes"] > 0
    assert row["idiomatic SimPy"] > 0


def test_ctrl_c_leaves_what_was_measured_by_then(tmp_path, capsys, monkeypatch):
    def stopped(found, known, tell):
        found.commands_s["tiny"] = 1.5
        raise KeyboardInterrupt

    monkeypatch.setattr("sim.bench.rounds.measure", stopped)
    file = tmp_path / "figures.json"
    assert ended("bench", "--out", str(file)) == 130
    assert "A tiny comparison takes 1.5 s of CPU." in capsys.readouterr().out
    assert json.loads(file.read_text())["commands_s"] == {"tiny": 1.5}
