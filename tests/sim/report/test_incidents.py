"""What a mishap costs, in words."""

from fake_results import KINDS, summary_of

from sim.faults import KINDS as FAULTS
from sim.report import incidents, stored

COSTS = {
    "outage": {"number": 40, "lasted_s": 700.0, "people": 40, "lost": 52, "late": 13, "twice": 0},
    "reset": {"number": 1, "lasted_s": 0.0, "people": 1, "lost": 0, "late": 0, "twice": 0},
    "node-crash": {"number": 2, "lasted_s": 20.0, "people": 31, "lost": 900, "late": 2, "twice": 1},
    "background": {"lost": 1, "late": 1234, "twice": 0},
}


def kinds(**told):
    summary = summary_of(KINDS) | {"incidents": told}
    return incidents.kinds(stored.from_summary(summary))


def test_each_incident_of_a_kind_has_its_share():
    first, *_ = list(KINDS)
    crash, tunnel, reset, near = kinds(**{first: COSTS})
    assert (crash.words, crash.number, crash.lasting) == ("server process killed", "2", "10 s")
    assert crash.costs == (incidents.Cost(first, 0, "16", ("450", "1", "0.50")),)
    assert tunnel.words == "dead spot, as in a tunnel"
    assert (tunnel.lasting, tunnel.costs[0].messages) == ("18 s", ("1.3", "0.33", "0"))
    assert (reset.lasting, reset.costs[0].people) == ("at once", "1")
    assert (near.number, near.lasting, near.costs[0].people) == ("", "", "")
    assert near.costs[0].messages == ("1", "1,234", "0")


def test_the_dearest_in_the_worst_design_comes_first_and_the_background_last():
    one, other = list(KINDS)[:2]
    cheap = {"outage": COSTS["outage"] | {"lost": 0}, "background": COSTS["background"]}
    dear = {"outage": COSTS["outage"] | {"lost": 40_000}, "node-crash": COSTS["node-crash"]}
    found = kinds(**{one: cheap, other: dear})
    assert [kind.number for kind in found] == ["40", "2", ""]
    assert [cost.design for cost in found[0].costs] == [one, other]
    assert [(cost.design, cost.index) for cost in found[1].costs] == [(other, 1)]


def test_a_table_has_a_row_a_design_and_a_column_a_kind():
    one, other = list(KINDS)[:2]
    told = {one: COSTS, other: {"reset": COSTS["reset"]}}
    table = incidents.table(stored.from_summary(summary_of(KINDS) | {"incidents": told}))
    often = ["each of 2, 10 s on average", "each of 40, 18 s on average", "each of 1, at once"]
    assert [kind.often for kind in table.kinds] == [*often, "in all"]
    assert table.rows[0][2][1] == "1.3 lost, 0.33 late, 0 twice"
    assert table.rows[1][2] == ("", "", "0 lost, 0 late, 0 twice", "")


def test_results_without_incidents_have_no_table():
    assert kinds() == []
    assert incidents.table(stored.from_summary(summary_of(KINDS) | {"incidents": {}})).kinds == ()
    assert incidents.kinds(stored.from_summary(summary_of(KINDS) | {"incidents": None})) == []


def test_every_kind_has_words_an_unknown_one_its_name():
    first = next(iter(KINDS))
    for kind, fault in FAULTS.items():
        [told] = kinds(**{first: {kind: COSTS["outage"]}})
        assert told.words == (fault.mishap or kind)
    [told] = kinds(**{first: {"of-tomorrow": COSTS["outage"]}})
    assert told.words == "of-tomorrow"
