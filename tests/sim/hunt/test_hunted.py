"""A hunt for notebooks: words, steps, a scenario, and a diagram that shows itself."""

from xml.etree import ElementTree as ET

import pytest

from models import DESIGNS
from sim.api import find_violation, guarantee_table
from sim.errors import InputError
from sim.experiment.run import run_replication
from sim.guarantees import GUARANTEES
from sim.hunt.hunted import Hunt
from sim.hunt.hunted import find_violation as hunted


def test_a_finding_shows_its_diagram_and_says_its_steps() -> None:
    found = find_violation("full-websocket", "at-least-once", faults=["link"], workers=1)
    assert found.violated
    assert found.schedule == "people=2 send=5:0 link=0@5+50"
    assert repr(found) == found.verdict
    assert found.verdict.startswith("full-websocket breaks at-least-once")
    assert found.steps[-1].endswith("person 1 is never shown message 0")
    assert "sequenceDiagram" in found.mermaid
    ET.fromstring(found._repr_svg_() or "")


def test_its_scenario_replays_it() -> None:
    found = find_violation("hybrid", "at-most-once", faults=["link"], workers=1)
    assert found.scenario is not None
    history = run_replication(found.scenario, DESIGNS["hybrid"], 0)
    assert GUARANTEES["at-most-once"].check(history).state == "violated"


def test_without_a_finding_there_are_words_only() -> None:
    effort = Hunt(("reset",), schedules=20, workers=1)
    found = hunted("full-websocket-acked", "exactly-once", DESIGNS, (), effort)
    assert not found.violated
    assert (found.schedule, found.steps, found.mermaid, found.scenario) == ("", [], "", None)
    assert found._repr_svg_() is None
    assert found.verdict.startswith("Nothing found that makes full-websocket-acked break")


def test_a_design_of_ones_own_and_changed_servers() -> None:
    mine = DESIGNS["hybrid"].variant("mine", {"idempotent": True})
    changes = {"servers.gateways": 1}
    found = find_violation(mine, "at-most-once", changes, ["link"], schedules=60, workers=1)
    assert not found.violated
    assert found.target.stage.servers.gateways == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("hybird", "fifo", "link"), "unknown design 'hybird'"),
        (("hybrid", "fivo", "link"), "guarantee: 'fivo'; allowed: at-most-once, "),
        (("hybrid", "fivo", "link"), "; did you mean 'fifo'?"),
        (("hybrid", "fifo", "quake"), "faults: 'quake'; allowed: link, "),
    ],
)
def test_a_name_that_does_not_exist_is_input(words: tuple[str, str, str], said: str) -> None:
    design, guarantee, faults = words
    with pytest.raises(InputError) as refused:
        find_violation(design, guarantee, faults=[faults])
    (line,) = refused.value.messages
    assert said in line


def test_a_table_of_a_design_that_does_not_exist_is_refused() -> None:
    with pytest.raises(InputError, match=r"designs: 'hybird'; allowed: .*mean 'hybrid'\?"):
        guarantee_table(["hybird"])


def test_the_table_has_a_row_for_every_cell() -> None:
    mine = DESIGNS["hybrid"].variant("mine", {"idempotent": True})
    table = guarantee_table(["full-websocket", mine], schedules=5, workers=1)
    assert len(table) == 2 * 8 * len(GUARANTEES)
    assert set(table["state"]) <= {"violated", "held", "silent"}
    assert set(table["design"]) == {"full-websocket", "mine"}
