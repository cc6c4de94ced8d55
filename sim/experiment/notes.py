"""What a difference between designs comes from, where designs say what they have.

Two designs that differ in a cursor, an idempotency key or a store differ by that before they
differ by what they are named after. Reads the traits that designs tell as values
(`sim.report.stored.Traits`) and the figures they show; knows no design. What a design does not say
is never spoken of, so summaries that were made before there were traits have no such notes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sim.report import stored
from sim.report.stored import Results, Traits

_NAMES: Final = 3  # of designs, before the rest are counted


@dataclass(frozen=True, slots=True)
class Lack:
    """What explains a figure: a design that has not what `has` asks shows `metric` for that reason.

    `has` answers None for a design that says nothing about it.
    """

    metric: str
    has: Callable[[Traits], bool | None]
    shows: tuple[str, str]  # what one design does, what several do
    why: str


_LACKS: Final = (
    Lack(
        "loss_pressed",
        lambda design: design.recovers,
        ("loses what arrives while people are away", "lose what arrives while people are away"),
        "no cursor and no session to catch up from",
    ),
    Lack(
        "loss_pressed",
        lambda design: design.acknowledges,
        ("loses what is sent into a dead connection", "lose what is sent into a dead connection"),
        "sends are not acknowledged",
    ),
    Lack(
        "loss_told",
        lambda design: design.stores,
        ("loses what senders were told is safe", "lose what senders were told is safe"),
        "nothing is stored first",
    ),
    Lack(
        "duplicates_visible",
        lambda design: design.keyed,
        ("shows messages twice", "show messages twice"),
        "requests that are made again carry no idempotency key",
    ),
)


def notes(summary: Mapping[str, Any]) -> list[str]:
    """One sentence per lack that shows, and one where heartbeats differ; empty for one design."""
    results = stored.from_summary(summary)
    if len(results.designs) < 2:
        return []
    return [*_lacks(results), *_timers(results)]


def _lacks(results: Results) -> Iterator[str]:
    for lack in _LACKS:
        has = {name: lack.has(results.traits(name)) for name in results.designs}
        shown = [
            one for one in has if has[one] is False and results.estimate(one, lack.metric).value
        ]
        others = [one for one in has if has[one]]
        if shown and others:
            does = lack.shows[len(shown) > 1]
            yield f"{listed(shown)} {does}: {lack.why} (unlike {listed(others)})."


def _timers(results: Results) -> Iterator[str]:
    """How often each pings, where it is not the same for all that do; in the designs' own words."""
    words: dict[tuple[tuple[str, float], ...], str] = {}
    by_timer: dict[tuple[tuple[str, float], ...], list[str]] = {}
    for name in results.designs:
        every_s = results.traits(name).pings_s
        said = (results.part("descriptions").get(name) or {}).get("pings")
        if every_s is not None and said is not None:
            timer = tuple(sorted(every_s.items()))
            words.setdefault(timer, str(said))
            by_timer.setdefault(timer, []).append(name)
    if len(by_timer) > 1:
        told = [
            f"{listed(names)} {'pings' if len(names) == 1 else 'ping'} {words[timer]}"
            for timer, names in by_timer.items()
        ]
        yield f"{'; '.join(told)}: part of the difference in loss and stale time is that timer."


def listed(names: Sequence[str]) -> str:
    """At most three names, and how many more."""
    shown = list(names)
    if len(shown) > _NAMES + 1:
        shown = [*shown[:_NAMES], f"{len(shown) - _NAMES} more"]
    return " and ".join(filter(None, [", ".join(shown[:-1]), shown[-1]]))
