"""What is said beside a comparison on equal footing, and how it stands on the page."""

import fake_results
from fake_results import KINDS

from sim.report import footing, page, plots, stored, write_report

NAMES = ("full-websocket", "hybrid", "mqtt-qos1")
TOLD = {
    "stands": {
        "full-websocket": "hybrid",
        "hybrid": "hybrid",
        "mqtt-qos1": "mqtt-equal",
    },
    "lacks": {"mqtt-equal": {"heartbeat": "only the client pings", "key": "no message key"}},
    "changed": "Of 3 differences as shipped, on equal footing 3 are gone (lost, a against b).",
}


def summary():
    found = fake_results.summary_of({name: KINDS[name] for name in NAMES})
    equal = fake_results.summary_of({"hybrid": KINDS[NAMES[1]], "mqtt-equal": KINDS[NAMES[2]]})
    return {**found, "equal": equal, "footing": TOLD}


def test_one_system_is_said_once_and_each_lack_by_name():
    once, lack = footing.lines(summary())
    assert once == (
        "One system each on equal footing, and shown once: full-websocket and hybrid (as hybrid)."
    )
    assert lack == "mqtt-equal differs all the same: only the client pings; no message key."
    assert footing.changed(summary()) == [TOLD["changed"]]


def test_a_run_as_shipped_says_nothing():
    found = fake_results.summary_of({name: KINDS[name] for name in NAMES})
    assert footing.lines(found) == footing.changed(found) == []
    assert footing.shown(stored.from_summary(found)) == footing.Shown()


def test_designs_that_nothing_changes_are_said_to_stand_as_shipped():
    told = {"footing": {"stands": {"a": "a", "b": "b"}, "lacks": {}}}
    assert footing.lines(told) == ["These designs stand on equal footing as they are shipped."]


def test_a_design_has_the_colour_of_the_first_that_stands_as_it():
    shown = footing.shown(stored.from_summary(summary()))
    assert [(row.design, row.index) for row in shown.table.rows] == [
        ("hybrid", 0),
        ("mqtt-equal", 2),
    ]
    assert shown.reference == "hybrid"


def test_the_page_has_both_tables_equal_footing_first():
    results = stored.from_summary(summary())
    text = page.render(results, plots.pictures(results))
    first, second = text.index("On equal footing: the arch"), text.index("As shipped: arch")
    assert first < text.index("mqtt-equal differs all the same") < second
    assert second < text.index(TOLD["changed"])
    assert text.count("mqtt-equal") >= 2


def test_the_page_of_a_run_as_shipped_has_one(tmp_path):
    folder = fake_results.write(tmp_path / "r", {name: KINDS[name] for name in NAMES})
    write_report(folder)
    text = (folder / "report.html").read_text()
    assert "equal footing" not in text
    assert "As shipped" not in text
