"""`[[guarantees]]` of a scenario: what its designs are held to, one table per promise.

A promise is a guarantee that no run may violate, or a metric that must stay below a limit with a
confidence. Leaves out deciding them (`sim.experiment.gates`).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Any, Final, Protocol

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from sim.guarantees import GUARANTEES, Kind
from sim.metrics import METRICS, Metric
from sim.workload.section import Section

EVIDENCE: Final = 299
"""Facts without a violation before that counts as kept: with so many, whatever goes wrong once in
a hundred times would have shown itself with 95 % probability (0.99^299 < 0.05)."""
CONFIDENCE: Final = 0.95
_METRICS: Final[Mapping[str, Metric]] = {one.name: one for one in METRICS}


def _one_of(names: Iterable[str]) -> Callable[[str], str]:
    """A check whose error has the same words as that of any other fixed choice."""
    known = list(names)

    def check(name: str) -> str:
        if name not in known:
            raise PydanticCustomError("literal_error", "unknown name")
        return name

    return check


def _listing(names: Iterable[str]) -> Any:
    return Field(json_schema_extra={"enum": list(names)})


GuaranteeName = Annotated[str, AfterValidator(_one_of(GUARANTEES)), _listing(GUARANTEES)]
MetricName = Annotated[str, AfterValidator(_one_of(_METRICS)), _listing(_METRICS)]


class Gate(Section):
    """One promise: a guarantee that nothing may violate, or a metric below a limit."""

    guarantee: GuaranteeName | None = Field(
        None, description="promise that must not be broken even once (`rtcsim list guarantees`)"
    )
    within_s: float | None = Field(
        None, ge=0, le=86_400, description="the guarantee's bound in seconds, where it has one"
    )
    evidence: int | None = Field(
        None,
        ge=1,
        le=10**12,
        description="facts to check before none violated counts as kept (299 when left out:"
        " what fails once in 100 times would have shown with 95 % probability)",
    )
    metric: MetricName | None = Field(
        None, description="figure that must stay below a limit (`rtcsim list metrics`)"
    )
    below: float | None = Field(None, gt=0, description="limit in the metric's unit, not seconds")
    below_s: float | None = Field(None, gt=0, description="limit in seconds, for times")
    confidence: float | None = Field(
        None,
        gt=0.5,
        lt=1,
        description="how sure the metric must be on its side of the limit, all looks together"
        " (0.95 when left out)",
    )
    designs: tuple[str, ...] = Field(
        (), description="designs that promise it; all of the scenario when left out"
    )

    @property
    def title(self) -> str:
        """What is promised, in a few words; the same for equal promises."""
        if self.guarantee is not None:
            return key(self.guarantee, self.within_s)
        unit = " s" if self.below_s is not None else ""
        return f"{self.metric} < {self.limit:g}{unit} at {self.sure * 100:g} %"

    @property
    def limit(self) -> float:
        """What the metric must stay below, in its own unit."""
        found = self.below if self.below_s is None else self.below_s
        assert found is not None
        return found

    @property
    def sure(self) -> float:
        """The confidence wanted."""
        return CONFIDENCE if self.confidence is None else self.confidence

    @property
    def facts(self) -> int:
        """The evidence wanted."""
        return EVIDENCE if self.evidence is None else self.evidence

    @property
    def kind(self) -> Kind:
        """Whether breaking it means that something bad happened, or nothing good in time."""
        if self.guarantee is not None:
            return GUARANTEES[self.guarantee].kind
        return kind_of(str(self.metric))

    @property
    def statement(self) -> str:
        """The promise as a sentence."""
        if self.guarantee is not None:
            return GUARANTEES[self.guarantee].statement
        return _METRICS[str(self.metric)].help

    def binds(self, design: str) -> bool:
        """Whether this design promises it."""
        return not self.designs or design in self.designs


class Claiming(Protocol):
    """What is asked of a design when the scenario promises nothing itself."""

    @property
    def name(self) -> str: ...
    @property
    def claims(self) -> Sequence[str]: ...


def problems(gate: Gate) -> Iterator[tuple[str, str]]:
    """What does not fit together in one promise, as (key, message)."""
    if (gate.guarantee is None) == (gate.metric is None):
        yield "guarantee", "allowed: either guarantee or metric, one of them"
    elif gate.guarantee is not None:
        yield from _strangers(gate, "a guarantee", ("below", "below_s", "confidence"))
        if gate.within_s is not None and GUARANTEES[gate.guarantee].bound_s is None:
            bounded = ", ".join(name for name, one in GUARANTEES.items() if one.bound_s is not None)
            yield "within_s", f"'{gate.guarantee}' takes no bound; allowed for: {bounded}"
    else:
        yield from _strangers(gate, "a metric", ("within_s", "evidence"))
        yield from _metric_problems(gate, _METRICS[str(gate.metric)])


def _strangers(gate: Gate, to: str, keys: Sequence[str]) -> Iterator[tuple[str, str]]:
    for name in keys:
        if getattr(gate, name) is not None:
            yield name, f"belongs to no promise about {to}"


def _metric_problems(gate: Gate, metric: Metric) -> Iterator[tuple[str, str]]:
    right, wrong = ("below_s", "below") if metric.unit == "s" else ("below", "below_s")
    if metric.better != "lower":
        yield "metric", f"'{metric.name}' is not better when lower; allowed: metrics that are"
    elif getattr(gate, wrong) is not None:
        yield wrong, f"'{metric.name}' is in {metric.unit}; allowed: {right}"
    elif getattr(gate, right) is None:
        yield right, f"missing; allowed: a limit in {metric.unit}"


def key(guarantee: str, within_s: float | None) -> str:
    """The name of a guarantee with its bound, where that is not the default."""
    if within_s is None or within_s == GUARANTEES[guarantee].bound_s:
        return guarantee
    return f"{guarantee} within {within_s:g} s"


def kind_of(metric: str) -> Kind:
    """Times, and shares of what did not happen in time, are liveness; the rest is safety."""
    return "liveness" if _METRICS[metric].unit == "s" or _METRICS[metric].live else "safety"


def claimed(designs: Iterable[Claiming]) -> tuple[Gate, ...]:
    """What each design claims by itself, as promises. Raises `ValueError` for unknown claims."""
    names: dict[str, list[str]] = {}
    for design in designs:
        for claim in design.claims:
            if claim not in GUARANTEES:
                allowed = ", ".join(GUARANTEES)
                raise ValueError(f"design '{design.name}' claims '{claim}'; allowed: {allowed}")
            names.setdefault(claim, []).append(design.name)
    return tuple(Gate(guarantee=name, designs=tuple(who)) for name, who in names.items())


def every() -> tuple[Gate, ...]:
    """All guarantees with their default bounds, for all designs."""
    return tuple(Gate(guarantee=name) for name in GUARANTEES)
