"""What is swept: a key and its values, as `KEY=0,0.01,0.05` or `KEY=50..500:4`.

A key is one of a scenario (`networks.0.loss.ratio`) or, behind `options.`, one that every design
of the sweep has (`options.heartbeat.interval_s`). Leaves out whether a value is allowed: the
scenario and the designs know that.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Final, TypeAlias

from sim.errors import InputError

Number: TypeAlias = int | float

OPTIONS: Final = "options."
"""In front of a key that is not the scenario's but every design's."""
MOST_STEPS: Final = 10_000
_SHORT: Final = {"people": "people.count"}
_NUMBER: Final = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_SPAN: Final = re.compile(r"(?P<low>.+?)\.\.(?P<high>[^:]+)(:(?P<count>[^:]*))?(:(?P<scale>.*))?")
_FORMS: Final = "0,0.01,0.05 or 50..500:4 (four steps) or 1..1000:4:log"
_RANGES: Final = "50..500 or 1..1000:log"


@dataclass(frozen=True, slots=True)
class Axis:
    """One swept key: its `values`, or all from `low` to `high`; `given` is as it was written.

    `count`: how many steps from `low` to `high` were asked for; 0 for a list, or a mere range.
    `is_log`: steps are equal ratios, not equal differences. `is_whole`: only whole numbers.
    """

    key: str
    given: str
    values: tuple[Number, ...] = ()
    low: float = 0.0
    high: float = 0.0
    count: int = 0
    is_log: bool = False
    is_whole: bool = False

    @property
    def label(self) -> str:
        """What messages call it."""
        return f"--over {self.key}"

    @property
    def word(self) -> str:
        """How it is written on a command line."""
        return f"{self.key}={self.given}"

    def at(self, share: float) -> Number:
        """The value at this share of the way from `low` to `high`.

        >>> axis("people.count", "1..100:log").at(0.5)
        10
        """
        if self.is_log:
            value = self.low * (self.high / self.low) ** share
        else:
            value = self.low + share * (self.high - self.low)
        return round(value) if self.is_whole else float(f"{value:.12g}")

    def unrounded(self) -> Axis:
        """The same for a key that takes any number between ends that are written as whole ones.

        >>> axis("networks.0.loss.ratio", "0..1:3").unrounded().values
        (0.0, 0.5, 1.0)
        """
        return replace(self, is_whole=False).stepped() if self.is_whole else self

    def stepped(self) -> Axis:
        """With its values, where a number of steps was asked for."""
        if not self.count:
            return self
        shares = (step / (self.count - 1) for step in range(self.count))
        return replace(self, values=tuple(dict.fromkeys(map(self.at, shares))))


def axes(over: Mapping[str, str | Sequence[Number]] | Sequence[str]) -> tuple[Axis, ...]:
    """Every axis, from typed words or from Python values. Raises `InputError` with all mistakes."""
    pairs = [*over.items()] if isinstance(over, Mapping) else [_parted(word) for word in over]
    found, wrong = [], []
    for key, spec in pairs:
        try:
            found.append(axis(key, spec))
        except InputError as error:
            wrong += error.messages
    keys = [one.key for one in found]
    wrong += [f"--over {key}: given twice; allowed: once"
              for at, key in enumerate(keys) if key in keys[:at]]  # fmt: skip
    wrong += [f"--over {key}: lies inside --over {other}; allowed: one of them"
              for key in keys for other in keys if key.startswith(f"{other}.")]  # fmt: skip
    if not pairs:
        wrong.append(f"--over: missing; allowed: KEY={_FORMS}")
    if wrong:
        raise InputError(wrong)
    return tuple(found)


def axis(key: str, spec: str | Sequence[Number]) -> Axis:
    """One axis. Raises `InputError`.

    >>> axis("people.count", "50..200:4").values
    (50, 100, 150, 200)
    """
    key = _SHORT.get(key.strip(), key.strip())
    label = f"--over {key:.200}"
    if not key or not all(part.strip() for part in key.split(".")):
        raise InputError([f"{label}: allowed: KEY={_FORMS}"])
    if not isinstance(spec, str):
        given = ",".join(_plain(one, label) for one in spec)
        return axis(key, given)
    if match := _SPAN.fullmatch(spec.strip()):
        return _span(key, spec.strip(), match, label)
    values = tuple(_number(text, label) for text in spec.split(","))
    if repeated := [one for at, one in enumerate(values) if one in values[:at]]:
        raise InputError([f"{label}: {repeated[0]} is given twice; allowed: once"])
    return Axis(key, spec.strip(), values, is_whole=_are_whole(values))


def steps(swept: Sequence[Axis]) -> list[tuple[Number, ...]]:
    """Every combination of all values, the last axis fastest. Raises `InputError`."""
    _require_values(swept)
    return list(product(*(one.values for one in swept)))


def rows(swept: Sequence[Axis]) -> list[tuple[Number, ...]]:
    """The first values of all axes, then the second, and so on. Raises `InputError`."""
    _require_values(swept)
    if len({len(one.values) for one in swept}) > 1:
        counts = ", ".join(f"{one.key} has {len(one.values)}" for one in swept)
        raise InputError([f"--sample list: {counts}; allowed: as many values of each"])
    return list(zip(*(one.values for one in swept), strict=True))


def require_ranges(swept: Sequence[Axis], sample: str) -> None:
    """Raises `InputError` for axes that a sample cannot be drawn from."""
    wrong = [
        f"{one.label}: {one.given}; allowed with --sample {sample}: a range, {_RANGES}"
        for one in swept
        if one.values
    ]
    if wrong:
        raise InputError(wrong)


def _require_values(swept: Sequence[Axis]) -> None:
    wrong = [
        f"{one.label}: {one.given} has no steps; allowed: {_FORMS}, or --sample latin or sobol"
        for one in swept
        if not one.values
    ]
    wrong += [
        f"{one.label}: {one.given} has {len(one.values)} whole numbers; allowed: no more steps"
        " than that, or with a decimal point, as 0.0..1:5, numbers between"
        for one in swept
        if one.values and len(one.values) < one.count
    ]
    if wrong:
        raise InputError(wrong)


def _parted(word: str) -> tuple[str, str]:
    key, _, spec = word.partition("=")
    return key, spec


def _span(key: str, given: str, match: re.Match[str], label: str) -> Axis:
    """An axis from one number to another."""
    low, high = (_number(match[end], label) for end in ("low", "high"))
    words = [one for one in (match["count"], match["scale"]) if one is not None]
    is_log = "log" in words[-1:]
    counts = words[:-1] if is_log else words
    if low >= high:
        raise InputError([f"{label}: {low}..{high}; allowed: from less to more"])
    if is_log and low <= 0:
        raise InputError([f"{label}: {low} has no logarithm; allowed: more than 0"])
    made = Axis(key, given, (), low, high, 0, is_log, _are_whole((low, high)))
    if not counts:
        return made
    count = int(counts[0]) if re.fullmatch(r"[0-9]{1,5}", counts[0]) else 0
    if len(counts) > 1 or not 2 <= count <= MOST_STEPS:
        raise InputError([f"{label}: {given}; allowed: {_FORMS}, 2 to {MOST_STEPS:,} steps"])
    return replace(made, count=count).stepped()


def _number(text: str, label: str) -> Number:
    text = text.strip()
    if not _NUMBER.fullmatch(text) or len(text) > 40 or not math.isfinite(float(text)):
        raise InputError([f"{label}: '{text:.60}' is no number; allowed: {_FORMS}"])
    return int(text) if re.fullmatch(r"[+-]?[0-9]+", text) else float(text)


def _plain(value: object, label: str) -> str:
    """A number of Python's or numpy's as it would be typed."""
    value = value.item() if hasattr(value, "item") else value
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InputError([f"{label}: {value!r:.60} is no number; allowed: numbers"])
    return repr(value)


def _are_whole(values: Sequence[Number]) -> bool:
    return all(isinstance(one, int) for one in values)
