"""Measured figures on pages stand under the program that prints them: one row each, made anew."""

import re
from contextlib import suppress
from pathlib import Path

import pytest

import sim

DOCS = Path(__file__).parents[1] / "docs"
NUMBER = {"rooms": 2, "devices": 3, "brokers": 1}
MEASURED = re.compile(r"```python\n(import sim\n[^`]*)```\n\n```text\n([^`]*)```")
PRINTED = {
    f"{page}-{at}": pair
    for page in NUMBER
    for at, pair in enumerate(MEASURED.findall((DOCS / f"{page}.md").read_text("utf-8")))
}

CHEAPEST = {"devices-1": 4}  # which design is played where the first one takes long
MARKS = str.maketrans("", "", "◆✓✗=○≈?")


class EnoughError(Exception):
    """The first comparison of a program was printed."""


def made(name, program, folder, monkeypatch, capsys):
    """What it prints of one design of its first comparison; luck is each design's own."""
    at = CHEAPEST.get(name, 0)
    whole = sim.compare

    def first(*, designs, **how):
        def enough(**_):
            raise EnoughError

        monkeypatch.setattr(sim, "compare", enough)
        return whole(designs=designs[at : at + 1], out=folder, workers=1, **how)

    monkeypatch.setattr(sim, "compare", first)
    with suppress(EnoughError):
        exec(program, {})
    return row(capsys.readouterr().out)


def row(text, at=0):
    """One under the two lines of heads; alone a design has no verdict."""
    return text.translate(MARKS).splitlines()[2 + at].split()


def test_every_measured_table_has_its_program():
    found = [name.partition("-")[0] for name in PRINTED]
    assert {page: found.count(page) for page in NUMBER} == NUMBER


@pytest.mark.parametrize("name", PRINTED)
def test_a_program_prints_the_row_of_its_page(name, tmp_path, monkeypatch, capsys):
    program, text = PRINTED[name]
    wanted = row(text, CHEAPEST.get(name, 0))
    assert made(name, program, tmp_path, monkeypatch, capsys) == wanted


def test_another_world_prints_another_row(tmp_path, monkeypatch, capsys):
    program, text = PRINTED["rooms-0"]
    other = program.replace('"time.measure_s": 120', '"time.measure_s": 60')
    assert other != program
    assert made("rooms-0", other, tmp_path, monkeypatch, capsys) != row(text)
