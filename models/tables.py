"""Tables of numbers made into the values they stand for, with every mistake told at once."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

Mistake = tuple[tuple[str, ...], object, str]
"""Where, what stands there, what is allowed; or a sentence that has "; allowed: " itself."""
T = TypeVar("T")


class Mistakes(ValueError):
    """Everything that is wrong with a table, in `found`."""

    def __init__(self, found: Sequence[Mistake]) -> None:
        super().__init__(found)
        self.found = tuple(found)


def overlaid(under: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """`under` with what `over` says instead, table by table."""
    both = {
        key: overlaid(under[key], value)
        if isinstance(value, Mapping) and isinstance(under.get(key), Mapping)
        else value
        for key, value in over.items()
    }
    return {**under, **both}


def near(word: str, names: Iterable[str]) -> str:
    """`; did you mean 'x'?` when one of `names` is near `word`, else nothing."""
    found = difflib.get_close_matches(word, list(names), n=1, cutoff=0.6)
    return f"; did you mean '{found[0]}'?" if found else ""


def unknown(key: object, value: object, allowed: Iterable[str]) -> Mistake:
    """A key that does not exist; its words stand for themselves."""
    names = list(allowed)
    said = f"unknown field {key!r}; allowed: {', '.join(names)}{near(str(key), names)}"
    return (str(key),), value, said


def made(kind: type[T], table: Mapping[str, Any]) -> T:
    """The dataclass `kind` from a table, tables in it likewise. Raises Mistakes.

    >>> from models.protocols.heartbeat import SideSpec
    >>> made(SideSpec, {"ping": {"interval_s": 15, "timeout_s": 30}}).ping.interval_s
    15.0
    """
    hints = _hints(kind)  # type: ignore[arg-type]
    values: dict[str, Any] = {}
    found: list[Mistake] = []
    allowed = [name for name in hints if name != "source"]
    for key, value in table.items():
        if key not in hints:
            found.append(unknown(key, value, allowed))
            continue
        try:
            values[key] = _value(hints[key], value)
        except Mistakes as inner:
            found += [((key, *at), one, said) for at, one, said in inner.found]
    for one in fields(kind):  # type: ignore[arg-type]
        if one.default is MISSING and one.name not in table:
            found.append(((one.name,), None, "missing; allowed: a number"))
    if found:
        raise Mistakes(found)
    try:
        return kind(**values)
    except ValueError as error:
        raise Mistakes([_own(str(error), values)]) from None


@cache
def _hints(kind: type) -> Mapping[str, Any]:
    """The types of a dataclass's fields; every design asks for the same few."""
    return get_type_hints(kind)


def _own(said: str, values: Mapping[str, Any]) -> Mistake:
    """A dataclass's own complaint: `limit = 0: must be at least 1`."""
    key, _, rest = said.partition(" = ")
    allowed = rest.partition(": must be ")[2] or said
    return ((key,), values[key], allowed) if key in values else ((), dict(values), said)


def _value(hint: Any, value: object) -> object:
    if get_origin(hint) in (Union, UnionType):
        if value is None and type(None) in get_args(hint):
            return None
        hint = next(one for one in get_args(hint) if one is not type(None))
    if is_dataclass(hint):
        if isinstance(hint, type) and isinstance(value, hint):
            return value
        if isinstance(value, Mapping):
            return made(hint, value)  # type: ignore[arg-type]
        raise Mistakes([((), value, "a table")])
    return _leaf(hint, value)


_LEAVES: dict[Any, tuple[tuple[type, ...], str]] = {
    bool: ((bool,), "true, false"),
    int: ((int,), "a whole number"),
    float: ((int, float), "a number"),
    str: ((str,), "a text"),
}


def _leaf(hint: Any, value: object) -> object:
    if get_origin(hint) is tuple:
        if not isinstance(value, list | tuple):
            raise Mistakes([((), value, "a list of numbers")])
        return tuple(_leaf(get_args(hint)[0], one) for one in value)
    kinds, allowed = _LEAVES[hint]
    if not isinstance(value, kinds) or (isinstance(value, bool) and hint is not bool):
        raise Mistakes([((), value, allowed)])
    return float(value) if hint is float else value  # type: ignore[arg-type]
