"""The page: complete, self-contained, safe, and the same every time."""

import copy
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import fake_results
import pytest
from fake_results import KINDS

from sim.report import write_report

HOSTILE = "<script>alert(1)</script>\"'&$x$"
SMALL = {name: KINDS[name] for name in ("full-websocket", "long-poll")}
VOID = {"meta", "path", "use", "rect", "br"}
MAY_STAY_OPEN = {"td", "tr"}


class Outline(HTMLParser):
    """Checks that tags close in order; collects ids, links, sources and text."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.tags: set[str] = set()
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        for name, value in attrs:
            if name == "id":
                self.ids.append(value or "")
            if name in ("href", "src", "action", "data", "srcset"):
                self.links.append(value or "")
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open[-1] != tag and self.open[-1] in MAY_STAY_OPEN:
            self.open.pop()
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def outline(text: str) -> Outline:
    parsed = Outline()
    parsed.feed(text)
    parsed.close()
    assert parsed.open == []
    return parsed


def page(folder: Path, **changes: Any) -> str:
    write_report(fake_results.write(folder, **changes))
    return (folder / "report.html").read_text("utf-8")


@pytest.fixture(scope="module")
def html(tmp_path_factory: pytest.TempPathFactory) -> str:
    return page(tmp_path_factory.mktemp("results") / "run")


def test_twice_the_same_bytes(tmp_path: Path) -> None:
    one, other = (fake_results.write(tmp_path / name, SMALL) for name in "ab")
    for folder in (one, other):
        write_report(folder)
    files = sorted(path.relative_to(one) for path in one.rglob("*") if path.is_file())
    assert Path("report.html") in files
    assert sum(path.parent.name == "plots" for path in files) == 6
    for path in files:
        assert (one / path).read_bytes() == (other / path).read_bytes(), path


def test_it_needs_nothing_from_outside(html: str) -> None:
    parsed = outline(html)
    assert all(link.startswith("#") for link in parsed.links)
    assert not parsed.tags & {"script", "link", "img", "iframe", "base", "object"}
    assert "http:" not in html
    assert "https:" not in html
    assert "@import" not in html
    assert set(re.findall(r"url\((.)", html)) <= {"#"}


def test_it_is_well_formed_and_every_link_has_its_target(html: str) -> None:
    parsed = outline(html)
    assert html.startswith("<!doctype html>")
    assert len(parsed.ids) == len(set(parsed.ids))
    assert {link[1:] for link in parsed.links} <= set(parsed.ids)
    targets = set(re.findall(r"url\(#([^)]+)\)", html))
    assert targets <= set(parsed.ids)


def test_the_answer_comes_before_everything_else(html: str) -> None:
    words = "".join(outline(html).text)
    question, answer = words.index("Which design gets"), words.index("mqtt-qos1 loses no message")
    table, picture = words.index("not there after 1"), words.index("How late, and how many never")
    assert question < answer < table < picture


def test_verdicts_are_a_word_a_shape_and_a_colour(html: str) -> None:
    head = html[: html.index("<nav")]
    for word, shape in (
        ("better", "better"),
        ("worse", "worse"),
        ("equal", "equal"),
        ("too few runs", "few"),
        ("not distinguishable", "same"),
    ):
        assert re.search(rf'class="verdict {shape}"><svg class="mark".*?</svg>{word}', head)
    assert re.search(r'class="verdict reference"><svg class="mark".*?</svg>reference', head)


def test_every_design_and_section_is_there(html: str) -> None:
    for name in KINDS:
        assert html.count(name) > 10
    for section in ("feel", "actions", "losses", "silence", "cost", "designs", "pairs", "trust"):
        assert f'<section id="{section}">' in html
    for words in ("half-open", "Determinism digest", "Precision reached", "What was not measured"):
        assert words in html
    assert "rtcsim compare rolling-deploy --seed 20260801 --replications 10" in html
    assert "gilbert-elliott" in html


def test_guarantees_are_a_word_a_shape_and_their_evidence(html: str) -> None:
    part = html[html.index('<section id="guarantees">') : html.index('<section id="silence">')]
    for word, shape in (("holds", "better"), ("violated", "worse"), ("unknown", "unknown")):
        sign = rf'<svg class="mark" aria-hidden="true"><use href="#sign-{shape}"/></svg>{word}'
        assert re.search(rf'class="verdict {shape}">{sign}', part)
        assert f'<symbol id="sign-{shape}"' in part
    words = "".join(outline(part).text)
    for said in (
        "0 of 180,000", "9 of 10 runs", "claimed", "at least 299 facts",
        "message 41 of hybrid was owed to person 7; it was never shown (replication 2; half-open)",
        "rtcsim explain results/runs/rolling-deploy-3b1f0c6d9a52 --design hybrid --replication 2",
        "unknown: nobody asked for a list",
        "by link, host", "without any fault", "78 schedules", "Made with rtcsim 0.1.0 by",
        "rtcsim hunt full-websocket --guarantee at-least-once --schedule",
    ):  # fmt: skip
        assert said in words
    assert '<a href="#guarantees">' in html


def test_results_without_verdicts_have_no_such_section(tmp_path: Path) -> None:
    text = page(tmp_path / "run", kinds=SMALL, guarantees=None, catalogue=None)
    assert "#guarantees" not in text


def test_what_a_mishap_costs_is_said_per_kind(html: str) -> None:
    start = html.index("What a mishap costs")
    table = html[start : html.index("</table>", start)]
    assert "node replaced by a new version <small>each of 40, 30 s on average<" in table
    assert "dead spot, as in a tunnel <small>each of 310, 18 s on average<" in table
    assert "nothing near that went wrong <small>in all<" in table
    assert '"dead spot, as in a tunnel">0.52 lost, 0.81 late, 0.0097 twice</td>' in table
    assert table.count("<tr>") == 1 + len(KINDS)


def test_results_without_incidents_have_no_such_table(tmp_path: Path) -> None:
    assert "What a mishap costs" not in page(tmp_path / "run", incidents={})


def test_zero_losses_are_an_upper_bound(html: str) -> None:
    assert "<b>none</b>" in html
    assert not re.search(r"<b>0(\.0+)? %</b>", html)


def test_it_stays_small(html: str) -> None:
    assert len(html.encode()) < 500_000


def test_every_design_says_what_it_is_under_its_name(html: str) -> None:
    head = html[: html.index("<nav")]
    assert head.count('<span class="what">All actions share one connection;') == len(KINDS)


def test_what_differences_come_from_stands_under_the_table(html: str) -> None:
    head = html[: html.index("<nav")]
    assert "<li>hybrid shows messages twice: requests carry no key (unlike long-poll).</li>" in head


def test_navigation_stays_in_sight_and_print_opens_what_is_folded(html: str) -> None:
    assert re.search(r"nav\{[^}]*position:sticky", html)
    printed = html[html.index("@media print") :]
    assert "details::details-content{content-visibility:visible" in printed


def test_without_shared_faults_the_pictures_over_time_are_left_out(tmp_path: Path) -> None:
    folder = fake_results.write(tmp_path / "run", SMALL)
    text = fake_results.SCENARIO[: fake_results.SCENARIO.index("[[faults]]")]
    (folder / "scenario.toml").write_text(text, "utf-8")
    write_report(folder)
    made = (folder / "report.html").read_text("utf-8")
    assert 'id="latency"' in made
    assert 'id="recovery"' not in made
    assert 'id="load"' not in made
    outline(made)


def test_never_and_what_runs_cannot_hold_are_said(tmp_path: Path) -> None:
    designs = copy.deepcopy(fake_results.summary_of(SMALL)["designs"])
    never = {"value": None, "never": True, "low": None, "high": None}
    designs["full-websocket"]["latency_p99"] |= never | {"low_never": True, "high_never": True}
    designs["long-poll"]["latency_p999"] |= {
        "value": None, "low": None, "high": None, "refused": "needs 10,000 receptions"
    }  # fmt: skip
    text = page(tmp_path / "run", kinds=SMALL, designs=designs)
    assert "never</b>" in text
    assert text.count("needs 10,000 receptions") == 2
    assert "What these runs cannot hold" in text
    outline(text)


def test_dark_narrow_and_print_are_styled(html: str) -> None:
    assert "prefers-color-scheme:dark" in html
    assert "max-width:759px" in html
    assert "@media print" in html
    assert "palette */" not in html


def test_hostile_names_are_words(tmp_path: Path) -> None:
    kinds = {HOSTILE: KINDS["hybrid"], "b": KINDS["long-poll"]}
    text = page(tmp_path / "run", kinds=kinds, question=HOSTILE, answer=HOSTILE)
    assert "script" not in outline(text).tags
    assert "<script" not in text
    assert HOSTILE in "".join(outline(text).text)


def test_missing_parts_are_tolerated(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    folder.mkdir()
    summary = '{"designs": {"a": {"latency_p50": {"value": 0.1, "unit": "s"}}, "b": {}}}'
    (folder / "summary.json").write_text(summary, "utf-8")
    write_report(folder)
    text = (folder / "report.html").read_text("utf-8")
    outline(text)
    assert "No answer was stored" in text
    assert "every metric has a value" not in text


@pytest.mark.parametrize(
    "part",
    [
        "ccdf",
        "series",
        "comparisons",
        "verdicts",
        "descriptions",
        "conservation",
        "checks",
        "guarantees",
        "catalogue",
    ],
)
def test_each_part_may_be_missing(tmp_path: Path, part: str) -> None:
    outline(page(tmp_path / "run", kinds=SMALL, **{part: None}))


def test_one_design_in_one_replication(tmp_path: Path) -> None:
    kinds = {"hybrid": KINDS["hybrid"]}
    designs = copy.deepcopy(fake_results.summary_of(kinds)["designs"])
    for entry in designs["hybrid"].values():
        entry["low"] = entry["high"] = None
    text = page(tmp_path / "run", kinds=kinds, designs=designs, replications=1)
    assert "One replication gives no interval and no verdict" in text
    assert '<section id="pairs">' not in text
    outline(text)


def test_the_best_and_what_was_checked_are_on_the_page(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    page(folder, kinds=SMALL)
    summary = json.loads((folder / "summary.json").read_text("utf-8"))
    chosen = {"metric": "loss_pressed", "best": "<i>", "within": 0.0, "margin": 1.0, "reason": ""}
    curve = {"limit": "1 %", "budget": 12, "points": [{"times": 1, "fails": 0.0, "unknown": 1.0}]}
    row = {"design": "<i>", "title": "fifo", "state": "fail", "found": "<b>", "curve": curve}
    summary |= {"decides": ["loss_pressed"], "selected": [chosen]}
    summary |= {"gates": {"looks": [3, 12], "rows": [row]}}
    (folder / "summary.json").write_text(json.dumps(summary), "utf-8")
    write_report(folder)
    text = (folder / "report.html").read_text("utf-8")
    assert "Best with 95 %: lost: &lt;i&gt;." in text
    part = text[text.index('<section id="guarantees">') : text.index('<section id="silence">')]
    assert "What these gates can see" in part
    assert "0 / 100 %" in part
    assert "<b>" not in part[: part.index("In this run")]
