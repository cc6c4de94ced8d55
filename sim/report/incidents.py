"""What a mishap costs: per kind of incident, how many messages each one loses, delays or repeats.

From the stored sums over all replications. Which incident a message belongs to is decided when a
run is measured (`sim.metrics.incidents`); here it is only divided and put into words.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sim.faults import KINDS
from sim.metrics.incidents import LOOPING, NOTHING_NEAR, OVERLOAD, TAKEOVER
from sim.numbers import written
from sim.report.stored import Results

PARTS: Final = ("lost", "late", "twice")
_OF_NO_FAULT: Final = {
    "outage": "dead spot, as in a tunnel",
    "outage-new-address": "dead spot, then a new address",
    OVERLOAD: "server short of CPU, nothing else near",
    TAKEOVER: "connection closed by a newer one of the same person",
    LOOPING: "two clients of one person closing each other’s connection in turn",
}
_NONE: Final = "nothing near that went wrong"
_DIGITS: Final = 2
AT_ONCE: Final = "at once"


@dataclass(frozen=True, slots=True)
class Cost:
    """What one design pays: people touched by each incident, and messages, in the order of `PARTS`.

    Messages of the background are all there were; any other figures are for each incident.
    """

    design: str
    index: int
    people: str
    messages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of incident, the same for all designs, and its cost in each."""

    words: str
    number: str
    lasting: str
    costs: tuple[Cost, ...]

    @property
    def often(self) -> str:
        """How many there were and how long they lasted."""
        if not self.number:
            return "in all"
        mean = "" if self.lasting == AT_ONCE else " on average"
        return f"each of {self.number}, {self.lasting}{mean}"


@dataclass(frozen=True, slots=True)
class Table:
    """One table of all designs; a row is a design, its index, and what each kind cost it."""

    kinds: tuple[Kind, ...]
    rows: tuple[tuple[str, int, tuple[str, ...]], ...]


def table(results: Results) -> Table:
    """Each design's costs side by side, empty where nothing of the kind is known."""
    found = kinds(results)
    rows = [
        (design, index, tuple(_cell(kind, design) for kind in found))
        for index, design in enumerate(results.designs)
    ]
    return Table(tuple(found), tuple(rows))


def _cell(kind: Kind, design: str) -> str:
    costs = [cost.messages for cost in kind.costs if cost.design == design]
    return ", ".join(f"{n} {part}" for one in costs for n, part in zip(one, PARTS, strict=True))


def kinds(results: Results) -> list[Kind]:
    """The kinds that struck, those that cost most in the worst design first, background last."""
    told = results.part("incidents")
    found = {design: told.get(design) or {} for design in results.designs}
    names = dict.fromkeys(kind for costs in found.values() for kind in costs)
    ranked = sorted(names, key=lambda kind: (kind == NOTHING_NEAR, -_worst(found, kind), kind))
    return [_kind(kind, found) for kind in ranked]


def _worst(found: Mapping[str, Mapping[str, Any]], kind: str) -> float:
    costs = (of[kind] for of in found.values() if kind in of)
    return max(
        float(sum(cost.get(part, 0) for part in PARTS) / max(cost.get("number", 1), 1))
        for cost in costs
    )


def _kind(kind: str, found: Mapping[str, Mapping[str, Any]]) -> Kind:
    costs = {design: of[kind] for design, of in found.items() if kind in of}
    rows = tuple(
        _cost(design, index, costs[design]) for index, design in enumerate(found) if design in costs
    )
    number = max(cost.get("number", 0) for cost in costs.values())
    if not number:
        return Kind(_words(kind), "", "", rows)
    lasted_s = max(cost["lasted_s"] / cost["number"] for cost in costs.values() if cost["number"])
    lasting = f"{written(lasted_s, _DIGITS)} s" if lasted_s else AT_ONCE
    return Kind(_words(kind), f"{number:,}", lasting, rows)


def _cost(design: str, index: int, cost: Mapping[str, Any]) -> Cost:
    number = cost.get("number", 0)
    if not number:
        return Cost(design, index, "", tuple(f"{cost.get(part, 0):,}" for part in PARTS))
    shares = tuple(_each(cost.get(part, 0), number) for part in PARTS)
    return Cost(design, index, _each(cost.get("people", 0), number), shares)


def _each(count: int, number: int) -> str:
    whole, rest = divmod(count, number)
    return written(count / number, _DIGITS) if rest else f"{whole:,}"


def _words(kind: str) -> str:
    if kind == NOTHING_NEAR:
        return _NONE
    of_fault = KINDS[kind].mishap if kind in KINDS else ""
    return _OF_NO_FAULT.get(kind) or of_fault or kind
