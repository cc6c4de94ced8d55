"""What is the architecture's and what the defaults': two answers in a line each, and what changed.

On equal footing only the architecture is left to make a difference; as shipped the defaults are in
it, too. Reads a summary that has both comparisons and says of them only what they bear out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any, Final

from sim.experiment.answer import LINE, Ranking, known, nothing_said, ranking
from sim.experiment.notes import listed
from sim.metrics import HEADLINE, METRICS
from sim.report import stored, wording
from sim.report.stored import Results

Summary = Mapping[str, Any]
_HEADS: Final = ("Architecture alone:", "With the defaults:")
_NAME_WIDTHS: Final = (60, 22, 16)  # letters of a name; a long one gives way to the figures
_HEADINGS: Final = {one.name: one.shown.headline for one in METRICS if one.shown.headline}
_FLIPPED: Final = {"better": "worse", "worse": "better"}
_TOLD: Final = ("better", "worse")
_GONE: Final = {"equal": "go", "not distinguishable": "unseen"}
"""Gone is what is proven to be within the margin; what large enough runs do not see is not yet."""


def answers(summary: Summary) -> str:
    """Two lines of at most `LINE` letters: on equal footing, and as shipped."""
    shipped, equal = stored.from_summary(summary), stored.from_summary(stored.equal(summary))
    if nothing := nothing_said(shipped):
        return nothing
    metrics = list(summary.get("decides") or HEADLINE)
    told = ((_HEADS[0], equal), (_HEADS[1], shipped))
    return "\n".join(_line(head, results, metrics) for head, results in told)


def _line(head: str, results: Results, metrics: Sequence[str]) -> str:
    measured = [name for name in metrics if known(results, name)]
    if not measured:
        return f"{head} nothing that would decide this was measured."
    if len(results.designs) == 1:
        only = wording.fitted(next(iter(results.designs)), _NAME_WIDTHS[1])
        return f"{head} no difference; all are one system, {only}."
    lines = (f"{head} {text}." for text in _clauses(results, measured))
    return next((line for line in lines if len(line) <= LINE), f"{head} see the table.")


def _clauses(results: Results, metrics: Sequence[str]) -> Iterator[str]:
    """What the comparisons bear out: names ever shorter, then ever fewer metrics.

    Those in which designs differ go last: there is something to choose.
    """
    rankings = [ranking(results, name) for name in metrics]
    kept = sorted(rankings, key=lambda one: not one.beaten)
    while kept:
        shown = [one for one in rankings if one in kept]
        for width in _NAME_WIDTHS:
            yield "; ".join(_grouped(results, shown, width))
        kept.pop()


def _grouped(results: Results, rankings: Sequence[Ranking], width: int) -> Iterator[str]:
    """Differences one by one; figures in which there is none, together."""
    level = [one for one in rankings if not one.beaten and not one.unclear]
    alike = [_label(one.metric) for one in level if one.proven]
    unseen = [_label(one.metric) for one in level if not one.proven]
    unclear = [_label(one.metric) for one in rankings if not one.beaten and one.unclear]
    yield from (_differs(results, one, width) for one in rankings if one.beaten)
    if unclear:
        yield f"{listed(unclear)} not told apart"
    if alike:
        yield f"{listed(alike)} equal"
    if unseen:
        yield f"{listed(unseen)} not seen"


def _differs(results: Results, one: Ranking, width: int) -> str:
    equals = len(one.equals)
    alike = "equal" if one.proven else "designs"
    best = f"{equals + 1} {alike}" if equals else wording.fitted(one.best, width)
    worst = one.beaten[-1]
    low, high = (_figure(results, name, one.metric) for name in (one.best, worst))
    return f"{_label(one.metric)} {low} ({best}) to {high} ({wording.fitted(worst, width)})"


def _label(metric: str) -> str:
    """As the table's column is called, where there is one."""
    found = _HEADINGS.get(metric)
    return found.head if found else wording.label(metric).short


def _figure(results: Results, design: str, metric: str) -> str:
    return wording.plain_text(results.estimate(design, metric)).replace("\u00a0", " ")


def changed(summary: Summary) -> str:
    """One sentence: which differences in what decides the question one footing has alone."""
    shipped, equal = stored.from_summary(summary), stored.from_summary(stored.equal(summary))
    stands = summary["footing"]["stands"]
    count: Counter[str] = Counter()
    first: dict[str, str] = {}
    for metric in summary.get("decides") or HEADLINE:
        before, after = _verdicts(shipped, metric), _verdicts(equal, metric)
        for fate, a, b in _fates(stands, before, after):
            count[fate] += 1
            first.setdefault(fate, f"{_label(metric)}, {a} against {b}")
    return _sentence(count, first)


def _verdicts(results: Results, metric: str) -> dict[tuple[str, str], str]:
    """What was found of each pair, either way round."""
    said = {(row.a, row.b): row.verdict for row in results.comparisons if row.metric == metric}
    return said | {(b, a): _FLIPPED.get(word, word) for (a, b), word in said.items()}


def _fates(
    stands: Mapping[str, str],
    before: Mapping[tuple[str, str], str],
    after: Mapping[tuple[str, str], str],
) -> Iterator[tuple[str, str, str]]:
    """What became of each pair that is told apart on one footing: fate, and the pair."""
    covered: dict[frozenset[str], bool] = {}
    for a, b in combinations(stands, 2):
        was, ends = before.get((a, b), ""), (stands[a], stands[b])
        now = "equal" if ends[0] == ends[1] else after.get(ends, "")
        told = was in _TOLD
        covered[frozenset(ends)] = covered.get(frozenset(ends), False) or told
        if told and now in _TOLD:
            yield ("stay" if was == now else "turn"), a, b
        elif told:
            yield _GONE.get(now, "open"), a, b
    for a, b in combinations(dict.fromkeys(stands.values()), 2):
        if after.get((a, b)) in _TOLD and not covered[frozenset((a, b))]:
            yield "new", a, b


def _sentence(count: Mapping[str, int], first: Mapping[str, str]) -> str:
    total = sum(count.get(fate, 0) for fate in ("go", "unseen", "stay", "turn", "open"))
    new = count.get("new", 0)
    pairs = "pair is" if new == 1 else "pairs are"
    more = f"{new} {pairs} told apart there alone ({first['new']})" if new else ""
    if not total and not new:
        return "Nothing that decides this is told apart on either footing."
    if not total:
        return f"As shipped nothing that decides this is told apart; on equal footing {more}."
    fates = {
        "go": ("is gone", "are gone"),
        "unseen": ("is no longer seen", "are no longer seen"),
        "turn": ("turns round", "turn round"),
        "open": ("is open", "are open"),
        "stay": ("stays", "stay"),
    }
    told = [
        f"{count[fate]} {words[count[fate] > 1]} ({first[fate]})"
        for fate, words in fates.items()
        if count.get(fate)
    ]
    whole = f"Of {total} difference{'s' * (total > 1)} as shipped, on equal footing"
    return f"{whole} {listed(told)}{f'; {more}' if more else ''}."
