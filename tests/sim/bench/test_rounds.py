"""Turns: every cell once a round, there and back; what is said meanwhile."""

import pytest

from sim.bench import rounds
from sim.bench.cells import Sample
from sim.bench.rounds import PARTS, Measured, Request, measure


@pytest.fixture
def told(monkeypatch):
    """What is said; nothing is measured, and what is asked for is noted."""
    asked = []
    monkeypatch.setattr(rounds, "warm_up", lambda design, known: asked.append(design))
    monkeypatch.setattr(
        rounds, "sample", lambda cell, known: asked.append(cell) or Sample(1e-6, 2e-6)
    )
    monkeypatch.setattr(rounds, "idle_person_bytes", lambda design, people, known: 400.0)
    monkeypatch.setattr(rounds, "fresh", lambda call: 3.0)
    return asked


def test_rounds_alternate(told):
    request = Request(("hybrid", "sse"), ("calm",), 84, rounds=3, parts=("deliveries", "growth"))
    found = Measured(request)
    measure(found, {}, lambda line: None)
    there = request.cells
    assert len(there) == len(set(there)) == 6  # growth's smaller cell is one of the table's
    assert told == ["hybrid", "sse", *there, *reversed(there), *there]
    assert {len(samples) for samples in found.samples.values()} == {3}


def test_every_part_is_measured_once_and_only_what_is_asked(told):
    lines = []
    found = Measured(Request(("hybrid",), ("calm",), 84, rounds=1))
    measure(found, {}, lines.append)
    assert found.idle_bytes == {"hybrid": 400.0}
    assert found.commands_s == {"tiny": 3.0, "default": 3.0}
    assert "deliveries" in PARTS
    nothing = Measured(Request(("hybrid",), ("calm",), 84, 1, ("tiny",)))
    measure(nothing, {}, lines.append)
    assert (nothing.samples, nothing.commands_s) == ({}, {"tiny": 3.0})


def test_each_step_says_what_was_found_and_what_is_left(told, monkeypatch):
    clock_s = iter(range(0, 100_000, 100))  # looked at twice a step: each takes 100 s
    monkeypatch.setattr(rounds, "monotonic", lambda: float(next(clock_s)))
    lines = []
    request = Request(("hybrid",), ("calm",), 84, 2, ("deliveries",))
    measure(Measured(request), {}, lines.append)
    assert lines[0].startswith("7 measurements, ")
    assert lines[1] == "1/7 hybrid, warming up: done; about 10 min left"
    assert lines[-2].endswith("2.00 bare events a delivery; about 2 min left")
    assert lines[-1].endswith("; about 0 s left")
