"""What was found in words: two lines that answer, a row for each way, what to know of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from sim.numbers import written
from sim.plans.judged import FEW, amount
from sim.plans.question import HOURS_A_MONTH, RECOVERY, SHIPPED
from sim.plans.scaled import scale, window_s

if TYPE_CHECKING:
    from sim.plans.question import Question, Way
    from sim.plans.search import Row, Tried
    from sim.plans.storming import Stage

WORDS: Final = {
    RECOVERY: "recovery",
    "cpu": "CPU",
    "memory": "memory",
    "delivery": "delivery",
    "loss": "loss",
}
"""Limits as they are called in texts."""
PERCENTILE: Final = (RECOVERY, "delivery")


def tell(stage: Stage, rows: Sequence[Row]) -> dict[str, Any]:
    """All that is printed and stored."""
    question = stage.question
    best = next((row for row in rows if row.is_whole and row.nodes is not None), None)
    answer = _found(question, best) if best is not None else _missed(question, rows)
    return {
        "design": stage.design.name,
        "scenario": stage.scenario.name,
        "question": asdict(question),
        "answer": list(answer),
        "nodes": None if best is None else best.nodes,
        "cost": None if best is None else cost(question, _nodes(best)),
        "rows": [_row(question, one, one is best) for one in rows],
        "notes": [*_notes(question, rows, best)],
        "command": "",
    }


def cost(question: Question, nodes: int) -> dict[str, float | None]:
    """Node-hours of a month of 730 hours, and what they cost."""
    hours = nodes * HOURS_A_MONTH
    price = question.price
    return {"node_hours": hours, "money": None if price is None else hours * price}


def policy(way: Way) -> str:
    """A way to come back in a clause."""
    backoff = "the design's own back-off" if way.backoff == SHIPPED else way.backoff
    rule, colon, cap = backoff.partition(":")
    waits = f"{rule} up to {float(cap):g} s" if colon else backoff
    rate = way.admissions_per_s
    lets = "any number of admissions" if rate is None else f"{rate:g} admissions/s a node"
    return f"{waits} and {lets}"


def _found(question: Question, best: Row) -> tuple[str, str]:
    nodes, tried = _nodes(best), best.best
    assert tried is not None
    binds = "nothing binds: it is one node a zone" if best.binding is None else _binds(best, tried)
    below = best.tried.get(nodes - question.zones)
    if below is not None and below.state == FEW:
        binds += f", and {below.nodes:,} nodes have too few runs to tell"
    return f"{nodes:,} nodes with {policy(best.way)}; {binds}.", _price(question, nodes)


def _binds(best: Row, tried: Tried) -> str:
    assert best.binding is not None
    figure = tried.figure(best.binding)
    words = f"{WORDS[best.binding]} binds"
    if figure is None:
        return words
    p99 = "p99 " if best.binding in PERCENTILE else ""
    value, limit = amount(figure.name, figure.value), amount(figure.name, figure.limit)
    return f"{words}: {p99}{value} of {limit} allowed"


def _price(question: Question, nodes: int) -> str:
    hours = f"{nodes * HOURS_A_MONTH:,.0f}"
    if question.price is None:
        return f"{hours} node-hours a month."
    total = nodes * question.price * HOURS_A_MONTH
    return (
        f"{nodes:,} nodes x {question.price:.2f} $/h = {total:,.0f} $ a month ({hours} node-hours)."
    )


def _missed(question: Question, rows: Sequence[Row]) -> tuple[str, str]:
    """Nothing holds: the nearest miss, and what would have to give."""
    most = question.numbers_of_nodes[-1]
    ways = "this way" if len(rows) == 1 else f"any of the {len(rows):,} ways"
    first = f"No number of nodes up to {most:,} holds with {ways} to come back."
    row = min(rows, key=lambda one: (-len(one.nearest.figures), one.nearest.excess))
    tried, worst = row.nearest, row.nearest.binding
    assert worst is not None
    far = worst.value if worst.high is None else worst.high
    gives = f"{WORDS[worst.name]} up to {amount(worst.name, far)} would have to be allowed"
    few = "; more runs may tell" if worst.state == FEW else ""
    second = (
        f"Nearest: {tried.nodes:,} nodes with {policy(row.way)}: {WORDS[worst.name]}"
        f" {amount(worst.name, worst.value)} of {amount(worst.name, worst.limit)}; {gives}{few}."
    )
    return first, second


def _row(question: Question, row: Row, is_best: bool) -> dict[str, Any]:
    best = row.best or row.nearest
    return {
        "backoff": row.way.backoff,
        "admissions_per_s": row.way.admissions_per_s,
        "nodes": row.nodes,
        "state": state(row),
        "is_best": is_best,
        "binding": row.binding,
        "cost": None if row.nodes is None else cost(question, row.nodes),
        "figures": [one.as_told() for one in best.figures],
        "tried": [
            {
                "nodes": one.nodes,
                "state": one.state,
                "figures": [figure.as_told() for figure in one.figures],
            }
            for one in sorted(row.tried.values(), key=lambda one: one.nodes)
        ],
    }


def state(row: Row) -> str:
    """Whether its number of nodes holds, is a bound from below, or is none."""
    if row.nodes is None:
        return "none holds"
    return "holds" if row.is_whole else "at least"


def _notes(question: Question, rows: Sequence[Row], best: Row | None) -> Iterator[str]:
    if best is not None and best.not_monotone:
        more = ", ".join(f"{one:,}" for one in best.not_monotone)
        yield f"More nodes are not always better here: with {more} it does not hold."
    if any(row.nodes is not None and not row.is_whole for row in rows):
        yield (
            "≥: looked at no further than it takes to see that this way is no cheaper. Its figures"
            " are of so many nodes by storms alone, or of one fewer in each zone."
        )
    shown = best if best is not None else rows[0]
    nodes = shown.nodes or question.numbers_of_nodes[-1]
    size, seconds = scale(question, nodes), written(window_s(question))
    yield (
        f"Recovery is of storms of all {question.clients:,} clients. CPU, delivery and loss are of"
        f" {size.words}, which loads it as {written(question.clients / nodes)} clients do;"
        f" delivery is between people who keep their connections, loss of what is sent in the"
        f" {seconds} s from the loss on."
    )
    few = sum(tried.state == FEW for row in rows for tried in row.tried.values())
    if few:
        yield f"{few:,} of the points tried had too few runs to tell, and count as not holding."


def _nodes(row: Row) -> int:
    assert row.nodes is not None
    return row.nodes
