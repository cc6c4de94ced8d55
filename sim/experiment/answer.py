"""The answer to the scenario's question in two lines, and what to run next.

Speaks of the metrics that decide the question, and says of them only what the comparisons bear
out: who is best and how far the others fall behind, what is equal, and what these runs cannot
tell. Whatever does not fit is in the table below it.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from sim.experiment.statistics import more_replications, precision
from sim.metrics import HEADLINE
from sim.numbers import written
from sim.report import stored, wording
from sim.report.stored import Results

Summary = Mapping[str, Any]

LINE, LINES = 80, 2
_NAME_WIDTHS: Final = (60, 24)  # letters of a name; a long one gives way to the figures
_GUIDES: Final = ("loss_pressed", "latency_p50")  # what more replications are asked for
_TARGET_RATIO: Final = 0.1
_MANY: Final = 200  # more replications than this is no advice
_FLIPPED: Final = {"better": "worse", "worse": "better"}


@dataclass(frozen=True, slots=True)
class Ranking:
    """One metric over all designs: the best, its equals, who is worse, who cannot be told from it.

    Equals are so within the margin, or of either no case was seen; `proven`: the former holds of
    all of them. `verdict` is why the first of the `unclear` cannot; `needs`: replications that
    would do.
    """

    metric: str
    best: str
    equals: tuple[str, ...]
    proven: bool
    beaten: tuple[str, ...]
    unclear: tuple[str, ...]
    verdict: str
    needs: int | None


def answer(summary: Summary) -> str:
    """At most two lines of `LINE` letters."""
    results = stored.from_summary(summary)
    if nothing := nothing_said(results):
        return nothing
    metrics = [name for name in summary.get("decides") or HEADLINE if known(results, name)]
    if not metrics:
        return "Nothing that would decide this question was measured."
    texts = _alone(results, metrics) if len(results.designs) == 1 else _compared(results, metrics)
    return next((text for text in texts if fits(text)), "See the table.")


def fits(text: str) -> bool:
    """Whether a text has its place above the table."""
    return len(textwrap.wrap(text, LINE)) <= LINES


def nothing_said(results: Results) -> str:
    """What to say when no question about messages can be answered; "" when one can."""
    books = results.part("conservation").values()
    if books and not any(one.get("messages") for one in books):
        return "No messages were sent: nothing can be said of their loss, repeats or delay."
    if books and not any(one.get("receptions_owed") for one in books):
        return "No message was owed to anybody: nothing can be said of loss, repeats or delay."
    return ""


def known(results: Results, metric: str) -> dict[str, float]:
    """Design -> value; infinite where it never came."""
    found = {name: results.estimate(name, metric).value for name in results.designs}
    return {name: value for name, value in found.items() if value is not None}


def _alone(results: Results, metrics: Sequence[str]) -> Iterator[str]:
    """What one design shows, ever fewer metrics of it."""
    (design,) = results.designs
    shown = [_labelled(name, _figure(results, design, name, sure=True)) for name in metrics]
    once = results.summary.get("replications") == 1
    caution = " One replication gives no interval." if once else ""
    for count in range(len(shown), 0, -1):
        yield f"{_sentence('; '.join(shown[:count]))}{caution}"


def _compared(results: Results, metrics: Sequence[str]) -> Iterator[str]:
    """What the comparisons bear out, ever fewer words about ever fewer metrics."""
    chosen = _chosen(results)
    settled, rankings = _settled([ranking(results, name) for name in metrics], chosen)
    ranked = [one for one in rankings if one.beaten]
    level = _level(results, [one for one in rankings if not one.beaten and not one.unclear])
    for width in _NAME_WIDTHS:
        for count in range(len(ranked), -1, -1):
            best = _best_to_worst(results, ranked[:count], width)
            for unclear in _undecided(results, rankings, width):
                for equal in dict.fromkeys((level, "")):
                    if best or settled or equal or not (ranked or level):
                        parts = (best, settled, equal, unclear)
                        yield " ".join(_sentence(part) for part in parts if part)


def _chosen(results: Results) -> dict[str, str]:
    """The best design, or one as good, by metric, in a run that went on until it was known."""
    selected = results.summary.get("selected") if results.summary.get("sequential") else ()
    return {
        one["metric"]: one["best"]
        for one in selected or ()
        if one["within"] is not None and one["within"] <= one["margin"]
    }


def _settled(rankings: Sequence[Ranking], chosen: Mapping[str, str]) -> tuple[str, list[Ranking]]:
    """What no verdict tells and the choice of the best does; and the rankings for verdicts."""
    told = [one for one in rankings if one.unclear and not one.beaten and one.metric in chosen]
    said = [f"{wording.label(one.metric).short} {chosen[one.metric]}" for one in told]
    left = [
        replace(one, unclear=()) if one.metric in chosen else one
        for one in rankings
        if one not in told
    ]
    return f"Best or as good with 95 %: {'; '.join(said)}" if said else "", left


def ranking(results: Results, metric: str) -> Ranking:
    values = known(results, metric)
    rows = {(row.a, row.b): row for row in results.comparisons if row.metric == metric}
    said = {pair: row.verdict for pair, row in rows.items()}
    said |= {(b, a): _FLIPPED.get(word, word) for (a, b), word in said.items()}
    unbeaten = [one for one in values if "better" not in {said.get((one, d)) for d in values}]
    best = min(unbeaten or values, key=lambda name: values[name])
    others = sorted((one for one in values if one != best), key=lambda name: values[name])
    spared = () if values[best] else tuple(d for d in others if not values[d])
    equals = tuple(d for d in others if d in spared or said.get((best, d)) == "equal")
    unclear = tuple(d for d in others if d not in equals and said.get((best, d)) != "worse")
    asked = [row for d in unclear if (row := rows.get((best, d)) or rows.get((d, best)))]
    return Ranking(
        metric,
        best,
        equals=equals,
        proven=all(said.get((best, d)) == "equal" for d in equals),
        beaten=tuple(d for d in others if said.get((best, d)) == "worse"),
        unclear=unclear,
        verdict=next((row.verdict for row in asked), "unknown"),
        needs=max((row.needs for row in asked if row.needs), default=None),
    )


def _best_to_worst(results: Results, ranked: Sequence[Ranking], width: int) -> str:
    clauses = [_ranked(results, one, width) for one in ranked]
    return f"From best to worst: {'; '.join(clauses)}" if clauses else ""


def _ranked(results: Results, one: Ranking, width: int) -> str:
    """From the best and its equals to the worst that is known to be worse."""
    first = [wording.fitted(one.best, width)]
    if len(one.equals) == 1:
        first.append(wording.fitted(one.equals[0], width))
    elif one.equals:
        first.append(f"{len(one.equals)} {'equal' if one.proven else 'more'}")
    last = one.beaten[-1]
    low, high = (_figure(results, name, one.metric) for name in (one.best, last))
    label = wording.label(one.metric).short
    return f"{label} {low} ({' and '.join(first)}) to {high} ({wording.fitted(last, width)})"


def _level(results: Results, level: Sequence[Ranking]) -> str:
    """What is equal within the margin for all designs, and what none of them shows."""
    shown = [
        f"{wording.label(one.metric).short} ({_figure(results, one.best, one.metric)})"
        for one in level
        if one.proven
    ]
    unseen = [wording.label(one.metric).short for one in level if not one.proven]
    told = [f"equal for all: {', '.join(shown)}"] if shown else []
    told += [f"not seen in any: {', '.join(unseen)}"] if unseen else []
    return "; ".join(told)


def _undecided(results: Results, rankings: Sequence[Ranking], width: int) -> Iterator[str]:
    """What these replications cannot tell, at length and then in short."""
    unclear = [one for one in rankings if one.unclear]
    runs = int(results.summary.get("replications") or 0)
    if not unclear:
        yield ""
        return
    if not any(one.beaten or one.equals for one in rankings):
        words = "One replication cannot" if runs == 1 else f"{runs or 'These'} replications cannot"
        more = _more(max((one.needs or 0 for one in unclear), default=0), runs)
        labels = ", ".join(wording.label(one.metric).short for one in unclear)
        yield f"{words} tell these designs apart in what decides this: {labels}{more}"
        yield f"{words} tell these designs apart{more}"
        return
    for count in range(len(unclear), 0, -1):
        told = [_unclear(one, runs, width) for one in unclear[:count]]
        left = sum(len(one.unclear) for one in unclear[count:])
        yield "; ".join([*told, f"{_pairs(left)} more open"] if left else told)
    yield f"Not told apart: {_pairs(sum(len(one.unclear) for one in unclear))}"


def _pairs(count: int) -> str:
    return f"{count} pair" if count == 1 else f"{count} pairs"


def _unclear(one: Ranking, runs: int, width: int) -> str:
    names = [wording.fitted(name, width) for name in one.unclear[:2]]
    if len(one.unclear) > 2:
        names[1:] = [f"{len(one.unclear) - 1} others"]
    best, others = wording.fitted(one.best, width), " and ".join(names)
    where = f"in {wording.label(one.metric).short}"
    if one.verdict == "too few runs":
        return f"too few runs to tell {best} from {others} {where}{_more(one.needs or 0, runs)}"
    if one.verdict == "not distinguishable":
        return f"not distinguishable {where}: {best} from {others}"
    return f"no comparison {where} of {best} with {others}"


def _more(needs: int, runs: int) -> str:
    return f" ({needs - runs} more would do)" if needs > runs else ""


def _figure(results: Results, design: str, metric: str, sure: bool = False) -> str:
    estimate = results.estimate(design, metric)
    text = wording.sure_text(estimate) if sure else wording.plain_text(estimate)
    return text.replace("\u00a0", " ")


def _labelled(metric: str, figure: str) -> str:
    return f"{wording.label(metric).short} {figure}"


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


def suggestion(summary: Summary) -> str:
    """What to run next when a deciding metric is not yet precise; empty when all are."""
    needs = [
        (more_replications(found[name], _TARGET_RATIO), name, design, found[name])
        for design, found in summary["designs"].items()
        for name in summary.get("decides") or _GUIDES
        if name in found and found[name]["value"] is not None
    ]
    count, name, design, entry = max(needs, key=lambda need: need[0], default=(0, "", "", {}))
    if not count:
        return ""
    now = precision(entry)
    known = "without an interval" if now is None else f"±{written(100 * now, 2)} %"
    how = f"run {count} more" if count <= _MANY else "use more people or a longer run"
    target = f"±{written(100 * _TARGET_RATIO, 2)} %"
    return f"Least precise: {wording.label(name).short} of {design}, {known}; for {target} {how}."
