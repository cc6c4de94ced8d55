"""Storms side by side: means with intervals in a table, and one picture of all."""

import pytest

import sim
from sim.storms.several import named

SMALL = {"clients": 200, "nodes": 2, "horizon_s": 60, "rescue": False}


def storm(name, **what):
    return sim.storm(changes={"servers.cores": 1}, name=name, **SMALL | what)


def test_a_table_has_a_row_each_with_its_interval():
    table = storm("many", runs=4).beside(storm("one")).table("t50_s", "cut")
    assert table.loc["one", "cut"] == table.loc["many", "cut"] == "100"
    assert " to " in table.loc["many", "50 % back after, s"]
    assert " to " not in table.loc["one", "50 % back after, s"]


def test_what_never_comes_is_never_or_in_so_many_runs():
    never = {"clients": 9, "nodes": 2}
    runs = [{**never, "t50_s": 2.0}, {**never, "t50_s": None}]
    both = named([("half", runs), ("none", runs[1:])]).table("t50_s")["50 % back after, s"]
    assert both.tolist() == ["never in 1 of 2", "never"]


def test_the_picture_names_every_storm_and_shows_the_panels_asked_for():
    both = storm("first", runs=2).beside(storm("second"))
    drawn = both.picture("away", "opened", until_s=20, log=True)
    for words in ("first", "second", "clients not connected", "connections opened a second"):
        assert words in drawn.wide
        assert words in drawn.narrow
    assert "CPU of the busiest node" not in drawn.wide
    assert drawn._repr_svg_() == drawn.wide
    assert "CPU of the busiest node" in both.picture().wide


def test_a_storm_that_ends_sooner_stays_as_it_was_to_the_end():
    quick, slow = storm("quick"), storm("slow", back_after_s=30.0, lose=2)
    assert len(quick.series) < len(slow.series)
    assert quick.beside(slow).picture("away").wide


def test_what_does_not_exist_is_refused_with_what_does():
    one = storm("one")
    with pytest.raises(sim.InputError, match="no figure 'x' in a table of storms; allowed: t50_s"):
        one.beside().table("x")
    with pytest.raises(sim.InputError, match="no panel 'x' in a picture of storms; allowed: away"):
        one.beside().picture("x")
    with pytest.raises(sim.InputError, match="two storms have the name 'one'"):
        one.beside(storm("one"))
    with pytest.raises(sim.InputError, match="runs = 0; allowed: 1 to 1000"):
        storm("none", runs=0)
