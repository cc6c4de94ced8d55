"""The table as text: its width, its gaps, its digits."""

import pytest

from sim.bench.cells import COMPILED, IDIOMATIC_SIMPY, PLAIN
from sim.bench.table import table

WEATHERS = ["calm", "loss", "outages"]


def figures(**changes):
    def row(design, idiomatic, times):
        numbers = dict(zip(WEATHERS, (0.2461, 12.345, 1234.5), strict=True))
        return {
            "design": design,
            COMPILED: numbers,
            PLAIN: dict.fromkeys(WEATHERS),
            IDIOMATIC_SIMPY: idiomatic,
            "times": times,
            "idle_bytes": 412.4,
        }

    return {
        "python": "CPython 3.11.7",
        "cores": 2,
        "people": 10_000,
        "rounds": 3,
        "weathers": WEATHERS,
        "bare_event_us": 0.716,
        "designs": [row("full-websocket", 32.53, 132.0), row("full-websocket-counter", None, None)],
        "growth": {"design": "full-websocket", "people": 100_000, "times": 1.42},
        "commands_s": {"tiny": 0.94, "default": 28.6},
        **changes,
    }


def test_everything_is_in_it_and_it_fits():
    text = table(figures())
    lines = text.splitlines()
    assert max(map(len, lines)) <= 100
    assert lines[2].split() == [
        "full-websocket", "0.246", "12.3", "1234", "–", "–", "–", "32.5", "132",
    ]  # fmt: skip
    assert lines[3].split()[-2:] == ["–", "–"]
    assert len({len(line) for line in lines[:4]}) == 1
    assert "10,000 people, medians of 3 rounds; a bare event takes 0.72 us." in text
    assert "100,000 people against 10,000: 1.42 times per delivery (full-websocket)." in text
    assert "An idle connected person takes 412 bytes (full-websocket)." in text
    assert "A tiny comparison takes 0.9 s of CPU." in text
    assert "`rtcsim compare` takes 29 s of CPU." in text


@pytest.mark.parametrize("weathers", [["calm"], ["calm", "outages"], WEATHERS])
def test_heads_stand_over_their_columns(weathers):
    first, second, row = table(figures(weathers=weathers)).splitlines()[:3]
    assert len(first) == len(second) == len(row)
    ends = [second.index(word) + len(word) for word in weathers]
    assert [row[end - 1].isdigit() and row[end] == " " for end in ends] == [True] * len(weathers)
    assert first.index(COMPILED) + len(COMPILED) == ends[-1]


def test_one_round_is_no_median_and_nothing_is_said_of_what_was_not_measured():
    assert ", one round; " in table(figures(rounds=1))
    empty = figures(growth=None, commands_s={}, bare_event_us=None, designs=[])
    assert table(empty).strip() == ""
