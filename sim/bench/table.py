"""The speed table as text of at most 100 columns, and as it stands in the README."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from sim.bench.cells import CALM, COMPILED, IDIOMATIC_SIMPY, PLAIN
from sim.bench.figures import Figures

_NAME: Final = 23
_GROUP: Final = 24  # one variant in all kinds of weather
_NOT_MEASURED: Final = "–"


def table(found: Figures) -> str:
    """All figures: bare SimPy events a delivery first, then what else was measured."""
    return "\n".join([*_deliveries(found), *_besides(found), ""])


def _deliveries(found: Figures) -> Iterator[str]:
    if found["bare_event_us"] is None:
        return
    weathers: Sequence[str] = found["weathers"]
    heads = _cells(weathers)
    yield _line("bare SimPy events", f"{COMPILED:>{_GROUP}}{PLAIN:>{_GROUP}}", "idiomatic", "times")
    yield _line("a delivery", heads + heads, f"SimPy, {CALM}", "as long")
    for row in found["designs"]:
        variants = (row[COMPILED], row[PLAIN])
        numbers = (_cells([_number(one[weather]) for weather in weathers]) for one in variants)
        idiomatic, times = _number(row[IDIOMATIC_SIMPY]), _number(row["times"])
        yield _line(row["design"], "".join(numbers), idiomatic, times)


def _line(name: str, groups: str, idiomatic: str, times: str) -> str:
    return f"{name:<{_NAME}}{groups}{idiomatic:>13}{times:>9}"


def _cells(texts: Sequence[str]) -> str:
    return "".join(f"{text:>{_GROUP // len(texts)}}" for text in texts)


def _besides(found: Figures) -> Iterator[str]:
    if found["bare_event_us"] is not None:
        rounds = f"medians of {found['rounds']} rounds" if found["rounds"] > 1 else "one round"
        yield (
            f"{found['people']:,} people, {rounds}; a bare event takes"
            f" {found['bare_event_us']:.2f} us. {found['python']}, {found['cores']} cores."
        )
    if growth := found["growth"]:
        few, many, times = found["people"], growth["people"], growth["times"]
        yield (
            f"{many:,} people against {few:,}: {times:.2f} times per delivery ({growth['design']})."
        )
    idle = [(row["design"], row["idle_bytes"]) for row in found["designs"]]
    for design, size_bytes in idle:
        if size_bytes is not None:
            yield f"An idle connected person takes {size_bytes:,.0f} bytes ({design})."
    if "tiny" in found["commands_s"]:
        yield f"A tiny comparison takes {found['commands_s']['tiny']:.1f} s of CPU."
    if "default" in found["commands_s"]:
        yield f"`rtcsim compare` takes {found['commands_s']['default']:.0f} s of CPU."


def _number(value: float | None) -> str:
    """Three digits, as far as they mean anything."""
    if value is None:
        return _NOT_MEASURED
    return f"{value:.0f}" if abs(value) >= 100.0 else f"{value:.3g}"
