"""A stored result folder as typed values.

Everything the report shows is read here, once. Missing parts become empty values rather than
errors, so that a folder of an older version still gives a report. The engine and the designs
are never imported.
"""

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any, Final

from sim.faults import KINDS
from sim.report import shapes

Json = Mapping[str, Any]
FIGURES: Final = "figures"
"""Name of the check whether the summary is what its replications say."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """One metric of one design; `value` is None when it does not apply or is `refused`.

    Infinity means "never": more than the share in question did not come at all.
    """

    value: float | None = None
    low: float | None = None
    high: float | None = None
    unit: str = ""
    n: int = 0
    better: str = "none"
    kind: str = "mean"
    trials: int = 0
    reason: str = ""
    refused: bool = False  # the data cannot hold it; `reason` says what would

    @property
    def is_never(self) -> bool:
        """True for what did not come in the whole run."""
        return self.value is not None and math.isinf(self.value)

    @property
    def is_bound(self) -> bool:
        """True for a rate without a single hit: only its upper bound is known."""
        return self.kind == "rate" and self.value == 0 and bool(self.high)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Design `b` minus design `a` for one metric, with the verdict on `b` against `a`."""

    metric: str
    a: str
    b: str
    difference: float | None
    low: float | None
    high: float | None
    p_corrected: float | None
    verdict: str
    reason: str = ""
    margin: float | None = None  # difference worth caring about
    detectable: float | None = None  # smallest difference these replications could show
    needs: int | None = None  # replications that would do


@dataclass(frozen=True, slots=True)
class Check:
    """One self-check; `state` is "ok", "attention" or "unknown"."""

    name: str
    state: str
    detail: str


@dataclass(frozen=True, slots=True)
class FaultMark:
    """One fault of the scenario on the time axis; `end_s` equals `start_s` for an instant."""

    letter: str
    kind: str
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class Traits:
    """What a design has of what a difference may come from, as it says itself (`models.traits`).

    None where the question does not arise, where the design does not say, and in summaries that
    were made before there were traits.
    """

    recovers: bool | None = None
    acknowledges: bool | None = None
    stores: bool | None = None
    keyed: bool | None = None
    told_of_links: bool | None = None
    pings_s: Mapping[str, float] | None = None


@dataclass(frozen=True, slots=True)
class Results:
    """What a result folder holds. Order of `designs` is the order of the run.

    `verdicts`: design -> metric -> word, as the comparisons with the reference bear it out.
    """

    summary: Json
    designs: Mapping[str, Mapping[str, Estimate]]
    comparisons: tuple[Comparison, ...]
    checks: tuple[Check, ...]
    verdicts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    faults: tuple[FaultMark, ...] = ()
    provenance: Json = field(default_factory=dict)
    scenario_text: str = ""
    scenario: Json = field(default_factory=dict)
    undrained: tuple[tuple[str, int], ...] = ()

    @property
    def reference(self) -> str:
        """The design all others are compared with; the first one unless the verdicts say."""
        for design, verdicts in self.part("verdicts").items():
            if "reference" in verdicts.values():
                return str(design)
        return next(iter(self.designs), "")

    def part(self, name: str) -> Json:
        """A mapping of summary.json, empty when it is not there."""
        found = self.summary.get(name)
        return found if isinstance(found, Mapping) else {}

    def estimate(self, design: str, metric: str) -> Estimate:
        """The stored estimate, or an empty one that says it was not measured."""
        stored = self.designs.get(design, {}).get(metric)
        return stored if stored is not None else Estimate(reason="does not apply")

    def traits(self, design: str) -> Traits:
        """What the design has, as far as it said so; traits of other versions are let through."""
        said = self.part("traits").get(design) or {}
        return Traits(**{one: said[one] for one in _TRAITS if one in said})

    def unit(self, metric: str) -> str:
        """The stored unit of a metric, "" when no design has it."""
        found = (metrics[metric].unit for metrics in self.designs.values() if metric in metrics)
        return next((unit for unit in found if unit), "")

    def verdict(self, design: str, metric: str) -> str:
        """The verdict that a comparison with the reference bears out, "" when there is none."""
        return self.verdicts.get(design, {}).get(metric, "")


_TRAITS: Final = tuple(one.name for one in fields(Traits))


def read(folder: Path, unchecked: str = "") -> Results:
    """Read a result folder. Raises `InputError` when it is none or damaged.

    `unchecked` says why its figures were not recomputed from its replications, when they were not;
    then the checks say so.
    """
    summary = shapes.summary(folder / shapes.SUMMARY)
    text, _ = shapes.scenario(folder / shapes.SCENARIO)
    found = from_summary(
        summary,
        provenance=shapes.provenance(folder / shapes.PROVENANCE),
        scenario_text=text,
        undrained=_undrained(folder / shapes.REPLICATIONS),
    )
    if not unchecked:
        return found
    return replace(found, checks=(*found.checks, Check(FIGURES, "unknown", unchecked)))


def from_summary(
    summary: Json,
    provenance: Json | None = None,
    scenario_text: str = "",
    undrained: tuple[tuple[str, int], ...] = (),
) -> Results:
    """The same from a parsed summary alone."""
    scenario = tomllib.loads(scenario_text)
    comparisons = tuple(_comparison(entry) for entry in summary.get("comparisons") or ())
    return Results(
        summary=summary,
        designs={design: _estimates(summary, design) for design in _in_order(summary, scenario)},
        comparisons=comparisons,
        verdicts=_verdicts(summary, comparisons),
        checks=tuple(_check(entry) for entry in summary.get("checks") or ()),
        faults=fault_marks(scenario),
        provenance=provenance or {},
        scenario_text=scenario_text,
        scenario=scenario,
        undrained=undrained,
    )


def _verdicts(summary: Json, comparisons: tuple[Comparison, ...]) -> dict[str, dict[str, str]]:
    """Against whatever the run called its reference; other pairs say nothing about a design."""
    said = summary.get("verdicts") or {}
    references = [name for name in said if "reference" in said[name].values()]
    found: dict[str, dict[str, str]] = {}
    for pair in comparisons:
        if pair.verdict and pair.a in references:
            found.setdefault(pair.a, {})[pair.metric] = "reference"
            found.setdefault(pair.b, {})[pair.metric] = pair.verdict
    return found


def equal(summary: Json) -> Json:
    """The comparison on equal footing as a summary of its own; empty when there is none."""
    found = summary.get("equal")
    return {**summary, **found, "equal": None} if isinstance(found, Mapping) else {}


def fault_marks(scenario: Json) -> tuple[FaultMark, ...]:
    """Faults of a scenario in order of time, lettered A, B, C for the pictures."""
    servers = scenario.get("servers", {})
    nodes = int(servers.get("gateways", 1)) + int(servers.get("api_nodes", 0))
    spans = sorted(_span(fault, nodes) for fault in scenario.get("faults") or ())
    return tuple(
        FaultMark(chr(ord("A") + index % 26), kind, start_s, end_s)
        for index, (start_s, end_s, kind) in enumerate(spans)
    )


def _span(told: Json, nodes: int) -> tuple[float, float, str]:
    """Start, end and kind; what an unknown kind means is not known, so it is a moment."""
    kind = str(told.get("kind"))
    try:
        fault = KINDS[kind].model_validate(told)
    except (KeyError, ValueError):
        start_s = float(told.get("at_s", told.get("start_s", 0.0)))
        return start_s, start_s, kind
    return fault.begins_s, fault.healed_s(nodes), kind


def _in_order(summary: Json, scenario: Json) -> list[str]:
    """Designs in the order of the run; JSON keeps none, the scenario's list does."""
    measured = summary.get("designs") or {}
    first = [name for name in scenario.get("designs") or () if name in measured]
    verdicts = summary.get("verdicts") or {}
    reference = [name for name in measured if "reference" in verdicts.get(name, {}).values()]
    return list(dict.fromkeys([*first, *reference, *measured]))


def _estimates(summary: Json, design: str) -> dict[str, Estimate]:
    return {name: estimate_of(entry) for name, entry in summary["designs"][design].items()}


def estimate_of(entry: Any) -> Estimate:
    """One stored figure."""
    if not isinstance(entry, Mapping):
        return Estimate(value=None if entry is None else float(entry))
    refused = str(entry.get("refused") or "")
    return Estimate(
        value=math.inf if entry.get("never") else entry.get("value"),
        low=math.inf if entry.get("low_never") else entry.get("low"),
        high=math.inf if entry.get("high_never") else entry.get("high"),
        unit=str(entry.get("unit", "")),
        n=int(entry.get("n") or 0),
        better=str(entry.get("better", "none")),
        kind=str(entry.get("kind", "mean")),
        trials=int(entry.get("trials") or 0),
        reason=refused or str(entry.get("reason") or ""),
        refused=bool(refused),
    )


def _comparison(entry: Json) -> Comparison:
    return Comparison(
        metric=str(entry["metric"]),
        a=str(entry["a"]),
        b=str(entry["b"]),
        difference=entry.get("difference"),
        low=entry.get("low"),
        high=entry.get("high"),
        p_corrected=entry.get("p_corrected"),
        verdict=str(entry.get("verdict") or ""),
        reason=str(entry.get("reason") or ""),
        margin=entry.get("margin"),
        detectable=entry.get("detectable"),
        needs=entry.get("needs"),
    )


def _check(entry: Any) -> Check:
    if not isinstance(entry, Mapping):
        return Check(str(entry), "unknown", "")
    said = next((entry[key] for key in ("ok", "passed", "state", "verdict") if key in entry), None)
    states = {True: "ok", False: "attention", "ok": "ok", "holds": "ok", "passed": "ok"}
    states |= {"attention": "attention", "violated": "attention", "failed": "attention"}
    return Check(
        name=str(entry.get("name", "check")),
        state=states.get(said, "unknown"),
        detail=str(entry.get("detail", "")),
    )


def _undrained(folder: Path) -> tuple[tuple[str, int], ...]:
    return tuple(key for key, one in shapes.measures(folder).items() if one.get("drained") is False)
