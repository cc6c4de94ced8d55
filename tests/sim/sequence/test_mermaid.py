"""The Mermaid text keeps to the grammar of sequence diagrams and says every step."""

import re

import pytest
from played import played

from sim.sequence.mermaid import mermaid

LINES = {
    "participant": re.compile(r"    (participant|actor) (\w+) as [^\n;#]+"),
    "message": re.compile(r"    (\w+)(->>|-->>|-x|--x)(\w+): [^\n;#]+"),
    "note": re.compile(r"    Note over (\w+)(?:,(\w+))?: [^\n;#]+"),
}
CASES = [
    ("hybrid", "at-most-once", "people=2 send=5:0 link=0@5.1+10"),
    ("mqtt-qos2", "exactly-once", "people=2 send=5:0 crash=1@5+1"),
    ("full-websocket", "at-least-once", "people=2 send=5:0 backplane=4+2"),
    ("socketio-retries", "at-most-once", "people=2 send=5:0 link=0@5+5"),
    ("long-poll", "", "people=4 send=5:0 link=1@4.9+30 pause=0@5.01+1"),
]


def parse(text: str) -> dict[str, list[re.Match[str]]]:
    """A small reader of what Mermaid 11 accepts; fails on the first line that is nothing."""
    front, _, body = text.partition("sequenceDiagram\n")
    assert re.fullmatch(r"---\ntitle: [^\n:]+\n---\n", front)
    found: dict[str, list[re.Match[str]]] = {kind: [] for kind in LINES}
    for line in body.splitlines():
        matches = [(kind, rule.fullmatch(line)) for kind, rule in LINES.items()]
        (hit,) = [(kind, match) for kind, match in matches if match]
        found[hit[0]].append(hit[1])
    return found


@pytest.mark.parametrize("case", CASES, ids=lambda case: case[0])
def test_it_parses_and_names_only_known_lanes(case: tuple[str, str, str]) -> None:
    design, guarantee, schedule = case
    found = parse(mermaid(played(design, schedule).story(guarantee), f"{design}: what"))
    known = {match[2] for match in found["participant"]}
    used = {end for match in found["message"] for end in (match[1], match[3])}
    used |= {end for match in found["note"] for end in match.groups() if end}
    assert used <= known
    assert found["message"]


def test_people_are_actors_and_lanes_are_in_order() -> None:
    found = parse(mermaid(played("hybrid", CASES[0][2]).story("at-most-once"), "x"))
    assert [(match[1], match[2]) for match in found["participant"]] == [
        ("actor", "person0"),
        ("participant", "api2"),
        ("participant", "backplane"),
        ("participant", "gateway1"),
        ("actor", "person1"),
    ]


def test_losses_acknowledgements_pauses_and_the_violation_are_told() -> None:
    text = mermaid(played("hybrid", CASES[0][2]).story("at-most-once"), "x")
    assert "    api2--xperson0: 5.080 s, 200 OK for message 0 (lost)\n" in text
    assert "    Note over person0,person1: 9.9 s later\n" in text
    assert text.endswith("    Note over person1: 16.106 s, is shown message 0 again ❌\n")
    assert "    Note over person0: 5.100 s, link down\n" in text
