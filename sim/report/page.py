"""The page of a comparison: one HTML file that needs nothing else.

Gathers pictures, tables and checks and hands them to the template; styles and pictures are inline.
Leaves out all looks (`templates/`) and all numbers (`tables`, `plots`).
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from sim.metrics import METRICS
from sim.report import (
    attribution,
    canvas,
    footing,
    gates,
    incidents,
    pairs,
    palette,
    plots,
    promises,
    selection,
    stored,
    tables,
    trust,
    wording,
)
from sim.report.canvas import Picture
from sim.report.stored import Results

TEMPLATES = Path(__file__).parent / "templates"
VERDICT_MARKS = {
    "better": "M1.5 6.5 4.7 9.7 10.5 2.6",
    "worse": "M2.2 2.2l7.6 7.6M9.8 2.2 2.2 9.8",
    "equal": "M1.5 4.2h9M1.5 7.8h9",
    "few": "M6 1.6a4.4 4.4 0 1 0 .01 0Z",
    "same": "M1 5.2q2.5-3 5-.6t5-.6M1 9.2q2.5-3 5-.6t5-.6",
    "reference": "M6 1.2 10.8 6 6 10.8 1.2 6Z",
    "unknown": "M3.4 4.2q0-2.6 2.6-2.6t2.6 2.5Q8.6 6 6 7.2M6 9.6v1",
}
ACTION_WORDS = {
    "list": "list",
    "send": "send, until told OK",
    "receive": "receive",
    "typing": "typing",
    "seen": "seen",
}
ELSEWHERE = ("summary", "channels", "name")  # of a description, shown in their own places
SAID = ("scenario", "question", "answer", "suggestion", "replications", "digest")  # as stored
FIRST = ("recovery", "acks", "stored", "qos", "session", "heartbeat", "back-off", "backplane")
LAST = ("claims", "assumptions", "sources")
LIMITS = """
This is a simulation. It shows what follows from the protocols, time-outs and faults that were \
modelled; it does not measure anybody’s production system.
Every interval is a 95 % confidence interval over replications. It covers the luck of people, \
networks and faults, not a wrong assumption.
A verdict compares paired replications after correction for the number of comparisons. “Equal” \
means: the whole interval lies within the margin worth caring about, so a larger difference is \
ruled out; not to see one is not enough. “Too few runs” says nothing about the designs.
Percentiles count everything that was owed; what never came is later than any time.
Differences hold for the people, rates, networks and faults of this scenario. Other ones can turn \
the ranking round.
""".strip().splitlines()


def write(folder: Path, unchecked: str = "") -> None:
    """Write plots/*.svg and report.html into a result folder; `unchecked` as in `stored.read`."""
    results = stored.read(folder, unchecked)
    drawn = plots.pictures(results)
    (folder / "plots").mkdir(exist_ok=True)
    for picture in drawn:
        (folder / "plots" / f"{picture.name}.svg").write_text(picture.wide, "utf-8")
    (folder / "report.html").write_text(render(results, drawn), "utf-8")


def render(results: Results, drawn: Sequence[Picture]) -> str:
    """The whole page as text."""
    return filled("report.html.j2", _context(results, drawn))


def filled(template: str, context: Mapping[str, Any]) -> str:
    """A page of these looks as text; its style is `css`."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(template).render({"css": _style(), **context})


def _context(results: Results, drawn: Sequence[Picture]) -> dict[str, Any]:
    groups, pairs_left_out = pairs.pair_groups(results)
    return {
        "results": results,
        "summary": {key: results.summary.get(key) or "" for key in SAID},
        "marks": VERDICT_MARKS,
        "markers": [palette.marker_path(index) for index in range(len(results.designs))],
        "colours": len(palette.COLOURS),
        "attribution": _attribution(results),
        "headline": tables.table(results, tables.OVERVIEW),
        "footing": footing.shown(results),
        "details": [tables.table(results, spec) for spec in tables.DETAILS],
        "pictures": {picture.name: inline(picture) for picture in drawn},
        "actions": tables.action_rows(results),
        "action_words": ACTION_WORDS,
        "causes": trust.cause_table(results),
        "mishaps": incidents.table(results),
        "gates": gates.board(results),
        "promises": promises.in_run(results),
        "catalogue": promises.in_catalogue(results),
        "enough": promises.ENOUGH,
        "pairs": [group for group in groups if group.metric in tables.OVERVIEW.metrics],
        "more_pairs": [group for group in groups if group.metric not in tables.OVERVIEW.metrics],
        "pairs_left_out": pairs_left_out,
        "designs": _designs(results),
        "conservation": trust.conservation_rows(results),
        "checks": trust.checks(results),
        "precision": trust.precision(results),
        "not_measured": trust.not_measured(results),
        "refused": trust.refused(results),
        "selection": selection.lines(results.summary),
        "equal_selection": selection.lines(stored.equal(results.summary)),
        "notes": results.summary.get("notes") or (),
        "verdict_words": tables.VERDICT_WORDS,
        "verdict_shapes": {word: shape for word, (_, shape) in tables.VERDICTS.items()},
        "glossary": glossary(results),
        # The same results are the same page on every Python; provenance.json says which it was.
        "provenance": _flat({key: of for key, of in results.provenance.items() if key != "python"}),
        "command": results.provenance.get("command", ""),
        "limits": [*LIMITS, *trust.untold(results)],
    }


def _attribution(results: Results) -> attribution.Shares | None:
    """The shares of the difference, where these results tell any."""
    part = results.part("attribution")
    return attribution.shares(part) if part else None


def _style() -> Markup:
    """The looks of a page, both colour schemes."""
    plain = (TEMPLATES / "report.css").read_text("utf-8")
    schemes = {"light": palette.css_variables(dark=False), "dark": palette.css_variables(dark=True)}
    for name, declarations in schemes.items():
        plain = plain.replace(f"/* {name} palette */", declarations)
    return Markup(plain)  # noqa: S704


def inline(picture: Picture) -> dict[str, Any]:
    """A picture as a template takes it, in both widths."""
    words = f"{picture.title}. {picture.caption}"
    # Safe: drawn by matplotlib, which escapes the names in it; `inline` escapes the words.
    wide = Markup(canvas.inline(picture.wide, words))  # noqa: S704
    narrow = Markup(canvas.inline(picture.narrow, words))  # noqa: S704
    return {
        "name": picture.name,
        "title": picture.title,
        "caption": picture.caption,
        "wide": wide,
        "narrow": narrow,
    }


def _designs(results: Results) -> list[dict[str, Any]]:
    """What each design says about itself, with its place for colour and marker."""
    descriptions = results.part("descriptions")
    return [
        {"name": design, "index": index} | _described(descriptions.get(design) or {})
        for index, design in enumerate(results.designs)
    ]


def _described(told: Mapping[str, Any]) -> dict[str, Any]:
    stored_channels = told.get("channels")
    channels = dict(stored_channels) if isinstance(stored_channels, Mapping) else {}
    middle = [key for key in told if key not in (*ELSEWHERE, *FIRST, *LAST)]
    keys = [key for key in (*FIRST, *middle, *LAST) if key in told]
    return {
        "summary": told.get("summary", ""),
        "channels": {
            key: channels.get(key) for key in [*tables.ACTIONS, *channels] if key in channels
        },
        "facts": [(key, _words(told[key])) for key in keys],
    }


def _words(value: Any) -> str:
    """A value of any stored shape as one line of words."""
    if isinstance(value, Mapping):
        return "; ".join(f"{key}: {_words(one)}" for key, one in value.items())
    if isinstance(value, list | tuple):
        return "; ".join(_words(one) for one in value)
    return "—" if value is None or value == "" else str(value)


def _flat(value: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [(str(key), _words(one)) for key, one in sorted(value.items()) if key != "command"]


def glossary(results: Results) -> list[tuple[str, str, str]]:
    """Each measured metric: its name in the data, its words, its definition."""
    measured = {name for metrics in results.designs.values() for name in metrics}
    return [
        (metric.name, wording.label(metric.name).long, metric.help)
        for metric in METRICS
        if metric.name in measured
    ]
