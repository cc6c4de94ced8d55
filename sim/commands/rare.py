"""`rare`: how often something goes wrong that plain simulation would hardly ever see."""

import shlex
import sys
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from sim.commands import output, running
from sim.commands.rare_options import RareOptions
from sim.errors import InputError
from sim.experiment import request
from sim.experiment.request import Request
from sim.numbers import written

if TYPE_CHECKING:
    from sim.experiment.rare.estimates import Rare
    from sim.experiment.runner import Plan
    from sim.scenario.designs import Design

_OFTEN = 1e-3  # from here on a share is told in per cent
_MANY = 5
WORDS = {
    "lost": "are lost",
    "late": "come more than a second late",
    "twice": "are shown once more than they should be",
}


def rare(design: str, scenario: str, options: RareOptions, known: Mapping[str, "Design"]) -> None:
    """Make outages, count what they cost, and print how often that is. Raises `InputError`."""
    from sim.experiment.rare.study import Study
    from sim.experiment.store import as_json
    from sim.scenario.load import change

    asked = Request(
        designs=(design,),
        seed=options.seed,
        replications=options.replications,
        changes=tuple(change(one) for one in options.set_ or ()),
        workers=options.workers,
        anyway=options.anyway,
        typed=True,
    )
    plan = _planned(scenario, asked, known)
    study = Study(plan.scenario, plan.designs[0], options.metric.value)
    silent = options.quiet or options.json
    request.look_ahead(plan, options.anyway, lambda line: None if silent else _told(line))
    with running.bar(hidden=silent) as progress:
        found = study.run(options.workers, progress)
    if options.json:
        sys.stdout.write(as_json(found.plain()))
        return
    console = output.console_for_results()
    for line in lines(found):
        console.print(line, markup=False)
    repeat = repeated(plan.command, design, options.metric.value)
    console.print(f"Repeat: {repeat}", markup=False, soft_wrap=True)


def _planned(scenario: str, asked: Request, known: Mapping[str, "Design"]) -> "Plan":
    """What is to run. Raises `InputError`, of the design as it was typed."""
    try:
        return request.planned("rare", scenario, asked, known)
    except InputError as error:
        told = [one.replace("--designs: designs.0", "DESIGN", 1) for one in error.messages]
        raise InputError(told) from None


def _told(line: str) -> None:
    print(line, file=sys.stderr)


def repeated(command: str, design: str, metric: str) -> str:
    """The command that does the same again, from that of a plan.

    >>> repeated("rtcsim rare commuter-day --designs hybrid --seed 1", "hybrid", "lost")
    'rtcsim rare hybrid commuter-day --metric lost --seed 1'
    """
    _, _, scenario, _, _, *rest = shlex.split(command)
    return shlex.join(["rtcsim", "rare", design, scenario, "--metric", metric, *rest])


def lines(found: "Rare") -> Iterator[str]:
    """The answer in a few sentences: the share, what is besides it, both, how it came about."""
    yield f"{found.design} in {found.scenario}: {_cost(found)}."
    yield _besides(found)
    yield from _total(found)
    yield _effort(found)
    more = often(found.crowding)
    yield f"With the outages that were made, links are down {more} of the time more."


def _cost(found: "Rare") -> str:
    cost = found.outages
    if not found.harmful:
        most = often(found.harmful_at_most)
        return f"none of {found.made:,} outages cost anything; at most {most} of them would (95 %)"
    known = cost.low is not None and cost.high is not None
    interval = f"95 %: {often(cost.low or 0.0, cost.high or 0.0)}" if known else cost.method
    words = WORDS[found.metric]
    return f"{often(cost.value)} of receptions owed {words} because of outages ({interval})"


def often(*shares: float) -> str:
    """One share, or the ends of an interval, in per cent or in a million."""
    scale, words = (1e2, "%") if max(shares) >= _OFTEN else (1e6, "in a million")
    return f"{' to '.join(written(scale * one) for one in shares)} {words}"


def _besides(found: "Rare") -> str:
    if found.besides.value:
        low, high = found.besides.low, found.besides.high
        interval = "" if low is None or high is None else f" (95 %: {often(low, high)})"
        return f"With no outage to explain it: {often(found.besides.value)}{interval}."
    most = "" if found.besides.high is None else often(found.besides.high)
    bound = f", so at most {most} if each goes wrong for itself" if most else ""
    return f"With no outage to explain it: none of {found.trials:,}{bound}."


def _total(found: "Rare") -> Iterator[str]:
    total = found.total
    if total.low is not None and total.high is not None:
        yield f"In all: {often(total.value)} (95 %: {often(total.low, total.high)})."


def _effort(found: "Rare") -> str:
    made = f"{found.replications} replications with {found.made:,} outages made"
    told = f"{made}, {found.harmful:,} of which cost something"
    if found.plain_replications is None:
        return f"{told}."
    plain, times = found.plain_replications, found.plain_replications / found.replications
    if times < 1.0:
        return f"{told}; {written(plain, 2)} plain ones would say as much: compare is enough here."
    share = f" ({written(100 / times, 2)} % of them)" if times > _MANY else ""
    return f"{told}; plain simulation would need {written(plain, 2)} to know as much{share}."
