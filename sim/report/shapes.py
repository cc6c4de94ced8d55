"""The shapes of stored files: what a result folder must look like to be read.

A folder may be of an older version and lack parts; what is there has the right type or the file is
said to be damaged. Leaves out whether the figures are right (`sim.experiment.recomputed`).
"""

import math
import tomllib
from pathlib import Path
from typing import Annotated, Any, Final, Literal, TypeAlias, TypeVar

from pydantic import (
    AfterValidator,
    AllowInfNan,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from sim.errors import InputError
from sim.files.reading import read_json, read_text

SUMMARY: Final = "summary.json"
PROVENANCE: Final = "provenance.json"
SCENARIO: Final = "scenario.toml"
REPLICATIONS: Final = "replications"
MOST_TOLD: Final = 10

Number: TypeAlias = Annotated[float, AllowInfNan(False)]
Numbers: TypeAlias = list[Number]
Gaps: TypeAlias = list[Number | None]
MOST_COUNTED: Final = 10**15
"""More than any run counts, and still exact as a floating-point number."""
Count: TypeAlias = Annotated[int, Field(ge=0, le=MOST_COUNTED)]


def _is_count(given: object) -> bool:
    return type(given) is int and abs(given) <= MOST_COUNTED


def _is_value(given: Any) -> Any:
    """Of a metric: one that never came is "never", a rate is [hits, trials]."""
    if isinstance(given, list) and len(given) == 2 and all(map(_is_count, given)):
        return given
    if given is None or given == "never" or _is_count(given):
        return given
    if type(given) is float and math.isfinite(given):
        return given
    raise ValueError("allowed: a number, [hits, trials], 'never' or null")


Value: TypeAlias = Annotated[Any, AfterValidator(_is_value)]


class _Stored(BaseModel):
    """Types are exact; keys of other versions are let through."""

    model_config = ConfigDict(strict=True, extra="allow", defer_build=True)


class _Estimate(_Stored):
    value: Number | None = None
    low: Number | None = None
    high: Number | None = None
    unit: str = ""
    n: Count = 0
    better: str = "none"
    kind: str = "mean"
    trials: Count | None = 0
    reason: str | None = ""


class _Comparison(_Stored):
    metric: str
    a: str
    b: str
    difference: Number | None = None
    low: Number | None = None
    high: Number | None = None
    p_corrected: Number | None = None
    verdict: str = ""
    reason: str | None = ""


class _Books(_Stored):
    """Where every owed reception went."""

    messages: Count = 0
    receptions_owed: Count = 0
    delivered: Count = 0
    lost: Count = 0
    undelivered: Count = 0
    unexplained: Count = 0
    adds_up: bool = False
    causes: dict[str, Count] = Field(default_factory=dict)


class _Cost(_Stored):
    """What one kind of incident cost."""

    number: Count = 0
    lasted_s: Number = 0.0
    people: Count = 0
    lost: Count = 0
    late: Count = 0
    twice: Count = 0


class _Share(_Stored):
    """What one aspect makes of a difference."""

    aspect: str
    share: Number
    low: Number | None
    high: Number | None
    ratio: Number | None
    ratio_low: Number | None
    ratio_high: Number | None

    @model_validator(mode="after")
    def _paired(self) -> "_Share":
        if (self.low is None) != (self.high is None):
            raise ValueError("an interval with one end")
        if (self.ratio_low is None) != (self.ratio_high is None):
            raise ValueError("an interval with one end")
        return self


class _Attribution(_Stored):
    """Where a difference comes from; its figures are there unless a `reason` says why not."""

    metric: str
    a: str
    b: str
    aspects: dict[str, Annotated[list[str], Field(min_length=2, max_length=2)]]
    bound: list[str]
    designs: dict[Annotated[str, Field(pattern="^[0-9]{1,9}$")], str]
    orders: list[list[Count]] | None
    reason: str
    shares: list[_Share]
    unit: str = ""
    a_value: Number = 0.0
    b_value: Number = 0.0
    difference: Number = 0.0
    low: Number | None = None
    high: Number | None = None
    verdict: str = ""

    @model_validator(mode="after")
    def _complete(self) -> "_Attribution":
        needed = ("unit", "a_value", "b_value", "difference", "low", "high", "verdict")
        missing = [name for name in needed if name not in self.model_fields_set]
        if self.reason:
            return self
        if missing:
            raise ValueError(f"{missing[0]} is missing")
        if (self.low is None) != (self.high is None):
            raise ValueError("an interval with one end")
        if [one.aspect for one in self.shares] != list(self.aspects):
            raise ValueError("shares of other aspects than it has")
        return self


class _Footing(_Stored):
    """Who stands as what on equal footing, and what of it each cannot have."""

    stands: dict[str, str]
    lacks: dict[str, dict[str, str]]
    changed: str = ""


class _Point(_Stored):
    """How often a gate fails, or cannot tell, at so many times its limit."""

    times: Count
    fails: Annotated[Number, Field(ge=0, le=1)]
    unknown: Annotated[Number, Field(ge=0, le=1)]


class _Curve(_Stored):
    """What a gate can see."""

    limit: str
    budget: Count
    points: list[_Point]


class _Gate(_Stored):
    """How one promise of one design fared."""

    design: str
    title: str
    state: Literal["pass", "fail", "unknown"]
    found: str
    curve: _Curve | None = None


class _Gates(_Stored):
    """What a check found, and at how many replications it looked."""

    looks: list[Annotated[int, Field(ge=1, le=MOST_COUNTED)]]
    rows: list[_Gate]


class _Selected(_Stored):
    """Which design is best in a metric, and within what."""

    metric: str
    best: str
    within: Number | None
    margin: Number | None
    reason: str

    @model_validator(mode="after")
    def _complete(self) -> "_Selected":
        if self.within is not None and self.margin is None:
            raise ValueError("within something, and no margin")
        return self


class _Traits(_Stored):
    """What a design has, as `sim.report.stored.Traits` is kept."""

    recovers: bool | None = None
    acknowledges: bool | None = None
    stores: bool | None = None
    keyed: bool | None = None
    told_of_links: bool | None = None
    pings_s: dict[str, Number] | None = None


class _Summary(_Stored):
    designs: dict[str, dict[str, _Estimate | Number | None]]
    digest: str = ""
    scenario: str = ""
    question: str = ""
    answer: str = ""
    suggestion: str = ""
    seed: int | None = None
    replications: Count = 0
    descriptions: dict[str, dict[str, Any]] = Field(default_factory=dict)
    traits: dict[str, _Traits] = Field(default_factory=dict)
    conservation: dict[str, _Books] = Field(default_factory=dict)
    incidents: dict[str, dict[str, _Cost]] = Field(default_factory=dict)
    comparisons: list[_Comparison] = Field(default_factory=list)
    verdicts: dict[str, dict[str, str]] = Field(default_factory=dict)
    series: dict[str, dict[str, Gaps]] = Field(default_factory=dict)
    ccdf: dict[str, dict[str, Numbers]] = Field(default_factory=dict)
    guarantees: dict[str, dict[str, dict[str, Any]]] = Field(default_factory=dict)
    catalogue: dict[str, Any] = Field(default_factory=dict)
    attribution: _Attribution | None = None
    gates: _Gates | None = None
    selected: list[_Selected] = Field(default_factory=list)
    unbeaten: list[str] = Field(default_factory=list)
    checks: list[dict[str, Any] | str] = Field(default_factory=list)
    footing: _Footing | None = None
    equal: "_Summary | None" = None


class _Exact(BaseModel):
    """What is read back into a value of ours, which has these fields and no others."""

    model_config = ConfigDict(strict=True, extra="forbid", defer_build=True)


class _Moment(_Exact):
    time_s: Number
    what: str


class _Witness(_Exact):
    message: int
    person: int
    others: list[int]
    what: str
    cause: str
    timeline: list[_Moment]


class _Verdict(_Exact):
    """What was checked of one guarantee, as `sim.guarantees.Verdict` is kept."""

    state: str
    checked: Count
    violations: Count
    undecided: Count
    reason: str
    witness: _Witness | None


class _Measure(_Stored):
    design: str
    replication: Count
    digest: str = ""
    drained: bool = True
    metrics: dict[str, Value] = Field(default_factory=dict)
    verdicts: dict[str, _Verdict] = Field(default_factory=dict)
    conservation: _Books = Field(default_factory=_Books)
    incidents: dict[str, _Cost] = Field(default_factory=dict)
    series: dict[str, Gaps] = Field(default_factory=dict)
    ccdf: dict[str, Numbers] = Field(default_factory=dict)


class _Servers(_Stored):
    gateways: int = 1


class _Fault(_Stored):
    kind: str
    at_s: Number | None = None
    start_s: Number | None = None
    end_s: Number | None = None


class _Scenario(_Stored):
    designs: list[str] = Field(default_factory=list)
    servers: _Servers = Field(default_factory=_Servers)
    faults: list[_Fault] = Field(default_factory=list)


_Shape = TypeVar("_Shape", bound=_Stored)


def summary(path: Path) -> dict[str, Any]:
    """A summary. Raises `InputError` naming what is damaged; a link is not followed."""
    found = read_json(path, links=False)
    if not isinstance(found, dict) or "designs" not in found:
        raise InputError([f"{path}: damaged: no designs in it"])
    _checked({key: part for key, part in found.items() if part is not None}, _Summary, path)
    return found


def measures(folder: Path) -> dict[tuple[str, int], dict[str, Any]]:
    """Every replication in `folder`, by design and number; none when there is no folder."""
    if folder.is_symlink():
        raise InputError([f"{folder}: it is a link; allowed: a folder of its own"])
    found = {}
    for path in sorted(folder.glob("*.json")):
        one = _checked(read_json(path, links=False), _Measure, path)
        key = one["design"], one["replication"]
        if key in found:
            raise InputError([f"{path}: edited: {key[0]}-{key[1]} is there already"])
        found[key] = one
    return found


def provenance(path: Path) -> dict[str, Any]:
    """Where a result comes from; empty when it is not known."""
    if not _is_there(path):
        return {}
    found = read_json(path, links=False)
    return _checked(found, _Stored, path)


def scenario(path: Path) -> tuple[str, dict[str, Any]]:
    """The text of the scenario and what it says; empty when it is not there."""
    if not _is_there(path):
        return "", {}
    text = read_text(path, links=False)
    try:
        found = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        raise InputError([f"{path}: damaged: {_reason(error)}"]) from None
    return text, _checked(found, _Scenario, path)


def _is_there(path: Path) -> bool:
    return path.is_symlink() or path.exists()


def _reason(error: Exception) -> str:
    return "nested too deeply" if isinstance(error, RecursionError) else str(error)


def _checked(found: Any, shape: type[_Shape], path: Path) -> dict[str, Any]:
    """`found` as it is when it has the shape. Raises `InputError` with every part that has not."""
    try:
        shape.model_validate(found)
    except ValidationError as error:
        raise InputError(
            f"{path}: damaged: {'.'.join(map(str, one['loc'])) or 'all of it'}: {one['msg']}"
            for one in error.errors(include_url=False, include_input=False)[:MOST_TOLD]
        ) from None
    assert isinstance(found, dict)
    return found
